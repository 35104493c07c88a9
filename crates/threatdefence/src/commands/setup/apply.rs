//! `threatdefence setup apply`: makes it.

mod ending;

use std::path::PathBuf;

use clap::Args;
use setup::apply::{Apply, End, Outcome, Partial, apply, partial, settle};
use setup::change::Conduct;
use setup::journal::{Begun, Journal, Line, Owned};
use setup::proof::{CertificateFiles, Keeper, file_name};
use setup::{Lack, Proof, Step};

use super::args::{ApplicationArgs, ChangeArgs, GrantArgs, ProofArgs, ProofFileArgs, SetupFormat};
use super::changing::{self, SecretPlace, Stop};
use super::plan::text::{self, Outline};
use super::planning::{Asked, Planning, prepare, undiscovered, weigh};
use crate::args::ConnectionArgs;
use crate::console::Console;
use crate::error::{CliError, Exit};

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
    let stop = Stop::default();
    let (tell, stopped) = (changing::teller(*console), || stop.is_wanted());
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
        stop: &stop,
    };
    run.go(&lines).await
}

/// A run under way.
struct Run<'a> {
    arguments: &'a ApplyArgs,
    console: &'a Console,
    planning: &'a Planning,
    conduct: Conduct<'a>,
    stop: &'a Stop,
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
        let outline = text::outline(Outline { plan, width });
        changing::show(self.console, &self.arguments.change, &outline);
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
        self.stop.listen();
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
        let certificate = CertificateFiles::beside(changing::absolute(file));
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
