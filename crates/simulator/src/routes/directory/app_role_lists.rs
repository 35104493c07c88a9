//! App role assignments as they are listed: of who holds them, and of the application that offers the roles.
//!
//! One assignment is one document, beneath its holder. What the tenant's file grants its applications is derived.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{derived, find};
use crate::graph_permissions;
use crate::ids;
use crate::path;
use crate::tenant::Tenant;
use crate::tenant_file::Application;

/// What holds app role assignments.
const HOLDERS: [&str; 3] = ["serviceprincipals", "users", "groups"];

/// The assignments that a user, group or service principal holds; `list` in lower case.
pub(in crate::routes) fn of_principal(tenant: &Tenant, list: &str, id: &str) -> Vec<Arc<Value>> {
    let stored = tenant
        .store
        .collection(&format!("/v1.0/{list}/{id}/approleassignments"));
    // A list in the tenant's files is all there is.
    let complete = stored.stored || list != "serviceprincipals";
    let mut held: Vec<Arc<Value>> = stored.items.into_iter().map(|item| item.body).collect();
    if complete {
        return held;
    }
    let mut apps = tenant.applications.iter();
    if let Some(app) = apps.find(|app| app.object_id.eq_ignore_ascii_case(id)) {
        let more = granted(tenant, app);
        let more = more
            .into_iter()
            .filter(|one| !held.iter().any(|held| is_same(held, one)));
        let more: Vec<Arc<Value>> = more.map(Arc::new).collect();
        held.extend(more);
    }
    held
}

/// The assignments of an application's roles, whoever holds them.
pub(in crate::routes) fn to_resource(tenant: &Tenant, id: &str) -> Vec<Arc<Value>> {
    let stored = tenant
        .store
        .collection(&format!("/v1.0/serviceprincipals/{id}/approleassignedto"));
    let mut all: Vec<Arc<Value>> = stored.items.into_iter().map(|item| item.body).collect();
    let mut seen: HashSet<String> = all
        .iter()
        .map(|one| find::id_of(one).to_lowercase())
        .collect();
    let mut add = |one: Arc<Value>| {
        let of_it = one["resourceId"]
            .as_str()
            .is_some_and(|resource| resource.eq_ignore_ascii_case(id));
        if of_it && seen.insert(find::id_of(&one).to_lowercase()) {
            all.push(one);
        }
    };
    for holder in HOLDERS {
        for (key, document) in tenant.store.range(&format!("/v1.0/{holder}/")) {
            if is_assignment(key, "approleassignments") {
                add(document.in_list());
            }
        }
    }
    for app in &tenant.applications {
        of_principal(tenant, "serviceprincipals", &app.object_id)
            .into_iter()
            .for_each(&mut add);
    }
    all
}

/// Every stored assignment, at either side, that a principal holds or whose roles it offers: their paths.
pub(super) fn places_of(tenant: &Tenant, id: &str) -> Vec<String> {
    let mut places = Vec::new();
    for holder in HOLDERS {
        for (key, document) in tenant.store.range(&format!("/v1.0/{holder}/")) {
            if !is_assignment(key, "approleassignments") && !is_assignment(key, "approleassignedto")
            {
                continue;
            }
            let body = document.alone();
            let names = |member: &str| {
                body[member]
                    .as_str()
                    .is_some_and(|have| have.eq_ignore_ascii_case(id))
            };
            if names("principalId") || names("resourceId") {
                places.push(document.path.to_string());
            }
        }
    }
    places
}

fn is_assignment(key: &str, side: &str) -> bool {
    let parts = path::segments(key);
    parts.len() == 5 && parts[3] == side
}

/// True for assignments of the same role of the same application to the same principal.
pub(super) fn is_same(one: &Value, other: &Value) -> bool {
    ["principalId", "resourceId", "appRoleId"]
        .iter()
        .all(|name| {
            let (one, other) = (one[*name].as_str(), other[*name].as_str());
            one.zip(other)
                .is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
        })
}

/// True while what the tenant's file grants an application holds: until an assignment of it is made or taken away, from
/// when on the stored ones count alone.
pub(in crate::routes) fn are_granted(tenant: &Tenant, app: &Application) -> bool {
    let settled = derived::is_settled(tenant, "serviceprincipals", &assignments_of(&app.object_id));
    let gone = derived::is_settled(tenant, "serviceprincipals", &app.object_id)
        && tenant
            .store
            .get(&find::path("serviceprincipals", &app.object_id))
            .is_none();
    !settled && !gone
}

/// What the tenant's file grants an application, as assignments of Microsoft Graph's roles.
pub(super) fn granted(tenant: &Tenant, app: &Application) -> Vec<Value> {
    if app.graph_roles.is_empty() || !are_granted(tenant, app) {
        return Vec::new();
    }
    let Some(graph) = find::graph(tenant) else {
        return Vec::new();
    };
    let roles = graph["appRoles"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let named = graph_permissions::spelled_out(&app.graph_roles);
    let given = roles.iter().filter(|role| {
        let value = role["value"].as_str().unwrap_or_default();
        named.iter().any(|name| name.eq_ignore_ascii_case(value))
    });
    given
        .map(|role| {
            let role = role["id"].as_str().unwrap_or_default();
            json!({
                "id": ids::guid_of(&format!("app role assignment {} {role}", app.object_id)),
                "deletedDateTime": null,
                "appRoleId": role,
                "createdDateTime": "2025-01-01T00:00:00Z",
                "principalDisplayName": app.display_name,
                "principalId": app.object_id,
                "principalType": "ServicePrincipal",
                "resourceDisplayName": graph["displayName"],
                "resourceId": graph["id"],
            })
        })
        .collect()
}

/// Where it is noted that a principal's assignments are all stored.
pub(super) fn assignments_of(id: &str) -> String {
    format!("{id}/approleassignments")
}
