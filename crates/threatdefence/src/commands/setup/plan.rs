//! `threatdefence setup plan`: what would be made.

use clap::Args;

use super::args::{ApplicationArgs, GrantArgs, ProofArgs, SetupFormat};
use crate::args::ConnectionArgs;
use crate::console::Console;
use crate::error::{CliError, Exit};

/// Show what would be made, and what you lack to make it; nothing is written
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
/// TO BE WRITTEN BY THE OWNER OF THIS FILE.
pub async fn run(_arguments: &PlanArgs, _console: &Console) -> Result<Exit, CliError> {
    Err(CliError::failed("not built yet"))
}
