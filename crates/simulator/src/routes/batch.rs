//! Many requests in one: Microsoft Graph's `$batch` and ARM's `/batch`. Each inner request is authorised by itself.

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::json;
use crate::reply::{self, Disruption, Reply};
use crate::request::Request;
use crate::state::State;

/// Both services take this many requests in one batch.
const MOST: usize = 20;

/// Microsoft Graph's batch: <https://learn.microsoft.com/graph/json-batching>.
pub(super) fn graph(state: &State, request: &Request) -> Reply {
    if let Err(refusal) = super::graph::sign_in(state, request) {
        return refusal;
    }
    let Some(inner) = requests(request) else {
        return reply::graph(400, "BadRequest", "Invalid batch payload format.");
    };
    if inner.len() > MOST {
        let message = "Number of batch request steps exceeds the maximum value of 20.";
        return reply::graph(400, "BadRequest", message);
    }
    let version = crate::path::segments(&request.path)
        .first()
        .copied()
        .unwrap_or("v1.0");
    let mut slowest = None;
    let responses: Vec<Box<RawValue>> = inner
        .iter()
        .filter_map(|entry| {
            let url = entry["url"].as_str().unwrap_or_default();
            let url = format!("/{version}/{}", url.trim_start_matches('/'));
            let method = entry["method"].as_str().unwrap_or("GET");
            let reply = if nested(&url) {
                reply::graph(400, "BadRequest", "A batch cannot hold a batch.")
            } else {
                let mut inner = request.inner(method, &url, &entry["body"]);
                take_headers(&mut inner, &entry["headers"]);
                state.answer(&inner)
            };
            slowest = slowest.max(delay(&reply));
            let mut response = json::Object::new();
            response.member("id", &entry["id"]);
            response.member("status", &reply.status);
            response.member("headers", &headers(&reply));
            response.raw("body", &reply.json_text());
            written(response)
        })
        .collect();
    whole(&Responses { responses }, slowest)
}

/// ARM's batch, as its portal uses it.
pub(super) fn arm(state: &State, request: &Request) -> Reply {
    if request.method != "POST" {
        return reply::arm(405, "MethodNotAllowed", "A batch is posted.");
    }
    let caller = match super::arm_access::admit(state, request) {
        Ok(caller) => caller,
        Err(refusal) => return refusal,
    };
    let Some(inner) = requests(request).filter(|inner| inner.len() <= MOST) else {
        let message = format!("A batch holds a list `requests` of at most {MOST}.");
        return reply::arm(400, "InvalidBatchRequest", message);
    };
    let mut slowest = None;
    let responses: Vec<Box<RawValue>> = inner
        .iter()
        .filter_map(|entry| {
            let url = entry["url"]
                .as_str()
                .or_else(|| entry["relativeUrl"].as_str())
                .unwrap_or_default();
            let method = entry["httpMethod"].as_str().unwrap_or("GET");
            let reply = if nested(url) {
                reply::arm(400, "InvalidBatchRequest", "A batch cannot hold a batch.")
            } else {
                state.answer(&request.inner(method, url, &entry["content"]))
            };
            let content = reply.json_text();
            slowest = slowest.max(delay(&reply));
            let mut response = json::Object::new();
            response.member("name", &entry["name"]);
            response.member("httpStatusCode", &reply.status);
            response.member("headers", &headers(&reply));
            response.member("contentLength", &content.len());
            response.raw("content", &content);
            written(response)
        })
        .collect();
    let mut reply = whole(&Responses { responses }, slowest);
    reply.headers.extend(caller.headers);
    reply
}

/// How many milliseconds a request within a batch keeps its client waiting.
fn delay(reply: &Reply) -> Option<u32> {
    match reply.disruption {
        Some(Disruption::Slow { milliseconds, .. }) => Some(milliseconds),
        _ => None,
    }
}

/// The batch's own reply. Its requests run side by side, so that it takes as long as the slowest of them.
fn whole(responses: &Responses, slowest: Option<u32>) -> Reply {
    Reply {
        disruption: slowest.map(|milliseconds| Disruption::Slow {
            milliseconds,
            half: false,
        }),
        ..Reply::raw(200, json::bytes(responses))
    }
}

#[derive(Serialize)]
struct Responses {
    responses: Vec<Box<RawValue>>,
}

fn written(response: json::Object) -> Option<Box<RawValue>> {
    let text = String::from_utf8(response.finish()).ok()?;
    RawValue::from_string(text).ok()
}

fn requests(request: &Request) -> Option<Vec<Value>> {
    match request.json()?.get_mut("requests")?.take() {
        Value::Array(inner) => Some(inner),
        _ => None,
    }
}

fn nested(url: &str) -> bool {
    let (path, _) = crate::request::split_url(url);
    let last = path.rsplit('/').next().unwrap_or_default().to_lowercase();
    last == "$batch" || path.to_lowercase() == "/batch"
}

fn take_headers(request: &mut Request, headers: &Value) {
    let Some(headers) = headers.as_object() else {
        return;
    };
    for (name, value) in headers {
        let name = name.to_lowercase();
        // The batch's own token holds for all of it.
        if name == "authorization" {
            continue;
        }
        request.headers.retain(|(have, _)| *have != name);
        let value = value.as_str().unwrap_or_default().to_owned();
        request.headers.push((name, value));
    }
}

fn headers(reply: &Reply) -> Value {
    let mut map = Map::from_iter([("Content-Type".to_owned(), Value::from("application/json"))]);
    let own = reply.headers.iter();
    map.extend(own.map(|(name, value)| (name.clone(), Value::from(value.as_str()))));
    Value::Object(map)
}
