//! Numbered steps in the portals, in Markdown, with the exact names of what is to be clicked and typed,
//! and of what goes wrong.

mod azure;
mod directory;

use catalog::Contract;

use super::{Target, facts, quote};
use crate::request::Request;
use azure::{assignments, role};
use directory::{application, consent, permissions, proof};

/// One numbered step.
struct Step {
    title: &'static str,
    lines: Vec<String>,
}

/// The page.
pub fn steps(request: &Request, target: Target<'_>, contract: &Contract) -> String {
    let mut page = String::from("# Setting ThreatDefence up in the portal\n\nThis makes:\n\n");
    for line in facts::summary(request, contract) {
        page += &format!("* {line}\n");
    }
    page += "\nYou need:\n\n";
    for line in facts::rights(request) {
        page += &format!("* {line}\n");
    }
    if let Some(tenant) = target.tenant_id {
        page += &format!(
            "\nThe tenant is {}. Look at the top right of the portal that you are in it; the account menu switches.\n",
            quote::markdown(tenant)
        );
    }
    let parts = [
        Some(application(request, target)),
        Some(permissions(request)),
        Some(consent(request)),
        proof(request),
        role(request, target, contract),
        assignments(request, target, contract),
        Some(look(target)),
    ];
    for (number, step) in parts.into_iter().flatten().enumerate() {
        page += &format!("\n## {}. {}\n\n", number + 1, step.title);
        for (line, text) in step.lines.iter().enumerate() {
            page += &format!("{}. {text}\n", line + 1);
        }
    }
    page += "\nWritten by `threatdefence setup export --format portal`.\n";
    page
}

fn look(target: Target<'_>) -> Step {
    let cloud = match target.cloud {
        "AzureCloud" => String::new(),
        other => format!(" --cloud {other}"),
    };
    Step {
        title: "Look whether it works",
        lines: vec![
            "Where ThreatDefence runs, set `AZURE_TENANT_ID` and `AZURE_CLIENT_ID`, and for the credential \
             `AZURE_CLIENT_CERTIFICATE_PATH` (the file with certificate and key), `AZURE_CLIENT_SECRET` or \
             `AZURE_FEDERATED_TOKEN_FILE`."
                .to_owned(),
            format!("`threatdefence doctor{cloud}` names whatever is missing."),
            format!("`threatdefence scan{cloud}`"),
        ],
    }
}

#[cfg(test)]
mod tests;
