//! `threatdefence setup plan`: what would be made.

mod json;
pub mod next;
pub mod text;

use clap::Args;

use super::args::{ApplicationArgs, GrantArgs, ProofArgs, SetupFormat};
use super::planning::{Asked, planning};
use crate::args::ConnectionArgs;
use crate::console::Console;
use crate::error::{CliError, Exit};
use crate::stdio;

/// Show what would be made, and what you lack to make it; nothing is written
///
/// Ends with 4 when you lack something that the plan needs.
#[derive(Debug, Clone, Args)]
pub struct PlanArgs {
    #[command(flatten)]
    pub connection: ConnectionArgs,
    #[command(flatten)]
    pub application: ApplicationArgs,
    #[command(flatten)]
    pub grants: GrantArgs,
    #[command(flatten)]
    pub proof: ProofArgs,

    /// Make a new credential although a valid one exists
    #[arg(long)]
    pub new_proof: bool,

    /// How to report
    #[arg(long, value_enum, default_value = "table")]
    pub format: SetupFormat,
}

/// Runs it.
///
/// # Errors
/// The flags contradict each other, nobody can sign in, or something that the plan cannot do without is not
/// there, not clear or may not be read.
pub async fn run(arguments: &PlanArgs, console: &Console) -> Result<Exit, CliError> {
    let asked = Asked {
        connection: &arguments.connection,
        application: &arguments.application,
        grants: &arguments.grants,
        proof: &arguments.proof,
        new_proof: arguments.new_proof,
    };
    let planning = planning(asked, console).await?;
    let next = next::command("apply", std::env::args().skip(1));
    match arguments.format {
        SetupFormat::Table => {
            stdio::print(text::report(&planning, &next, console.width().min(80)))?;
        }
        SetupFormat::Json => {
            let report = json::report(&planning, &next);
            let text = serde_json::to_string_pretty(&report).map_err(CliError::failed)?;
            stdio::print_line(text)?;
        }
    }
    Ok(match planning.plan.lacks.is_empty() {
        true => Exit::Done,
        false => Exit::Incomplete,
    })
}
