//! Between HTTP and the simulator's own requests and replies.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body as HttpBody, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request as HttpRequest};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use futures::stream;

use crate::ids;
use crate::json;
use crate::listener::Switch;
use crate::path;
use crate::reply::{self, Body, Disruption, Reply};
use crate::request::{Query, Request};
use crate::routes;
use crate::state::State;
use crate::store::is_graph;

/// Azure refuses bodies over 4 MB.
const LARGEST_BODY: usize = 4 * 1024 * 1024;

/// The service behind every path and method.
pub(crate) fn service(state: Arc<State>, origin: &str) -> Router {
    let origin: Arc<str> = origin.into();
    Router::new().fallback(
        move |ConnectInfo(switch): ConnectInfo<Switch>, request: HttpRequest| {
            serve(Arc::clone(&state), Arc::clone(&origin), switch, request)
        },
    )
}

async fn serve(
    state: Arc<State>,
    origin: Arc<str>,
    switch: Switch,
    request: HttpRequest,
) -> Response {
    if !state.options.latency.is_zero() {
        tokio::time::sleep(state.options.latency).await;
    }
    let is_head = request.method() == axum::http::Method::HEAD;
    let mut reply = match read(request, &origin).await {
        Ok(request) if routes::is_control(&request.path) => {
            routes::control(&state, &request, switch.is_near())
        }
        Ok(request) => {
            let graph = is_graph(&request.path);
            common_headers(&request, state.answer(&request), graph)
        }
        Err(reply) => reply,
    };
    if is_head {
        reply.body = Body::Empty;
    }
    write(reply, &switch).await
}

async fn read(request: HttpRequest, default_origin: &str) -> Result<Request, Reply> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, LARGEST_BODY).await.map_err(|_| {
        let message = "The request body is larger than 4 MB or did not arrive whole.";
        reply::arm(413, "RequestEntityTooLarge", message)
    })?;
    let host = parts
        .uri
        .authority()
        .map(|authority| authority.as_str().to_owned())
        .or_else(|| text(parts.headers.get(header::HOST)?));
    let scheme = default_origin.split("://").next().unwrap_or("https");
    let origin = host.map_or_else(
        || default_origin.to_owned(),
        |host| format!("{scheme}://{host}"),
    );
    Ok(Request {
        method: parts.method.as_str().to_uppercase(),
        path: path::tidy(&path::decode(parts.uri.path())),
        query: Query::parse(parts.uri.query().unwrap_or_default()),
        headers: headers(&parts.headers),
        body,
        origin,
        in_batch: false,
    })
}

fn headers(map: &HeaderMap) -> Vec<(String, String)> {
    map.iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), text(value)?)))
        .collect()
}

fn text(value: &HeaderValue) -> Option<String> {
    value.to_str().ok().map(str::to_owned)
}

fn common_headers(request: &Request, reply: Reply, graph: bool) -> Reply {
    let id = ids::random_guid();
    let sent = |name: &str| request.header(name).map(str::to_owned);
    if graph {
        let client = sent("client-request-id").unwrap_or_else(|| id.clone());
        return reply
            .header("request-id", id)
            .header("client-request-id", client);
    }
    let correlation = sent("x-ms-correlation-request-id").unwrap_or_else(|| id.clone());
    reply
        .header("x-ms-request-id", id)
        .header("x-ms-correlation-request-id", correlation)
}

async fn write(reply: Reply, switch: &Switch) -> Response {
    const JSON: &str = "application/json; charset=utf-8";
    let (text, kind) = match reply.body {
        Body::Json(value) => (json::bytes(&value), JSON.to_owned()),
        Body::Raw(text) => (text, JSON.to_owned()),
        Body::Text(text, kind) => (text.into_bytes(), kind),
        Body::Empty => (Vec::new(), String::new()),
    };
    let length = text.len();
    let body = match reply.disruption {
        None => HttpBody::from(text),
        Some(Disruption::Slow { milliseconds, half }) => {
            let time = Duration::from_millis(milliseconds.into());
            if half {
                halting(text, time)
            } else {
                tokio::time::sleep(time).await;
                HttpBody::from(text)
            }
        }
        Some(Disruption::Truncate) => first_half(text),
        Some(Disruption::Reset) => {
            switch.cut();
            HttpBody::empty()
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let to = response.headers_mut();
    insert(to, "cache-control", "no-cache");
    if !kind.is_empty() {
        insert(to, "content-type", &kind);
    }
    for (name, value) in &reply.headers {
        insert(to, name, value);
    }
    if matches!(
        reply.disruption,
        Some(Disruption::Truncate | Disruption::Slow { half: true, .. })
    ) {
        insert(to, "content-length", &length.to_string());
    }
    response
}

/// The first half of a body, after which the body fails and the connection with it.
fn first_half(text: Vec<u8>) -> HttpBody {
    let mut bytes = Bytes::from(text);
    bytes.truncate(bytes.len() / 2);
    let rest = stream::once(async {
        // The first half must be on its way before the connection ends.
        tokio::time::sleep(Duration::from_millis(5)).await;
        Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
    });
    let first = stream::once(async move { Ok::<Bytes, std::io::Error>(bytes) });
    HttpBody::from_stream(futures::StreamExt::chain(first, rest))
}

/// A body whose second half waits.
fn halting(text: Vec<u8>, time: Duration) -> HttpBody {
    let mut first = Bytes::from(text);
    let second = first.split_off(first.len() / 2);
    let first = stream::once(async move { Ok::<Bytes, std::io::Error>(first) });
    let second = stream::once(async move {
        tokio::time::sleep(time).await;
        Ok(second)
    });
    HttpBody::from_stream(futures::StreamExt::chain(first, second))
}

fn insert(headers: &mut HeaderMap, name: &str, value: &str) {
    let name = HeaderName::try_from(name.to_lowercase());
    if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
        headers.insert(name, value);
    }
}
