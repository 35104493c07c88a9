//! How a run of `setup apply` ends: what was made is proven, said, and judged.

use catalog::Contract;
use setup::apply::{End, Outcome, Partial};
use setup::journal::{Line, Owned};
use setup::proof::{CertificateFiles, NewProof};
use setup::verify::{Expected, Verified, verify};
use setup::{Present, Request, Role, Scopes, Step};

use super::{Places, Run, listed};
use crate::commands::setup::args::SetupFormat;
use crate::commands::setup::changing::SecretPlace;
use crate::commands::setup::made::Made;
use crate::commands::setup::next;
use crate::commands::setup::planning::Planning;
use crate::connect::{self, door};
use crate::error::{CliError, Exit};
use crate::stdio;

impl Run<'_> {
    /// Proves what was made, says what there is, and how it ended.
    pub(super) async fn finish(
        &self,
        parts: &Partial,
        outcome: Outcome,
        places: &Places,
        lines: &[Line],
    ) -> Result<Exit, CliError> {
        let proof = outcome
            .proof
            .clone()
            .or_else(|| at_hand(lines, &outcome.present));
        let verified = match outcome.end {
            End::Complete => {
                self.verify(&outcome.present, proof.as_ref(), &parts.left)
                    .await?
            }
            _ => None,
        };
        let made = Made {
            tenant: &self.planning.connection.tenant_id,
            name: &self.planning.request.name,
            present: &outcome.present,
            done: &outcome.done,
            proof: proof.as_ref(),
            verified: verified.as_ref(),
            journal: &self.arguments.change.journal,
            left: outcome
                .left
                .iter()
                .chain(&parts.left)
                .map(Step::id)
                .collect(),
        };
        match self.arguments.format {
            SetupFormat::Json => {
                let secret = places.secret == SecretPlace::InResult;
                stdio::print_line(made.json(secret, &self.planning.plan.lacks))?;
            }
            SetupFormat::Table => stdio::print(self.text(&made, &outcome.end))?,
        }
        self.verdict(parts, &outcome, verified.as_ref())
    }

    /// Signs in as the new identity, where its proof is at hand.
    async fn verify(
        &self,
        present: &Present,
        proof: Option<&NewProof>,
        left: &[Step],
    ) -> Result<Option<Verified>, CliError> {
        let Some(principal) = &present.principal else {
            return Ok(None);
        };
        let Planning {
            connection,
            request,
            contract,
            ..
        } = self.planning;
        let tenant = &connection.tenant_id;
        let sign_in = proof.and_then(|proof| proof.sign_in(tenant, &principal.application_id));
        let Some(sign_in) = sign_in else {
            self.console.say(match proof {
                Some(NewProof::Federated(_)) => "Nobody but the issuer's workload can sign in with a federated credential: it is not tried here.",
                _ => "The credential is not at hand: signing in with it is not tried here.",
            });
            return Ok(None);
        };
        self.console.say("Signing in as the new identity");
        let door = door(&self.arguments.connection, &connection.cloud)?;
        let expected = expected(request, left, contract);
        verify(&door, &sign_in, &expected, contract, &self.conduct)
            .await
            .map(Some)
            .map_err(connect::configuration)
    }

    fn text(&self, made: &Made<'_>, end: &End) -> String {
        let mut text = made.text();
        let (End::Complete, Some(principal)) = (end, &made.present.principal) else {
            return text;
        };
        let id = &principal.application_id;
        match made.proof {
            Some(NewProof::Federated(of)) => text.push_str(&next::federated(made.tenant, id, of)),
            proof => {
                let connection = &self.arguments.connection;
                text.push_str(&next::commands(made.tenant, id, proof, connection));
            }
        }
        text
    }

    fn verdict(
        &self,
        parts: &Partial,
        outcome: &Outcome,
        verified: Option<&Verified>,
    ) -> Result<Exit, CliError> {
        let again = "run the same command again: it goes on where this run stopped";
        let missing = || {
            let names = outcome.left.iter().map(Step::id).collect::<Vec<_>>();
            match names.is_empty() {
                true => String::new(),
                false => format!("\n  missing: {}", names.join(", ")),
            }
        };
        match &outcome.end {
            End::Interrupted => {
                return Err(CliError::failed(format!(
                    "interrupted; what was done is noted in {}{}",
                    self.arguments.change.journal.display(),
                    missing()
                ))
                .hint(again));
            }
            End::Failed { step, error } => {
                let step = step
                    .as_ref()
                    .map(|step| format!("{}: ", step.id()))
                    .unwrap_or_default();
                let failed = CliError::failed(format!("{step}{error}{}", missing()));
                let hint = error.hint().unwrap_or_else(|| again.to_owned());
                return Err(failed.hint(hint));
            }
            End::Complete => {}
        }
        if let Some(verified) = verified.filter(|verified| !verified.is_complete()) {
            return Err(not_proven(verified));
        }
        if parts.left.is_empty() {
            return Ok(Exit::Done);
        }
        self.console.warn(format!(
            "a part is left to others:{}",
            listed(&self.planning.plan.lacks)
        ));
        Ok(Exit::Incomplete)
    }
}

fn not_proven(verified: &Verified) -> CliError {
    let missing = verified.missing.join(", ");
    let hint = match &verified.failure {
        Some(failure) if !verified.timed_out => failure.hint,
        _ => None,
    };
    let reason = verified
        .failure
        .as_ref()
        .map(|failure| format!(" ({failure})"));
    CliError::failed(format!(
        "everything is made, and not everything is in effect yet: {missing}{}",
        reason.unwrap_or_default()
    ))
    .hint(hint.unwrap_or(
        "Entra ID and Azure may take minutes: run the same command again, which then only looks, or wait longer with --wait",
    ))
}

/// The proof that an earlier run made, while it is the application's and its file is there.
fn at_hand(lines: &[Line], present: &Present) -> Option<NewProof> {
    let owned = Owned::of(lines);
    let (file, thumbprint, ends) = owned.certificate()?;
    let application = present.application.as_ref()?;
    let mut registered = application
        .proofs
        .iter()
        .filter_map(|of| of.thumbprint.as_ref());
    let is_registered = registered.any(|of| of.eq_ignore_ascii_case(thumbprint));
    (is_registered && file.is_file()).then(|| NewProof::Certificate {
        file: file.to_owned(),
        public: CertificateFiles::beside(file.to_owned()).public,
        thumbprint: thumbprint.to_owned(),
        ends,
    })
}

/// What the identity is to have once the steps that are left to others are not done.
fn expected(request: &Request, left: &[Step], contract: &Contract) -> Expected {
    let mut graph = request.graph.clone();
    let mut custom_role = request.custom_role;
    let mut without_reader = Vec::new();
    for step in left {
        match step {
            Step::Consent(permission) => {
                graph.remove(permission);
            }
            Step::Assign {
                role: Role::Reader,
                scope,
            } => without_reader.push(scope.to_lowercase()),
            Step::Assign { .. } | Step::CreateRole(_) | Step::ChangeRole { .. } => {
                custom_role = false;
            }
            _ => {}
        }
    }
    let has_reader = |id: &str| {
        !without_reader
            .iter()
            .any(|scope| scope.ends_with(&id.to_lowercase()))
    };
    let scopes = match &request.scopes {
        Scopes::Subscriptions(places) => {
            let kept = places.iter().filter(|place| has_reader(&place.id));
            Scopes::Subscriptions(kept.cloned().collect())
        }
        Scopes::ManagementGroup(place) if !has_reader(&place.id) => Scopes::Directory,
        other => other.clone(),
    };
    Expected::of(graph, scopes, custom_role, contract)
}
