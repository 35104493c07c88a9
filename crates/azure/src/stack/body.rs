//! The body of a reply.

use serde_json::value::RawValue;

use crate::envelope::{Envelope, without_mark};
use crate::transport::Received;

/// What a reply without a body means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blank {
    /// A read has something to say, unless it says 204.
    IsNullAfter204,
    /// A write may have nothing to say.
    IsNull,
}

/// The body as JSON; the message says why it is none.
pub(super) fn body(received: &Received, blank: Blank) -> Result<Box<RawValue>, String> {
    let bytes = without_mark(&received.body);
    if bytes.trim_ascii().is_empty() {
        if received.status == 204 || blank == Blank::IsNull {
            return Ok(RawValue::NULL.to_owned());
        }
        return Err("the reply has no body".to_owned());
    }
    match serde_json::from_slice::<Box<RawValue>>(bytes) {
        Ok(body) => Ok(body),
        Err(error) => Err(Envelope::read(bytes)
            .message
            .filter(|_| !matches!(bytes.first(), Some(b'{' | b'[')))
            .unwrap_or_else(|| format!("the reply is not valid JSON: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderMap;

    use super::*;

    fn read(status: u16, body_text: &'static str) -> Result<String, String> {
        of(status, body_text, Blank::IsNullAfter204)
    }

    fn of(status: u16, body_text: &'static str, blank: Blank) -> Result<String, String> {
        let received = Received {
            status,
            headers: HeaderMap::new(),
            body: body_text.into(),
        };
        body(&received, blank).map(|body| body.get().to_owned())
    }

    #[test]
    fn a_write_may_have_nothing_to_say() {
        for status in [200, 201, 202, 204] {
            assert_eq!(of(status, "", Blank::IsNull), Ok("null".to_owned()));
        }
        assert!(of(200, "oops", Blank::IsNull).is_err());
    }

    #[test]
    fn only_json_is_a_body() {
        assert_eq!(read(200, "\u{feff}{\"a\":1}"), Ok("{\"a\":1}".to_owned()));
        assert_eq!(read(204, ""), Ok("null".to_owned()));
        assert_eq!(read(200, " "), Err("the reply has no body".to_owned()));
        for (text, part) in [
            ("{\"a\":", "not valid JSON"),
            ("<html><title>Sign in</title>", "titled \"Sign in\""),
            ("oops", "not JSON: oops"),
        ] {
            let message = read(200, text).expect_err("no JSON");
            assert!(message.contains(part), "{message}");
        }
    }
}
