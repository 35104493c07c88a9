//! Endpoints for whoever runs the simulator, and not Azure's: counts, documents, identity tokens, changes to order. They answer on the loopback
//! alone, need no sign-in, and are neither recorded nor disturbed.

use serde_json::{Map, Value, json};

use crate::change::Change;
use crate::counts;
use crate::documents;
use crate::path;
use crate::random;
use crate::reply::{self, Reply};
use crate::request::Request;
use crate::request_counts::RequestCounts;
use crate::routes::issuer;
use crate::state::State;

/// True for the paths of these endpoints.
pub(crate) fn owns(at: &str) -> bool {
    path::segments(at).first() == Some(&"simulator")
}

/// Answers one of them. `near` tells whether the client is on this machine.
pub(crate) fn answer(state: &State, request: &Request, near: bool) -> Reply {
    if !near {
        let message = "The simulator is steered from its own machine only.";
        return reply::arm(403, "NotLocal", message);
    }
    let parts = path::segments(&request.path);
    if let ["simulator", "issuer", rest @ ..] = parts.as_slice() {
        return issuer::answer(state, request, rest);
    }
    match (request.method.as_str(), parts.get(1).copied()) {
        ("GET", Some("counts")) => Reply::json(200, counted(state)),
        ("GET", Some("documents")) => Reply::json(200, json!(documents::of(&state.tenant()))),
        ("GET", Some("requests")) => Reply::json(200, requests(state)),
        ("POST", Some("changes")) => change(state, request),
        _ => {
            let message = "There are GET /simulator/counts, GET /simulator/documents, GET /simulator/requests, POST /simulator/changes?count=&seed= and POST /simulator/issuer/token?subject=.";
            reply::arm(404, "NotFound", message)
        }
    }
}

fn counted(state: &State) -> Value {
    let counts = counts::of(&state.tenant(), &state.caches);
    let counts = counts.into_iter().map(|(kind, count)| (kind, json!(count)));
    Value::Object(counts.collect())
}

fn requests(state: &State) -> Value {
    let counts = RequestCounts::of(&state.recorded());
    let by_status = counts
        .by_status
        .iter()
        .map(|(status, count)| (status.to_string(), json!(count)));
    json!({
        "total": counts.total,
        "by_status": by_status.collect::<Map<String, Value>>(),
        "throttled": counts.throttled,
        "in_batch": counts.in_batch,
    })
}

fn change(state: &State, request: &Request) -> Reply {
    let number = |name: &str, otherwise: u64| match request.query.get(name) {
        None => Some(otherwise),
        Some(text) => text.parse().ok(),
    };
    let (Some(count), Some(seed)) = (number("count", 1), number("seed", 0)) else {
        return reply::arm(400, "InvalidNumber", "count and seed are whole numbers.");
    };
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let made = random::make(state, count, seed);
    let made: Vec<Value> = made.iter().map(written).collect();
    Reply::json(200, json!({"changes": made}))
}

fn written(change: &Change) -> Value {
    json!({
        "path": change.path,
        "type": change.type_name,
        "change": change.kind.name(),
        "operation": change.operation,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;
    use crate::tenant::Tenant;
    use crate::tokens::Tokens;

    #[test]
    fn another_machine_is_refused() {
        let tenant = Tenant::new(serde_saphyr::from_str("{ tenant_id: t }").unwrap());
        let state = State::new(tenant, Options::default(), Tokens::new().unwrap());
        let (path, query) = crate::request::split_url("/simulator/counts");
        let request = Request {
            method: "GET".to_owned(),
            path,
            query,
            headers: Vec::new(),
            body: bytes::Bytes::new(),
            origin: String::new(),
            in_batch: false,
        };
        assert_eq!(answer(&state, &request, false).status, 403);
        assert_eq!(answer(&state, &request, true).status, 200);
    }
}
