//! A script for PowerShell with the modules Microsoft.Graph and Az.
//!
//! What the administrator chose stands in variables at its top; the pieces below them are the same for
//! everybody.

use catalog::Contract;

use super::{Target, facts, quote};
use crate::request::{Proof, Request, Scopes};

const BEGIN: &str = include_str!("../../templates/powershell/begin.ps1");
const CONNECT: &str = include_str!("../../templates/powershell/connect.ps1");
const CONNECT_AZURE: &str = include_str!("../../templates/powershell/connect_azure.ps1");
const APPLICATION: &str = include_str!("../../templates/powershell/application.ps1");
const GIVEN: &str = include_str!("../../templates/powershell/given.ps1");
const REGISTER: &str = include_str!("../../templates/powershell/register.ps1");
const ASK: &str = include_str!("../../templates/powershell/ask.ps1");
const CERTIFICATE: &str = include_str!("../../templates/powershell/certificate.ps1");
const SECRET: &str = include_str!("../../templates/powershell/secret.ps1");
const FEDERATED: &str = include_str!("../../templates/powershell/federated.ps1");
const CONSENT: &str = include_str!("../../templates/powershell/consent.ps1");
const ROLE: &str = include_str!("../../templates/powershell/role.ps1");
const ASSIGNMENTS: &str = include_str!("../../templates/powershell/assignments.ps1");
const NEXT: &str = include_str!("../../templates/powershell/next.ps1");

/// The script.
pub fn script(request: &Request, target: Target<'_>, contract: &Contract) -> String {
    let in_azure = request.scopes != Scopes::Directory;
    // ExportPkcs8PrivateKeyPem and UnixCreateMode came with the .NET of PowerShell 7.4.
    let mut script = "#Requires -Version 7.4\n\
                      #Requires -Modules Microsoft.Graph.Authentication, Microsoft.Graph.Applications\n"
        .to_owned();
    if in_azure {
        script += "#Requires -Modules Az.Accounts, Az.Resources\n";
    }
    script += "\n";
    script += &facts::header("#", "powershell", request, contract);
    script += &facts::comments(
        "#",
        [
            "Read it, then run it; it asks you to sign in. Where a module is missing: Install-Module Microsoft.Graph, Az",
            "It looks before it writes: run it again after a failure, and it goes on.",
        ],
    );
    script += "\n";
    script += &variables(request, target, contract);
    script += BEGIN;
    script += CONNECT;
    if in_azure {
        script += CONNECT_AZURE;
    }
    script += APPLICATION;
    script += match request.application_id {
        Some(_) => GIVEN,
        None => REGISTER,
    };
    script += ASK;
    script += match request.proof {
        None => "",
        Some(Proof::Certificate { .. }) => CERTIFICATE,
        Some(Proof::Secret { .. }) => SECRET,
        Some(Proof::Federated(_)) => FEDERATED,
    };
    script += CONSENT;
    if in_azure && request.custom_role {
        script += ROLE;
    }
    if in_azure {
        script += ASSIGNMENTS;
    }
    script += NEXT;
    script + &last(request, target)
}

fn variables(request: &Request, target: Target<'_>, contract: &Contract) -> String {
    let mut lines = Vec::new();
    let mut set = |name: &str, value: String| lines.push(format!("${name} = {value}\n"));
    set(
        "tenant",
        quote::powershell(target.tenant_id.unwrap_or_default()),
    );
    set(
        "graphEnvironment",
        quote::powershell(graph_environment(target.cloud)),
    );
    match &request.application_id {
        Some(id) => {
            set("client", quote::powershell(id));
            set("filter", quote::powershell(&format!("appId eq '{id}'")));
            let needs = if request.proof.is_some() {
                "$true"
            } else {
                "$false"
            };
            set("needsRegistration", needs.to_owned());
        }
        None => {
            set("name", quote::powershell(&request.name));
            let filter = format!("displayName eq {}", quote::odata(&request.name));
            set("filter", quote::powershell(&filter));
            set("audience", quote::powershell(request.audience.as_str()));
        }
    }
    set("permissions", list(&request.graph));
    match &request.proof {
        None => {}
        Some(Proof::Certificate { days } | Proof::Secret { days }) => set("days", days.to_string()),
        Some(Proof::Federated(of)) => {
            set("credentialName", quote::powershell(&of.name));
            set("issuer", quote::powershell(&of.issuer));
            set("subject", quote::powershell(&of.subject));
            set("tokenAudience", quote::powershell(&of.audience));
        }
    }
    if request.scopes == Scopes::Directory {
        return lines.concat();
    }
    set("cloud", quote::powershell(target.cloud));
    set("scopes", list(request.scopes.paths()));
    let role = &contract.azure.role;
    let reader = &contract.azure.reader.name;
    if !request.custom_role {
        set("roles", list([reader]));
        return lines.concat();
    }
    set("roles", list([reader, &role.name]));
    set("roleName", quote::powershell(&role.name));
    set("roleDescription", quote::powershell(&role.description));
    set("roleActions", list(&role.actions));
    lines.concat()
}

/// The name that Microsoft.Graph has for a cloud
/// (<https://learn.microsoft.com/powershell/microsoftgraph/authentication-commands#use-connect-mggraph-with-a-national-cloud>).
fn graph_environment(cloud: &str) -> &'static str {
    match cloud {
        "AzureUSGovernment" => "USGov",
        "AzureChinaCloud" => "China",
        _ => "Global",
    }
}

fn list(values: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let values: Vec<String> = values
        .into_iter()
        .map(|value| quote::powershell(value.as_ref()))
        .collect();
    format!("@({})", values.join(", "))
}

/// What is to be done next, as far as it hangs on the credential. The one place that shows a secret.
fn last(request: &Request, target: Target<'_>) -> String {
    let lines = match &request.proof {
        Some(Proof::Certificate { .. }) => r#""`$env:AZURE_CLIENT_CERTIFICATE_PATH = '$file'""#,
        Some(Proof::Secret { .. }) => {
            r#"if ($secret) {
    Write-Host 'The secret is shown this once; keep it where only the scanner reads it.'
    "`$env:AZURE_CLIENT_SECRET = '$($secret.SecretText)'"
}"#
        }
        Some(Proof::Federated(_)) => "'$env:AZURE_FEDERATED_TOKEN_FILE = ''FILE_WITH_THE_TOKEN'''",
        None => {
            "Write-Host 'and the credential of the application, which this script did not make'"
        }
    };
    let cloud = match target.cloud {
        "AzureCloud" => String::new(),
        other => format!(" --cloud {other}"),
    };
    format!("{lines}\n'threatdefence doctor{cloud}; threatdefence scan{cloud}'\n")
}

#[cfg(test)]
mod tests;
