//! How Microsoft Graph refuses what it is asked to change.

use serde_json::{Value, json};

use crate::reply::{self, Reply};

/// The request is wrong.
pub(super) fn bad(message: impl Into<String>) -> Reply {
    reply::graph(400, "Request_BadRequest", message)
}

/// The request is wrong in one property, which the details name.
pub(super) fn property(message: impl Into<String>, target: &str, code: &str) -> Reply {
    let message = message.into();
    let mut refusal = bad(message.clone());
    if let Some(body) = refusal.value_mut() {
        body["error"]["details"] = json!([{"code": code, "message": message, "target": target}]);
    }
    refusal
}

/// A property has a value that it cannot have.
pub(super) fn invalid(name: &str, kind: &str) -> Reply {
    let message = format!("Invalid value specified for property '{name}' of resource '{kind}'.");
    property(message, name, "InvalidValue")
}

/// A property is needed and was not sent.
pub(super) fn required(name: &str, kind: &str) -> Reply {
    let message = format!("A value is required for property '{name}' of resource '{kind}'.");
    property(message, name, "MissingValue")
}

/// Something with this name or key is there already.
pub(super) fn taken(message: impl Into<String>) -> Reply {
    reply::graph(409, "Request_MultipleObjectsWithSameKeyValue", message)
}

/// There is no such object, or not every copy of the directory has it yet.
pub(super) fn missing(id: &str) -> Reply {
    let message = format!(
        "Resource '{id}' does not exist or one of its queried reference-property objects are not present."
    );
    reply::graph(404, "Request_ResourceNotFound", message)
}

/// The body is no JSON object.
pub(super) fn unreadable() -> Reply {
    let message = "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.";
    reply::graph(400, "BadRequest", message)
}

/// The path knows no such method.
pub(super) fn not_allowed() -> Reply {
    let message = "Specified HTTP method is not allowed for the request target.";
    reply::graph(405, "Request_BadRequest", message)
}

/// The text of a member; `None` where it is absent, null or empty.
pub(super) fn text<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object[name].as_str().filter(|text| !text.is_empty())
}
