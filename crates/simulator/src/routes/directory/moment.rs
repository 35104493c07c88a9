//! Moments as Microsoft Graph reads and writes them: ISO 8601, in UTC.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::Value;

/// Now, in whole seconds.
pub(super) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// The moment that a member holds: `Ok(None)` when it is absent or null.
///
/// # Errors
/// A value that is no moment.
pub(super) fn read(value: &Value) -> Result<Option<Timestamp>, NoMoment> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => text.parse().map(Some).map_err(|_| NoMoment),
        _ => Err(NoMoment),
    }
}

/// The value is no moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoMoment;

/// Two years on.
pub(super) fn in_two_years(from: Timestamp) -> Timestamp {
    let later = from.to_zoned_datetime(TimeZone::UTC).checked_add(2.years());
    later.map_or(from, |later| later.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn moments_are_read_in_the_forms_that_clients_send() {
        for text in [
            "2026-01-31T00:00:00Z",
            "2026-01-31T01:00:00+01:00",
            "2026-01-31T00:00:00.0000000Z",
        ] {
            let moment = read(&json!(text)).unwrap().unwrap();
            assert_eq!(moment.to_string(), "2026-01-31T00:00:00Z");
        }
        assert_eq!(read(&Value::Null), Ok(None));
        assert_eq!(read(&json!("tomorrow")), Err(NoMoment));
        assert_eq!(read(&json!(5)), Err(NoMoment));
    }

    #[test]
    fn two_years_on_is_the_same_day() {
        let from: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
        assert_eq!(in_two_years(from).to_string(), "2028-03-01T10:00:00Z");
    }
}
