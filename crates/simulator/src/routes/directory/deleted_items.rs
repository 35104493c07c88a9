//! What was deleted and can be brought back.
//!
//! <https://learn.microsoft.com/graph/api/resources/directory>, <https://learn.microsoft.com/graph/api/directory-deleteditems-restore>

use std::sync::Arc;

use serde_json::{Value, json};

use super::properties::Kind;
use super::{Call, find, moment, refusals};
use crate::reply::Reply;
use crate::tenant::Tenant;

/// Where a deleted object is kept.
pub(super) fn place(id: &str) -> String {
    find::path("directory/deletedItems", id)
}

/// Keeps an object that was just removed, with what was beneath it.
pub(super) fn keep(
    call: &Call<'_>,
    tenant: &mut Tenant,
    kind: Kind,
    object: &Value,
    beneath: Vec<(String, Arc<Value>)>,
) {
    let type_name = match kind {
        Kind::Application => "application",
        Kind::ServicePrincipal => "servicePrincipal",
    };
    let mut kept = find::typed(object.clone(), type_name);
    kept["deletedDateTime"] = json!(moment::now().to_string());
    let at = place(find::id_of(object));
    call.writer(tenant).write_along(&at, kept);
    for (rest, body) in beneath {
        tenant
            .store
            .write(&format!("{at}/{rest}"), body.as_ref().clone());
    }
}

/// `POST /directory/deletedItems/{id}/restore`. Of an application, only itself comes back, not its service principal.
pub(super) fn restore(call: Call<'_>, id: &str) -> Reply {
    let mut tenant = call.state.tenant_mut();
    let at = place(id);
    let Some((kind, kept)) = kept(&tenant, id) else {
        return refusals::missing(id);
    };
    let app_id = kept["appId"].as_str().unwrap_or_default();
    if find::by_app_id(&tenant, kind.list(), app_id).is_some() {
        let what = kind.name();
        return refusals::taken(format!(
            "An object of type {what} with the appId {app_id} is there already."
        ));
    }
    let own = kept["appOwnerOrganizationId"]
        .as_str()
        .is_some_and(|owner| owner.eq_ignore_ascii_case(&tenant.id));
    if kind == Kind::ServicePrincipal
        && own
        && find::by_app_id(&tenant, "applications", app_id).is_none()
    {
        let message = format!(
            "The appId '{app_id}' of the service principal does not reference a valid application object."
        );
        return refusals::property(message, "appId", "NoBackingApplicationObject");
    }
    let mut members = find::members(&kept);
    members.remove("@odata.type");
    members.insert("deletedDateTime".to_owned(), Value::Null);
    let object = Value::Object(members);
    let home = find::path(kind.list(), id);
    let beneath = beneath(&tenant, &at);
    call.writer(&mut tenant).remove(&at);
    call.writer(&mut tenant).write(&home, object.clone());
    for (rest, body) in beneath {
        tenant
            .store
            .write(&format!("{home}/{rest}"), body.as_ref().clone());
    }
    let mut shown = call.created("directoryObjects", &find::typed(object, kind_name(kind)));
    shown.status = 200;
    shown
}

/// `DELETE /directory/deletedItems/{id}`: it is gone for ever.
pub(super) fn purge(call: Call<'_>, id: &str) -> Reply {
    let mut tenant = call.state.tenant_mut();
    if let Some((_, kept)) = kept(&tenant, id) {
        let app_id = kept["appId"].as_str().unwrap_or_default();
        for secret in find::credentials(&find::members(&kept), "passwordCredentials") {
            call.state
                .proofs
                .remove(app_id, secret["keyId"].as_str().unwrap_or_default());
        }
    }
    if call.writer(&mut tenant).remove(&place(id)) {
        Reply::empty(204)
    } else {
        refusals::missing(id)
    }
}

fn kept(tenant: &Tenant, id: &str) -> Option<(Kind, Arc<Value>)> {
    let kept = tenant.store.get(&place(id))?.alone();
    let kind = match kept["@odata.type"].as_str()? {
        "#microsoft.graph.application" => Kind::Application,
        "#microsoft.graph.servicePrincipal" => Kind::ServicePrincipal,
        _ => return None,
    };
    Some((kind, kept))
}

const fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Application => "application",
        Kind::ServicePrincipal => "servicePrincipal",
    }
}

/// Everything stored beneath a path, with the rest of its path.
pub(super) fn beneath(tenant: &Tenant, at: &str) -> Vec<(String, Arc<Value>)> {
    let prefix = format!("{}/", crate::path::key(at));
    let all = tenant.store.range(&prefix);
    all.map(|(key, document)| (key[prefix.len()..].to_owned(), document.alone()))
        .collect()
}
