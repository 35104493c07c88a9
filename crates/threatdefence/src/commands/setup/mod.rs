//! `threatdefence setup`: the scanner's identity, planned, made, renewed, removed, or written down for
//! others to make.

mod apply;
mod args;
mod changing;
mod export;
mod made;
mod next;
mod plan;
mod planning;
mod remove;
mod renew;
mod wanted;

use clap::Subcommand;

use crate::console::Console;
use crate::error::{CliError, Exit};

/// The scanner's identity: application, credential, Graph permissions, Azure roles
#[derive(Debug, Subcommand)]
pub enum SetupCommand {
    /// Show what would be made, and what you lack to make it; nothing is written
    Plan(Box<plan::PlanArgs>),
    /// Make it, or go on where an earlier run stopped
    Apply(Box<apply::ApplyArgs>),
    /// Take away what setup made
    Remove(Box<remove::RemoveArgs>),
    /// Give the scanner a new credential before the old one expires
    Renew(Box<renew::RenewArgs>),
    /// Write a script, a template, the role or portal steps for others to use; no sign-in needed
    Export(Box<export::ExportArgs>),
}

/// Runs one of them.
///
/// # Errors
/// As the commands say.
pub async fn run(command: &SetupCommand, console: &Console) -> Result<Exit, CliError> {
    match command {
        SetupCommand::Plan(arguments) => plan::run(arguments, console).await,
        SetupCommand::Apply(arguments) => apply::run(arguments, console).await,
        SetupCommand::Remove(arguments) => remove::run(arguments, console).await,
        SetupCommand::Renew(arguments) => renew::run(arguments, console).await,
        SetupCommand::Export(arguments) => export::run(arguments, console),
    }
}
