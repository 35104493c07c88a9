//! One reply inside a batch, turned into what it would have been alone.

use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::reply::Reply;
use crate::transport::Received;

/// The reply to the member of this name.
#[derive(Debug)]
pub(crate) struct Inner {
    pub name: String,
    pub received: Received,
}

impl Inner {
    /// A reply from its parts. A body that is no JSON stands in the batch as a string: it counts as the
    /// text that it holds.
    pub fn new(
        name: String,
        status: u16,
        headers: Option<&Map<String, Value>>,
        body: Option<&RawValue>,
    ) -> Self {
        let body = body.map_or_else(Bytes::new, |body| {
            match serde_json::from_str::<String>(body.get()) {
                Ok(text) => text.into(),
                Err(_) => Bytes::copy_from_slice(body.get().as_bytes()),
            }
        });
        Self {
            name,
            received: Received {
                status,
                headers: header_map(headers),
                body,
            },
        }
    }
}

/// The `responses` of a batch. One that cannot be read counts as missing and hides no other; without any
/// list the reply is no batch.
pub(crate) fn responses<T: DeserializeOwned>(outer: &Reply) -> Result<Vec<T>, String> {
    #[derive(Deserialize)]
    struct Batch {
        responses: Vec<Box<RawValue>>,
    }
    let batch: Batch = outer
        .json()
        .map_err(|error| format!("the reply is not a batch: {error}"))?;
    let read = batch.responses.iter().filter_map(|one| {
        serde_json::from_str(one.get())
            .inspect_err(|error| tracing::debug!(%error, "a reply of a batch cannot be read"))
            .ok()
    });
    Ok(read.collect())
}

/// The headers of an inner reply, whose values may be numbers, or lists of which the first counts.
fn header_map(headers: Option<&Map<String, Value>>) -> HeaderMap {
    headers
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| {
            let value = match value {
                Value::Array(values) => values.first()?,
                one => one,
            };
            let value = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            Some((name, HeaderValue::from_str(&value).ok()?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn body(json: &str) -> String {
        let raw = RawValue::from_string(json.to_owned()).expect("JSON");
        let inner = Inner::new("1".into(), 200, None, Some(&raw));
        String::from_utf8_lossy(&inner.received.body).into_owned()
    }

    #[test]
    fn a_string_counts_as_the_text_that_it_holds() {
        assert_eq!(body(r#"{"a": 1.50}"#), r#"{"a": 1.50}"#);
        assert_eq!(body(r#""<html>\n\u00e9""#), "<html>\né");
        assert_eq!(body(r#""{\"a\":1}""#), r#"{"a":1}"#);
        assert_eq!(body(r#""""#), "");
        let none = Inner::new("1".into(), 204, None, None);
        assert!(none.received.body.is_empty());
    }

    #[test]
    fn inner_headers_may_be_numbers_and_lists() {
        let headers = json!({
            "Retry-After": 1.5, "X-Text": "a", "X-List": ["b", "c"], "X-None": [], "bad name": "x",
        });
        let map = header_map(headers.as_object());
        let value = |name: &str| map.get(name).map(|value| value.as_bytes().to_vec());
        assert_eq!(value("retry-after"), Some(b"1.5".to_vec()));
        assert_eq!(value("x-list"), Some(b"b".to_vec()));
        assert_eq!(map.len(), 3);
        assert!(header_map(None).is_empty());
    }
}
