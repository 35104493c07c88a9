//! Azure's error envelopes.
//!
//! Resource Manager and Graph send `{"error": {"code", "message"}}`
//! (<https://learn.microsoft.com/rest/api/azure/#async-operations-throttling-and-paging>); App Service
//! writes its members in capitals, older providers send a bare `{"Message"}` or `{"code", "message"}`,
//! Azure AD Graph `{"odata.error": {"code", "message": {"value"}}}`.

use serde_json::{Map, Value};

/// An error body, read as far as it could be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Envelope {
    pub code: Option<String>,
    pub message: Option<String>,
    /// Whether the body was JSON, or empty. A proxy's HTML page is neither.
    pub well_formed: bool,
}

impl Envelope {
    /// Reads a body of any of the known forms; anything else gives an envelope without a code.
    pub fn read(body: &[u8]) -> Self {
        if body.trim_ascii().is_empty() {
            return Self {
                well_formed: true,
                ..Self::default()
            };
        }
        let Ok(value) = serde_json::from_slice::<Value>(without_mark(body)) else {
            return Self {
                message: Some(describe_foreign(body)),
                ..Self::default()
            };
        };
        Self::from_value(&value)
    }

    /// Reads an error body that is already parsed.
    pub fn from_value(value: &Value) -> Self {
        let mut envelope = Self {
            well_formed: true,
            ..Self::default()
        };
        let Some(outer) = value.as_object() else {
            envelope.message = value.as_str().map(str::to_owned);
            return envelope;
        };
        match member(outer, "error").or_else(|| member(outer, "odata.error")) {
            Some(Value::Object(inner)) => envelope.take(inner),
            Some(Value::String(code)) => {
                envelope.code = Some(code.clone());
                envelope.message = text(outer, "error_description");
            }
            _ => {}
        }
        if envelope.code.is_none() || envelope.message.is_none() {
            envelope.take(outer);
        }
        envelope
    }

    fn take(&mut self, object: &Map<String, Value>) {
        self.code = self.code.take().or_else(|| text(object, "code"));
        self.message = self.message.take().or_else(|| text(object, "message"));
        if self.code.as_deref() == Some("BadRequest") {
            self.take_detail(object);
        }
    }

    /// Resource Graph says `BadRequest` to everything and puts the reason into the last detail that has
    /// a code.
    fn take_detail(&mut self, object: &Map<String, Value>) {
        let detail = member(object, "details")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .rev()
            .filter_map(Value::as_object)
            .find_map(|detail| Some((text(detail, "code")?, text(detail, "message"))));
        if let Some((code, message)) = detail {
            self.code = Some(code);
            self.message = message.or(self.message.take());
        }
    }
}

/// The body without a UTF-8 byte order mark, which some providers send.
pub(crate) fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

fn member<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

fn text(object: &Map<String, Value>, name: &str) -> Option<String> {
    let found = match member(object, name)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Object(localised) => text(localised, "value")?,
        _ => return None,
    };
    (!found.is_empty()).then_some(found)
}

/// One line about a body that is not JSON: the title of an HTML page, else its beginning.
fn describe_foreign(body: &[u8]) -> String {
    const SHOWN: usize = 120;
    let text = String::from_utf8_lossy(&body[..body.len().min(4096)]);
    let lower = text.to_ascii_lowercase();
    let title = lower.find("<title>").and_then(|start| {
        let start = start + "<title>".len();
        let length = lower[start..].find("</title>")?;
        Some(text[start..start + length].trim().to_owned())
    });
    if let Some(title) = title {
        return format!("the reply is an HTML page titled \"{title}\"");
    }
    if lower.trim_start().starts_with('<') {
        return "the reply is an HTML or XML page".to_owned();
    }
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(SHOWN)
        .collect();
    format!("the reply is not JSON: {}", line.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> (Option<String>, Option<String>) {
        let envelope = Envelope::read(body.as_bytes());
        (envelope.code, envelope.message)
    }

    fn both(code: &str, message: &str) -> (Option<String>, Option<String>) {
        (Some(code.to_owned()), Some(message.to_owned()))
    }

    #[test]
    fn every_known_form_is_read() {
        for (body, expected) in [
            (r#"{"error":{"code":"A","message":"m"}}"#, both("A", "m")),
            (
                r#"{"Code":"429","Message":"m","Target":null}"#,
                both("429", "m"),
            ),
            (r#"{"code":"A","message":"m"}"#, both("A", "m")),
            (r#"{"error":{"code":429,"message":"m"}}"#, both("429", "m")),
            (
                r#"{"error":"invalid_client","error_description":"AADSTS1: x"}"#,
                both("invalid_client", "AADSTS1: x"),
            ),
            (
                r#"{"odata.error":{"code":"A","message":{"lang":"en","value":"m"}}}"#,
                both("A", "m"),
            ),
            (
                r#"{"error":{"code":"BadRequest","message":"timestamp = 1","details":[
                    {"code":"InvalidQuery","message":"n"},
                    {"code":"DisallowedLogicalTableName","message":"Table x is invalid."}]}}"#,
                both("DisallowedLogicalTableName", "Table x is invalid."),
            ),
            (
                r#"{"Code":"BadRequest","Message":"m","Details":[{"Message":"m"},{"ErrorEntity":{}}]}"#,
                both("BadRequest", "m"),
            ),
            (
                r#"{"error":{"code":"BadRequest","message":"timestamp = 1","details":[
                    {"code":"ResponsePayloadTooLarge","message":"94330584 is too large."},
                    {"message":"See the documentation."},"odd"]}}"#,
                both("ResponsePayloadTooLarge", "94330584 is too large."),
            ),
            (
                r#"{"error":{"code":"RateLimiting","message":"m","details":[{"code":"Other"}]}}"#,
                both("RateLimiting", "m"),
            ),
            (r#"{"Message":"m"}"#, (None, Some("m".into()))),
            (r#"{"error":{"code":"","message":null}}"#, (None, None)),
            (r#"[]"#, (None, None)),
            ("", (None, None)),
        ] {
            assert_eq!(read(body), expected, "{body}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_skipped() {
        let (code, _) = read("\u{feff}{\"code\":\"A\"}");
        assert_eq!(code.as_deref(), Some("A"));
    }

    #[test]
    fn a_foreign_body_is_described_and_not_well_formed() {
        let page = Envelope::read(b"<html><head><TITLE>502 Bad\nGateway</TITLE></head>");
        assert!(!page.well_formed);
        assert!(page.message.expect("a message").contains("502 Bad"));
        let text = Envelope::read(b"upstream connect error\n");
        assert_eq!(
            text.message.as_deref(),
            Some("the reply is not JSON: upstream connect error")
        );
        assert!(Envelope::read(b"  ").well_formed);
    }
}
