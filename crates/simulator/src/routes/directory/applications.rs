//! Creating and changing applications, and changing service principals.
//!
//! <https://learn.microsoft.com/graph/api/application-post-applications>,
//! <https://learn.microsoft.com/graph/api/application-update>, <https://learn.microsoft.com/graph/api/application-upsert>

use serde_json::{Map, Value, json};

use super::forms::{self, NewApplication};
use super::properties::{self, Kind};
use super::{Call, find, keys, moment, owners, passwords, refusals, service_principals};
use crate::ids;
use crate::reply::Reply;
use crate::tenant::Tenant;

/// The audience where none is named.
const AUDIENCE: &str = "AzureADandPersonalMicrosoftAccount";

/// `POST /applications`.
pub(super) fn create(call: Call<'_>) -> Reply {
    match call.request.json() {
        Some(Value::Object(sent)) => made(call, sent),
        _ => refusals::unreadable(),
    }
}

fn made(call: Call<'_>, mut sent: Map<String, Value>) -> Reply {
    if let Err(refusal) = properties::check(Kind::Application, &sent) {
        return refusal;
    }
    let Some(name) = sent
        .get("displayName")
        .and_then(Value::as_str)
        .map(str::to_owned)
    else {
        return refusals::required("displayName", "Application");
    };
    let mut tenant = call.state.tenant_mut();
    if let Err(refusal) = unique(&tenant, "", &sent) {
        return refusal;
    }
    let fresh = match credentials(&Map::new(), &mut sent) {
        Ok(fresh) => fresh,
        Err(refusal) => return refusal,
    };
    let (id, app_id) = (ids::random_guid(), ids::random_guid());
    let mut body = forms::application(&NewApplication {
        id: &id,
        app_id: &app_id,
        display_name: &name,
        domain: tenant.domains.first().map(String::as_str),
        created: &moment::now().to_string(),
        audience: sent
            .get("signInAudience")
            .and_then(Value::as_str)
            .unwrap_or(AUDIENCE),
    });
    forms::merge(&mut body, sent);
    let body = Value::Object(body);
    call.writer(&mut tenant)
        .write(&find::path("applications", &id), body.clone());
    owners::add(&call, &mut tenant, "applications", &id);
    for what in fresh.iter().chain([&id, &app_id]) {
        call.state.replication.note(what);
    }
    call.created("applications", &body)
}

/// `PATCH` of an application or a service principal; also one that makes what is missing, where that was asked for.
pub(super) fn update(call: Call<'_>, kind: Kind, id: &str) -> Reply {
    let Some(Value::Object(mut sent)) = call.request.json() else {
        return refusals::unreadable();
    };
    let mut tenant = call.state.tenant_mut();
    let Some(object) = find::by_id(&tenant, kind.list(), id) else {
        drop(tenant);
        return upserted(call, kind, sent);
    };
    if let Err(refusal) = properties::check(kind, &sent).and_then(|()| unique(&tenant, id, &sent)) {
        return refusal;
    }
    let mut members = find::members(&object);
    let before = find::credentials(&members, "passwordCredentials");
    let fresh = match credentials(&members, &mut sent) {
        Ok(fresh) => fresh,
        Err(refusal) => return refusal,
    };
    forms::merge(&mut members, sent);
    let after = find::credentials(&members, "passwordCredentials");
    let app_id = object["appId"].as_str().unwrap_or_default();
    for gone in before.iter().filter(|one| !after.contains(one)) {
        call.state
            .proofs
            .remove(app_id, gone["keyId"].as_str().unwrap_or_default());
    }
    call.write_object(&mut tenant, kind.list(), &object, members);
    for key in &fresh {
        call.state.replication.note(key);
    }
    Reply::empty(204)
}

/// Makes the object that a key in parentheses names, where whoever asks prefers that to hearing that it is missing.
fn upserted(call: Call<'_>, kind: Kind, mut sent: Map<String, Value>) -> Reply {
    let named = call.at.alternate(1).zip(call.at.parts.get(1));
    match (kind, named) {
        (Kind::Application, Some((key, value)))
            if key.eq_ignore_ascii_case("uniqueName") && call.upserts() =>
        {
            sent.insert("uniqueName".to_owned(), json!(value));
            made(call, sent)
        }
        (Kind::ServicePrincipal, Some((key, value)))
            if key.eq_ignore_ascii_case("appId") && call.upserts() =>
        {
            service_principals::made(call, value, sent)
        }
        _ => refusals::missing(call.at.parts.get(1).map_or("", String::as_str)),
    }
}

/// Puts the credentials that were sent into the form they are stored in; gives the key ids of new ones.
pub(super) fn credentials(
    existing: &Map<String, Value>,
    sent: &mut Map<String, Value>,
) -> Result<Vec<String>, Reply> {
    let mut fresh = Vec::new();
    if let Some(Value::Array(list)) = sent.get("keyCredentials") {
        let replaced = keys::replace(&find::credentials(existing, "keyCredentials"), list)?;
        fresh = replaced.fresh;
        sent.insert(
            "keyCredentials".to_owned(),
            Value::Array(replaced.credentials),
        );
    }
    if let Some(Value::Array(list)) = sent.get("passwordCredentials") {
        let kept = passwords::replace(&find::credentials(existing, "passwordCredentials"), list)?;
        sent.insert("passwordCredentials".to_owned(), Value::Array(kept));
    }
    Ok(fresh)
}

/// Two applications of a tenant cannot share an identifier URI or a unique name.
fn unique(tenant: &Tenant, own: &str, sent: &Map<String, Value>) -> Result<(), Reply> {
    let uris = sent.get("identifierUris").and_then(Value::as_array);
    let uris: Vec<&str> = uris
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let name = sent.get("uniqueName").and_then(Value::as_str);
    if uris.is_empty() && name.is_none() {
        return Ok(());
    }
    for other in find::all(tenant, "applications") {
        if find::id_of(&other).eq_ignore_ascii_case(own) {
            continue;
        }
        let theirs = other["identifierUris"].as_array();
        let mut theirs = theirs.into_iter().flatten().filter_map(Value::as_str);
        let shared = theirs.any(|theirs| uris.iter().any(|uri| uri.eq_ignore_ascii_case(theirs)));
        let named = name.is_some_and(|name| other["uniqueName"].as_str() == Some(name));
        if shared || named {
            let property = if shared {
                "identifierUris"
            } else {
                "uniqueName"
            };
            let message = format!(
                "Another object with the same value for property {property} already exists."
            );
            return Err(refusals::property(message, property, "ObjectConflict"));
        }
    }
    Ok(())
}
