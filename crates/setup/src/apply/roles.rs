//! The custom role and the assignments of roles
//! (<https://learn.microsoft.com/rest/api/authorization/role-assignments/create>).

use azure::{FailureKind, Service, Write};
use serde_json::{Value, json};

use super::Worker;
use super::ids::{assignment_guid, role_guid};
use crate::change::{ChangeError, change, is_there_already};
use crate::discover::VERSION;
use crate::journal::Made;
use crate::present::{DefinedRole, RoleAssignment};
use crate::read::{list, literal, text};
use crate::step::Role;

const AUTHORIZATION: &str = "providers/Microsoft.Authorization";

impl Worker<'_> {
    pub(super) async fn create_role(
        &mut self,
        scopes: &[String],
    ) -> Result<Option<Made>, ChangeError> {
        let contract = &self.work.contract.azure.role;
        let first = scopes.first().ok_or(ChangeError::Missing("a scope"))?;
        let guid = role_guid(&contract.name, first);
        let body = json!({"properties": {
            "roleName": contract.name,
            "description": contract.description,
            "type": "CustomRole",
            "permissions": [permissions(&contract.actions)],
            "assignableScopes": scopes,
        }});
        let put = self.put_role(first, &guid, &body).await;
        if let Err(ChangeError::Azure(failure)) = &put
            && failure.kind != FailureKind::Denied
            && is_there_already(failure)
        {
            return Err(ChangeError::Hidden(format!(
                "a role {} is defined in the tenant already, at scopes that you cannot see: {}",
                contract.name, failure.message
            )));
        }
        let answer = put?;
        let id = definition_id(first, &guid);
        self.present.role = Some(DefinedRole {
            id: text(&answer, &["id"]).unwrap_or(&id).to_owned(),
            guid,
            description: contract.description.clone(),
            actions: contract.actions.clone(),
            has_more: false,
            assignable_scopes: scopes.to_vec(),
            body,
        });
        Ok(Some(Made::Role { id }))
    }

    /// Brings the role to its actions and scopes; everything else of it stays as it is.
    pub(super) async fn change_role(
        &mut self,
        scopes: &[String],
    ) -> Result<Option<Made>, ChangeError> {
        let contract = &self.work.contract.azure.role;
        let role = self.present.role.as_ref();
        let role = role.ok_or(ChangeError::Missing("the custom role"))?;
        let (guid, before) = (role.guid.clone(), role.body.clone());
        let first = role.assignable_scopes.first().or(scopes.first());
        let first = first.ok_or(ChangeError::Missing("a scope"))?.clone();
        let name = text(&before, &["properties", "roleName"]).unwrap_or(&contract.name);
        let description = text(&before, &["properties", "description"]);
        let body = json!({"properties": {
            "roleName": name,
            "description": description.unwrap_or(&contract.description),
            "type": "CustomRole",
            "permissions": [permissions(&contract.actions)],
            "assignableScopes": scopes,
        }});
        self.put_role(&first, &guid, &body).await?;
        let id = definition_id(&first, &guid);
        if let Some(role) = &mut self.present.role {
            role.assignable_scopes = scopes.to_vec();
            role.actions.clone_from(&contract.actions);
            role.has_more = false;
        }
        Ok(Some(Made::RoleChanged { id, before }))
    }

    async fn put_role(&self, scope: &str, guid: &str, body: &Value) -> Result<Value, ChangeError> {
        let path = format!("{}?{VERSION}", definition_id(scope, guid));
        let what = "Azure to know the role";
        change(
            &self.work.conduct,
            what,
            Service::Arm,
            Write::Put,
            &path,
            Some(body),
        )
        .await
    }

    pub(super) async fn assign(
        &mut self,
        role: Role,
        scope: &str,
    ) -> Result<Option<Made>, ChangeError> {
        const WHAT: &str = "Azure to know the new service principal and role";
        let principal = self.principal_id()?;
        let role = match role {
            Role::Reader => self.work.contract.azure.reader.id.clone(),
            Role::Custom => {
                let role = self.present.role.as_ref();
                role.ok_or(ChangeError::Missing("the custom role"))?
                    .guid
                    .clone()
            }
        };
        let guid = assignment_guid(scope, &role, &principal);
        let mut id = format!("{scope}/{AUTHORIZATION}/roleAssignments/{guid}");
        let path = format!("{id}?{VERSION}");
        let body = json!({"properties": {
            "roleDefinitionId": definition_id(scope, &role),
            "principalId": principal,
            "principalType": "ServicePrincipal",
            "description": "Made by threatdefence setup",
        }});
        let conduct = &self.work.conduct;
        let put = change(conduct, WHAT, Service::Arm, Write::Put, &path, Some(&body)).await;
        let made = match put {
            Ok(_) => true,
            Err(ChangeError::Azure(failure)) if is_there_already(&failure) => {
                if let Some(other) = self.assignment(scope, &role, &principal).await? {
                    id = other;
                }
                // Under the name that setup gives, an earlier run made it.
                id.to_lowercase().ends_with(&guid)
            }
            Err(error) => return Err(error),
        };
        self.present.assignments.push(RoleAssignment {
            id: id.clone(),
            scope: scope.to_owned(),
            role,
            name: None,
        });
        Ok(made.then_some(Made::Assignment { id }))
    }

    /// The id of the assignment of a role at a scope, whoever made it.
    async fn assignment(
        &self,
        scope: &str,
        role: &str,
        principal: &str,
    ) -> Result<Option<String>, ChangeError> {
        let path = format!(
            "{scope}/{AUTHORIZATION}/roleAssignments?{VERSION}&$filter=principalId eq {}",
            literal(principal)
        );
        let found = list(self.work.conduct.client, Service::Arm, &path).await?;
        let is_same = |body: &&Value| {
            let definition = text(body, &["properties", "roleDefinitionId"]).unwrap_or_default();
            let at = text(body, &["properties", "scope"]).unwrap_or_default();
            definition
                .rsplit('/')
                .next()
                .is_some_and(|guid| guid.eq_ignore_ascii_case(role))
                && at.eq_ignore_ascii_case(scope)
        };
        let same = found.iter().find(is_same);
        Ok(same.and_then(|body| text(body, &["id"])).map(str::to_owned))
    }
}

/// The id of a role's definition as it is seen at a scope.
fn definition_id(scope: &str, guid: &str) -> String {
    format!("{scope}/{AUTHORIZATION}/roleDefinitions/{guid}")
}

fn permissions(actions: &[String]) -> Value {
    json!({"actions": actions, "notActions": [], "dataActions": [], "notDataActions": []})
}
