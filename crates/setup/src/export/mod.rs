//! The same identity for people who may not run this program against their directory: scripts,
//! templates, and steps in the portal.
//!
//! Every form makes what [`crate::Request`] asks for and nothing else. What a user named (names, issuers,
//! subjects) is quoted for the language it ends up in; what no language can hold safely, and ids that
//! are none, are refused before anything is written.

mod az_cli;
mod bicep;
mod facts;
mod portal;
mod powershell;
mod quote;
mod refused;
mod role_json;
mod terraform;

#[cfg(test)]
mod samples;

use catalog::Contract;

pub use refused::Refused;

use crate::request::Request;

/// Microsoft Graph's application id, the same in every tenant and cloud.
const GRAPH: &str = "00000003-0000-0000-c000-000000000000";

/// The forms of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A bash script for the Azure CLI.
    AzCli,
    /// A script for PowerShell with the modules Az and Microsoft.Graph.
    Powershell,
    /// A template for Bicep with the Microsoft Graph extension.
    Bicep,
    /// A configuration for Terraform.
    Terraform,
    /// The custom role alone, in the portal's form.
    RoleJson,
    /// Numbered steps in the portal, in Markdown.
    Portal,
}

/// Where the identity is made, as far as the administrator said so.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The tenant's id or one of its domains.
    pub tenant_id: Option<&'a str>,
    /// `AzureCloud`, `AzureUSGovernment` or `AzureChinaCloud`.
    pub cloud: &'a str,
}

/// The identity that is asked for, written down for somebody else to make. The text ends with a newline.
///
/// # Errors
/// An id that is none; a name with line breaks or other control characters; the role alone where no
/// role or no scope is asked for; and what a form cannot say, such as a tenant's own application in
/// Bicep that was not made by Bicep.
pub fn export(
    format: Format,
    request: &Request,
    target: Target<'_>,
    contract: &Contract,
) -> Result<String, Refused> {
    refused::look_at(request, target)?;
    match format {
        Format::AzCli => Ok(az_cli::script(request, target, contract)),
        Format::Powershell => Ok(powershell::script(request, target, contract)),
        Format::Bicep => bicep::template(request, contract),
        Format::Terraform => Ok(terraform::configuration(request, target, contract)),
        Format::RoleJson => role_json::definition(request, contract),
        Format::Portal => Ok(portal::steps(request, target, contract)),
    }
}
