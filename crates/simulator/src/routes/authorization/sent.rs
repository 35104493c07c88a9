//! What a client sends to write a role definition or assignment.

use serde_json::Value;

use super::errors;
use crate::reply::Reply;
use crate::request::Request;

/// The properties of a request's body.
#[derive(Debug)]
pub(super) struct Sent(Value);

impl Sent {
    /// Reads a body.
    ///
    /// # Errors
    /// Azure's refusal of a body that is no JSON object with an object `properties`.
    pub(super) fn of(request: &Request) -> Result<Self, Reply> {
        let Some(mut body) = request.json().filter(Value::is_object) else {
            return Err(errors::content("it is not a JSON object."));
        };
        let properties = body["properties"].take();
        if !properties.is_object() {
            return Err(errors::content("it has no 'properties'."));
        }
        Ok(Self(properties))
    }

    /// A text that must be there.
    ///
    /// # Errors
    /// Azure's refusal where it is missing or empty.
    pub(super) fn required(&self, name: &str) -> Result<&str, Reply> {
        let text = self.text(name).filter(|text| !text.is_empty());
        text.ok_or_else(|| errors::content(&format!("the property '{name}' is required.")))
    }

    /// A text that may be there.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0[name].as_str()
    }

    /// A member as it was sent; null where it is missing.
    pub(super) fn value(&self, name: &str) -> &Value {
        &self.0[name]
    }

    /// The texts of a list that must hold at least one.
    ///
    /// # Errors
    /// Azure's refusal where there is none, or something that is no text.
    pub(super) fn texts(&self, name: &str) -> Result<Vec<String>, Reply> {
        let items = self.0[name].as_array().map(Vec::as_slice);
        let items = items.unwrap_or_default().iter();
        let texts: Option<Vec<String>> =
            items.map(|item| item.as_str().map(str::to_owned)).collect();
        let texts = texts.filter(|texts| !texts.is_empty());
        texts.ok_or_else(|| errors::content(&format!("the list '{name}' is required.")))
    }
}
