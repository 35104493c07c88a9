//! `threatdefence setup renew`: a new credential before the old one expires.

use clap::Args;

use super::args::{ApplicationArgs, ChangeArgs, ProofArgs, ProofFileArgs, SetupFormat};
use crate::args::ConnectionArgs;
use crate::console::Console;
use crate::error::{CliError, Exit};

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
/// TO BE WRITTEN BY THE OWNER OF THIS FILE.
pub async fn run(_arguments: &RenewArgs, _console: &Console) -> Result<Exit, CliError> {
    Err(CliError::failed("not built yet"))
}
