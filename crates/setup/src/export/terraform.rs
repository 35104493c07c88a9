//! A configuration for Terraform with the providers azuread and azurerm.
//!
//! A key made by the `tls` provider would lie in the state for whoever reads that, so the certificate
//! comes from a file and only its public half is needed.

use catalog::Contract;

use super::{GRAPH, Target, facts, quote};
use crate::request::{Federation, Proof, Request, Scopes};

const SECRET: &str = include_str!("../../templates/terraform/secret.tf");
const CERTIFICATE: &str = include_str!("../../templates/terraform/certificate.tf");
const CONSENT: &str = include_str!("../../templates/terraform/consent.tf");
const ASSIGNMENTS: &str = include_str!("../../templates/terraform/assignments.tf");

/// The configuration, formatted as `terraform fmt` would.
pub fn configuration(request: &Request, target: Target<'_>, contract: &Contract) -> String {
    let parts = [
        facts::header("#", "terraform", request, contract),
        facts::comments("#", how(request)).replace("# \n", "#\n"),
        providers(request, target),
        locals(request),
        application(request),
        proof(request),
        CONSENT.to_owned(),
        role(request, contract),
        assignments(request, contract),
        outputs(request),
    ];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("\n")
}

fn how(request: &Request) -> Vec<String> {
    let mut lines = Vec::new();
    match &request.proof {
        Some(Proof::Certificate { days }) => lines.extend([
            "Make the key where ThreatDefence runs; a key made by Terraform would lie in its state:".to_owned(),
            String::new(),
            "  umask 077".to_owned(),
            format!("  openssl req -x509 -newkey rsa:2048 -sha256 -nodes -days {days} -subj /CN=threatdefence -keyout key.pem -out certificate.pem"),
            "  cat certificate.pem key.pem > threatdefence.pem".to_owned(),
            String::new(),
        ]),
        Some(Proof::Secret { .. }) => lines.extend([
            "The client secret lies in Terraform's state: whoever reads the state can sign in with it.".to_owned(),
            "A certificate or a federated credential (--proof) does without.".to_owned(),
            String::new(),
        ]),
        Some(Proof::Federated(_)) | None => {}
    }
    let certificate = match request.proof {
        Some(Proof::Certificate { .. }) => " -var certificate_file=certificate.pem",
        _ => "",
    };
    let subscription = match request.scopes {
        Scopes::ManagementGroup(_) => " -var subscription_id=ANY_THAT_YOU_CAN_SEE",
        _ => "",
    };
    lines.extend([
        "Sign in with `az login`, then:".to_owned(),
        String::new(),
        "  terraform init".to_owned(),
        format!("  terraform apply{certificate}{subscription}"),
        String::new(),
    ]);
    if has_role(request) {
        lines.push("If the tenant has ThreatDefenceRole already, import it before: terraform import azurerm_role_definition.threatdefence 'ROLE_ID|SCOPE'".to_owned());
    }
    lines
}

fn has_role(request: &Request) -> bool {
    request.custom_role && request.scopes != Scopes::Directory
}

fn providers(request: &Request, target: Target<'_>) -> String {
    let (directory, resources) = match target.cloud {
        "AzureUSGovernment" => (Some("usgovernment"), Some("usgovernment")),
        "AzureChinaCloud" => (Some("china"), Some("china")),
        _ => (None, None),
    };
    let required = |name: &str, version: &str| {
        format!(
            "    {name} = {{\n      source  = \"hashicorp/{name}\"\n      version = \"{version}\"\n    }}\n"
        )
    };
    let mut text =
        String::from("terraform {\n  required_version = \">= 1.3\"\n\n  required_providers {\n");
    text += &required("azuread", "~> 3.0");
    if request.scopes != Scopes::Directory {
        text += &required("azurerm", "~> 4.0");
    }
    if let Some(Proof::Secret { .. }) = request.proof {
        text += &required("time", "~> 0.12");
    }
    text += "  }\n}\n\n";
    text += &block(
        "provider \"azuread\"",
        &[
            ("tenant_id", target.tenant_id.map(quote::terraform)),
            ("environment", directory.map(quote::terraform)),
        ],
    );
    let subscription = match &request.scopes {
        Scopes::Directory => return text,
        Scopes::Subscriptions(places) => places.first().map(|place| quote::terraform(&place.id)),
        Scopes::ManagementGroup(_) => Some("var.subscription_id".to_owned()),
    };
    if let Scopes::ManagementGroup(_) = request.scopes {
        text += "\nvariable \"subscription_id\" {\n  description = \"Any subscription that you can see: the provider \
                 wants one although nothing is made in it.\"\n  type        = string\n}\n";
    }
    text += "\n";
    text += &block(
        "provider \"azurerm\"",
        &[
            ("tenant_id", target.tenant_id.map(quote::terraform)),
            ("environment", resources.map(quote::terraform)),
            ("subscription_id", subscription),
            (
                "resource_provider_registrations",
                Some("\"none\"".to_owned()),
            ),
            ("features {}", Some(String::new())),
        ],
    );
    text
}

/// A block of arguments that are there, aligned as `terraform fmt` aligns them. One with an empty value
/// is a block of its own.
fn block(head: &str, arguments: &[(&str, Option<String>)]) -> String {
    let there = || arguments.iter().filter(|(_, value)| value.is_some());
    if there().next().is_none() {
        return format!("{head} {{}}\n");
    }
    let given = |(name, value): &(&str, Option<String>)| match value.as_deref() {
        Some("") | None => 0,
        Some(_) => name.len(),
    };
    let width = there().map(given).max().unwrap_or_default();
    let mut text = format!("{head} {{\n");
    for (name, value) in there() {
        match value.as_deref().unwrap_or_default() {
            "" => text += &format!("\n  {name}\n"),
            value => text += &format!("  {name:width$} = {value}\n"),
        }
    }
    text + "}\n"
}

fn locals(request: &Request) -> String {
    let list = |values: Vec<String>| -> String {
        let lines: String = values
            .iter()
            .map(|value| format!("    {},\n", quote::terraform(value)))
            .collect();
        format!("toset([\n{lines}  ])\n")
    };
    let mut text = String::from("locals {\n");
    text += &format!(
        "  permissions = {}",
        list(request.graph.iter().cloned().collect())
    );
    if request.scopes != Scopes::Directory {
        text += &format!("  scopes = {}", list(request.scopes.paths()));
    }
    text + &format!(
        "}}\n\n# Microsoft Graph says itself which ids its permissions have.\n\
         data \"azuread_service_principal\" \"graph\" {{\n  client_id = \"{GRAPH}\"\n}}\n"
    )
}

fn application(request: &Request) -> String {
    if let Some(id) = &request.application_id {
        let id = quote::terraform(id);
        let registration = match request.proof {
            Some(_) => {
                format!("data \"azuread_application\" \"scanner\" {{\n  client_id = {id}\n}}\n\n")
            }
            None => String::new(),
        };
        return format!(
            "{registration}resource \"azuread_service_principal\" \"scanner\" {{\n  client_id    = {id}\n  \
             use_existing = true\n}}\n"
        );
    }
    format!(
        "resource \"azuread_application\" \"scanner\" {{\n  display_name            = {}\n  \
         sign_in_audience        = \"{}\"\n  prevent_duplicate_names = true\n\n  required_resource_access {{\n    \
         resource_app_id = data.azuread_service_principal.graph.client_id\n\n    dynamic \"resource_access\" {{\n      \
         for_each = local.permissions\n\n      content {{\n        \
         id   = data.azuread_service_principal.graph.app_role_ids[resource_access.value]\n        type = \"Role\"\n      \
         }}\n    }}\n  }}\n}}\n\nresource \"azuread_service_principal\" \"scanner\" {{\n  \
         client_id = azuread_application.scanner.client_id\n}}\n",
        quote::terraform(&request.name),
        request.audience.as_str()
    )
}

fn proof(request: &Request) -> String {
    let text = match &request.proof {
        None => return String::new(),
        Some(Proof::Certificate { .. }) => CERTIFICATE.to_owned(),
        Some(Proof::Secret { days }) => SECRET.replace("DAYS", &days.to_string()),
        Some(Proof::Federated(of)) => federation(of),
    };
    match request.application_id {
        Some(_) => text.replace(
            "azuread_application.scanner.id",
            "data.azuread_application.scanner.id",
        ),
        None => text,
    }
}

fn federation(of: &Federation) -> String {
    format!(
        "resource \"azuread_application_federated_identity_credential\" \"scanner\" {{\n  \
         application_id = azuread_application.scanner.id\n  display_name   = {}\n  issuer         = {}\n  \
         subject        = {}\n  audiences      = [{}]\n}}\n",
        quote::terraform(&of.name),
        quote::terraform(&of.issuer),
        quote::terraform(&of.subject),
        quote::terraform(&of.audience)
    )
}

fn role(request: &Request, contract: &Contract) -> String {
    if !has_role(request) {
        return String::new();
    }
    let role = &contract.azure.role;
    let first = request
        .scopes
        .paths()
        .into_iter()
        .next()
        .unwrap_or_default();
    let actions: String = role
        .actions
        .iter()
        .map(|action| format!("      {},\n", quote::terraform(action)))
        .collect();
    format!(
        "resource \"azurerm_role_definition\" \"threatdefence\" {{\n  name              = {}\n  \
         description       = {}\n  scope             = {}\n  assignable_scopes = local.scopes\n\n  permissions {{\n    \
         actions = [\n{actions}    ]\n    not_actions = []\n  }}\n}}\n",
        quote::terraform(&role.name),
        quote::terraform(&role.description),
        quote::terraform(&first)
    )
}

fn assignments(request: &Request, contract: &Contract) -> String {
    if request.scopes == Scopes::Directory {
        return String::new();
    }
    let mut halves = ASSIGNMENTS.split("# ---\n");
    let reader = halves.next().unwrap_or_default();
    let reader = reader.replace("READER", &contract.azure.reader.name);
    match has_role(request) {
        true => reader + halves.next().unwrap_or_default(),
        false => reader.trim_end().to_owned() + "\n",
    }
}

fn outputs(request: &Request) -> String {
    let mut text =
        "output \"client_id\" {\n  value = azuread_service_principal.scanner.client_id\n}\n"
            .to_owned();
    if let Some(Proof::Secret { .. }) = request.proof {
        text += "\n# terraform output -raw client_secret\noutput \"client_secret\" {\n  \
                 value     = azuread_application_password.scanner.value\n  sensitive = true\n}\n";
    }
    text
}

#[cfg(test)]
mod tests;
