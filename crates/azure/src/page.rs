//! One page of a list.

use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::reply::Reply;

/// One page of a list, its items as Azure sent them.
#[derive(Debug, Clone)]
pub struct Page {
    /// The items.
    pub items: Vec<Box<RawValue>>,
    /// Where the next page is, as Azure wrote it; reading can go on from there later.
    pub next: Option<String>,
    /// The HTTP status.
    pub status: u16,
    /// Retries that were needed.
    pub retries: u32,
    /// The service's own id of the request.
    pub request_id: Option<String>,
    /// The time from the first attempt's start to the end of the last.
    pub elapsed: Duration,
}

#[derive(Deserialize)]
struct List {
    value: Option<Vec<Box<RawValue>>>,
    #[serde(rename = "nextLink")]
    next_link: Option<String>,
    #[serde(rename = "@odata.nextLink")]
    odata_next_link: Option<String>,
    error: Option<Box<RawValue>>,
}

impl Page {
    /// Reads a list: `{"value": […], "nextLink"}` of Resource Manager, `@odata.nextLink` of Graph, the
    /// bare array of some providers. A missing or null `value` is an empty list.
    pub fn read(reply: &Reply) -> Result<Self, String> {
        let text = reply.body.get().trim_start();
        let unreadable = |error: serde_json::Error| format!("the reply is not a list: {error}");
        let (items, next) = if text.starts_with('[') {
            (serde_json::from_str(text).map_err(unreadable)?, None)
        } else {
            let list: List = serde_json::from_str(text).map_err(unreadable)?;
            if list.value.is_none() && list.error.is_some() {
                return Err("the reply is an error with a status of success".to_owned());
            }
            let next = list.next_link.or(list.odata_next_link);
            (list.value.unwrap_or_default(), next)
        };
        Ok(Self {
            items,
            next: next.filter(|link| !link.trim().is_empty()),
            status: reply.status,
            retries: reply.retries,
            request_id: reply.request_id.clone(),
            elapsed: reply.elapsed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<(usize, Option<String>), String> {
        Page::read(&Reply {
            status: 200,
            body: RawValue::from_string(body.to_owned()).expect("JSON"),
            retries: 0,
            request_id: None,
            elapsed: Duration::ZERO,
            limited: false,
        })
        .map(|page| (page.items.len(), page.next))
    }

    #[test]
    fn lists_in_every_form() {
        for (body, items, next) in [
            (
                r#"{"value":[{"a":1},{}],"nextLink":"https://x/y"}"#,
                2,
                Some("https://x/y"),
            ),
            (
                r#"{"@odata.context":"c","value":[1],"@odata.nextLink":"https://g/n"}"#,
                1,
                Some("https://g/n"),
            ),
            (r#"{"value":[],"nextLink":null}"#, 0, None),
            (r#"{"value":[1],"nextLink":""}"#, 1, None),
            (r#"{"value":null}"#, 0, None),
            (r#"{"count":0}"#, 0, None),
            ("[1,2,3]", 3, None),
            ("[]", 0, None),
        ] {
            assert_eq!(read(body), Ok((items, next.map(str::to_owned))), "{body}");
        }
    }

    #[test]
    fn what_is_no_list_is_an_error() {
        for body in [
            r#"{"error":{"code":"A"}}"#,
            r#"{"value":{}}"#,
            r#"{"value":[],"nextLink":7}"#,
            "null",
            "\"text\"",
        ] {
            assert!(read(body).is_err(), "{body}");
        }
    }

    #[test]
    fn items_keep_every_byte() {
        let page = Page::read(&Reply {
            status: 200,
            body: RawValue::from_string(r#"{"value":[{"b": 1.50, "a":"\u00e9"}]}"#.to_owned())
                .expect("JSON"),
            retries: 0,
            request_id: None,
            elapsed: Duration::ZERO,
            limited: false,
        })
        .expect("a page");
        assert_eq!(page.items[0].get(), r#"{"b": 1.50, "a":"\u00e9"}"#);
    }
}
