//! Federated credentials: the tokens of another issuer
//! (<https://learn.microsoft.com/graph/api/application-post-federatedidentitycredentials>).

use azure::Service;
use serde_json::{Value, json};

use super::NewProof;
use super::work::{KNOWN, ProofWork};
use crate::change::{ChangeError, create, delete};
use crate::journal::Made;
use crate::read::{list, text};
use crate::request::Federation;

impl ProofWork<'_> {
    pub(super) async fn add_federated(
        &self,
        of: &Federation,
    ) -> Result<(Option<Made>, Option<NewProof>), ChangeError> {
        let path = self.federated_path();
        let body = json!({
            "name": of.name,
            "issuer": of.issuer,
            "subject": of.subject,
            "audiences": [of.audience],
            "description": "Made by threatdefence setup",
        });
        let client = self.conduct.client;
        let find = async || {
            let found = list(client, Service::Graph, &path).await?;
            Ok(found.into_iter().find(|body| is_same(body, of)))
        };
        let (found, made) = create(&self.conduct, KNOWN, &path, &body, find).await?;
        let made = made.then(|| Made::Federated {
            id: text(&found, &["id"]).unwrap_or(&of.name).to_owned(),
            name: of.name.clone(),
        });
        Ok((made, Some(NewProof::Federated(of.clone()))))
    }

    /// Takes a federated credential away. One that is there no more is no error.
    pub async fn remove_federated(&self, id: &str) -> Result<(), ChangeError> {
        let path = format!("{}/{id}", self.federated_path());
        delete(&self.conduct, Service::Graph, &path).await?;
        Ok(())
    }

    fn federated_path(&self) -> String {
        format!(
            "/v1.0/applications/{}/federatedIdentityCredentials",
            self.application_id
        )
    }
}

/// Issuer and subject compare with case, as Entra ID compares them.
fn is_same(body: &Value, of: &Federation) -> bool {
    text(body, &["issuer"]) == Some(&of.issuer) && text(body, &["subject"]) == Some(&of.subject)
}
