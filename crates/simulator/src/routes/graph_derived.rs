//! What Microsoft Graph works out from other documents: memberships, the tenant itself, its applications.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::ids;
use crate::routes::graph::Address;
use crate::store::Store;
use crate::tenant::Tenant;
use crate::tenant_file::Application;

/// A derived collection; `None` when the path is not derived.
pub(super) fn list(tenant: &Tenant, at: &Address) -> Option<Vec<Value>> {
    let key = at.key();
    let parts = crate::path::segments(&key);
    let stored = tenant.store.collection(&at.stored("v1.0"));
    let own: Vec<Value> = stored
        .items
        .iter()
        .map(|item| item.body.as_ref().clone())
        .collect();
    match parts.as_slice() {
        ["organization"] if own.is_empty() => Some(vec![organization(tenant)]),
        ["domains"] if !stored.stored => Some(domains(tenant)),
        ["applications"] => Some(with_signed_in(tenant, own, application)),
        ["serviceprincipals"] => Some(with_signed_in(tenant, own, service_principal)),
        ["groups", id, "transitivemembers"] if !stored.stored => tenant
            .store
            .knows(&format!("/v1.0/groups/{id}"))
            .then(|| transitive_members(&tenant.store, id)),
        [
            "users" | "groups" | "serviceprincipals",
            id,
            kind @ ("memberof" | "transitivememberof"),
        ] if !stored.stored => {
            object(tenant, id).map(|_| member_of(&tenant.store, id, *kind == "transitivememberof"))
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

fn typed(mut object: Value, kind: &str) -> Value {
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

fn domains(tenant: &Tenant) -> Vec<Value> {
    let names = tenant.domains.iter().enumerate();
    names
        .map(|(at, name)| {
            json!({"id": name, "isDefault": at == 0, "isVerified": true, "authenticationType": "Managed",
                "isInitial": name.ends_with(".onmicrosoft.com"), "supportedServices": ["Email"]})
        })
        .collect()
}

/// Adds the applications of the tenant's file that no document stands for.
fn with_signed_in(
    tenant: &Tenant,
    mut own: Vec<Value>,
    form: fn(&Tenant, &Application) -> Value,
) -> Vec<Value> {
    for app in &tenant.applications {
        let known = own.iter().any(|body| {
            let id = body["appId"].as_str();
            id.is_some_and(|id| id.eq_ignore_ascii_case(&app.client_id))
        });
        if !known {
            own.push(form(tenant, app));
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

fn members(store: &Store, holder: &str) -> Vec<Value> {
    let list = store.collection(&format!("/v1.0/{holder}/members"));
    let items = list.items.iter();
    items.map(|item| item.body.as_ref().clone()).collect()
}

/// Every member of a group, through nested groups; a group within itself is met once.
fn transitive_members(store: &Store, id: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![id.to_lowercase()];
    while let Some(group) = open.pop() {
        for member in members(store, &format!("groups/{group}")) {
            let member_id = member["id"].as_str().unwrap_or_default().to_lowercase();
            if !seen.insert(member_id.clone()) {
                continue;
            }
            open.push(member_id);
            found.push(member);
        }
    }
    found
}

/// The groups and directory roles that an object is in.
fn member_of(store: &Store, id: &str, transitive: bool) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![id.to_lowercase()];
    while let Some(member) = open.pop() {
        for (list, kind) in [("groups", "group"), ("directoryroles", "directoryRole")] {
            for holder in store.collection(&format!("/v1.0/{list}")).items {
                let holder_id = holder.body["id"]
                    .as_str()
                    .unwrap_or_default()
                    .to_lowercase();
                let holds = members(store, &format!("{list}/{holder_id}"))
                    .iter()
                    .any(|one| {
                        one["id"]
                            .as_str()
                            .is_some_and(|one| one.eq_ignore_ascii_case(&member))
                    });
                if !holds || !seen.insert(holder_id.clone()) {
                    continue;
                }
                found.push(typed(holder.body.as_ref().clone(), kind));
                if transitive {
                    open.push(holder_id);
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> Store {
        let mut store = Store::default();
        store.load("/v1.0/groups", json!({"value": [{"id": "a"}, {"id": "b"}]}));
        store.load(
            "/v1.0/groups/a/members",
            json!({"value": [{"id": "b"}, {"id": "u"}]}),
        );
        store.load(
            "/v1.0/groups/b/members",
            json!({"value": [{"id": "a"}, {"id": "v"}]}),
        );
        store
    }

    #[test]
    fn circles_of_groups_end() {
        let ids: BTreeSet<String> = transitive_members(&store(), "A")
            .iter()
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(ids, BTreeSet::from(["a", "b", "u", "v"].map(str::to_owned)));
    }

    #[test]
    fn membership_is_direct_or_through_groups() {
        assert_eq!(member_of(&store(), "v", false).len(), 1);
        assert_eq!(member_of(&store(), "v", true).len(), 2);
        assert!(member_of(&store(), "nobody", true).is_empty());
    }
}
