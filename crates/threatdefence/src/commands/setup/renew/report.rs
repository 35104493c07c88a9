//! The new credential, the old ones, and what comes next.

use serde_json::json;
use setup::proof::NewProof;
use setup::renew::{is_same, words};
use setup::{PresentProof, Step};

use super::Run;
use crate::commands::setup::args::SetupFormat;
use crate::commands::setup::{made, next};
use crate::error::{CliError, Exit};
use crate::stdio;

impl Run<'_> {
    pub(super) fn report(
        &self,
        new: Option<&NewProof>,
        signed_in: Option<bool>,
        removed: &[Step],
        with_secret: bool,
    ) -> Result<Exit, CliError> {
        let tenant = &self.connection.tenant_id;
        let id = &self.application.application_id;
        let is_old = |proof: &&PresentProof| new.is_none_or(|new| !is_same(proof, new));
        let is_removed = |key: &str| {
            removed.iter().any(|step| matches!(step, Step::RemoveProof { key_id, .. } if key_id.eq_ignore_ascii_case(key)))
        };
        if self.arguments.format == SetupFormat::Json {
            let old: Vec<_> = self
                .application
                .proofs
                .iter()
                .filter(is_old)
                .map(|proof| {
                    json!({"key_id": proof.key_id, "what": words(proof), "ends": proof.ends,
                        "removed": is_removed(&proof.key_id)})
                })
                .collect();
            let value = json!({
                "tenant_id": tenant,
                "application_id": id,
                "proof": new.map(|new| made::proof_json(new, with_secret)),
                "signed_in": signed_in,
                "old": old,
                "journal": self.arguments.change.journal,
            });
            stdio::print_line(format!("{value:#}"))?;
            return Ok(Exit::Done);
        }
        let mut text = String::new();
        if let Some(new) = new {
            text.push_str(&made::proof_text(new));
        }
        for proof in self.application.proofs.iter().filter(is_old) {
            let state = match is_removed(&proof.key_id) {
                true => "removed",
                false => "still holds",
            };
            let ends = proof
                .ends
                .map(|ends| format!(", ends {}", ends.strftime("%Y-%m-%d")));
            text.push_str(&format!(
                "# Old: {}{}: {state}\n",
                words(proof),
                ends.unwrap_or_default()
            ));
        }
        match new {
            Some(NewProof::Federated(of)) => text.push_str(&next::federated(tenant, id, of)),
            new => text.push_str(&next::commands(tenant, id, new, &self.arguments.connection)),
        }
        if !self.arguments.remove_old {
            text.push_str(&format!(
                "# Once the new one is in use everywhere: {}\n",
                self.later()
            ));
        }
        stdio::print(text)?;
        Ok(Exit::Done)
    }

    /// The command that takes the old ones away.
    fn later(&self) -> String {
        let asked = &self.arguments.application;
        let mut command = "threatdefence setup renew --remove-old".to_owned();
        if let Some(id) = &asked.application_id {
            command.push_str(&format!(" --application-id {}", next::quoted(id)));
        } else if asked.name != "ThreatDefence" {
            command.push_str(&format!(" --name {}", next::quoted(&asked.name)));
        }
        let journal = self.arguments.change.journal.display().to_string();
        if journal != "threatdefence-setup.jsonl" {
            command.push_str(&format!(" --journal {}", next::quoted(&journal)));
        }
        command
    }
}
