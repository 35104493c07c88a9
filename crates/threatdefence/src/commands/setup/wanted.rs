//! From flags to what is wanted: the parts of a request that need no look at Azure.

use std::collections::BTreeSet;

use catalog::Contract;
use setup::{Federation, Proof};

use super::args::{CERTIFICATE_DAYS, GrantArgs, ProofArgs, ProofKind, SECRET_DAYS};
use crate::error::{CliError, nearest};

/// The issuer of the tokens of GitHub's workflows
/// (<https://docs.github.com/actions/concepts/security/openid-connect>).
const GITHUB: &str = "https://token.actions.githubusercontent.com";

/// The audience of federated tokens in a cloud
/// (<https://learn.microsoft.com/entra/workload-id/workload-identity-federation-create-trust>).
fn audience(cloud: &str) -> &'static str {
    match cloud {
        "AzureUSGovernment" => "api://AzureADTokenExchangeUSGov",
        "AzureChinaCloud" => "api://AzureADTokenExchangeChina",
        _ => "api://AzureADTokenExchange",
    }
}

/// The credential that the flags ask for; `cloud` is the cloud's name.
///
/// # Errors
/// A federated credential without an issuer, an issuer beside another kind, a repository that is not
/// OWNER/REPOSITORY.
pub fn proof(arguments: &ProofArgs, cloud: &str) -> Result<Option<Proof>, CliError> {
    let federation = federation(arguments, cloud)?;
    let asked = arguments.proof.unwrap_or(match federation {
        Some(_) => ProofKind::Federated,
        None => ProofKind::Certificate,
    });
    match (asked, federation) {
        (ProofKind::Federated, Some(federation)) => Ok(Some(Proof::Federated(federation))),
        (ProofKind::Federated, None) => Err(CliError::usage(
            "a federated credential needs to know whose tokens it is to take",
        )
        .hint("name --github OWNER/REPOSITORY, or --issuer URL with --subject SUBJECT")),
        (_, Some(_)) => Err(CliError::usage(
            "--github and --issuer belong to a federated credential, and --proof names another kind",
        )
        .hint("leave --proof out, or the issuer")),
        (ProofKind::Certificate, None) => Ok(Some(Proof::Certificate {
            days: arguments.days.unwrap_or(CERTIFICATE_DAYS),
        })),
        (ProofKind::Secret, None) => Ok(Some(Proof::Secret {
            days: arguments.days.unwrap_or(SECRET_DAYS),
        })),
        (ProofKind::None, None) => Ok(None),
    }
}

fn federation(arguments: &ProofArgs, cloud: &str) -> Result<Option<Federation>, CliError> {
    let audience = audience(cloud).to_owned();
    if let (Some(issuer), Some(subject)) = (&arguments.issuer, &arguments.subject) {
        return Ok(Some(Federation {
            name: "threatdefence".to_owned(),
            issuer: issuer.clone(),
            subject: subject.clone(),
            audience,
        }));
    }
    let Some(repository) = &arguments.github else {
        return Ok(None);
    };
    let is_name = |part: &str| {
        let usual = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        !part.is_empty() && part.chars().all(usual)
    };
    let parts: Vec<&str> = repository.split('/').collect();
    if parts.len() != 2 || !parts.iter().all(|part| is_name(part)) {
        return Err(
            CliError::usage(format!("`{repository}` is not a GitHub repository"))
                .hint("give it as OWNER/REPOSITORY, as in --github octo/scan"),
        );
    }
    Ok(Some(Federation {
        name: format!("github-{}-{}", parts[0], parts[1]),
        issuer: GITHUB.to_owned(),
        subject: format!("repo:{repository}:{}", entity(arguments)),
        audience,
    }))
}

/// Which of the repository's workflows
/// (<https://docs.github.com/actions/reference/security/oidc#example-subject-claims>).
fn entity(arguments: &ProofArgs) -> String {
    match (&arguments.environment, &arguments.tag, &arguments.branch) {
        (Some(environment), ..) => format!("environment:{environment}"),
        (None, Some(tag), _) => format!("ref:refs/tags/{tag}"),
        (None, None, Some(branch)) => format!("ref:refs/heads/{branch}"),
        (None, None, None) => "ref:refs/heads/main".to_owned(),
    }
}

/// The application permissions of Microsoft Graph: the base, and those that `--with` adds.
///
/// # Errors
/// A permission that no read needs.
pub fn graph(arguments: &GrantArgs, contract: &Contract) -> Result<BTreeSet<String>, CliError> {
    let mut wanted: BTreeSet<String> = contract.graph.base.keys().cloned().collect();
    let optional = || contract.graph.optional.keys();
    for asked in &arguments.with {
        if asked.eq_ignore_ascii_case("all") {
            wanted.extend(optional().cloned());
            continue;
        }
        let known = contract.graph.base.keys().chain(optional());
        let mut same = known.filter(|name| name.eq_ignore_ascii_case(asked));
        let Some(name) = same.next() else {
            let near = nearest(asked, optional().map(String::as_str));
            let names = match near.is_empty() {
                true => optional().map(String::as_str).collect(),
                false => near,
            };
            return Err(CliError::usage(format!(
                "no check or read needs the permission `{asked}`"
            ))
            .hint(format!("what can be asked for is {}", names.join(", "))));
        };
        wanted.insert(name.clone());
    }
    Ok(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments() -> ProofArgs {
        ProofArgs {
            proof: None,
            days: None,
            github: None,
            branch: None,
            environment: None,
            tag: None,
            issuer: None,
            subject: None,
        }
    }

    fn asked(change: impl FnOnce(&mut ProofArgs)) -> Result<Option<Proof>, CliError> {
        let mut arguments = arguments();
        change(&mut arguments);
        proof(&arguments, "AzureCloud")
    }

    #[test]
    fn a_certificate_for_a_year_is_the_default() {
        let certificate = Proof::Certificate { days: 365 };
        assert_eq!(asked(|_| ()).unwrap(), Some(certificate));
        let secret = asked(|of| of.proof = Some(ProofKind::Secret)).unwrap();
        assert_eq!(secret, Some(Proof::Secret { days: 180 }));
        assert_eq!(asked(|of| of.proof = Some(ProofKind::None)).unwrap(), None);
    }

    #[test]
    fn a_repository_is_a_federated_credential() {
        let subject = |change: fn(&mut ProofArgs)| {
            let proof = asked(|of| {
                of.github = Some("octo/scan".to_owned());
                change(of);
            });
            match proof.unwrap() {
                Some(Proof::Federated(of)) => of.subject,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(subject(|_| ()), "repo:octo/scan:ref:refs/heads/main");
        assert_eq!(
            subject(|of| of.environment = Some("prod".to_owned())),
            "repo:octo/scan:environment:prod"
        );
        assert_eq!(
            subject(|of| of.tag = Some("v1".to_owned())),
            "repo:octo/scan:ref:refs/tags/v1"
        );
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        assert!(asked(|of| of.proof = Some(ProofKind::Federated)).is_err());
        for wrong in ["octo", "a/b/c", "octo/", "octo/sc an"] {
            assert!(
                asked(|of| of.github = Some(wrong.to_owned())).is_err(),
                "{wrong}"
            );
        }
        let both = asked(|of| {
            of.proof = Some(ProofKind::Secret);
            of.github = Some("octo/scan".to_owned());
        });
        assert!(both.is_err());
    }

    fn permissions(with: &[&str]) -> Result<BTreeSet<String>, CliError> {
        let arguments = GrantArgs {
            subscription: Vec::new(),
            management_group: Vec::new(),
            all_subscriptions: false,
            directory_only: false,
            with: with.iter().map(|&one| one.to_owned()).collect(),
            without_role: false,
            multi_tenant: false,
        };
        graph(&arguments, &Contract::builtin().unwrap())
    }

    #[test]
    fn the_base_is_always_there_and_more_only_when_asked_for() {
        assert_eq!(permissions(&[]).unwrap().len(), 3);
        let more = permissions(&["auditlog.read.all"]).unwrap();
        assert!(more.contains("AuditLog.Read.All") && more.len() == 4);
        assert!(permissions(&["all"]).unwrap().len() > 4);
        let refused = permissions(&["AuditLogs.Read.All"]).unwrap_err();
        assert!(refused.to_string().contains("AuditLog.Read.All"));
    }
}
