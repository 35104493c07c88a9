//! The functions of Kusto that scanners use.

use serde_json::{Value, json};

use super::compare::{text, truth};
use super::expr::{Expr, RowRef};
use crate::kql_time;

/// Calls a function with its arguments for a row.
pub(super) fn call(name: &str, arguments: &[Expr], row: RowRef<'_>) -> Value {
    let first = arguments
        .first()
        .map_or(Value::Null, |one| one.value(row).into_owned());
    let empty = text(&first).is_empty();
    match name {
        "tolower" => json!(text(&first).to_lowercase()),
        "toupper" => json!(text(&first).to_uppercase()),
        "tostring" => json!(text(&first)),
        "tobool" | "toboolean" => json!(truth(&first)),
        "toint" | "tolong" => text(&first).parse::<i64>().map_or(Value::Null, Value::from),
        "isnotempty" | "isnotnull" => json!(!empty),
        "isempty" | "isnull" => json!(empty),
        "strcat" => {
            let all: String = arguments
                .iter()
                .map(|one| text(&one.value(row)).into_owned())
                .collect();
            json!(all)
        }
        "todatetime" => kql_time::to_datetime(&first),
        "array_length" => first
            .as_array()
            .map_or(Value::Null, |items| json!(items.len())),
        "coalesce" => {
            let mut values = arguments.iter().map(|one| one.value(row).into_owned());
            values.find(|value| !value.is_null()).unwrap_or(Value::Null)
        }
        _ => first,
    }
}

/// The functions that [`call`] knows; the parser refuses any other.
pub(crate) const FUNCTIONS: [&str; 15] = [
    "tolower",
    "toupper",
    "tostring",
    "tobool",
    "toboolean",
    "toint",
    "tolong",
    "isnotempty",
    "isnotnull",
    "isempty",
    "isnull",
    "strcat",
    "array_length",
    "coalesce",
    "todatetime",
];
