//! Replies and the error forms of Azure's services.

use std::borrow::Cow;

use serde_json::{Value, json};

use crate::clock;
use crate::ids;
use crate::json;

/// How a reply is spoilt on its way out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disruption {
    /// The connection ends without a reply.
    Reset,
    /// Half of the body arrives, then the connection ends.
    Truncate,
    /// The reply arrives after so many milliseconds, or the second half of its body does.
    Slow { milliseconds: u32, half: bool },
}

/// What a reply carries.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Body {
    /// JSON.
    Json(Value),
    /// JSON that is written already.
    Raw(Vec<u8>),
    /// Anything else, with its content type.
    Text(String, String),
    /// Nothing.
    Empty,
}

/// One reply.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
    pub(crate) disruption: Option<Disruption>,
}

impl Reply {
    /// A reply with a JSON body.
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Body::Json(body),
            disruption: None,
        }
    }

    /// A reply with JSON that is written already.
    pub(crate) fn raw(status: u16, text: Vec<u8>) -> Self {
        Self {
            body: Body::Raw(text),
            ..Self::json(status, Value::Null)
        }
    }

    /// A reply that gives a document as it is stored.
    pub(crate) fn document(status: u16, document: &Value) -> Self {
        Self::raw(status, json::bytes(document))
    }

    /// A reply without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self {
            body: Body::Empty,
            ..Self::json(status, Value::Null)
        }
    }

    /// The reply with one more header.
    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The body as JSON text; a body of another kind becomes a JSON text of it, no body becomes null.
    pub(crate) fn json_text(&self) -> Cow<'_, [u8]> {
        match &self.body {
            Body::Json(value) => Cow::Owned(json::bytes(value)),
            Body::Raw(text) => Cow::Borrowed(text),
            Body::Text(text, _) => Cow::Owned(json::bytes(text)),
            Body::Empty => Cow::Borrowed(b"null"),
        }
    }

    /// The JSON body, to be changed; `None` when it has none.
    pub(crate) fn value_mut(&mut self) -> Option<&mut Value> {
        if let Body::Raw(text) = &self.body {
            self.body = Body::Json(serde_json::from_slice(text).ok()?);
        }
        match &mut self.body {
            Body::Json(value) => Some(value),
            _ => None,
        }
    }

    /// The JSON body; null when it has none.
    #[cfg(test)]
    pub(crate) fn value(&self) -> Value {
        serde_json::from_slice(&self.json_text()).unwrap_or(Value::Null)
    }
}

/// An error in ARM's form: `{"error": {"code", "message"}}`.
pub(crate) fn arm(status: u16, code: &str, message: impl Into<String>) -> Reply {
    let body = json!({"error": {"code": code, "message": message.into()}});
    Reply::json(status, body).header("x-ms-failure-cause", "gateway")
}

/// An error in Microsoft Graph's form, with `innerError`.
pub(crate) fn graph(status: u16, code: &str, message: impl Into<String>) -> Reply {
    let id = ids::random_guid();
    let inner = json!({"date": clock::seconds(), "request-id": id, "client-request-id": id});
    let body = json!({"error": {"code": code, "message": message.into(), "innerError": inner}});
    Reply::json(status, body)
}

/// An error of the token endpoint.
pub(crate) fn login(status: u16, error: &str, code: u32, message: &str) -> Reply {
    let (trace, correlation) = (ids::random_guid(), ids::random_guid());
    let time = clock::login();
    let description = format!(
        "AADSTS{code}: {message} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {time}"
    );
    let body = json!({
        "error": error,
        "error_description": description,
        "error_codes": [code],
        "timestamp": time,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": format!("https://login.microsoftonline.com/error?code={code}"),
    });
    Reply::json(status, body).header("Cache-Control", "no-store, no-cache")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_has_its_own_error_form() {
        assert_eq!(arm(404, "A", "b").value()["error"]["code"], "A");
        let inner = &graph(403, "A", "b").value()["error"]["innerError"];
        assert_eq!(inner["request-id"].as_str().unwrap().len(), 36);
        let login = login(401, "invalid_client", 7_000_215, "Wrong.").value();
        assert!(
            login["error_description"]
                .as_str()
                .unwrap()
                .starts_with("AADSTS7000215: Wrong. Trace ID: ")
        );
        assert_eq!(login["error_codes"][0], 7_000_215);
    }
}
