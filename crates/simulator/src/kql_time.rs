//! Times in queries: `datetime(…)`, `todatetime(…)`, `now()`, `ago(…)` and spans such as `15m`.
//!
//! A time is a text of one form, so that times compare as texts do.
//! <https://learn.microsoft.com/kusto/query/scalar-data-types/datetime>

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// The time in a value; null when it holds none.
pub(crate) fn to_datetime(value: &Value) -> Value {
    let read = value.as_str().and_then(parse);
    read.map_or(Value::Null, written)
}

/// What `now()` and `ago(span)` give; `None` for any other function, or an argument that is no span.
pub(crate) fn constant(name: &str, span: Option<&Value>) -> Option<Value> {
    let now = Timestamp::now();
    match (name, span) {
        ("now", None) => Some(written(now)),
        ("ago", Some(span)) => {
            let span = SignedDuration::try_from_secs_f64(span.as_f64()?).ok()?;
            now.checked_sub(span).ok().map(written)
        }
        _ => None,
    }
}

/// The seconds in one of a unit of time; `None` for what is no unit.
pub(crate) fn seconds_in(unit: &str) -> Option<f64> {
    match unit {
        "d" => Some(86_400.0),
        "h" => Some(3_600.0),
        "m" => Some(60.0),
        "s" => Some(1.0),
        "ms" => Some(0.001),
        _ => None,
    }
}

/// A moment as queries give it.
pub(crate) fn written(moment: Timestamp) -> Value {
    Value::String(moment.strftime("%Y-%m-%dT%H:%M:%S.%6f0Z").to_string())
}

/// Reads a timestamp, one without zone (which is UTC), or a date.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim().trim_matches(['\'', '"']);
    [
        text.to_owned(),
        format!("{text}Z"),
        format!("{text}T00:00:00Z"),
    ]
    .iter()
    .find_map(|form| form.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn times_of_every_form_become_one() {
        let first = json!("2026-01-02T00:00:00.0000000Z");
        for form in [
            "2026-01-02",
            "2026-01-02T00:00:00Z",
            "2026-01-02T00:00:00",
            "2026-01-02 00:00:00.000",
            "2026-01-02T01:00:00.000+01:00",
        ] {
            assert_eq!(to_datetime(&json!(form)), first, "{form}");
        }
        assert_eq!(to_datetime(&json!("soon")), Value::Null);
        assert_eq!(to_datetime(&json!(7)), Value::Null);
    }

    #[test]
    fn spans_lead_back_from_now() {
        let hour = constant("ago", Some(&json!(3_600.0))).unwrap();
        let now = constant("now", None).unwrap();
        assert!(hour.as_str() < now.as_str());
        assert!(constant("ago", Some(&json!("x"))).is_none());
        assert!(constant("ago", None).is_none());
    }
}
