//! What changes or reveals: posted actions, and writes of documents.

use serde_json::{Map, Value};

use crate::action;
use crate::path::{self, ProviderPath};
use crate::reply::{self, Reply};
use crate::request::Request;
use crate::routes::arm::{self, Context};
use crate::routes::arm_access::{self, Caller};
use crate::routes::arm_containers;
use crate::routes::authorization::{self, Writing};
use crate::routes::entities;
use crate::routes::writes::{self, Writer};
use crate::state::State;
use crate::tenant::Tenant;

/// Answers a posted action with the body that is stored at its path.
pub(super) fn post(context: &Context<'_>) -> Reply {
    let (store, at) = (&context.tenant.store, &context.request.path);
    if path::key(at) == entities::PATH {
        return entities::list(context);
    }
    if let Some(document) = store.get(at) {
        return Reply::document(200, &document.alone());
    }
    if let Some(reply) = arm_containers::register(at) {
        return reply;
    }
    let found = store.collection(at);
    if found.stored {
        let items = found.items.iter().map(|item| item.body.as_ref().clone());
        let mut body = Map::from_iter([("value".to_owned(), Value::Array(items.collect()))]);
        body.extend(found.envelope);
        return Reply::json(200, Value::Object(body));
    }
    arm::missing(context.tenant, at)
}

/// Writes or removes a document.
pub(super) fn write(state: &State, request: &Request, caller: &Caller) -> Reply {
    let mut tenant = state.tenant_mut();
    let at = &request.path;
    if let Err(refusal) = arm_access::known_subscription(&tenant, at) {
        return refusal;
    }
    let Some(action) = action::of(&request.method, at) else {
        return reply::arm(
            405,
            "MethodNotAllowed",
            format!("'{at}' cannot be written."),
        );
    };
    let grants = arm_access::grants(state, &tenant, &caller.principal);
    if !grants.allow(&tenant, &action.name, &action.scope) {
        return arm_access::denied(&caller.principal, &action.name, &action.scope);
    }
    let refused = arm_access::known_group(&tenant, at)
        .and_then(|()| arm_access::unlocked(&state.caches, &tenant, request));
    if let Err(refusal) = refused {
        return refusal;
    }
    if ProviderPath::parse(at).is_some_and(|provider| provider.ends_on_type()) {
        return reply::arm(405, "MethodNotAllowed", format!("'{at}' is a list."));
    }
    writes::keep_group(&mut tenant, at);
    let existing = tenant
        .store
        .get(at)
        .map(|document| (document.alone().as_ref().clone(), document.etag.clone()));
    if let Some(refusal) = precondition(request, existing.as_ref().map(|(_, etag)| etag.as_str())) {
        return refusal;
    }
    if writes::is_homeless(&tenant, at) {
        return arm::missing(&tenant, at);
    }
    let mut writing = Writing {
        state,
        tenant: &mut tenant,
        request,
        caller,
        grants,
    };
    if let Some(reply) = authorization::write(&mut writing) {
        return reply;
    }
    if request.method == "DELETE" {
        let removed = writer(&mut tenant, state, request, caller).remove(at);
        let status = if removed { 200 } else { 204 };
        return Reply::empty(status);
    }
    let Some(Value::Object(sent)) = request.json() else {
        let message = "The request content was invalid and could not be deserialized: it is not a JSON object.";
        return reply::arm(400, "InvalidRequestContent", message);
    };
    let existed = existing.is_some();
    let mut body = match (request.method.as_str(), existing) {
        ("PATCH", None) => return arm::missing(&tenant, at),
        ("PATCH", Some((mut body, _))) => {
            merge(&mut body, Value::Object(sent));
            body
        }
        _ => Value::Object(sent),
    };
    complete(&mut body, at);
    let etag = writer(&mut tenant, state, request, caller).write(at, body.clone());
    let status = if existed { 200 } else { 201 };
    Reply::json(status, body).header("ETag", etag)
}

fn writer<'a>(
    tenant: &'a mut Tenant,
    state: &'a State,
    request: &Request,
    caller: &Caller,
) -> Writer<'a> {
    let author = caller.principal.author();
    Writer::new(tenant, &state.history, author, request.correlation())
}

fn precondition(request: &Request, etag: Option<&str>) -> Option<Reply> {
    let wanted = request.header("if-match");
    let changed = wanted.is_some_and(|wanted| match etag {
        Some(etag) => wanted != "*" && wanted != etag,
        None => true,
    });
    let taken = request.header("if-none-match") == Some("*") && etag.is_some();
    (changed || taken).then(|| {
        let message = "The condition specified in the ETag is not satisfied.";
        reply::arm(412, "PreconditionFailed", message)
    })
}

/// Merges as RFC 7396 says: null removes, objects merge, everything else replaces.
fn merge(into: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *into = patch;
        return;
    };
    if !into.is_object() {
        *into = Value::Object(Map::new());
    }
    let Some(target) = into.as_object_mut() else {
        return;
    };
    for (name, value) in patch {
        if value.is_null() {
            target.remove(&name);
        } else {
            merge(target.entry(name).or_insert(Value::Null), value);
        }
    }
}

/// Adds what a client does not send and Azure always answers: id, name and type.
fn complete(body: &mut Value, at: &str) {
    let Some(object) = body.as_object_mut() else {
        return;
    };
    let name = at.rsplit('/').next().unwrap_or_default();
    let kind = ProviderPath::parse(at).map_or_else(
        || "Microsoft.Resources/resourceGroups".to_owned(),
        |provider| provider.type_name(),
    );
    for (member, value) in [("id", at), ("name", name), ("type", kind.as_str())] {
        object.insert(member.to_owned(), Value::String(value.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn patches_merge_as_the_rfc_says() {
        let mut body = json!({"a": {"b": 1, "c": 2}, "d": [1]});
        merge(
            &mut body,
            json!({"a": {"b": null, "e": {"f": null, "g": 1}}, "d": [2]}),
        );
        assert_eq!(body, json!({"a": {"c": 2, "e": {"g": 1}}, "d": [2]}));
    }

    #[test]
    fn written_documents_know_who_they_are() {
        let mut body = json!({});
        complete(
            &mut body,
            "/subscriptions/s/resourceGroups/g/providers/A.B/c/n",
        );
        assert_eq!(
            (body["name"].as_str(), body["type"].as_str()),
            (Some("n"), Some("A.B/c"))
        );
    }
}
