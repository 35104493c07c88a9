//! A bash script for the Azure CLI.
//!
//! What the administrator chose stands in variables at its top; the pieces below them are the same for
//! everybody and are checked by shellcheck.

use catalog::Contract;
use serde_json::json;

use super::{Target, facts, quote};
use crate::request::{Federation, Proof, Request, Scopes};

const BEGIN: &str = include_str!("../../templates/az-cli/begin.sh");
const APPLICATION: &str = include_str!("../../templates/az-cli/application.sh");
const GIVEN: &str = include_str!("../../templates/az-cli/given.sh");
const ASK: &str = include_str!("../../templates/az-cli/ask.sh");
const REGISTER: &str = include_str!("../../templates/az-cli/register.sh");
const PRINCIPAL: &str = include_str!("../../templates/az-cli/principal.sh");
const CERTIFICATE: &str = include_str!("../../templates/az-cli/certificate.sh");
const SECRET: &str = include_str!("../../templates/az-cli/secret.sh");
const FEDERATED: &str = include_str!("../../templates/az-cli/federated.sh");
const CONSENT: &str = include_str!("../../templates/az-cli/consent.sh");
const ROLE: &str = include_str!("../../templates/az-cli/role.sh");
const ASSIGNMENTS: &str = include_str!("../../templates/az-cli/assignments.sh");
const NEXT: &str = include_str!("../../templates/az-cli/next.sh");

/// The script.
pub fn script(request: &Request, target: Target<'_>, contract: &Contract) -> String {
    let mut script = "#!/usr/bin/env bash\n".to_owned();
    script += &facts::header("#", "az-cli", request, contract);
    script += &facts::comments(
        "#",
        [
            "Read it, sign in with `az login`, and run it: bash FILE",
            "It looks before it writes: run it again after a failure, and it goes on.",
        ],
    );
    script += "set -euo pipefail\numask 077\n\n";
    script += &variables(request, target, contract);
    script += BEGIN;
    script += match request.application_id {
        Some(_) => GIVEN,
        None => APPLICATION,
    };
    script += ASK;
    script += REGISTER;
    script += PRINCIPAL;
    script += match request.proof {
        None => "",
        Some(Proof::Certificate { .. }) => CERTIFICATE,
        Some(Proof::Secret { .. }) => SECRET,
        Some(Proof::Federated(_)) => FEDERATED,
    };
    script += CONSENT;
    if request.scopes != Scopes::Directory {
        if request.custom_role {
            script += ROLE;
        }
        script += ASSIGNMENTS;
    }
    script += NEXT;
    script + &last(request)
}

fn variables(request: &Request, target: Target<'_>, contract: &Contract) -> String {
    let mut lines = Vec::new();
    let mut set = |name: &str, value: &str| lines.push(format!("{name}={}\n", quote::shell(value)));
    set("tenant", target.tenant_id.unwrap_or_default());
    match &request.application_id {
        Some(id) => {
            set("client", id);
            set("proof", kind(request.proof.as_ref()));
        }
        None => {
            set("name", &request.name);
            let filter = format!("displayName eq {}", quote::odata(&request.name));
            set("name_filter", &filter);
            set("audience", request.audience.as_str());
        }
    }
    let permissions: Vec<&str> = request.graph.iter().map(String::as_str).collect();
    set("permissions", &permissions.join(" "));
    match &request.proof {
        None => {}
        Some(Proof::Certificate { days }) => {
            set("days", &days.to_string());
            set("file", "threatdefence.pem");
        }
        Some(Proof::Secret { days }) => set("days", &days.to_string()),
        Some(Proof::Federated(of)) => {
            set("issuer", &of.issuer);
            set("subject", &of.subject);
            set("federation", &federation(of));
        }
    }
    let role = &contract.azure.role;
    if request.scopes == Scopes::Directory {
        return lines.concat();
    }
    set("scopes", &request.scopes.paths().join("\n"));
    let reader = &contract.azure.reader.name;
    if !request.custom_role {
        set("roles", reader);
        return lines.concat();
    }
    let mut actions: Vec<String> = role.actions.iter().map(|one| one.to_lowercase()).collect();
    actions.sort_unstable();
    let permissions = json!([{
        "actions": role.actions, "notActions": [], "dataActions": [], "notDataActions": [],
    }]);
    set("roles", &format!("{reader} {}", role.name));
    set("role", &role.name);
    set("role_description", &role.description);
    set("role_actions", &actions.join("\n"));
    set("role_permissions", &permissions.to_string());
    set("role_definition", &definition(request, contract));
    lines.concat()
}

/// The role in the Azure CLI's own form
/// (<https://learn.microsoft.com/azure/role-based-access-control/custom-roles-cli>).
fn definition(request: &Request, contract: &Contract) -> String {
    let role = &contract.azure.role;
    json!({
        "Name": role.name,
        "IsCustom": true,
        "Description": role.description,
        "Actions": role.actions,
        "NotActions": [],
        "DataActions": [],
        "NotDataActions": [],
        "AssignableScopes": request.scopes.paths(),
    })
    .to_string()
}

fn federation(of: &Federation) -> String {
    json!({
        "name": of.name,
        "issuer": of.issuer,
        "subject": of.subject,
        "audiences": [of.audience],
    })
    .to_string()
}

fn kind(proof: Option<&Proof>) -> &'static str {
    match proof {
        None => "none",
        Some(Proof::Certificate { .. }) => "certificate",
        Some(Proof::Secret { .. }) => "secret",
        Some(Proof::Federated(_)) => "federated",
    }
}

/// What is to be done next, as far as it hangs on the credential. The one place that shows a secret.
fn last(request: &Request) -> String {
    let run = r#"printf 'threatdefence doctor%s && threatdefence scan%s\n' "$where" "$where""#;
    let lines = match &request.proof {
        Some(Proof::Certificate { .. }) => {
            r#"printf 'export AZURE_CLIENT_CERTIFICATE_PATH=%s\n' "$PWD/$file""#
        }
        Some(Proof::Secret { .. }) => {
            r#"if [ -n "$secret" ]; then
  say "The secret is shown this once; keep it where only the scanner reads it."
  printf 'export AZURE_CLIENT_SECRET=%s\n' "$secret"
fi"#
        }
        Some(Proof::Federated(_)) => {
            r#"printf 'export AZURE_FEDERATED_TOKEN_FILE=%s\n' "FILE_WITH_THE_TOKEN""#
        }
        None => r#"say "and the credential of the application, which this script did not make""#,
    };
    format!("{lines}\n{run}\n")
}

#[cfg(test)]
mod tests;
