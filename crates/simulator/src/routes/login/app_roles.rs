//! The application permissions of Microsoft Graph that a service principal was granted.

use serde_json::Value;

use super::client::{Client, text};
use crate::graph_permissions;
use crate::microsoft_graph;
use crate::routes::{directory, graph_derived};
use crate::state::State;
use crate::tenant::Tenant;

/// The names of the app roles on Microsoft Graph that an application holds, and that every endpoint knows of. What the
/// tenant's file grants may be more than has an id, such as everything.
pub(super) fn of(state: &State, tenant: &Tenant, client: &Client<'_>) -> Vec<String> {
    let stated = client
        .stated
        .filter(|app| directory::are_granted(tenant, app));
    let mut roles = stated.map_or_else(Vec::new, |app| {
        graph_permissions::spelled_out(&app.graph_roles)
    });
    let held = directory::of_principal(tenant, "serviceprincipals", &client.object_id);
    for assignment in held {
        if !state.replication.knows(text(&assignment, "id")) {
            continue;
        }
        let Some(role) = role(tenant, &assignment) else {
            continue;
        };
        if !roles.contains(&role) {
            roles.push(role);
        }
    }
    roles
}

fn role(tenant: &Tenant, assignment: &Value) -> Option<String> {
    let resource = graph_derived::object(tenant, text(assignment, "resourceId"))?;
    if !text(&resource, "appId").eq_ignore_ascii_case(microsoft_graph::APP_ID) {
        return None;
    }
    value(&resource, text(assignment, "appRoleId")).filter(|value| !value.is_empty())
}

fn value(resource: &Value, role: &str) -> Option<String> {
    let roles = resource["appRoles"].as_array()?;
    let found = roles
        .iter()
        .find(|one| text(one, "id").eq_ignore_ascii_case(role))?;
    Some(text(found, "value").to_owned())
}
