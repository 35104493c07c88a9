//! The service principal and what is consented to for it
//! (<https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignments>).

use azure::{Service, Write};
use serde_json::{Value, json};

use super::Worker;
use super::access::role_id;
use super::application::id;
use crate::change::{ChangeError, change, create};
use crate::journal::Made;
use crate::present::{Consent, ServicePrincipal};
use crate::read::{list, literal, text};

const WHAT: &str = "the directory to know the new application";
const PRINCIPAL: &str = "the directory to know the new service principal";

impl Worker<'_> {
    pub(super) async fn create_principal(&mut self) -> Result<Option<Made>, ChangeError> {
        let known = self
            .present
            .application
            .as_ref()
            .map(|of| &of.application_id);
        let known = known.or(self.work.request.application_id.as_ref());
        let application_id = known
            .cloned()
            .ok_or(ChangeError::Missing("the application"))?;
        let client = self.work.conduct.client;
        let find = async || {
            let path = format!(
                "/v1.0/servicePrincipals?$filter=appId eq {}&$select=id,appId",
                literal(&application_id)
            );
            Ok(list(client, Service::Graph, &path)
                .await?
                .into_iter()
                .next())
        };
        let body = json!({ "appId": application_id });
        let path = "/v1.0/servicePrincipals";
        let (found, made) = create(&self.work.conduct, WHAT, path, &body, find).await?;
        // What is there although the run that made it could not note it is its own too.
        let made = made || self.owned.begun("principal").is_some();
        let principal = id(&found)?;
        self.present.principal = Some(ServicePrincipal {
            id: principal.clone(),
            application_id,
            enabled: true,
        });
        Ok(made.then_some(Made::Principal { id: principal }))
    }

    pub(super) async fn enable_principal(&mut self) -> Result<Option<Made>, ChangeError> {
        let id = self.principal_id()?;
        let path = format!("/v1.0/servicePrincipals/{id}");
        let body = json!({ "accountEnabled": true });
        let conduct = &self.work.conduct;
        change(
            conduct,
            PRINCIPAL,
            Service::Graph,
            Write::Patch,
            &path,
            Some(&body),
        )
        .await?;
        if let Some(principal) = &mut self.present.principal {
            principal.enabled = true;
        }
        Ok(Some(Made::Enabled { id }))
    }

    pub(super) async fn consent(&mut self, permission: &str) -> Result<Option<Made>, ChangeError> {
        let principal = self.principal_id()?;
        let role = role_id(&self.present.graph, permission)?;
        let path = format!("/v1.0/servicePrincipals/{principal}/appRoleAssignments");
        let client = self.work.conduct.client;
        let find = async || {
            let found = list(client, Service::Graph, &path).await?;
            let same = |body: &Value| {
                text(body, &["appRoleId"]).is_some_and(|id| id.eq_ignore_ascii_case(&role))
            };
            Ok(found.into_iter().find(same))
        };
        let body = json!({
            "principalId": principal,
            "resourceId": self.present.graph.id,
            "appRoleId": role,
        });
        let (found, made) = create(&self.work.conduct, PRINCIPAL, &path, &body, find).await?;
        let begun = self.owned.begun(&format!("consent:{permission}")).is_some();
        let consent = Consent {
            id: id(&found)?,
            permission: permission.to_owned(),
        };
        let entry = Made::Consent {
            id: consent.id.clone(),
            permission: permission.to_owned(),
        };
        self.present.consents.push(consent);
        Ok((made || begun).then_some(entry))
    }

    /// The service principal's object id.
    pub(super) fn principal_id(&self) -> Result<String, ChangeError> {
        let principal = self.present.principal.as_ref();
        let principal = principal.ok_or(ChangeError::Missing("the service principal"))?;
        Ok(principal.id.clone())
    }
}
