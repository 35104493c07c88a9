//! Reading what Azure answers, where anything may be null, absent or of an older form.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The texts of a list; null, an absent list and items that are no text read as nothing.
pub(crate) fn texts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let items = match Value::deserialize(from)? {
        Value::Array(items) => items,
        Value::String(text) => return Ok(vec![text]),
        _ => return Ok(Vec::new()),
    };
    let texts = items.into_iter().filter_map(|item| match item {
        Value::String(text) => Some(text),
        _ => None,
    });
    Ok(texts.collect())
}

/// The items of a list that can be read; null and an absent list read as nothing.
pub(crate) fn items<'de, D, T>(from: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned,
{
    let Value::Array(items) = Value::deserialize(from)? else {
        return Ok(Vec::new());
    };
    let items = items
        .into_iter()
        .filter_map(|item| serde_json::from_value(item).ok());
    Ok(items.collect())
}

/// A text; null reads as the empty one.
pub(crate) fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(some_text(from)?.unwrap_or_default())
}

/// A text that is there and not blank.
pub(crate) fn some_text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(from)? {
        Value::String(text) if !text.trim().is_empty() => Some(text),
        _ => None,
    })
}

/// Whether it is true; anything else reads as false.
pub(crate) fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    Ok(Value::deserialize(from)? == Value::Bool(true))
}

/// The last segment of a resource id, which may be given alone.
pub(crate) fn last_segment(id: &str) -> &str {
    let id = id.trim_end_matches('/');
    id.rsplit_once('/').map_or(id, |(_, last)| last)
}
