//! How Kusto compares values: `==` with case, `=~` without, `has`, `contains` and order.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

/// The order of two values: numbers by size, everything else as text.
pub(super) fn rank(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a
            .as_f64()
            .partial_cmp(&b.as_f64())
            .unwrap_or(Ordering::Equal),
        _ => text(a).cmp(&text(b)),
    }
}

/// True for `true` and the text `true`.
pub(super) fn truth(value: &Value) -> bool {
    match value {
        Value::Bool(value) => *value,
        Value::String(text) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

/// A value as text; null is empty.
pub(super) fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Null => Cow::Borrowed(""),
        other => Cow::Owned(other.to_string()),
    }
}

fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || (!a.is_ascii() && a.to_lowercase() == b.to_lowercase())
}

/// Compares two values with an operator of Kusto's.
pub(super) fn compare(a: &Value, operator: &str, b: &Value) -> bool {
    let (x, y) = (text(a), text(b));
    let lowered = |test: fn(&str, &str) -> bool| test(&x.to_lowercase(), &y.to_lowercase());
    match operator {
        "==" => x == y,
        "!=" | "<>" => x != y,
        "=~" => same(&x, &y),
        "!~" => !same(&x, &y),
        "contains" | "has" => lowered(|x, y| x.contains(y)),
        "!contains" | "!has" => !lowered(|x, y| x.contains(y)),
        "startswith" => lowered(|x, y| x.starts_with(y)),
        "!startswith" => !lowered(|x, y| x.starts_with(y)),
        "endswith" => lowered(|x, y| x.ends_with(y)),
        "<" => rank(a, b).is_lt(),
        "<=" => rank(a, b).is_le(),
        ">" => rank(a, b).is_gt(),
        ">=" => rank(a, b).is_ge(),
        _ => false,
    }
}
