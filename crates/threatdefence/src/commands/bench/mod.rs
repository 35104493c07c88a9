//! `threatdefence bench`: measure this program against a simulated Azure that enforces Azure's limits.

mod agreement;
mod azure_side;
mod collect;
mod evaluate;
mod runs;
mod table;

use clap::Subcommand;

use crate::config::Config;
use crate::console::Console;
use crate::error::{CliError, Exit};

pub use collect::BenchCollectArgs;
pub use evaluate::BenchEvaluateArgs;

/// Measure against a simulated Azure
#[derive(Debug, Clone, Subcommand)]
pub enum BenchCommand {
    /// Collect a generated tenant: whole, again after changes, and with faults
    Collect(BenchCollectArgs),
    /// Judge a snapshot on one core and say how long each check took
    Evaluate(BenchEvaluateArgs),
}

/// Runs it.
///
/// # Errors
/// As the commands.
pub async fn run(
    command: &BenchCommand,
    config: &Config,
    console: &Console,
) -> Result<Exit, CliError> {
    match command {
        BenchCommand::Collect(arguments) => collect::run(arguments, console).await,
        BenchCommand::Evaluate(arguments) => evaluate::run(arguments, config, console),
    }
}
