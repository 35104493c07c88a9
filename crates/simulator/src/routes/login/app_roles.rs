//! The application permissions of Microsoft Graph that a service principal was granted.

use serde_json::Value;

use super::client::text;
use crate::microsoft_graph;
use crate::routes::graph_derived;
use crate::state::State;
use crate::tenant::Tenant;

/// The values of the app roles on Microsoft Graph that are assigned to a service principal, and known everywhere.
pub(super) fn of(state: &State, tenant: &Tenant, object_id: &str) -> Vec<String> {
    let list = format!("/v1.0/servicePrincipals/{object_id}/appRoleAssignments");
    let assignments = tenant.store.collection(&list).items.into_iter();
    assignments
        .filter(|item| state.replication.knows(text(&item.body, "id")))
        .filter_map(|item| {
            let resource = graph_derived::object(tenant, text(&item.body, "resourceId"))?;
            let is_graph = text(&resource, "appId").eq_ignore_ascii_case(microsoft_graph::APP_ID);
            let value = is_graph.then(|| value(&resource, text(&item.body, "appRoleId")))?;
            value.filter(|value| !value.is_empty())
        })
        .collect()
}

fn value(resource: &Value, role: &str) -> Option<String> {
    let roles = resource["appRoles"].as_array()?;
    let found = roles
        .iter()
        .find(|one| text(one, "id").eq_ignore_ascii_case(role))?;
    Some(text(found, "value").to_owned())
}
