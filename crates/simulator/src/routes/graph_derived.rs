//! What Microsoft Graph works out from other documents: memberships, the tenant itself, its applications.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::ids;
use crate::routes::graph::Address;
use crate::routes::graph_lists::Directory;
use crate::routes::memberships::{self, Memberships};
use crate::store::Collection;
use crate::tenant::Tenant;
use crate::tenant_file::Application;

/// A derived collection; `None` when the path is not derived.
pub(super) fn list(directory: Directory<'_>, at: &Address) -> Option<Vec<Arc<Value>>> {
    let tenant = directory.tenant;
    let key = at.key();
    let parts = crate::path::segments(&key);
    let stored = || tenant.store.collection(&at.stored("v1.0"));
    match parts.as_slice() {
        ["organization"] => stored()
            .items
            .is_empty()
            .then(|| vec![Arc::new(organization(tenant))]),
        ["domains"] => (!stored().stored).then(|| domains(tenant)),
        ["applications"] => Some(with_signed_in(tenant, stored(), application)),
        ["serviceprincipals"] => Some(with_signed_in(tenant, stored(), service_principal)),
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
            derived.then(|| Memberships::of(directory).holders(id, *kind == "transitivememberof"))
        }
        _ => None,
    }
}

/// A directory object of any kind, by its id.
pub(super) fn object(tenant: &Tenant, id: &str) -> Option<Value> {
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
            return Some(typed(document.alone().as_ref().clone(), kind));
        }
    }
    let app = tenant
        .applications
        .iter()
        .find(|app| app.object_id.eq_ignore_ascii_case(id))?;
    Some(typed(service_principal(tenant, app), "servicePrincipal"))
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

/// Adds the applications of the tenant's file that no document stands for.
fn with_signed_in(
    tenant: &Tenant,
    stored: Collection,
    form: fn(&Tenant, &Application) -> Value,
) -> Vec<Arc<Value>> {
    let mut own: Vec<Arc<Value>> = stored.items.into_iter().map(|item| item.body).collect();
    for app in &tenant.applications {
        let known = own.iter().any(|body| {
            let id = body["appId"].as_str();
            id.is_some_and(|id| id.eq_ignore_ascii_case(&app.client_id))
        });
        if !known {
            own.push(Arc::new(form(tenant, app)));
        }
    }
    own
}

fn application(tenant: &Tenant, app: &Application) -> Value {
    let secrets: Vec<Value> = app
        .secret
        .iter()
        .map(|_| {
            json!({
                "keyId": ids::guid_of(&format!("secret {}", app.client_id)),
                "displayName": "scanner",
                "hint": null,
                "secretText": null,
                "startDateTime": "2025-01-01T00:00:00Z",
                "endDateTime": expiry(app),
            })
        })
        .collect();
    json!({
        "id": ids::guid_of(&format!("application {}", app.client_id)),
        "appId": app.client_id,
        "displayName": app.display_name,
        "signInAudience": "AzureADMyOrg",
        "publisherDomain": tenant.domains.first(),
        "passwordCredentials": secrets,
        "keyCredentials": [],
        "requiredResourceAccess": [],
    })
}

fn expiry(app: &Application) -> String {
    match app.secret_expires.as_deref() {
        None => "2099-12-31T00:00:00Z".to_owned(),
        Some(date) if date.contains('T') => date.to_owned(),
        Some(date) => format!("{date}T00:00:00Z"),
    }
}

fn service_principal(tenant: &Tenant, app: &Application) -> Value {
    json!({
        "id": app.object_id,
        "appId": app.client_id,
        "displayName": app.display_name,
        "appDisplayName": app.display_name,
        "appOwnerOrganizationId": tenant.id,
        "accountEnabled": true,
        "servicePrincipalType": "Application",
        "passwordCredentials": [],
        "keyCredentials": [],
    })
}
