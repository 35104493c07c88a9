//! What a run that was cut off had begun: where it is there by now, it was made by that run, and the
//! journal learns of it.

use super::Worker;
use super::application::{has_tag, own_tag};
use super::ids::is_own_role;
use crate::change::{ChangeError, read};
use crate::journal::{Begun, Made};

impl Worker<'_> {
    /// Notes what is there of the steps of which no end is known.
    pub(super) async fn adopt(&mut self) -> Result<(), ChangeError> {
        let names: Vec<String> = self.owned.unfinished().map(str::to_owned).collect();
        for name in names {
            if let Some(made) = self.made_by(&name).await?
                && !self.owned.has(&made.key())
            {
                self.work.journal.done(&name, Some(made))?;
            }
        }
        self.owned = self.work.journal.owned();
        Ok(())
    }

    async fn made_by(&self, name: &str) -> Result<Option<Made>, ChangeError> {
        if name == "application" {
            return self.own_application().await;
        }
        let present = &self.present;
        if name == "principal" {
            let principal = present.principal.as_ref();
            return Ok(principal.map(|of| Made::Principal { id: of.id.clone() }));
        }
        if let Some(permission) = name.strip_prefix("consent:") {
            let mut consents = present.consents.iter();
            let found = consents.find(|of| of.permission.eq_ignore_ascii_case(permission));
            return Ok(found.map(|of| Made::Consent {
                id: of.id.clone(),
                permission: of.permission.clone(),
            }));
        }
        if let Some(federated) = name.strip_prefix("proof:federated:") {
            let application = present.application.as_ref();
            let mut proofs = application.into_iter().flat_map(|of| &of.federated);
            let found = proofs.find(|of| format!("{}:{}", of.issuer, of.subject) == federated);
            return Ok(found.map(|of| Made::Federated {
                id: of.id.clone(),
                name: of.name.clone(),
            }));
        }
        if name == "role" {
            let name = &self.work.contract.azure.role.name;
            let role = present.role.as_ref().filter(|of| is_own_role(of, name));
            return Ok(role.map(|of| Made::Role { id: of.id.clone() }));
        }
        Ok(self.made_with_note(name))
    }

    /// What the journal's line of the beginning tells more about.
    fn made_with_note(&self, name: &str) -> Option<Made> {
        let begun = self.owned.begun(name)??;
        match begun {
            Begun::Certificate {
                file,
                thumbprint,
                ends,
            } => {
                let application = self.present.application.as_ref()?;
                let mut thumbprints = application
                    .proofs
                    .iter()
                    .filter_map(|of| of.thumbprint.as_ref());
                let registered = thumbprints.any(|of| of.eq_ignore_ascii_case(thumbprint));
                registered.then(|| Made::Certificate {
                    thumbprint: thumbprint.clone(),
                    file: file.clone(),
                    ends: *ends,
                })
            }
            Begun::Role { before } => {
                let role = self.present.role.as_ref()?;
                (role.body != *before).then(|| Made::RoleChanged {
                    id: role.id.clone(),
                    before: before.clone(),
                })
            }
            // Nobody has its value: the step is done again and takes it away.
            Begun::Secret { .. } => None,
        }
    }

    /// The application, if it has the tag of this journal.
    async fn own_application(&self) -> Result<Option<Made>, ChangeError> {
        let Some(application) = &self.present.application else {
            return Ok(None);
        };
        let path = format!("/v1.0/applications/{}?$select=id,tags", application.id);
        let what = "the directory to know the application";
        let body = read(&self.work.conduct, what, azure::Service::Graph, &path).await?;
        let is_ours = has_tag(&body, &own_tag(self.work.journal.id()));
        Ok(is_ours.then(|| Made::Application {
            id: application.id.clone(),
            application_id: application.application_id.clone(),
        }))
    }
}
