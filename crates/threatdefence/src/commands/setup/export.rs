//! `threatdefence setup export`: the same identity for others to make.

use std::path::PathBuf;

use catalog::Contract;
use clap::{Args, ValueEnum};
use setup::export::{Format, Target};
use setup::{Audience, Place, Request, Scopes};

use super::args::{ApplicationArgs, GrantArgs, ProofArgs};
use super::wanted;
use crate::console::Console;
use crate::error::{CliError, Exit};
use crate::stdio;

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
/// No scope, or one that only somebody who is signed in could find; what the form cannot say; a file that
/// cannot be written.
pub fn run(arguments: &ExportArgs, console: &Console) -> Result<Exit, CliError> {
    let contract = Contract::builtin().map_err(CliError::failed)?;
    let cloud = cloud(&arguments.cloud)?;
    let request = request(arguments, cloud, &contract)?;
    let target = Target {
        tenant_id: arguments.tenant_id.as_deref(),
        cloud,
    };
    let text = setup::export::export(arguments.format.into(), &request, target, &contract)
        .map_err(|refused| CliError::usage(&refused).hint(refused.hint()))?;
    let Some(file) = &arguments.output else {
        stdio::print(text)?;
        return Ok(Exit::Done);
    };
    std::fs::write(file, text).map_err(|error| {
        CliError::failed(format!("{} could not be written: {error}", file.display()))
            .hint("choose another file with --output")
    })?;
    console.say(format!("Wrote {}", file.display()));
    Ok(Exit::Done)
}

/// The identity that the flags describe. Nobody signs in, so ids stand for names.
fn request(arguments: &ExportArgs, cloud: &str, contract: &Contract) -> Result<Request, CliError> {
    let audience = match arguments.grants.multi_tenant {
        true => Audience::MultiTenant,
        false => Audience::SingleTenant,
    };
    Ok(Request {
        name: arguments.application.name.clone(),
        application_id: arguments.application.application_id.clone(),
        audience,
        proof: wanted::proof(&arguments.proof, cloud)?,
        graph: wanted::graph(&arguments.grants, contract)?,
        scopes: scopes(&arguments.grants)?,
        custom_role: !arguments.grants.without_role,
    })
}

fn scopes(grants: &GrantArgs) -> Result<Scopes, CliError> {
    let place = |id: &String| Place {
        id: id.clone(),
        name: id.clone(),
    };
    if grants.all_subscriptions {
        return Err(CliError::usage(
            "nobody signs in for an export, so which subscriptions there are is not known",
        )
        .hint("name them with --subscription, or their --management-group"));
    }
    if grants.directory_only {
        return Ok(Scopes::Directory);
    }
    match grants.management_group.as_slice() {
        [] => {}
        [group] => return Ok(Scopes::ManagementGroup(place(group))),
        _ => {
            return Err(CliError::usage(
                "a custom role can name one management group, and several were given",
            )
            .hint("export one form for each, or name one above them"));
        }
    }
    if grants.subscription.is_empty() {
        return Err(CliError::usage("where to give roles was not said")
            .hint("name --subscription ID or --management-group ID, or choose --directory-only"));
    }
    Ok(Scopes::Subscriptions(
        grants.subscription.iter().map(place).collect(),
    ))
}

/// The cloud's name as Azure writes it.
fn cloud(asked: &str) -> Result<&'static str, CliError> {
    ["AzureCloud", "AzureUSGovernment", "AzureChinaCloud"]
        .into_iter()
        .find(|name| name.eq_ignore_ascii_case(asked))
        .ok_or_else(|| {
            CliError::usage(format!("`{asked}` is not one of Azure's clouds")).hint(
                "choose AzureCloud, AzureUSGovernment or AzureChinaCloud; the az-cli script takes whatever \
                 cloud the Azure CLI is set to",
            )
        })
}

impl From<ExportFormat> for Format {
    fn from(format: ExportFormat) -> Self {
        match format {
            ExportFormat::AzCli => Self::AzCli,
            ExportFormat::Powershell => Self::Powershell,
            ExportFormat::Bicep => Self::Bicep,
            ExportFormat::Terraform => Self::Terraform,
            ExportFormat::RoleJson => Self::RoleJson,
            ExportFormat::Portal => Self::Portal,
        }
    }
}
