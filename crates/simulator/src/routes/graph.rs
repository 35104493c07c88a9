//! Microsoft Graph: sign-in, permissions, and what a path names.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};

use crate::graph_permissions;
use crate::path;
use crate::reply::{self, Reply};
use crate::request::Request;
use crate::routes::graph_lists::Directory;
use crate::routes::{graph_delta, graph_derived, graph_lists, graph_writes};
use crate::state::State;
use crate::throttle::{Asker, Verdict};
use crate::tokens::{Principal, Refusal, Service};

/// Answers a request to Microsoft Graph.
pub(super) fn serve(state: &State, request: &Request) -> Reply {
    let principal = match sign_in(state, request) {
        Ok(principal) => principal,
        Err(refusal) => return refusal,
    };
    let at = address(&request.path);
    let relative = at.key();
    if relative == "/me" || relative.starts_with("/me/") {
        let message = "/me request is only valid with delegated authentication flow.";
        return reply::graph(400, "BadRequest", message);
    }
    if !graph_permissions::permit(&principal.roles, &request.method, &relative) {
        let message = "Insufficient privileges to complete the operation.";
        return reply::graph(403, "Authorization_RequestDenied", message);
    }
    let verdict = charge(state, request, &principal, &relative);
    let mut reply = match verdict.refusal.filter(|_| state.options.throttle) {
        Some(refusal) => refusal,
        None => answer(state, request, &at, &principal),
    };
    reply.headers.extend(verdict.headers);
    reply
}

/// Takes a request that is permitted out of its limits.
fn charge(state: &State, request: &Request, principal: &Principal, path: &str) -> Verdict {
    let tenant = state.tenant();
    let directory = Directory {
        tenant: &tenant,
        caches: &state.caches,
    };
    let users = state.caches.users.always(tenant.store.version(), "", || {
        let users = graph_lists::items(directory, &address("/v1.0/users"));
        users.map_or(0, |users| users.len())
    });
    let asker = Asker {
        application: &principal.client_id,
        tenant: &tenant.id,
        users,
    };
    state
        .throttle
        .graph(asker, &request.method, path, &request.query, Instant::now())
}

fn answer(state: &State, request: &Request, at: &Address, principal: &Principal) -> Reply {
    match request.method.as_str() {
        "GET" | "HEAD" => match graph_delta::collection(at) {
            Some(list) => graph_delta::serve(state, request, &list),
            None => read(state, request, at),
        },
        "POST" => post(state, request, at, principal),
        "PATCH" | "PUT" | "DELETE" => graph_writes::write(state, request, at, principal),
        _ => reply::graph(
            405,
            "Request_BadRequest",
            "Specified HTTP method is not allowed.",
        ),
    }
}

/// Reads the caller out of the token.
pub(super) fn sign_in(state: &State, request: &Request) -> Result<Principal, Reply> {
    let sent = request.header("authorization");
    let checked = state.tokens.check(sent, Service::Graph, &request.origin);
    checked.map_err(|refusal| {
        let message = match refusal {
            Refusal::Missing => "Access token is empty.",
            Refusal::Invalid => "IDX14100: JWT is not well formed or its signature is invalid.",
            Refusal::Expired(_) => "Lifetime validation failed, the token is expired.",
            Refusal::Audience(_) => "Access token validation failure. Invalid audience.",
        };
        let id = &state.tenant().id;
        let challenge = format!("Bearer realm=\"\", authorization_uri=\"{}/{id}/oauth2/authorize\", client_id=\"00000003-0000-0000-c000-000000000000\"", request.origin);
        reply::graph(401, "InvalidAuthenticationToken", message).header("WWW-Authenticate", challenge)
    })
}

/// A path within Microsoft Graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address {
    /// `v1.0` or `beta`, in lower case.
    pub(super) version: String,
    /// The segments after it; `users('id')` is two of them.
    pub(super) parts: Vec<String>,
    /// The key in `applications(appId='…')`, which stands in place of an id.
    pub(super) alternate: Option<(String, String)>,
}

impl Address {
    /// The path without its version, in lower case.
    pub(super) fn key(&self) -> String {
        let joined: String = self.parts.iter().map(|part| format!("/{part}")).collect();
        joined.to_lowercase()
    }

    /// The path as it is stored under a version.
    pub(super) fn stored(&self, version: &str) -> String {
        format!("/{version}{}", self.key())
    }
}

/// Takes a path apart.
pub(super) fn address(at: &str) -> Address {
    let mut segments = path::segments(at).into_iter();
    let version = segments.next().unwrap_or("v1.0").to_lowercase();
    let mut found = Address {
        version,
        parts: Vec::new(),
        alternate: None,
    };
    for segment in segments {
        let call = segment
            .strip_suffix(')')
            .and_then(|open| open.split_once('('))
            .filter(|(name, _)| !name.is_empty());
        let Some((name, argument)) = call else {
            found.parts.push(segment.to_owned());
            continue;
        };
        found.parts.push(name.to_owned());
        match argument.split_once('=') {
            Some((key, value)) => {
                let value = value.trim_matches('\'').to_owned();
                found.parts.push(value.clone());
                found.alternate = Some((key.to_owned(), value));
            }
            None => found.parts.push(argument.trim_matches('\'').to_owned()),
        }
    }
    found
}

fn read(state: &State, request: &Request, at: &Address) -> Reply {
    let tenant = state.tenant();
    let directory = Directory {
        tenant: &tenant,
        caches: &state.caches,
    };
    let counted = at.parts.last().is_some_and(|last| last == "$count");
    if counted {
        let mut list = at.clone();
        list.parts.pop();
        let total = graph_lists::items(directory, &list).map_or(0, |items| items.len());
        return Reply {
            body: reply::Body::Text(total.to_string(), "text/plain".to_owned()),
            ..Reply::empty(200)
        };
    }
    if let Some(item) = single(directory, at) {
        return graph_lists::one(request, directory, at, &item);
    }
    if let Some(items) = graph_lists::items(directory, at) {
        return graph_lists::page(state, request, directory, at, items);
    }
    missing(at)
}

/// The document at a path: stored, known by another key, or derived.
pub(super) fn single(directory: Directory<'_>, at: &Address) -> Option<Arc<Value>> {
    let tenant = directory.tenant;
    let stored = [at.version.as_str(), "v1.0"]
        .iter()
        .find_map(|version| tenant.store.get(&at.stored(version)));
    if let Some(stored) = stored {
        return Some(stored.alone());
    }
    let name = at.parts.last()?;
    let mut list = at.clone();
    list.parts.pop();
    list.alternate = None;
    if list.parts.len() != 1 {
        return None;
    }
    if list.key() == "/directoryobjects" {
        return graph_derived::object(tenant, name).map(Arc::new);
    }
    let items = graph_lists::items(directory, &list)?;
    let keys: Vec<&str> = match &at.alternate {
        Some((key, _)) => vec![key.as_str()],
        None => vec!["id", "userPrincipalName"],
    };
    let named = |item: &&Arc<Value>| {
        keys.iter().any(|key| {
            let have = item.get(*key).and_then(Value::as_str);
            have.is_some_and(|have| have.eq_ignore_ascii_case(name))
        })
    };
    items.iter().find(named).map(Arc::clone)
}

/// Graph's answer for what does not exist.
pub(super) fn missing(at: &Address) -> Reply {
    let name = at.parts.last().map_or("", String::as_str);
    let message = format!(
        "Resource '{name}' does not exist or one of its queried reference-property objects are not present."
    );
    reply::graph(404, "Request_ResourceNotFound", message)
}

fn post(state: &State, request: &Request, at: &Address, principal: &Principal) -> Reply {
    let key = at.key();
    let body = request.json().unwrap_or(Value::Null);
    if let Some(reply) = graph_writes::link(state, request, at, principal, &body) {
        return reply;
    }
    if key == "/directoryobjects/getbyids" {
        let tenant = state.tenant();
        let ids = body["ids"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        let found: Vec<Value> = ids
            .iter()
            .filter_map(|id| graph_derived::object(&tenant, id.as_str()?))
            .collect();
        return Reply::json(200, json!({"value": found}));
    }
    let tenant = state.tenant();
    if let Some(document) = tenant.store.get(&at.stored("v1.0")) {
        return Reply::document(200, &document.alone());
    }
    let directory = Directory {
        tenant: &tenant,
        caches: &state.caches,
    };
    if graph_lists::items(directory, at).is_none() {
        return missing(at);
    }
    drop(tenant);
    graph_writes::create(state, request, at, principal, body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_parentheses_are_segments() {
        let at = address("/beta/servicePrincipals(appId='AB')/owners");
        assert_eq!(at.version, "beta");
        assert_eq!(at.parts, ["servicePrincipals", "AB", "owners"]);
        assert_eq!(at.alternate, Some(("appId".to_owned(), "AB".to_owned())));
        assert_eq!(address("/v1.0/users('1')").key(), "/users/1");
        assert_eq!(address("/v1.0/odd(").parts, ["odd("]);
    }
}
