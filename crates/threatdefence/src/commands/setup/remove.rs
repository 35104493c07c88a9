//! `threatdefence setup remove`: takes away what setup made.

use clap::Args;

use super::args::{ApplicationArgs, ChangeArgs, SetupFormat};
use crate::args::ConnectionArgs;
use crate::console::Console;
use crate::error::{CliError, Exit};

/// Take away what setup made
#[derive(Debug, Clone, Args)]
pub struct RemoveArgs {
    #[command(flatten)]
    pub connection: ConnectionArgs,
    #[command(flatten)]
    pub application: ApplicationArgs,
    #[command(flatten)]
    pub change: ChangeArgs,

    /// Take away what was there before setup too
    #[arg(long)]
    pub everything: bool,

    /// Delete the application for good; Entra ID keeps it for 30 days otherwise
    #[arg(long)]
    pub purge: bool,

    /// How to report
    #[arg(long, value_enum, default_value = "table")]
    pub format: SetupFormat,
}

/// Runs it.
///
/// # Errors
/// TO BE WRITTEN BY THE OWNER OF THIS FILE.
pub async fn run(_arguments: &RemoveArgs, _console: &Console) -> Result<Exit, CliError> {
    Err(CliError::failed("not built yet"))
}
