//! The directory roles of the identity.

use azure::{Claims, Client, Service};
use serde::Serialize;
use serde_json::Value;

use crate::ask::{self, text};
use crate::identity::{Identity, IdentityKind};
use crate::reading::{Reading, Unread};

/// A role of Entra ID that the identity holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DirectoryRole {
    /// Its name.
    pub name: String,
    /// The id of its template.
    pub template_id: Option<String>,
    /// Where it holds, when that is not the whole directory.
    pub scope: Option<String>,
    /// The id of the assignment.
    pub assignment_id: Option<String>,
}

/// The roles assigned to the identity itself; for a user also those that the token names.
///
/// <https://learn.microsoft.com/graph/api/rbacapplication-list-roleassignments>
pub(crate) async fn read(
    client: &Client,
    identity: &Identity,
    claims: Option<&Claims>,
) -> Reading<DirectoryRole> {
    let Some(id) = &identity.object_id else {
        return Reading::all(Vec::new());
    };
    let path = format!(
        "/v1.0/roleManagement/directory/roleAssignments?$filter=principalId eq '{id}'&$expand=roleDefinition"
    );
    let assigned = ask::list(client, Service::Graph, &path).await;
    let mut unread = None;
    let mut roles: Vec<DirectoryRole> = match &assigned {
        Ok(items) => items.iter().map(of_assignment).collect(),
        Err(failure) => {
            unread = Some(Unread::new(
                "directory roles",
                "Directory.Read.All",
                failure,
            ));
            Vec::new()
        }
    };
    if identity.kind == IdentityKind::User {
        let ids = claims
            .map(|claims| claims.wids.as_slice())
            .unwrap_or_default();
        let names = names(client, ids).await;
        for id in ids {
            let known = roles.iter().any(|role| {
                role.template_id
                    .as_deref()
                    .is_some_and(|known| known.eq_ignore_ascii_case(id))
            });
            // Every user's token has the id of ordinary users' permissions, which is no role.
            if !known && !id.eq_ignore_ascii_case(ORDINARY) {
                roles.push(named(id, &names));
            }
        }
    }
    Reading {
        items: roles,
        unread,
    }
}

/// The template that stands for "user without any role" in tokens.
const ORDINARY: &str = "b79fbf4d-3ef9-4689-8143-76b194e85509";

async fn names(client: &Client, ids: &[String]) -> Vec<Value> {
    if ids.is_empty() {
        return Vec::new();
    }
    let path = "/v1.0/roleManagement/directory/roleDefinitions?$select=id,templateId,displayName";
    let found = ask::list(client, Service::Graph, path).await;
    found.unwrap_or_default()
}

fn named(id: &str, definitions: &[Value]) -> DirectoryRole {
    let is = |definition: &&Value| {
        ["/templateId", "/id"]
            .iter()
            .any(|at| text(definition, at).is_some_and(|of| of.eq_ignore_ascii_case(id)))
    };
    let name = definitions
        .iter()
        .find(is)
        .and_then(|definition| text(definition, "/displayName"));
    DirectoryRole {
        name: name.unwrap_or(id).to_owned(),
        template_id: Some(id.to_owned()),
        scope: None,
        assignment_id: None,
    }
}

fn of_assignment(item: &Value) -> DirectoryRole {
    let id = text(item, "/roleDefinitionId");
    let template = text(item, "/roleDefinition/templateId").or(id);
    let name = text(item, "/roleDefinition/displayName").or(id);
    DirectoryRole {
        name: name.unwrap_or("a role without a name").to_owned(),
        template_id: template.map(str::to_owned),
        scope: text(item, "/directoryScopeId")
            .filter(|scope| *scope != "/")
            .map(str::to_owned),
        assignment_id: text(item, "/id").map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_assignment_names_its_role() {
        let role = of_assignment(
            &json!({"id": "a", "roleDefinitionId": "t", "directoryScopeId": "/",
            "roleDefinition": {"displayName": "Global Reader", "templateId": "T"}}),
        );
        assert_eq!((role.name.as_str(), role.scope), ("Global Reader", None));
        let bare = of_assignment(&json!({"roleDefinitionId": "t", "roleDefinition": null,
            "directoryScopeId": "/administrativeUnits/1"}));
        assert_eq!(bare.name, "t");
        assert_eq!(bare.scope.as_deref(), Some("/administrativeUnits/1"));
    }

    #[test]
    fn ids_of_a_token_are_named_where_the_directory_tells() {
        let definitions =
            [json!({"id": "x", "templateId": "ABC", "displayName": "Security Reader"})];
        assert_eq!(named("abc", &definitions).name, "Security Reader");
        assert_eq!(named("zzz", &definitions).name, "zzz");
    }
}
