//! `threatdefence setup apply`: makes it.

use clap::Args;

use super::args::{ApplicationArgs, ChangeArgs, GrantArgs, ProofArgs, ProofFileArgs, SetupFormat};
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
/// TO BE WRITTEN BY THE OWNER OF THIS FILE.
pub async fn run(_arguments: &ApplyArgs, _console: &Console) -> Result<Exit, CliError> {
    Err(CliError::failed("not built yet"))
}
