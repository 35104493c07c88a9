//! The application permissions that the directory has granted: the ids by which they are taken away,
//! and those that no token has yet.

use azure::{Client, Service};
use serde_json::Value;

use crate::ask::{self, array, text};
use crate::commands::GRAPH;

/// An application permission of Microsoft Graph, as the directory grants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Consent {
    /// The permission.
    pub permission: String,
    /// The id of the assignment.
    pub id: String,
}

/// What the directory grants a service principal; nothing where it cannot be read, for the token
/// tells what matters.
///
/// <https://learn.microsoft.com/graph/api/serviceprincipal-list-approleassignments>
pub(crate) async fn read(client: &Client, object_id: Option<&str>) -> Vec<Consent> {
    let Some(object_id) = object_id else {
        return Vec::new();
    };
    let assigned = format!("/v1.0/servicePrincipals/{object_id}/appRoleAssignments");
    let graph = format!("/v1.0/servicePrincipals(appId='{GRAPH}')?$select=id,appRoles");
    let (assigned, graph) = futures::join!(
        ask::list(client, Service::Graph, &assigned),
        ask::object(client, Service::Graph, &graph),
    );
    match (assigned, graph) {
        (Ok(assigned), Ok(graph)) => named(&assigned, &graph),
        _ => Vec::new(),
    }
}

fn named(assigned: &[Value], graph: &Value) -> Vec<Consent> {
    let same = |left: Option<&str>, right: Option<&str>| match (left, right) {
        (Some(left), Some(right)) => left.eq_ignore_ascii_case(right),
        _ => false,
    };
    let roles = array(graph, "/appRoles");
    let consent = |item: &Value| {
        if !same(text(item, "/resourceId"), text(graph, "/id")) {
            return None;
        }
        let role = roles
            .iter()
            .find(|role| same(text(role, "/id"), text(item, "/appRoleId")))?;
        Some(Consent {
            permission: text(role, "/value")?.to_owned(),
            id: text(item, "/id")?.to_owned(),
        })
    };
    assigned.iter().filter_map(consent).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn roles_of_microsoft_graph_get_their_names() {
        let graph = json!({"id": "G", "appRoles": [{"id": "R1", "value": "Policy.Read.All"}, {"id": "R2", "value": null}]});
        let assigned = [
            json!({"id": "1", "resourceId": "g", "appRoleId": "r1"}),
            json!({"id": "2", "resourceId": "g", "appRoleId": "r2"}),
            json!({"id": "3", "resourceId": "other", "appRoleId": "r1"}),
            json!({"id": "4", "resourceId": null}),
        ];
        let expected = Consent {
            permission: "Policy.Read.All".to_owned(),
            id: "1".to_owned(),
        };
        assert_eq!(named(&assigned, &graph), [expected]);
    }
}
