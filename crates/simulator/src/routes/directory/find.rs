//! Finding the objects that a request speaks of, stored or derived.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::derived;
use crate::microsoft_graph;
use crate::tenant::Tenant;

/// Where an object is stored.
pub(super) fn path(list: &str, id: &str) -> String {
    format!("/v1.0/{list}/{}", id.to_lowercase())
}

/// An application or service principal by its id; `list` in lower case.
pub(super) fn by_id(tenant: &Tenant, list: &str, id: &str) -> Option<Arc<Value>> {
    if let Some(document) = tenant.store.get(&path(list, id)) {
        return Some(document.alone());
    }
    derived::by_id(tenant, list, id).map(Arc::new)
}

/// An application or service principal by its client id.
pub(super) fn by_app_id(tenant: &Tenant, list: &str, app_id: &str) -> Option<Arc<Value>> {
    by_member(tenant, list, "appId", app_id)
}

/// An application or service principal by a member that tells it from all others.
pub(super) fn by_member(
    tenant: &Tenant,
    list: &str,
    name: &str,
    value: &str,
) -> Option<Arc<Value>> {
    let mut all = all(tenant, list).into_iter();
    let found = all.find(|body| {
        let have = body[name].as_str();
        have.is_some_and(|have| have.eq_ignore_ascii_case(value))
    })?;
    // A list may show less than the document itself.
    by_id(tenant, list, id_of(&found))
}

/// Every application or service principal.
pub(super) fn all(tenant: &Tenant, list: &str) -> Vec<Arc<Value>> {
    let stored = tenant.store.collection(&format!("/v1.0/{list}"));
    if list == "applications" {
        derived::applications(tenant, stored)
    } else {
        derived::service_principals(tenant, stored)
    }
}

/// The service principal of Microsoft Graph.
pub(super) fn graph(tenant: &Tenant) -> Option<Arc<Value>> {
    by_app_id(tenant, "serviceprincipals", microsoft_graph::APP_ID)
}

/// The id of an object, as it is written.
pub(super) fn id_of(object: &Value) -> &str {
    object["id"].as_str().unwrap_or_default()
}

/// Stores an object that was derived so far, so that it can be changed. Nothing changes by it, so no history tells of it.
pub(super) fn materialise(tenant: &mut Tenant, list: &str, object: &Value) {
    let at = path(list, id_of(object));
    if tenant.store.get(&at).is_none() {
        tenant.store.write(&at, object.clone());
        derived::settle(tenant, list, id_of(object));
    }
}

/// The members of an object, to be changed.
pub(super) fn members(object: &Value) -> Map<String, Value> {
    object.as_object().cloned().unwrap_or_default()
}

/// An object's collection of credentials.
pub(super) fn credentials(object: &Map<String, Value>, name: &str) -> Vec<Value> {
    let list = object.get(name).and_then(Value::as_array);
    list.cloned().unwrap_or_default()
}

/// An object without the public keys of its certificates: those are shown only where they are asked for by name.
pub(in crate::routes) fn without_keys(object: &Arc<Value>) -> Arc<Value> {
    if !holds_keys(object) {
        return Arc::clone(object);
    }
    let mut shown = object.as_ref().clone();
    hide_keys(&mut shown["keyCredentials"]);
    Arc::new(shown)
}

/// Takes the public keys out of a collection of key credentials.
pub(in crate::routes) fn hide_keys(credentials: &mut Value) {
    for credential in credentials.as_array_mut().into_iter().flatten() {
        if let Some(members) = credential.as_object_mut() {
            members.insert("key".to_owned(), Value::Null);
        }
    }
}

fn holds_keys(object: &Value) -> bool {
    let keys = object["keyCredentials"].as_array();
    keys.into_iter().flatten().any(|key| !key["key"].is_null())
}

/// A reference to what an object is, as lists of owners hold it.
pub(super) fn typed(mut object: Value, kind: &str) -> Value {
    if let Some(members) = object.as_object_mut() {
        let kind = json!(format!("#microsoft.graph.{kind}"));
        members.insert("@odata.type".to_owned(), kind);
    }
    object
}
