//! The language's own functions.

use crate::{Function, Value, text};

/// Every built-in function.
pub(crate) fn all() -> Vec<Function> {
    vec![
        Function {
            name: "contains",
            parameters: &["text", "part"],
            optional: 0,
            summary: "Whether the text contains the part, without case; false for null.",
            example: "'app,Linux'.contains('linux')",
            call: |arguments| about(arguments, text::contains),
        },
        Function {
            name: "date",
            parameters: &["seconds"],
            optional: 0,
            summary: "The day (UTC) of a time that Azure gives as seconds since 1970; null stays null.",
            example: "date(1893456000) == '2030-01-01'",
            call: |arguments| date(&arguments[0]),
        },
        Function {
            name: "default",
            parameters: &["value", "fallback"],
            optional: 0,
            summary: "The value, or the fallback when the value is null.",
            example: "default(null, 1) == 1",
            call: |arguments| {
                Ok(if arguments[0].is_null() {
                    arguments[1].clone()
                } else {
                    arguments[0].clone()
                })
            },
        },
        Function {
            name: "double",
            parameters: &["value"],
            optional: 0,
            summary: "The number that a text or number stands for; null stays null.",
            example: "double('1.5') == 1.5",
            call: |arguments| double(&arguments[0]),
        },
        Function {
            name: "endsWith",
            parameters: &["text", "suffix"],
            optional: 0,
            summary: "Whether the text ends with the suffix, without case; false for null.",
            example: "'web.Config'.endsWith('.config')",
            call: |arguments| about(arguments, text::ends_with),
        },
        Function {
            name: "exact",
            parameters: &["a", "b"],
            optional: 0,
            summary: "Whether two texts are equal, case included; false when one is null.",
            example: "!exact('Admin', 'admin')",
            call: |arguments| about(arguments, |left, right| left == right),
        },
        Function {
            name: "int",
            parameters: &["value"],
            optional: 0,
            summary: "The whole number that a text or number stands for; fractions are cut off, null stays null.",
            example: "int('90') >= 90",
            call: |arguments| int(&arguments[0]),
        },
        Function {
            name: "join",
            parameters: &["list", "between"],
            optional: 1,
            summary: "The elements of a list as one text, with `, ` or the given text between them.",
            example: "['a', 'b'].join('-') == 'a-b'",
            call: join,
        },
        Function {
            name: "lower",
            parameters: &["text"],
            optional: 0,
            summary: "The text in lower case; null stays null.",
            example: "exact(lower('WestEurope'), 'westeurope')",
            call: |arguments| match &arguments[0] {
                Value::Null => Ok(Value::Null),
                Value::Text(text) => Ok(Value::text(text.to_lowercase())),
                odd => Err(unfit(odd)),
            },
        },
        Function {
            name: "size",
            parameters: &["value"],
            optional: 0,
            summary: "How many elements a list, members an object or characters a text has; 0 for null.",
            example: "size(null) == 0 && size([1, 2]) == 2",
            call: |arguments| {
                let size = arguments[0].size().ok_or_else(|| unfit(&arguments[0]))?;
                i64::try_from(size)
                    .map(Value::Int)
                    .map_err(|_| "is too long".to_owned())
            },
        },
        Function {
            name: "split",
            parameters: &["text", "at"],
            optional: 0,
            summary: "The parts of the text between the separators; an empty list for null.",
            example: "'a/b'.split('/') == ['a', 'b']",
            call: split,
        },
        Function {
            name: "startsWith",
            parameters: &["text", "prefix"],
            optional: 0,
            summary: "Whether the text begins with the prefix, without case; false for null.",
            example: "'/Subscriptions/1'.startsWith('/subscriptions/')",
            call: |arguments| about(arguments, text::starts_with),
        },
        Function {
            name: "string",
            parameters: &["value"],
            optional: 0,
            summary: "The value as text, as messages show it; null stays null.",
            example: "string(1) == '1'",
            call: |arguments| {
                Ok(if arguments[0].is_null() {
                    Value::Null
                } else {
                    Value::text(arguments[0].to_string())
                })
            },
        },
        Function {
            name: "values",
            parameters: &["object"],
            optional: 0,
            summary: "The values of an object's members; an empty list for null.",
            example: "values({'a': 1}) == [1]",
            call: |arguments| match &arguments[0] {
                Value::Null => Ok(Value::list(Vec::new())),
                object @ (Value::Object(_) | Value::Map(_)) => {
                    let keys = object.elements().into_iter().flatten();
                    Ok(Value::list(
                        keys.map(|key| object.member(key.as_text().unwrap_or_default()))
                            .collect(),
                    ))
                }
                odd => Err(unfit(odd)),
            },
        },
    ]
}

fn unfit(value: &Value<'_>) -> String {
    format!("does not take {}", value.kind())
}

/// A question about two texts; false when one of them is null.
fn about<'a>(
    arguments: &[Value<'a>],
    holds: impl Fn(&str, &str) -> bool,
) -> Result<Value<'a>, String> {
    match (&arguments[0], &arguments[1]) {
        (Value::Text(left), Value::Text(right)) => Ok(Value::Bool(holds(left, right))),
        (Value::Null, Value::Null | Value::Text(_)) | (Value::Text(_), Value::Null) => {
            Ok(Value::Bool(false))
        }
        (Value::Null | Value::Text(_), odd) | (odd, _) => Err(unfit(odd)),
    }
}

/// The day of a time in seconds since 1970.
fn date<'a>(value: &Value<'a>) -> Result<Value<'a>, String> {
    let Value::Int(seconds) = int(value)? else {
        return Ok(Value::Null);
    };
    let time = jiff::Timestamp::from_second(seconds)
        .map_err(|_| format!("{seconds} seconds since 1970 is no time of this calendar"))?;
    Ok(Value::text(time.strftime("%Y-%m-%d").to_string()))
}

fn int<'a>(value: &Value<'a>) -> Result<Value<'a>, String> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Int(number) => Ok(Value::Int(*number)),
        // The cast is exact: the range was checked and the fraction is cut off on purpose.
        Value::Double(number) if number.abs() < 9.2e18 => Ok(Value::Int(*number as i64)),
        Value::Double(number) => Err(format!("{number} is out of range")),
        Value::Text(text) => text
            .trim()
            .parse()
            .map(Value::Int)
            .map_err(|_| format!("{text:?} is no whole number")),
        odd => Err(unfit(odd)),
    }
}

fn double<'a>(value: &Value<'a>) -> Result<Value<'a>, String> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Int(number) => Ok(Value::Double(*number as f64)),
        Value::Double(number) => Ok(Value::Double(*number)),
        Value::Text(text) => match text.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Value::Double(number)),
            _ => Err(format!("{text:?} is no number")),
        },
        odd => Err(unfit(odd)),
    }
}

fn join<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, String> {
    let between = match arguments.get(1) {
        None => ", ",
        Some(value) => value.as_text().ok_or_else(|| unfit(value))?,
    };
    if arguments[0].is_null() {
        return Ok(Value::text(""));
    }
    let elements = arguments[0]
        .elements()
        .ok_or_else(|| unfit(&arguments[0]))?;
    let parts: Vec<String> = elements.map(|element| element.to_string()).collect();
    Ok(Value::text(parts.join(between)))
}

fn split<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, String> {
    let separator = arguments[1]
        .as_text()
        .filter(|separator| !separator.is_empty())
        .ok_or("needs a separator")?;
    match &arguments[0] {
        Value::Null => Ok(Value::list(Vec::new())),
        Value::Text(text) => Ok(Value::texts(text.split(separator).map(str::to_owned))),
        odd => Err(unfit(odd)),
    }
}
