//! Writes to Microsoft Graph: objects, and the links of members and owners (`$ref`).

use serde_json::{Map, Value, json};

use crate::ids;
use crate::path;
use crate::reply::{self, Reply};
use crate::request::Request;
use crate::routes::graph::{self, Address};
use crate::routes::graph_derived;
use crate::routes::graph_lists::Directory;
use crate::routes::writes::Writer;
use crate::state::State;
use crate::tenant::Tenant;
use crate::tokens::Principal;

/// Creates an object in a collection that exists.
pub(super) fn create(
    state: &State,
    request: &Request,
    at: &Address,
    principal: &Principal,
    body: Value,
) -> Reply {
    let Value::Object(mut body) = body else {
        let message = "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.";
        return reply::graph(400, "BadRequest", message);
    };
    let id = ids::random_guid();
    body.entry("id").or_insert_with(|| json!(id));
    let id = body["id"].as_str().unwrap_or(&id).to_owned();
    let to = format!("{}/{id}", at.stored("v1.0"));
    let mut tenant = state.tenant_mut();
    writer(&mut tenant, state, request, principal).write(&to, Value::Object(body.clone()));
    Reply::json(201, Value::Object(body))
}

/// Changes or removes an object, or removes a link.
pub(super) fn write(
    state: &State,
    request: &Request,
    at: &Address,
    principal: &Principal,
) -> Reply {
    let mut tenant = state.tenant_mut();
    if let Some(link) = link_of(at) {
        if request.method != "DELETE" {
            return reply::graph(
                405,
                "Request_BadRequest",
                "A reference is posted or deleted.",
            );
        }
        let removed = writer(&mut tenant, state, request, principal).remove(&link.stored("v1.0"));
        return if removed {
            Reply::empty(204)
        } else {
            graph::missing(&link)
        };
    }
    let directory = Directory {
        tenant: &tenant,
        caches: &state.caches,
    };
    let Some(existing) = graph::single(directory, at) else {
        return graph::missing(at);
    };
    let to = home(at, &existing);
    if request.method == "DELETE" {
        writer(&mut tenant, state, request, principal).remove(&to);
        return Reply::empty(204);
    }
    let Some(Value::Object(sent)) = request.json() else {
        return reply::graph(400, "BadRequest", "Unable to read JSON request payload.");
    };
    let mut merged = existing.as_object().cloned().unwrap_or_else(Map::new);
    merged.extend(sent);
    writer(&mut tenant, state, request, principal).write(&to, Value::Object(merged));
    Reply::empty(204)
}

/// Adds a link: `POST /groups/{id}/members/$ref`. `None` for any other path.
pub(super) fn link(
    state: &State,
    request: &Request,
    at: &Address,
    principal: &Principal,
    body: &Value,
) -> Option<Reply> {
    let list = link_of(at)?;
    let mut tenant = state.tenant_mut();
    let mut holder = list.clone();
    holder.parts.pop();
    let directory = Directory {
        tenant: &tenant,
        caches: &state.caches,
    };
    if graph::single(directory, &holder).is_none() {
        return Some(graph::missing(&holder));
    }
    let reference = body["@odata.id"].as_str().unwrap_or_default();
    let id = reference.rsplit('/').next().unwrap_or_default();
    let known = state.replication.knows(id);
    let Some(object) = graph_derived::object(&tenant, id).filter(|_| known) else {
        let mut wanted = list;
        wanted.parts.push(id.to_owned());
        return Some(graph::missing(&wanted));
    };
    let to = format!("{}/{}", list.stored("v1.0"), id.to_lowercase());
    if tenant.store.get(&to).is_some() {
        let property = list.parts.last().map_or("", String::as_str);
        let message = format!(
            "One or more added object references already exist for the following modified properties: '{property}'."
        );
        return Some(reply::graph(400, "Request_BadRequest", message));
    }
    writer(&mut tenant, state, request, principal).write(&to, object);
    Some(Reply::empty(204))
}

/// The address before `$ref`.
fn link_of(at: &Address) -> Option<Address> {
    let mut link = at.clone();
    let last = link.parts.pop()?;
    last.eq_ignore_ascii_case("$ref").then_some(link)
}

/// Where an object is stored, also when it was addressed by its name or another key.
fn home(at: &Address, existing: &Value) -> String {
    match existing["id"].as_str() {
        Some(id) if at.parts.len() == 2 => path::key(&format!("/v1.0/{}/{id}", at.parts[0])),
        _ => at.stored("v1.0"),
    }
}

/// A writer on behalf of the caller.
pub(super) fn writer<'a>(
    tenant: &'a mut Tenant,
    state: &'a State,
    request: &Request,
    principal: &Principal,
) -> Writer<'a> {
    Writer::new(
        tenant,
        &state.history,
        principal.author(),
        request.correlation(),
    )
}
