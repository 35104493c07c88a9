//! Client secrets, which Entra ID makes and gives away once
//! (<https://learn.microsoft.com/graph/api/application-addpassword>).

use azure::{Secret, Service, Write};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::NewProof;
use super::work::{KNOWN, Keeper, ProofWork};
use crate::change::{ChangeError, is_lag, is_unclear, pause, read};
use crate::journal::Made;
use crate::read::text;

/// How often a secret is made anew whose value was lost with the answer.
const ATTEMPTS: usize = 3;

impl ProofWork<'_> {
    /// A display name that no other secret has: by it one is found whose value was lost.
    pub(super) fn secret_name() -> String {
        let id = Uuid::new_v4().simple().to_string();
        format!("ThreatDefence {}", &id[..8])
    }

    pub(super) async fn add_secret(
        &self,
        days: u16,
        name: &str,
        keeper: &mut Keeper<'_>,
    ) -> Result<(Option<Made>, Option<NewProof>), ChangeError> {
        let answer = self.new_secret(days, name).await?;
        let key_id = text(&answer, &["keyId"]).unwrap_or_default().to_owned();
        let ends = text(&answer, &["endDateTime"]).and_then(|end| end.parse().ok());
        let value = text(&answer, &["secretText"]).map(|text| Secret::new(text.to_owned()));
        let value = value.ok_or(ChangeError::Missing("the secret in Entra ID's answer"))?;
        let file = match (keeper.secret)(&value) {
            Ok(file) => file,
            Err(error) => {
                // A secret that nobody has is of use to nobody.
                self.remove_secret(&key_id).await?;
                return Err(error);
            }
        };
        let made = Made::Secret {
            key_id: key_id.clone(),
            file: file.clone(),
            ends,
        };
        let new = NewProof::Secret {
            value,
            key_id,
            file,
            ends,
        };
        Ok((Some(made), Some(new)))
    }

    /// Entra ID's answer with a new secret. An answer that was lost took a secret with it, which is taken
    /// away before another is made.
    async fn new_secret(&self, days: u16, name: &str) -> Result<Value, ChangeError> {
        let ends = Timestamp::now() + SignedDuration::from_hours(24 * i64::from(days));
        let ends = Timestamp::from_second(ends.as_second()).unwrap_or(ends);
        let path = format!("/v1.0/applications/{}/addPassword", self.application_id);
        let body = json!({"passwordCredential": {"displayName": name, "endDateTime": ends}});
        let mut patience = self.conduct.patience(KNOWN);
        let mut lost = 0;
        loop {
            let client = self.conduct.client;
            let sent = client
                .write(Service::Graph, Write::Post, &path, Some(&body))
                .await;
            match sent {
                Ok(reply) => return Ok(reply.json().unwrap_or(Value::Null)),
                Err(failure) if is_lag(&failure) => pause(&mut patience, failure).await?,
                Err(failure) if is_unclear(&failure) && lost < ATTEMPTS => {
                    lost += 1;
                    pause(&mut patience, failure).await?;
                    self.remove_named_secrets(name).await?;
                }
                Err(failure) => return Err(failure.into()),
            }
        }
    }

    /// Takes every secret of a display name away.
    pub(super) async fn remove_named_secrets(&self, name: &str) -> Result<(), ChangeError> {
        for secret in self.secrets().await? {
            if text(&secret, &["displayName"]) == Some(name)
                && let Some(id) = text(&secret, &["keyId"])
            {
                self.remove_secret(id).await?;
            }
        }
        Ok(())
    }

    /// The secrets, without their values.
    pub(super) async fn secrets(&self) -> Result<Vec<Value>, ChangeError> {
        let path = format!(
            "/v1.0/applications/{}?$select=passwordCredentials",
            self.application_id
        );
        let body = read(&self.conduct, KNOWN, Service::Graph, &path).await?;
        let found = body["passwordCredentials"].as_array().cloned();
        Ok(found.unwrap_or_default())
    }

    /// <https://learn.microsoft.com/graph/api/application-removepassword>
    pub(super) async fn remove_secret(&self, key_id: &str) -> Result<(), ChangeError> {
        let path = format!("/v1.0/applications/{}/removePassword", self.application_id);
        let body = json!({ "keyId": key_id });
        let client = self.conduct.client;
        match client
            .write(Service::Graph, Write::Post, &path, Some(&body))
            .await
        {
            Ok(_) => Ok(()),
            Err(failure) => {
                // Graph answers alike whether it never was or is no more: only the list tells.
                let left = self.secrets().await?;
                let is_left = left.iter().any(|secret| {
                    text(secret, &["keyId"]).is_some_and(|id| id.eq_ignore_ascii_case(key_id))
                });
                if is_left { Err(failure.into()) } else { Ok(()) }
            }
        }
    }
}
