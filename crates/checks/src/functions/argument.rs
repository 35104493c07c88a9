//! Reading the arguments of a call.

use std::rc::Rc;

use expression::Value;
use serde_json::Value as Json;

/// The text of an argument.
pub(super) fn text<'v>(arguments: &'v [Value<'_>], index: usize) -> Result<&'v str, String> {
    match arguments.get(index) {
        Some(Value::Text(text)) => Ok(text),
        Some(odd) => Err(format!("needs a string, not {}", odd.kind())),
        None => Err("needs a string".to_owned()),
    }
}

/// The text of an argument that may be null, which reads as empty.
pub(super) fn text_or_null<'v>(
    arguments: &'v [Value<'_>],
    index: usize,
) -> Result<&'v str, String> {
    match arguments.get(index) {
        Some(Value::Null) => Ok(""),
        _ => text(arguments, index),
    }
}

/// A port number.
pub(super) fn port(arguments: &[Value<'_>], index: usize) -> Result<u16, String> {
    let number = arguments
        .get(index)
        .and_then(Value::as_int)
        .ok_or("needs a port number")?;
    u16::try_from(number).map_err(|_| format!("{number} is no port"))
}

/// One port number, or a list of them. Null is an empty list.
pub(super) fn ports(arguments: &[Value<'_>], index: usize) -> Result<Vec<u16>, String> {
    let Some(list) = arguments.get(index).and_then(Value::elements) else {
        return match arguments.get(index) {
            Some(Value::Null) => Ok(Vec::new()),
            _ => port(arguments, index).map(|port| vec![port]),
        };
    };
    list.map(|element| port(std::slice::from_ref(&element), 0))
        .collect()
}

/// What a function made as a value.
pub(super) fn made(json: Json) -> Value<'static> {
    match json {
        Json::Array(items) => Value::list(items.into_iter().map(made).collect()),
        Json::Object(members) => {
            let members = members.into_iter().map(|(name, value)| (name, made(value)));
            Value::Map(Rc::new(members.collect()))
        }
        Json::String(text) => Value::text(text),
        Json::Bool(flag) => Value::Bool(flag),
        Json::Number(number) => number.as_i64().map_or(Value::Null, Value::Int),
        Json::Null => Value::Null,
    }
}
