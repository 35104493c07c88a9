//! A sign-in that failed, and the one thing to do about it.
//!
//! <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>

use azure::{Failure, SignIn};
use serde::Serialize;
use serde_json::{Value, json};

/// Why nobody is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignInProblem {
    /// Always false; a diagnosis says true.
    pub ok: bool,
    /// Entra ID's code, where it gave one.
    pub code: Option<String>,
    /// What is wrong.
    pub problem: String,
    /// The one thing to do.
    pub fix: String,
}

/// Codes and what to do. `{application}` and `{tenant}` are filled in.
const FIXES: &[(&str, &str)] = &[
    (
        "AADSTS7000215",
        "set AZURE_CLIENT_SECRET to the value (not the id) of a valid secret of application {application}; \
         when nobody has it any more, an administrator makes a new one with `threatdefence setup renew`",
    ),
    (
        "AADSTS7000222",
        "make a new credential for application {application} with `threatdefence setup renew`, signed in as an administrator, \
         and sign in with that",
    ),
    (
        "AADSTS700027",
        "upload the public part of this certificate to application {application} \
         (Entra ID, App registrations, Certificates & secrets), or make a new one with `threatdefence setup renew`",
    ),
    (
        "AADSTS700016",
        "check AZURE_CLIENT_ID (the application id, not the object id) and AZURE_TENANT_ID; \
         when application {application} was never made in tenant {tenant}, make it with `threatdefence setup apply`",
    ),
    (
        "AADSTS7000229",
        "make the service principal of application {application} in tenant {tenant}: \
         `az ad sp create --id {application}`, or `threatdefence setup apply`",
    ),
    (
        "AADSTS7000112",
        "enable the service principal of application {application}: \
         `az ad sp update --id {application} --set accountEnabled=true` \
         (Entra ID, Enterprise applications, Properties, Enabled for users to sign-in)",
    ),
    (
        "AADSTS53003",
        "exclude application {application} from the Conditional Access policy for workload identities that blocks it, \
         or run from a location that the policy allows; the sign-in log (Entra ID, Sign-in logs, \
         Service principal sign-ins) names the policy",
    ),
    (
        "AADSTS90002",
        "check AZURE_TENANT_ID, and --cloud for a tenant outside the public cloud",
    ),
    (
        "AADSTS900023",
        "set AZURE_TENANT_ID to the tenant's GUID or one of its domain names",
    ),
    (
        "AADSTS700024",
        "correct this machine's clock, or refresh the federated token file: what was signed is outside its validity period",
    ),
    (
        "AADSTS700213",
        "add a federated credential with the token's subject to application {application}, or correct the present one's",
    ),
    (
        "AADSTS700211",
        "add a federated credential with the token's issuer to application {application}, or correct the present one's",
    ),
    (
        "AADSTS700212",
        "give the token the audience of the federated credential of application {application} (api://AzureADTokenExchange)",
    ),
    (
        "AADSTS70021",
        "add a federated credential with the token's issuer, subject and audience to application {application}",
    ),
    (
        "AADSTS7000218",
        "set AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH or AZURE_FEDERATED_TOKEN_FILE",
    ),
    (
        "AADSTS50034",
        "run `az login` with an account of tenant {tenant}",
    ),
    (
        "AADSTS50126",
        "run `az login` again with the right password",
    ),
    (
        "AADSTS50055",
        "set a new password for the account, then run `az login` again",
    ),
    (
        "AADSTS50057",
        "have the account enabled (Entra ID, Users, Account status), or sign in with another",
    ),
    (
        "AADSTS50076",
        "run `az login` again and complete multi-factor authentication",
    ),
    (
        "AADSTS50079",
        "register for multi-factor authentication, then run `az login` again",
    ),
    (
        "AADSTS700082",
        "run `az login` again: the earlier login was not used for too long",
    ),
    (
        "AADSTS500011",
        "check --cloud: the tenant lives in another cloud",
    ),
];

/// Where the certificate itself has ended, uploading it again is of no use.
const EXPIRED_CERTIFICATE: &str = "make a new certificate for application {application} with \
    `threatdefence setup renew`, signed in as an administrator, and sign in with that";

impl SignInProblem {
    /// From a sign-in that Entra ID or the identity library refused.
    pub fn refused(failure: &Failure, sign_in: &SignIn) -> Self {
        let code = failure.code.clone();
        let expired =
            code.as_deref() == Some("AADSTS700027") && failure.message.contains("expired");
        let known = code
            .as_deref()
            .and_then(|code| FIXES.iter().find(|(known, _)| *known == code))
            .map(|(_, fix)| *fix);
        let fix = match expired {
            true => Some(EXPIRED_CERTIFICATE),
            false => known.or(failure.hint),
        };
        let fix = fix.unwrap_or("look the message up at https://login.microsoftonline.com/error");
        Self {
            ok: false,
            code,
            problem: failure.message.clone(),
            fix: filled(fix, sign_in),
        }
    }

    /// From a configuration with which signing in cannot even be tried.
    pub fn unprepared(error: &azure::Error) -> Self {
        let fix = error
            .hint()
            .unwrap_or("see `threatdefence doctor --help` for how to sign in");
        Self {
            ok: false,
            code: None,
            problem: error.to_string(),
            fix: fix.to_owned(),
        }
    }

    /// For programs.
    pub fn as_json(&self) -> Value {
        json!({ "sign_in": self })
    }
}

fn filled(fix: &str, sign_in: &SignIn) -> String {
    let client = match sign_in {
        SignIn::ClientSecret { client, .. }
        | SignIn::ClientCertificate { client, .. }
        | SignIn::WorkloadIdentity { client, .. } => Some(client.as_str()),
        SignIn::ManagedIdentity { client } => client.as_deref(),
        SignIn::AzureCli { .. } | SignIn::AzureDeveloperCli { .. } => None,
    };
    fix.replace("{application}", client.unwrap_or("of this sign-in"))
        .replace("{tenant}", sign_in.tenant().unwrap_or("of this sign-in"))
}

#[cfg(test)]
mod tests {
    use azure::FailureKind;

    use super::*;

    fn sign_in() -> SignIn {
        SignIn::ClientSecret {
            tenant: "contoso.example".into(),
            client: "app-1".into(),
            secret: azure::Secret::new("hush-hush-hush"),
        }
    }

    fn refused(code: Option<&str>, message: &str) -> SignInProblem {
        let mut failure = Failure::new(FailureKind::SignIn, String::new(), message);
        failure.code = code.map(str::to_owned);
        SignInProblem::refused(&failure, &sign_in())
    }

    #[test]
    fn every_known_code_names_one_thing_to_do() {
        for (code, _) in FIXES {
            let problem = refused(Some(code), "it failed");
            assert!(!problem.ok);
            assert!(!problem.fix.contains('{'), "{code}: {}", problem.fix);
            assert_eq!(problem.code.as_deref(), Some(*code));
            assert!(!format!("{problem:?}").contains("hush"));
        }
    }

    #[test]
    fn the_application_is_filled_in() {
        let disabled = refused(Some("AADSTS7000112"), "the application is disabled");
        assert!(
            disabled
                .fix
                .contains("--id app-1 --set accountEnabled=true")
        );
    }

    #[test]
    fn an_expired_certificate_is_not_to_be_uploaded_again() {
        let expired = refused(Some("AADSTS700027"), "the certificate has expired");
        assert!(expired.fix.contains("make a new certificate"));
        assert!(
            refused(Some("AADSTS700027"), "not known")
                .fix
                .contains("upload")
        );
    }

    #[test]
    fn what_is_not_known_still_has_a_fix() {
        assert!(!refused(None, "no connection").fix.is_empty());
        let error = azure::Error::NoCredential;
        let problem = SignInProblem::unprepared(&error);
        assert_eq!(problem.as_json()["sign_in"]["ok"], false);
        assert!(!problem.fix.is_empty());
    }
}
