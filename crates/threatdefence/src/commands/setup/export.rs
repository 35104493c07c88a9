//! `threatdefence setup export`: the same identity for others to make.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::args::{ApplicationArgs, GrantArgs, ProofArgs};
use crate::console::Console;
use crate::error::{CliError, Exit};

/// The forms of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// A bash script for the Azure CLI
    AzCli,
    /// A script for PowerShell
    Powershell,
    /// A template for Bicep
    Bicep,
    /// A configuration for Terraform
    Terraform,
    /// ThreatDefenceRole alone, ready for "Start from JSON" in the portal
    RoleJson,
    /// Numbered steps in the portal, in Markdown
    Portal,
}

/// Write a script, a template, the role or portal steps for others to use; no sign-in needed
#[derive(Debug, Clone, Args)]
pub struct ExportArgs {
    #[command(flatten)]
    pub application: ApplicationArgs,
    #[command(flatten)]
    pub grants: GrantArgs,
    #[command(flatten)]
    pub proof: ProofArgs,

    /// The form
    #[arg(long, value_enum)]
    pub format: ExportFormat,

    /// The tenant that it is for
    #[arg(long, value_name = "ID")]
    pub tenant_id: Option<String>,

    /// AzureCloud, AzureUSGovernment or AzureChinaCloud
    #[arg(long, value_name = "NAME", default_value = "AzureCloud")]
    pub cloud: String,

    /// The file to write; stdout when absent
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Runs it.
///
/// # Errors
/// TO BE WRITTEN BY THE OWNER OF THIS FILE.
pub fn run(_arguments: &ExportArgs, _console: &Console) -> Result<Exit, CliError> {
    Err(CliError::failed("not built yet"))
}
