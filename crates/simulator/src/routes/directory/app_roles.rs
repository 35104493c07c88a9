//! Granting app roles, and taking them back, from the side of who holds them or of the application that offers them.
//!
//! <https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignments>,
//! <https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignedto>

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::app_role_lists::{self, assignments_of, granted};
use super::properties::is_guid;
use super::{Call, derived, find, moment, refusals};
use crate::ids;
use crate::reply::Reply;
use crate::routes::graph_derived;
use crate::tenant::Tenant;

/// The role of an application that offers none.
const DEFAULT: &str = "00000000-0000-0000-0000-000000000000";

const PROPERTIES: [&str; 3] = ["principalId", "resourceId", "appRoleId"];

/// Grants a role.
pub(super) fn create(call: Call<'_>, list: &str, id: &str, side: &str) -> Reply {
    let Some(sent @ Value::Object(_)) = call.request.json() else {
        return refusals::unreadable();
    };
    if let Some(unknown) = unknown(&sent) {
        return refusals::bad(format!("Invalid property '{unknown}'."));
    }
    // Tenants in files may have ids that are no GUIDs.
    let named = |name: &str| refusals::text(&sent, name);
    let (Some(principal_id), Some(resource_id), Some(role_id)) = (
        named("principalId"),
        named("resourceId"),
        named("appRoleId"),
    ) else {
        return refusals::bad("One or more properties are invalid.");
    };
    if !is_guid(&sent["appRoleId"]) {
        return refusals::bad("One or more properties are invalid.");
    }
    let own = if side.ends_with("approleassignedto") {
        resource_id
    } else {
        principal_id
    };
    let mut tenant = call.state.tenant_mut();
    if list == "serviceprincipals" && find::by_id(&tenant, list, id).is_none() {
        return refusals::missing(id);
    }
    if !own.eq_ignore_ascii_case(id) {
        return refusals::bad("Not a valid reference update.");
    }
    let knows = |id: &str| call.state.replication.knows(id);
    let Some(principal) =
        graph_derived::object(&tenant, principal_id).filter(|_| knows(principal_id))
    else {
        return refusals::missing(principal_id);
    };
    let resource = find::by_id(&tenant, "serviceprincipals", resource_id);
    let Some(resource) = resource.filter(|_| knows(resource_id)) else {
        return refusals::missing(resource_id);
    };
    let (home, kind, member) = match principal["@odata.type"].as_str() {
        Some("#microsoft.graph.servicePrincipal") => {
            ("serviceprincipals", "ServicePrincipal", "Application")
        }
        Some("#microsoft.graph.user") => ("users", "User", "User"),
        Some("#microsoft.graph.group") => ("groups", "Group", "User"),
        _ => return refusals::bad("Not a valid reference update."),
    };
    if !offers(&resource, role_id, member) {
        let app_id = resource["appId"].as_str().unwrap_or_default();
        return refusals::bad(format!(
            "Permission being assigned was not found on application '{app_id}'."
        ));
    }
    let assignment = json!({
        "id": new_id(),
        "deletedDateTime": null,
        "appRoleId": role_id.to_lowercase(),
        "createdDateTime": moment::now().to_string(),
        "principalDisplayName": principal["displayName"],
        "principalId": principal["id"],
        "principalType": kind,
        "resourceDisplayName": resource["displayName"],
        "resourceId": resource["id"],
    });
    let held = app_role_lists::of_principal(&tenant, home, &principal_id.to_lowercase());
    if held
        .iter()
        .any(|held| app_role_lists::is_same(held, &assignment))
    {
        let message = "Permission being assigned already exists on the object";
        return refusals::property(message, "permissions", "InvalidUpdate");
    }
    let at = format!(
        "{}/appRoleAssignments/{}",
        find::path(home, principal_id),
        find::id_of(&assignment)
    );
    call.writer(&mut tenant).write(&at, assignment.clone());
    call.state.replication.note(find::id_of(&assignment));
    let parts = &call.at.parts;
    let context = match parts.as_slice() {
        [list, id, side] => format!("{list}('{id}')/{side}"),
        _ => "appRoleAssignments".to_owned(),
    };
    call.created(&context, &assignment)
}

/// Takes a role back; assignments cannot be changed otherwise. `None` leaves reads to others.
pub(super) fn change(
    call: Call<'_>,
    method: &str,
    [list, id, side, assignment]: [&str; 4],
) -> Reply {
    if method != "DELETE" {
        return refusals::not_allowed();
    }
    let mut tenant = call.state.tenant_mut();
    let listed = if side == "approleassignedto" {
        app_role_lists::to_resource(&tenant, id)
    } else {
        app_role_lists::of_principal(&tenant, list, id)
    };
    let is_it = |one: &&std::sync::Arc<Value>| find::id_of(one).eq_ignore_ascii_case(assignment);
    let Some(found) = listed.iter().find(is_it) else {
        return refusals::missing(assignment);
    };
    store_granted(&mut tenant, found);
    for place in places(&tenant, found, id) {
        call.writer(&mut tenant).remove(&place);
    }
    Reply::empty(204)
}

/// Stores all that the tenant's file grants the holder of an assignment: from now on the stored ones count alone.
fn store_granted(tenant: &mut Tenant, assignment: &Value) {
    let holder = assignment["principalId"].as_str().unwrap_or_default();
    let mut apps = tenant.applications.iter();
    let Some(app) = apps.find(|app| app.object_id.eq_ignore_ascii_case(holder)) else {
        return;
    };
    let id = app.object_id.clone();
    let list = format!(
        "{}/appRoleAssignments",
        find::path("serviceprincipals", &id)
    );
    let stored = tenant.store.collection(&list).items;
    let missing = granted(tenant, app).into_iter().filter(|one| {
        let mut stored = stored.iter();
        !stored.any(|stored| app_role_lists::is_same(&stored.body, one))
    });
    for one in missing.collect::<Vec<Value>>() {
        tenant
            .store
            .write(&format!("{list}/{}", find::id_of(&one)), one);
    }
    derived::settle(tenant, "serviceprincipals", &assignments_of(&id));
}

/// Where an assignment is stored: beneath its holder, and in a tenant's files perhaps beneath the other side, too.
fn places(tenant: &Tenant, assignment: &Value, id: &str) -> Vec<String> {
    let name = find::id_of(assignment);
    let holder = assignment["principalId"]
        .as_str()
        .unwrap_or(id)
        .to_lowercase();
    let resource = assignment["resourceId"]
        .as_str()
        .unwrap_or(id)
        .to_lowercase();
    let places = [
        format!("/v1.0/serviceprincipals/{holder}/approleassignments/{name}"),
        format!("/v1.0/users/{holder}/approleassignments/{name}"),
        format!("/v1.0/groups/{holder}/approleassignments/{name}"),
        format!("/v1.0/serviceprincipals/{resource}/approleassignedto/{name}"),
    ];
    places
        .into_iter()
        .filter(|at| tenant.store.get(at).is_some())
        .collect()
}

/// True when an application offers a role to a kind of member; one without roles has the default one.
fn offers(resource: &Value, role: &str, member: &str) -> bool {
    let roles = resource["appRoles"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    if role == DEFAULT {
        return roles.is_empty() || member == "User";
    }
    roles.iter().any(|one| {
        let is_it = one["id"]
            .as_str()
            .is_some_and(|id| id.eq_ignore_ascii_case(role));
        let members = one["allowedMemberTypes"].as_array();
        let allowed = members.is_none_or(|members| members.iter().any(|one| one == member));
        is_it && allowed && one["isEnabled"] != json!(false)
    })
}

fn unknown(sent: &Value) -> Option<&str> {
    let names = sent.as_object()?.keys();
    names
        .map(String::as_str)
        .find(|name| !name.contains('@') && !PROPERTIES.contains(name))
}

/// An id as Microsoft Graph gives them to assignments: 32 bytes in URL-safe base64.
fn new_id() -> String {
    let text = format!("{}{}", ids::random_guid(), ids::random_guid()).replace('-', "");
    let bytes: Vec<u8> = text.bytes().take(32).collect();
    URL_SAFE_NO_PAD.encode(bytes)
}
