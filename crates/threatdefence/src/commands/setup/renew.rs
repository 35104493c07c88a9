//! `threatdefence setup renew`: a new credential before the old one expires.

mod allowed;
mod report;

use std::collections::BTreeSet;
use std::path::PathBuf;

use catalog::Contract;
use clap::Args;
use jiff::Timestamp;
use setup::apply::{Apply, End, Outcome, apply, settle};
use setup::change::Conduct;
use setup::journal::{Journal, Owned};
use setup::proof::{CertificateFiles, Keeper, NewProof, file_name};
use setup::renew::{made_earlier, same_kind, without_expired, without_old, words};
use setup::verify::{Expected, verify};
use setup::{Application, Audience, Present, Proof, Request, Scopes, Speaker, Step};

use super::args::{ApplicationArgs, ChangeArgs, ProofArgs, ProofFileArgs, SetupFormat};
use super::changing::{self, SecretPlace, Stop};
use super::planning::undiscovered;
use super::wanted;
use crate::args::ConnectionArgs;
use crate::connect::{self, Connection, connect, door};
use crate::console::Console;
use crate::error::{CliError, Exit};
use allowed::{application, may_change};

/// Give the scanner a new credential before the old one expires
#[derive(Debug, Clone, Args)]
pub struct RenewArgs {
    #[command(flatten)]
    pub connection: ConnectionArgs,
    #[command(flatten)]
    pub application: ApplicationArgs,
    #[command(flatten)]
    pub proof: ProofArgs,
    #[command(flatten)]
    pub files: ProofFileArgs,
    #[command(flatten)]
    pub change: ChangeArgs,

    /// Take the old credentials away, once the new one has signed in
    #[arg(long)]
    pub remove_old: bool,

    /// How to report
    #[arg(long, value_enum, default_value = "table")]
    pub format: SetupFormat,
}

/// Runs it.
///
/// # Errors
/// There is no such application, whoever is signed in may not change it, the new credential does not sign
/// in; what was done until then is said first.
pub async fn run(arguments: &RenewArgs, console: &Console) -> Result<Exit, CliError> {
    let connection = connect(&arguments.connection, console).await?;
    let contract = Contract::builtin().map_err(CliError::failed)?;
    let mut request = request(arguments, &connection)?;
    let subject = changing::subject(&connection, &request, "renew");
    let lines = Journal::read_of(&arguments.change.journal, subject).map_err(changing::journal)?;
    let lines = lines.unwrap_or_default();
    if request.application_id.is_none() {
        // By its id, another application of the same name is no matter.
        request.application_id = Owned::of(&lines).application().map(|(_, id)| id.to_owned());
    }
    let stop = Stop::default();
    let (tell, stopped) = (changing::teller(*console), || stop.is_wanted());
    let conduct = Conduct {
        client: &connection.client,
        wait: changing::wait(&arguments.change),
        notice: &tell,
        stop: &stopped,
    };
    let present = settle(&conduct, &request, &contract, &lines)
        .await
        .map_err(undiscovered)?;
    let application = application(&connection, &request, &present)?;
    may_change(&connection, &request, &present, &contract).await?;
    let earlier = match arguments.remove_old && !asks_for_kind(&arguments.proof) {
        true => made_earlier(&lines, application),
        false => None,
    };
    if request.proof.is_none() && earlier.is_none() {
        let proof = same_kind(application).map_err(|error| {
            let hint = error.hint();
            CliError::failed(error).hint(hint)
        })?;
        request.proof = Some(with_days(proof, arguments.proof.days));
    }
    let run = Run {
        arguments,
        console,
        connection: &connection,
        contract: &contract,
        request: &request,
        present: &present,
        application,
        conduct,
        stop: &stop,
    };
    run.go(earlier).await
}

/// What is asked for: a proof for an application that is there, and nothing else.
fn request(arguments: &RenewArgs, connection: &Connection) -> Result<Request, CliError> {
    let proof = match asks_for_kind(&arguments.proof) {
        true => wanted::proof(&arguments.proof, &connection.cloud.name)?,
        false => None,
    };
    Ok(Request {
        name: arguments.application.name.clone(),
        application_id: arguments.application.application_id.clone(),
        audience: Audience::SingleTenant,
        proof,
        graph: BTreeSet::new(),
        scopes: Scopes::Directory,
        custom_role: false,
    })
}

fn asks_for_kind(proof: &ProofArgs) -> bool {
    proof.proof.is_some() || proof.github.is_some() || proof.issuer.is_some()
}

fn with_days(proof: Proof, days: Option<u16>) -> Proof {
    match (proof, days) {
        (Proof::Certificate { .. }, Some(days)) => Proof::Certificate { days },
        (Proof::Secret { .. }, Some(days)) => Proof::Secret { days },
        (proof, _) => proof,
    }
}

/// A run under way.
struct Run<'a> {
    arguments: &'a RenewArgs,
    console: &'a Console,
    connection: &'a Connection,
    contract: &'a Contract,
    request: &'a Request,
    present: &'a Present,
    application: &'a Application,
    conduct: Conduct<'a>,
    stop: &'a Stop,
}

impl Run<'_> {
    async fn go(&self, earlier: Option<NewProof>) -> Result<Exit, CliError> {
        let adding: Vec<Step> = match (&earlier, &self.request.proof) {
            (None, Some(proof)) => vec![Step::AddProof(proof.clone())],
            _ => Vec::new(),
        };
        let file = match &self.arguments.files.certificate {
            Some(file) => file.clone(),
            None => dated(&self.request.name, Timestamp::now()),
        };
        let files = CertificateFiles::beside(changing::absolute(file));
        let is = |kind: fn(&Proof) -> bool| {
            let proof = self.request.proof.as_ref().filter(|_| !adding.is_empty());
            proof.is_some_and(kind)
        };
        let json = self.arguments.format == SetupFormat::Json;
        let secret_file = self.arguments.files.write_secret.as_deref();
        let makes_secret = is(|proof| matches!(proof, Proof::Secret { .. }));
        let place = SecretPlace::choose(secret_file, json, makes_secret)?;
        self.say_what_is_there(&adding);
        let question = format!(
            "Change the application {} in tenant {} as {}?",
            self.application.name, self.connection.tenant_id, self.connection.identity
        );
        if !changing::confirm(&self.arguments.change, &question)? {
            self.console.say("Nothing was changed.");
            return Ok(Exit::Done);
        }
        self.stop.listen();
        let subject = changing::subject(self.connection, self.request, "renew");
        let mut journal =
            Journal::open(&self.arguments.change.journal, subject).map_err(changing::journal)?;
        let mut take = |secret: &azure::Secret| place.take(secret);
        let mut carry_out = async |steps: &[Step]| {
            let work = Apply {
                request: self.request,
                contract: self.contract,
                conduct: self.conduct,
                journal: &mut journal,
                keeper: Keeper {
                    certificate: files.clone(),
                    secret: &mut take,
                },
            };
            apply(work, steps, self.present.clone()).await
        };
        let added = carry_out(&adding).await;
        let new = added.proof.clone().or(earlier);
        ended(&added)?;
        let (signed_in, removed) = match self.arguments.remove_old {
            false => (None, Vec::new()),
            true => {
                let (signed_in, steps) = self.to_remove(new.as_ref()).await?;
                let outcome = carry_out(&steps).await;
                let done = outcome.done.iter().map(|done| done.step.clone()).collect();
                ended(&outcome)?;
                (signed_in, done)
            }
        };
        self.report(
            new.as_ref(),
            signed_in,
            &removed,
            place == SecretPlace::InResult,
        )
    }

    fn say_what_is_there(&self, adding: &[Step]) {
        let speaker = Speaker {
            request: self.request,
            present: self.present,
            contract: self.contract,
            now: Timestamp::now(),
        };
        for proof in &self.application.proofs {
            let ends = proof
                .ends
                .map(|ends| format!(", ends {}", ends.strftime("%Y-%m-%d")));
            self.console.say(format!(
                "There: {}{}",
                words(proof),
                ends.unwrap_or_default()
            ));
        }
        for step in adding {
            self.console.say(format!("New: {}", speaker.describe(step)));
        }
    }

    /// What goes once the new proof has signed in; only what has expired, where that cannot be tried.
    async fn to_remove(
        &self,
        new: Option<&NewProof>,
    ) -> Result<(Option<bool>, Vec<Step>), CliError> {
        let now = Timestamp::now();
        let tenant = &self.connection.tenant_id;
        let sign_in = new.and_then(|new| new.sign_in(tenant, &self.application.application_id));
        let (Some(new), Some(sign_in)) = (new, sign_in) else {
            self.console.warn(
                "nobody but the issuer's workload can sign in with a federated credential: what has not expired stays until you take it away",
            );
            return Ok((None, without_expired(self.application, now)));
        };
        self.console.say("Signing in with the new credential");
        let door = door(&self.arguments.connection, &self.connection.cloud)?;
        let expected = Expected::sign_in_only();
        let verified = verify(&door, &sign_in, &expected, self.contract, &self.conduct)
            .await
            .map_err(connect::configuration)?;
        if verified.is_complete() {
            return Ok((Some(true), without_old(self.application, new, now)));
        }
        let reason = verified.failure.map(|failure| format!(": {failure}"));
        Err(CliError::failed(format!(
            "the new credential does not sign in yet, and the old ones were left{}",
            reason.unwrap_or_default()
        ))
        .hint("run the same command again in a few minutes: it goes on with the new credential"))
    }
}

/// The file of a renewed certificate: the old one's stays as it is.
fn dated(name: &str, now: Timestamp) -> PathBuf {
    let file = file_name(name);
    let stem = file.trim_end_matches(".pem");
    PathBuf::from(format!("{stem}-{}.pem", now.strftime("%Y%m%d-%H%M%S")))
}

/// Ends the run where the steps did not.
fn ended(outcome: &Outcome) -> Result<(), CliError> {
    match &outcome.end {
        End::Complete => Ok(()),
        End::Interrupted => Err(CliError::failed(
            "interrupted; what was done is noted in the journal",
        )
        .hint("run the same command again: it goes on where this run stopped")),
        End::Failed { error, .. } => Err(changing::change(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renewed_certificate_has_a_file_of_its_own() {
        let now = "2026-01-02T03:04:05Z".parse().unwrap();
        assert_eq!(
            dated("Threat Defence", now),
            PathBuf::from("Threat-Defence-20260102-030405.pem")
        );
    }
}
