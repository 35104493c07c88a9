//! `threatdefence doctor`: who you are, what you can read, and what each missing grant costs.

use azure::SignIn;
use catalog::Contract;
use clap::{Args, ValueEnum};
use doctor::{Diagnosis, Proof, Request, SignInProblem};
use jiff::Timestamp;
use serde_json::Value;

use crate::args::{ConnectionArgs, ContentArgs, ScopeArgs, SelectionArgs};
use crate::collection::unclear;
use crate::connect::{Connection, NotConnected, try_connect};
use crate::console::Console;
use crate::content::Content;
use crate::error::{CliError, Exit};
use crate::stdio;

/// How to report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DoctorFormat {
    /// For people
    Table,
    /// For programs
    Json,
}

/// Show who you are, what you can read, and what each missing grant costs
///
/// Ends with 4 when a selected check would not be assessed, or something asked for by name cannot be looked at,
/// and with 1 when signing in fails.
#[derive(Debug, Clone, Args)]
pub struct DoctorArgs {
    #[command(flatten)]
    pub connection: ConnectionArgs,
    #[command(flatten)]
    pub scope: ScopeArgs,
    #[command(flatten)]
    pub selection: SelectionArgs,
    #[command(flatten)]
    pub content: ContentArgs,

    /// How to report
    #[arg(long, value_enum, default_value = "table")]
    pub format: DoctorFormat,
}

/// Runs it.
///
/// # Errors
/// Sign-in fails, or it is not clear what to look at.
pub async fn run(arguments: &DoctorArgs, console: &Console) -> Result<Exit, CliError> {
    let content = Content::load(&arguments.content)?;
    let (connection, sign_in) = match try_connect(&arguments.connection, console).await {
        Ok(signed_in) => signed_in,
        Err(NotConnected::Refused(failure, sign_in)) => {
            return not_signed_in(arguments, &SignInProblem::refused(&failure, &sign_in));
        }
        Err(NotConnected::Unprepared(error)) => {
            return not_signed_in(arguments, &SignInProblem::unprepared(&error));
        }
        Err(NotConnected::Other(error)) => return Err(error),
    };
    let diagnosis = diagnosis(arguments, &content, &connection, &sign_in).await?;
    match arguments.format {
        DoctorFormat::Table => {
            stdio::print(diagnosis.as_text(console.width(), console.color_on_stdout()))?;
        }
        DoctorFormat::Json => print_json(serde_json::to_value(&diagnosis))?,
    }
    Ok(match diagnosis.complete {
        true => Exit::Done,
        false => Exit::Incomplete,
    })
}

async fn diagnosis(
    arguments: &DoctorArgs,
    content: &Content,
    connection: &Connection,
    sign_in: &SignIn,
) -> Result<Diagnosis, CliError> {
    let selected = content.select(&arguments.selection)?;
    let plan = content.plan(&selected)?;
    let contract = Contract::builtin().map_err(CliError::failed)?;
    let request = Request {
        client: &connection.client,
        claims: &connection.claims,
        tenant_id: &connection.tenant_id,
        proof: &Proof::of(sign_in),
        scope: &arguments.scope.request(),
        checks: &selected,
        library: content.library.checks(),
        catalog: &content.catalog,
        plan: &plan,
        contract: &contract,
        now: Timestamp::now(),
    };
    doctor::diagnose(&request).await.map_err(unclear)
}

/// Says on stderr what is wrong, and in JSON on stdout too.
fn not_signed_in(arguments: &DoctorArgs, problem: &SignInProblem) -> Result<Exit, CliError> {
    if arguments.format == DoctorFormat::Json {
        print_json(Ok(problem.as_json()))?;
    }
    Err(CliError::failed(&problem.problem).hint(&problem.fix))
}

fn print_json(value: serde_json::Result<Value>) -> Result<(), CliError> {
    let text = value.and_then(|value| serde_json::to_string_pretty(&value));
    stdio::print_line(text.map_err(CliError::failed)?)
}
