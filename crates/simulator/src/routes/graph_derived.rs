//! What Microsoft Graph works out from other documents: memberships, the tenant itself, its applications.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::routes::directory;
use crate::routes::graph::Address;
use crate::routes::graph_lists::Directory;
use crate::routes::memberships::{self, Memberships};
use crate::tenant::Tenant;

/// A derived collection; `None` when the path is not derived.
pub(super) fn list(of: Directory<'_>, at: &Address) -> Option<Vec<Arc<Value>>> {
    let tenant = of.tenant;
    let key = at.key();
    let parts = crate::path::segments(&key);
    let stored = || tenant.store.collection(&at.stored("v1.0"));
    match parts.as_slice() {
        ["organization"] => stored()
            .items
            .is_empty()
            .then(|| vec![Arc::new(organization(tenant))]),
        ["domains"] => (!stored().stored).then(|| domains(tenant)),
        ["applications"] => Some(directory::applications(tenant, stored())),
        ["serviceprincipals"] => Some(directory::service_principals(tenant, stored())),
        [
            list @ ("serviceprincipals" | "users" | "groups"),
            id,
            "approleassignments",
        ] => {
            let known = object(tenant, id).is_some() || stored().stored;
            known.then(|| directory::of_principal(tenant, list, id))
        }
        ["serviceprincipals", id, "approleassignedto"] => {
            let known = object(tenant, id).is_some() || stored().stored;
            known.then(|| directory::to_resource(tenant, id))
        }
        ["rolemanagement", "directory", "roleassignments"] => {
            Some(directory::role_assignments(tenant))
        }
        ["rolemanagement", "directory", "roledefinitions"] => {
            Some(directory::role_definitions(tenant))
        }
        ["groups", id, "transitivemembers"] => {
            let derived = !stored().stored && tenant.store.knows(&format!("/v1.0/groups/{id}"));
            derived.then(|| memberships::transitive_members(&tenant.store, id))
        }
        [
            "users" | "groups" | "serviceprincipals",
            id,
            kind @ ("memberof" | "transitivememberof"),
        ] => {
            let derived = !stored().stored && object(tenant, id).is_some();
            derived.then(|| Memberships::of(of).holders(id, *kind == "transitivememberof"))
        }
        _ => None,
    }
}

/// A directory object of any kind, by its id.
pub(crate) fn object(tenant: &Tenant, id: &str) -> Option<Value> {
    let kinds = [
        ("users", "user"),
        ("groups", "group"),
        ("serviceprincipals", "servicePrincipal"),
        ("applications", "application"),
        ("devices", "device"),
        ("directoryroles", "directoryRole"),
    ];
    for (list, kind) in kinds {
        if let Some(document) = tenant.store.get(&format!("/v1.0/{list}/{id}")) {
            let mut object = document.alone().as_ref().clone();
            if let Some(keys) = object.get_mut("keyCredentials") {
                directory::hide_keys(keys);
            }
            return Some(typed(object, kind));
        }
    }
    let derived = [
        ("serviceprincipals", "servicePrincipal"),
        ("applications", "application"),
    ];
    derived.into_iter().find_map(|(list, kind)| {
        let object = directory::derived_by_id(tenant, list, id)?;
        Some(typed(object, kind))
    })
}

pub(super) fn typed(mut object: Value, kind: &str) -> Value {
    if let Some(members) = object.as_object_mut() {
        members
            .entry("@odata.type")
            .or_insert_with(|| json!(format!("#microsoft.graph.{kind}")));
    }
    object
}

fn organization(tenant: &Tenant) -> Value {
    json!({
        "id": tenant.id,
        "displayName": tenant.display_name,
        "tenantType": "AAD",
        "verifiedDomains": tenant.domains.iter().enumerate().map(|(at, name)| json!({
            "name": name, "type": "Managed", "isDefault": at == 0,
            "isInitial": name.ends_with(".onmicrosoft.com"), "capabilities": "Email, OfficeCommunicationsOnline",
        })).collect::<Vec<Value>>(),
        "assignedPlans": [],
    })
}

fn domains(tenant: &Tenant) -> Vec<Arc<Value>> {
    let names = tenant.domains.iter().enumerate();
    names
        .map(|(at, name)| {
            json!({"id": name, "isDefault": at == 0, "isVerified": true, "authenticationType": "Managed",
                "isInitial": name.ends_with(".onmicrosoft.com"), "supportedServices": ["Email"]})
        })
        .map(Arc::new)
        .collect()
}
