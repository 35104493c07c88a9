//! Microsoft Graph: sign-in, permissions, and what a path names.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};

use crate::graph_permissions;
use crate::path;
use crate::reply::{self, Reply};
use crate::request::Request;
use crate::routes::graph_lists::Directory;
use crate::routes::{directory, graph_delta, graph_derived, graph_lists, graph_me, graph_writes};
use crate::state::State;
use crate::throttle::{Asker, Verdict};
use crate::tokens::{Principal, Refusal, Service};

/// Answers a request to Microsoft Graph.
pub(super) fn serve(state: &State, request: &Request) -> Reply {
    let principal = match sign_in(state, request) {
        Ok(principal) => principal,
        Err(refusal) => return refusal,
    };
    let at = {
        let tenant = state.tenant();
        let directory = Directory {
            tenant: &tenant,
            caches: &state.caches,
        };
        resolved(directory, address(&request.path))
    };
    let at = match graph_me::resolved(at, &principal) {
        Ok(at) => at,
        Err(refusal) => return refusal,
    };
    let relative = at.key();
    if !is_allowed(state, request, &principal, &relative) {
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

fn is_allowed(state: &State, request: &Request, principal: &Principal, path: &str) -> bool {
    let ask = graph_permissions::Ask {
        tenant: &state.tenant(),
        principal,
        method: &request.method,
        path,
        body: &request.json().unwrap_or(Value::Null),
    };
    graph_permissions::allow(&ask)
        && (!asks_for_sign_ins(request) || graph_permissions::may_read_sign_ins(principal))
}

/// Whether a request asks for when users signed in, which takes a permission of its own.
///
/// Source: <https://learn.microsoft.com/graph/api/resources/signinactivity>
fn asks_for_sign_ins(request: &Request) -> bool {
    ["$select", "$filter", "$orderby"].iter().any(|name| {
        let asked = request.query.get(name).unwrap_or_default();
        asked.to_ascii_lowercase().contains("signinactivity")
    })
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
    if is_fresh(state, at) {
        return missing(at);
    }
    let call = directory::Call {
        state,
        request,
        at,
        principal,
    };
    if !matches!(request.method.as_str(), "GET" | "HEAD")
        && let Some(reply) = directory::serve(call)
    {
        return reply;
    }
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
    /// The names of keys that stand in place of an id, as in `applications(appId='…')`, by the place of their value.
    pub(super) alternates: Vec<(usize, String)>,
}

impl Address {
    /// The path without its version, in lower case.
    pub(super) fn key(&self) -> String {
        let joined: String = self.parts.iter().map(|part| format!("/{part}")).collect();
        joined.to_lowercase()
    }

    /// The name of the key whose value stands at a place, where that is no id.
    pub(super) fn alternate(&self, place: usize) -> Option<&str> {
        let mut alternates = self.alternates.iter();
        let found = alternates.find(|(at, _)| *at == place);
        found.map(|(_, key)| key.as_str())
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
        alternates: Vec::new(),
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
                found.alternates.push((found.parts.len(), key.to_owned()));
                found.parts.push(value);
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

/// Children of an object that are found alone by their id, or their name, also where they are derived.
const CHILDREN: [&str; 5] = [
    "approleassignments",
    "approleassignedto",
    "federatedidentitycredentials",
    "roleassignments",
    "roledefinitions",
];

/// The address with the object's id, where another key names the object.
fn resolved(directory: Directory<'_>, mut at: Address) -> Address {
    let Some(key) = at.alternate(1) else {
        return at;
    };
    let list = Address {
        parts: at.parts[..1].to_vec(),
        ..at.clone()
    };
    let value = at.parts.get(1).map_or("", String::as_str);
    let items = graph_lists::items(directory, &list).unwrap_or_default();
    let found = items.iter().find_map(|item| {
        let have = item.get(key)?.as_str()?;
        have.eq_ignore_ascii_case(value)
            .then(|| item["id"].as_str().map(str::to_owned))?
    });
    if let Some(id) = found {
        at.parts[1] = id;
        at.alternates.retain(|(place, _)| *place != 1);
    }
    at
}

/// True when some copies of the directory do not have yet what a path names.
fn is_fresh(state: &State, at: &Address) -> bool {
    let ids = at.parts.iter().skip(1).step_by(2);
    ids.into_iter().any(|id| !state.replication.knows(id))
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
    let is_known = match at.parts.as_slice() {
        [_, _] => true,
        [_, _, children, _] => CHILDREN.contains(&children.to_lowercase().as_str()),
        _ => false,
    };
    if !is_known {
        return None;
    }
    if list.key() == "/directoryobjects" {
        return graph_derived::object(tenant, name).map(Arc::new);
    }
    let items = graph_lists::items(directory, &list)?;
    let keys: Vec<&str> = match at.alternate(at.parts.len() - 1) {
        Some(key) => vec![key],
        None if at.parts.len() == 2 => vec!["id", "userPrincipalName"],
        None => vec!["id", "name"],
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
        assert_eq!(at.alternate(1), Some("appId"));
        let both = address("/v1.0/applications(appId='A')/federatedIdentityCredentials(name='n')");
        assert_eq!(
            (both.alternate(1), both.alternate(3)),
            (Some("appId"), Some("name"))
        );
        assert_eq!(address("/v1.0/users('1')").key(), "/users/1");
        assert_eq!(address("/v1.0/odd(").parts, ["odd("]);
    }
}
