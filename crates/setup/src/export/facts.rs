//! What every form says in the same words.

use catalog::Contract;

use crate::request::{Request, Scopes};

/// What the form makes, one line each, without user text: for comments.
pub fn summary(request: &Request, contract: &Contract) -> Vec<String> {
    let mut lines = Vec::new();
    lines.push(match request.application_id {
        Some(_) => "the service principal of an application that exists".to_owned(),
        None => "an application registration and its service principal".to_owned(),
    });
    lines.push(match &request.proof {
        None => "no credential: somebody else holds it".to_owned(),
        Some(crate::Proof::Certificate { .. }) => "a certificate as its credential".to_owned(),
        Some(crate::Proof::Secret { days }) => {
            format!("a client secret as its credential, which expires after {days} days")
        }
        Some(crate::Proof::Federated(_)) => {
            "a federated credential: tokens of another issuer, no secret".to_owned()
        }
    });
    let permissions: Vec<&str> = request.graph.iter().map(String::as_str).collect();
    lines.push(format!(
        "consent to the Microsoft Graph application permissions {}",
        permissions.join(", ")
    ));
    let place = match &request.scopes {
        Scopes::Directory => {
            lines.push("no role in Azure: Entra ID alone is looked at".to_owned());
            return lines;
        }
        Scopes::Subscriptions(places) if places.len() == 1 => "on one subscription".to_owned(),
        Scopes::Subscriptions(places) => format!("on {} subscriptions", places.len()),
        Scopes::ManagementGroup(_) => "on a management group and all below it".to_owned(),
    };
    let reader = &contract.azure.reader.name;
    let role = &contract.azure.role;
    if !request.custom_role {
        lines.push(format!(
            "the role {reader} {place}; without {} the checks that need it are not assessed",
            role.name
        ));
        return lines;
    }
    lines.push(format!(
        "the custom role {} ({})",
        role.name,
        role.actions.join(", ")
    ));
    lines.push(format!("the roles {reader} and {} {place}", role.name));
    lines
}

/// Who may make it, one line each.
pub fn rights(request: &Request) -> Vec<&'static str> {
    let mut lines = vec![
        "Entra ID: Privileged Role Administrator or Global Administrator, to consent; with the former also \
         Cloud Application Administrator, to register the application",
    ];
    match (&request.scopes, request.custom_role) {
        (Scopes::Directory, _) => {}
        (_, true) => lines.push(
            "Azure: Owner or User Access Administrator on every scope below, to define and assign the roles",
        ),
        (_, false) => lines.push(
            "Azure: Owner, User Access Administrator or Role Based Access Control Administrator on every \
             scope below, to assign the role",
        ),
    }
    lines
}

/// Lines as comments, each behind `mark`.
pub fn comments<S: AsRef<str>>(mark: &str, lines: impl IntoIterator<Item = S>) -> String {
    lines
        .into_iter()
        .map(|line| format!("{mark} {}\n", line.as_ref()))
        .collect()
}

/// The header that every script and template begins with.
pub fn header(mark: &str, format: &str, request: &Request, contract: &Contract) -> String {
    let mut header = comments(
        mark,
        [
            "The identity that ThreatDefence scans with, and nothing else:",
            "",
        ],
    );
    let listed = |line: String| format!("  - {line}");
    header += &comments(mark, summary(request, contract).into_iter().map(listed));
    header += &comments(mark, ["", "Whoever applies it needs:", ""]);
    header += &comments(
        mark,
        rights(request)
            .into_iter()
            .map(|line| format!("  - {line}")),
    );
    header += &comments(
        mark,
        [
            "".to_owned(),
            format!("Written by `threatdefence setup export --format {format}`."),
        ],
    );
    header.replace(&format!("{mark} \n"), &format!("{mark}\n"))
}
