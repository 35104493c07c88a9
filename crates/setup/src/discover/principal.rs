//! The service principal and what it holds in Entra ID.

use azure::{Client, Failure, Service};
use serde_json::Value;

use super::{DiscoverError, GRAPH};
use crate::present::{Consent, GraphService, OtherConsent, ServicePrincipal};
use crate::read::{list, literal, text, texts};

/// Microsoft Graph as this tenant has it, with its application permissions.
pub(super) async fn graph(client: &Client) -> Result<GraphService, DiscoverError> {
    let path = format!(
        "/v1.0/servicePrincipals?$filter=appId eq {}&$select=id,appId,appRoles",
        literal(GRAPH)
    );
    let found = list(client, Service::Graph, &path)
        .await
        .map_err(DiscoverError::unreadable(
            "the service principal of Microsoft Graph",
        ))?;
    let service = found.first().ok_or(DiscoverError::NoGraph)?;
    Ok(graph_service(service))
}

/// Delegated permissions are no app roles; roles for users, and disabled ones, are none to consent to.
fn graph_service(body: &Value) -> GraphService {
    let roles = body.get("appRoles").and_then(Value::as_array);
    let usable = |role: &&Value| {
        let kinds = texts(role.get("allowedMemberTypes"));
        let for_applications = kinds
            .iter()
            .any(|of| of.eq_ignore_ascii_case("Application"));
        for_applications && role.get("isEnabled").and_then(Value::as_bool) != Some(false)
    };
    let named = |role: &Value| {
        let (name, id) = (text(role, &["value"])?, text(role, &["id"])?);
        Some((name.to_owned(), id.to_owned()))
    };
    GraphService {
        id: text(body, &["id"]).unwrap_or_default().to_owned(),
        roles: roles
            .into_iter()
            .flatten()
            .filter(usable)
            .filter_map(named)
            .collect(),
    }
}

/// The service principal of an application in this tenant.
pub(super) async fn find(
    client: &Client,
    application_id: &str,
) -> Result<Option<ServicePrincipal>, DiscoverError> {
    let path = format!(
        "/v1.0/servicePrincipals?$filter=appId eq {}&$select=id,appId,displayName,accountEnabled",
        literal(application_id)
    );
    let found = list(client, Service::Graph, &path)
        .await
        .map_err(DiscoverError::unreadable("the list of service principals"))?;
    Ok(found.first().and_then(principal))
}

fn principal(body: &Value) -> Option<ServicePrincipal> {
    Some(ServicePrincipal {
        id: text(body, &["id"])?.to_owned(),
        application_id: text(body, &["appId"]).unwrap_or_default().to_owned(),
        enabled: body.get("accountEnabled").and_then(Value::as_bool) != Some(false),
    })
}

/// The application permissions that were consented to, on Microsoft Graph and elsewhere
/// (<https://learn.microsoft.com/graph/api/serviceprincipal-list-approleassignments>).
pub(super) async fn consents(
    client: &Client,
    principal: &ServicePrincipal,
    graph: &GraphService,
) -> Result<(Vec<Consent>, Vec<OtherConsent>), DiscoverError> {
    let path = format!(
        "/v1.0/servicePrincipals/{}/appRoleAssignments",
        principal.id
    );
    let found = list(client, Service::Graph, &path)
        .await
        .map_err(DiscoverError::unreadable(
            "the permissions of the service principal",
        ))?;
    let mut consents: Vec<Consent> = Vec::new();
    let mut others = Vec::new();
    for body in &found {
        let (Some(id), Some(role)) = (text(body, &["id"]), text(body, &["appRoleId"])) else {
            continue;
        };
        let resource = text(body, &["resourceId"]).unwrap_or_default();
        match resource.eq_ignore_ascii_case(&graph.id) {
            true => consents.push(consent(id, role, graph)),
            false => others.push(OtherConsent {
                id: id.to_owned(),
                service: text(body, &["resourceDisplayName"])
                    .unwrap_or(resource)
                    .to_owned(),
                role: role.to_owned(),
            }),
        }
    }
    consents.sort_by(|left, right| left.permission.cmp(&right.permission));
    Ok((consents, others))
}

fn consent(id: &str, role: &str, graph: &GraphService) -> Consent {
    let named = graph
        .roles
        .iter()
        .find(|(_, of)| of.eq_ignore_ascii_case(role));
    Consent {
        id: id.to_owned(),
        permission: named.map_or(role, |(name, _)| name).to_owned(),
    }
}

/// The names of its roles in Entra ID
/// (<https://learn.microsoft.com/graph/api/rbacapplication-list-roleassignments>).
pub(super) async fn directory_roles(
    client: &Client,
    principal: &ServicePrincipal,
) -> Result<Vec<String>, Failure> {
    let path = format!(
        "/v1.0/roleManagement/directory/roleAssignments?$filter=principalId eq {}&$expand=roleDefinition",
        literal(&principal.id)
    );
    let found = list(client, Service::Graph, &path).await?;
    let name = |body: &Value| {
        text(body, &["roleDefinition", "displayName"])
            .or_else(|| text(body, &["roleDefinitionId"]))
            .map(str::to_owned)
    };
    Ok(found.iter().filter_map(name).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_roles_for_applications_can_be_consented_to() {
        let role = |name: &str, kind: &str, enabled: bool| {
            json!({"id": name.to_lowercase(), "value": name,
            "allowedMemberTypes": [kind], "isEnabled": enabled})
        };
        let service = graph_service(&json!({"id": "g", "appRoles": [
            role("A", "Application", true), role("B", "User", true), role("C", "Application", false), null
        ]}));
        assert_eq!(
            service.roles.into_iter().collect::<Vec<_>>(),
            [("A".to_owned(), "a".to_owned())]
        );
        assert_eq!(graph_service(&json!({})), GraphService::default());
    }

    #[test]
    fn a_permission_without_a_name_keeps_its_id() {
        let graph = graph_service(&json!({"appRoles": [
            {"id": "7AB", "value": "Directory.Read.All", "allowedMemberTypes": ["Application"]}
        ]}));
        assert_eq!(consent("c", "7ab", &graph).permission, "Directory.Read.All");
        assert_eq!(consent("c", "unknown", &graph).permission, "unknown");
    }

    #[test]
    fn a_principal_may_sign_in_unless_azure_says_no() {
        let enabled = |body| principal(&body).unwrap().enabled;
        assert!(enabled(json!({"id": "p"})));
        assert!(enabled(json!({"id": "p", "accountEnabled": true})));
        assert!(!enabled(json!({"id": "p", "accountEnabled": false})));
    }
}
