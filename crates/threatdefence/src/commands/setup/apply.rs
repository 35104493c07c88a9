//! `threatdefence setup apply`: makes it.

use std::path::PathBuf;

use catalog::Contract;
use clap::Args;
use setup::apply::{Apply, End, Outcome, Partial, apply, partial, settle};
use setup::change::Conduct;
use setup::journal::{Begun, Journal, Line, Owned};
use setup::proof::{CertificateFiles, Keeper, NewProof, file_name};
use setup::verify::{Expected, Verified, verify};
use setup::{Lack, Present, Proof, Request, Role, Scopes, Step};

use super::args::{ApplicationArgs, ChangeArgs, GrantArgs, ProofArgs, ProofFileArgs, SetupFormat};
use super::changing::{self, SecretPlace};
use super::made::Made;
use super::next;
use super::plan::text::{self, Outline};
use super::planning::{Asked, Planning, prepare, undiscovered, weigh};
use crate::args::ConnectionArgs;
use crate::connect::{self, door};
use crate::console::Console;
use crate::error::{CliError, Exit};
use crate::interrupt;
use crate::stdio;

/// Make it, or go on where an earlier run stopped
#[derive(Debug, Clone, Args)]
pub struct ApplyArgs {
    #[command(flatten)]
    pub connection: ConnectionArgs,
    #[command(flatten)]
    pub application: ApplicationArgs,
    #[command(flatten)]
    pub grants: GrantArgs,
    #[command(flatten)]
    pub proof: ProofArgs,
    #[command(flatten)]
    pub files: ProofFileArgs,
    #[command(flatten)]
    pub change: ChangeArgs,

    /// Make a new credential although a valid one exists
    #[arg(long)]
    pub new_proof: bool,

    /// Do what you may do, and leave the rest to others
    #[arg(long)]
    pub allow_partial: bool,

    /// How to report
    #[arg(long, value_enum, default_value = "table")]
    pub format: SetupFormat,
}

/// Runs it.
///
/// # Errors
/// The administrator lacks rights, Azure refuses, the journal or a file cannot be written; what was done
/// until then is said first.
pub async fn run(arguments: &ApplyArgs, console: &Console) -> Result<Exit, CliError> {
    let asked = Asked {
        connection: &arguments.connection,
        application: &arguments.application,
        grants: &arguments.grants,
        proof: &arguments.proof,
        new_proof: arguments.new_proof,
    };
    let prepared = prepare(asked, console).await?;
    let client = prepared.connection.client.clone();
    let stop = interrupt::Watch::start();
    let (tell, stopped) = (changing::teller(*console), || stop.is_pressed());
    let conduct = Conduct {
        client: &client,
        wait: changing::wait(&arguments.change),
        notice: &tell,
        stop: &stopped,
    };
    let journal = &arguments.change.journal;
    let subject = changing::subject(&prepared.connection, &prepared.request, "apply");
    let lines = Journal::read_of(journal, subject).map_err(changing::journal)?;
    let lines = lines.unwrap_or_default();
    let present = settle(&conduct, &prepared.request, &prepared.contract, &lines)
        .await
        .map_err(undiscovered)?;
    let planning = weigh(prepared, present, arguments.new_proof).await?;
    let run = Run {
        arguments,
        console,
        planning: &planning,
        conduct,
    };
    run.go(&lines).await
}

/// A run under way.
struct Run<'a> {
    arguments: &'a ApplyArgs,
    console: &'a Console,
    planning: &'a Planning,
    conduct: Conduct<'a>,
}

impl Run<'_> {
    async fn go(&self, lines: &[Line]) -> Result<Exit, CliError> {
        let Planning {
            plan,
            request,
            present,
            contract,
            connection,
            ..
        } = self.planning;
        let width = self.console.width().min(80);
        self.console.say(text::outline(Outline { plan, width }));
        let parts = partial(plan, request, present);
        self.refuse_what_is_lacking(&parts)?;
        let places = self.places(&parts.possible, lines)?;
        if parts.possible.is_empty() {
            let nothing = Outcome {
                present: present.clone(),
                done: Vec::new(),
                left: Vec::new(),
                end: End::Complete,
                proof: None,
            };
            return self.finish(&parts, nothing, &places, lines).await;
        }
        let question = format!(
            "Change the tenant {} as {}?",
            connection.tenant_id, connection.identity
        );
        if !changing::confirm(&self.arguments.change, &question)? {
            self.console.say("Nothing was changed.");
            return Ok(Exit::Done);
        }
        let subject = changing::subject(connection, request, "apply");
        let mut journal =
            Journal::open(&self.arguments.change.journal, subject).map_err(changing::journal)?;
        let mut take = |secret: &azure::Secret| places.secret.take(secret);
        let work = Apply {
            request,
            contract,
            conduct: self.conduct,
            journal: &mut journal,
            keeper: Keeper {
                certificate: places.certificate.clone(),
                secret: &mut take,
            },
        };
        let outcome = apply(work, &parts.possible, present.clone()).await;
        self.finish(&parts, outcome, &places, journal.lines()).await
    }

    /// Nothing is begun that cannot be ended, unless that is wanted.
    fn refuse_what_is_lacking(&self, parts: &Partial) -> Result<(), CliError> {
        let lacks = &self.planning.plan.lacks;
        if lacks.is_empty() || self.arguments.allow_partial && !parts.possible.is_empty() {
            return Ok(());
        }
        Err(CliError::failed(format!(
            "you lack what it takes, and nothing was changed:{}",
            listed(lacks)
        ))
        .hint(
            "have somebody with these roles run the same command, or do your part of it with --allow-partial",
        ))
    }

    /// Where a new proof goes; said before anything is changed when it cannot go there.
    fn places(&self, steps: &[Step], lines: &[Line]) -> Result<Places, CliError> {
        let adds = |kind: fn(&Proof) -> bool| {
            let of_kind = |step: &Step| matches!(step, Step::AddProof(proof) if kind(proof));
            steps.iter().any(of_kind)
        };
        let file = match &self.arguments.files.certificate {
            Some(file) => file.clone(),
            None => PathBuf::from(file_name(&self.planning.request.name)),
        };
        let certificate = CertificateFiles::beside(file);
        let owned = Owned::of(lines);
        let begun = owned.begun("proof:certificate").flatten();
        let is_begun = matches!(begun, Some(Begun::Certificate { file, .. }) if file.is_file());
        if adds(|proof| matches!(proof, Proof::Certificate { .. })) && !is_begun {
            certificate.check().map_err(changing::file)?;
        }
        let json = self.arguments.format == SetupFormat::Json;
        let makes_secret = adds(|proof| matches!(proof, Proof::Secret { .. }));
        let secret_file = self.arguments.files.write_secret.as_deref();
        Ok(Places {
            certificate,
            secret: SecretPlace::choose(secret_file, json, makes_secret)?,
        })
    }

    /// Proves what was made, says what there is, and how it ended.
    async fn finish(
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

/// What the administrator lacks, with who can do it.
fn listed(lacks: &[Lack]) -> String {
    let line = |lack: &Lack| format!("\n  - {}: it takes {}", lack.what, lack.needs);
    lacks.iter().map(line).collect()
}

/// Where a new proof goes.
struct Places {
    certificate: CertificateFiles,
    secret: SecretPlace,
}

fn not_proven(verified: &Verified) -> CliError {
    let missing = verified.missing.join(", ");
    let hint = match &verified.failure {
        Some(failure) => failure.hint,
        None => None,
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
