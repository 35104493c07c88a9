//! What a fault does to a reply.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::FaultKind;
use crate::reply::{self, Body, Disruption, Reply};

/// The reply that a fault gives by itself; `None` when the right reply is needed first.
pub(crate) fn instead(kind: &FaultKind, graph: bool) -> Option<Reply> {
    match kind {
        FaultKind::Status {
            code,
            body,
            headers,
        } => Some(status(*code, body, headers)),
        FaultKind::Throttled { retry_after } => {
            let reply = throttled(graph);
            Some(match retry_after {
                Some(seconds) => reply.header("Retry-After", seconds.to_string()),
                None => reply,
            })
        }
        FaultKind::Reset => Some(Reply {
            disruption: Some(Disruption::Reset),
            ..Reply::empty(500)
        }),
        FaultKind::HtmlPage => Some(text(
            502,
            "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>",
            "text/html",
        )),
        FaultKind::InvalidJson => Some(text(
            200,
            "{\"value\": [{\"id\": ",
            "application/json; charset=utf-8",
        )),
        FaultKind::Truncate
        | FaultKind::Slow(_)
        | FaultKind::SlowBody(_)
        | FaultKind::TruncatedResult
        | FaultKind::ForeignNextLink(_)
        | FaultKind::ExpireToken => None,
    }
}

/// The reply that a fault makes of the right one.
pub(crate) fn spoil(kind: &FaultKind, mut reply: Reply) -> Reply {
    match kind {
        FaultKind::Truncate => reply.disruption = Some(Disruption::Truncate),
        FaultKind::Slow(time) => reply.disruption = slow(*time, false),
        FaultKind::SlowBody(time) => reply.disruption = slow(*time, true),
        FaultKind::TruncatedResult => {
            if let Some(Value::Object(body)) = reply.value_mut()
                && body.contains_key("resultTruncated")
            {
                body.insert("resultTruncated".to_owned(), Value::from("true"));
                body.remove("$skipToken");
            }
        }
        FaultKind::ForeignNextLink(host) => {
            if let Some(body) = reply.value_mut() {
                lead_away(body, host);
            }
        }
        _ => {}
    }
    reply
}

fn slow(time: Duration, half: bool) -> Option<Disruption> {
    let milliseconds = u32::try_from(time.as_millis()).unwrap_or(u32::MAX);
    Some(Disruption::Slow { milliseconds, half })
}

/// What becomes of a reply within a batch: the batch itself arrives whole, so that a broken connection behind it is
/// the gateway's error for that one request.
pub(crate) fn in_batch(reply: Reply) -> Reply {
    match reply.disruption {
        Some(Disruption::Reset | Disruption::Truncate) => reply::arm(
            502,
            "BadGateway",
            "The connection to the service was closed before it answered.",
        ),
        _ => reply,
    }
}

/// A reply with a status, body and headers of one's own.
pub(crate) fn status(code: u16, body: &Value, headers: &BTreeMap<String, String>) -> Reply {
    let mut reply = match body {
        Value::Null => Reply::empty(code),
        Value::String(page) => text(code, page, "text/html"),
        body => Reply::json(code, body.clone()),
    };
    let headers = headers.iter();
    reply
        .headers
        .extend(headers.map(|(name, value)| (name.clone(), value.clone())));
    reply
}

fn throttled(graph: bool) -> Reply {
    if graph {
        return reply::graph(429, "TooManyRequests", "Too many requests.");
    }
    reply::arm(
        429,
        "TooManyRequests",
        "Too many requests. Please try again after sometime.",
    )
}

fn text(code: u16, body: &str, kind: &str) -> Reply {
    Reply {
        body: Body::Text(body.to_owned(), kind.to_owned()),
        ..Reply::empty(code)
    }
}

fn lead_away(body: &mut Value, host: &str) {
    let Some(object) = body.as_object_mut() else {
        return;
    };
    let name = if object.contains_key("@odata.context") {
        "@odata.nextLink"
    } else {
        "nextLink"
    };
    let link = format!("https://{host}/next?$skiptoken=away");
    object.insert(name.to_owned(), Value::String(link));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn links_lead_away_in_either_form() {
        let fault = FaultKind::ForeignNextLink("evil.example".to_owned());
        let arm = spoil(&fault, Reply::json(200, json!({"value": []}))).value();
        assert!(
            arm["nextLink"]
                .as_str()
                .unwrap()
                .starts_with("https://evil.example/")
        );
        let graph = spoil(&fault, Reply::json(200, json!({"@odata.context": "c"}))).value();
        assert!(graph["@odata.nextLink"].is_string());
    }

    #[test]
    fn throttling_comes_with_and_without_a_time() {
        let with = instead(
            &FaultKind::Throttled {
                retry_after: Some(3),
            },
            true,
        )
        .unwrap();
        assert!(
            with.headers
                .contains(&("Retry-After".to_owned(), "3".to_owned()))
        );
        let without = instead(&FaultKind::Throttled { retry_after: None }, false).unwrap();
        assert!(
            !without
                .headers
                .iter()
                .any(|(name, _)| name == "Retry-After")
        );
    }

    #[test]
    fn a_result_is_cut_off_without_a_way_on() {
        let page = json!({"data": [], "resultTruncated": "false", "$skipToken": "x"});
        let cut = spoil(&FaultKind::TruncatedResult, Reply::json(200, page)).value();
        assert_eq!(cut, json!({"data": [], "resultTruncated": "true"}));
        let other = spoil(
            &FaultKind::TruncatedResult,
            Reply::json(200, json!({"a": 1})),
        );
        assert_eq!(other.value(), json!({"a": 1}));
    }

    #[test]
    fn a_broken_connection_in_a_batch_is_one_request_s_error() {
        let broken = instead(&FaultKind::Reset, false).unwrap();
        assert_eq!(in_batch(broken).status, 502);
        let half = spoil(&FaultKind::Truncate, Reply::json(200, json!({})));
        assert_eq!(in_batch(half).value()["error"]["code"], "BadGateway");
        let slow = FaultKind::Slow(Duration::from_secs(1));
        assert_eq!(in_batch(spoil(&slow, Reply::empty(200))).status, 200);
    }
}
