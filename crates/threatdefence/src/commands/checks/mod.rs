//! `threatdefence checks`: read, prove and write checks.

mod functions;
mod lint;
mod list;
mod new;
mod show;
mod test;

use clap::Subcommand;

use crate::console::Console;
use crate::error::{CliError, Exit};

/// List, show, lint, test and write checks.
#[derive(Debug, Clone, Subcommand)]
pub enum ChecksCommand {
    /// List checks
    List(list::ListArgs),
    /// Show one check: its question, what it reads, what that needs, and the remedy
    Show(show::ShowArgs),
    /// Look for mistakes in checks and in the catalogue
    Lint(lint::LintArgs),
    /// Run the checks' own tests
    Test(test::TestArgs),
    /// List the functions that checks may call
    Functions(functions::FunctionsArgs),
    /// Write a first file for a check of your own
    New(new::NewArgs),
}

/// Runs one of them.
///
/// # Errors
/// As the command says.
pub fn run(command: &ChecksCommand, console: &Console) -> Result<Exit, CliError> {
    match command {
        ChecksCommand::List(arguments) => list::run(arguments, console),
        ChecksCommand::Show(arguments) => show::run(arguments),
        ChecksCommand::Lint(arguments) => lint::run(arguments, console),
        ChecksCommand::Test(arguments) => test::run(arguments, console),
        ChecksCommand::Functions(arguments) => functions::run(arguments, console),
        ChecksCommand::New(arguments) => new::run(arguments, console),
    }
}
