//! Finds the sign-in in the environment variables that every Azure SDK reads
//! (<https://learn.microsoft.com/dotnet/api/azure.identity.environmentcredential>).

use std::path::Path;

use azure_core::credentials::Secret;

use super::{AuthMethod, SignIn};
use crate::error::Error;

const TENANT: &str = "AZURE_TENANT_ID";
const CLIENT: &str = "AZURE_CLIENT_ID";
const SECRET: &str = "AZURE_CLIENT_SECRET";
const CERTIFICATE: &str = "AZURE_CLIENT_CERTIFICATE_PATH";
const PASSWORD: &str = "AZURE_CLIENT_CERTIFICATE_PASSWORD";
const TOKEN_FILE: &str = "AZURE_FEDERATED_TOKEN_FILE";

/// The proofs of identity, in the order in which they are looked for.
const PROOFS: [(&str, AuthMethod); 3] = [
    (SECRET, AuthMethod::ClientSecret),
    (CERTIFICATE, AuthMethod::ClientCertificate),
    (TOKEN_FILE, AuthMethod::WorkloadIdentity),
];

impl SignIn {
    /// The sign-in that the environment describes: a service principal's variables first, then the
    /// Azure CLI when it is on the `PATH`.
    ///
    /// # Errors
    ///
    /// Variables that are missing or contradict each other, and an environment with neither.
    pub fn detect(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let environment = Environment(&lookup);
        let mut proofs = PROOFS
            .iter()
            .filter(|(variable, _)| environment.get(variable).is_some());
        let Some((variable, method)) = proofs.next() else {
            if environment.get(CLIENT).is_some() {
                return Err(Error::MissingProof);
            }
            if !environment.has_azure_cli() {
                return Err(Error::NoCredential);
            }
            return environment.sign_in(AuthMethod::AzureCli);
        };
        if let Some((other, _)) = proofs.next() {
            return Err(Error::Contradiction(variable, other));
        }
        environment.sign_in(*method)
    }

    /// The sign-in of a method that the user chose, with its parts from the environment.
    ///
    /// # Errors
    ///
    /// [`Error::MissingVariable`] names what the method lacks.
    pub fn with_method(
        method: AuthMethod,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Error> {
        Environment(&lookup).sign_in(method)
    }
}

struct Environment<'a>(&'a dyn Fn(&str) -> Option<String>);

impl Environment<'_> {
    /// A variable's value; an empty one counts as absent, as in every Azure SDK.
    fn get(&self, variable: &str) -> Option<String> {
        (self.0)(variable)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    fn need(&self, method: AuthMethod, variable: &'static str) -> Result<String, Error> {
        self.get(variable).ok_or(Error::MissingVariable {
            method: method.as_str(),
            variable,
        })
    }

    fn sign_in(&self, method: AuthMethod) -> Result<SignIn, Error> {
        let need = |variable| self.need(method, variable);
        Ok(match method {
            AuthMethod::ClientSecret => SignIn::ClientSecret {
                tenant: need(TENANT)?,
                client: need(CLIENT)?,
                secret: Secret::new(need(SECRET)?),
            },
            AuthMethod::ClientCertificate => SignIn::ClientCertificate {
                tenant: need(TENANT)?,
                client: need(CLIENT)?,
                path: need(CERTIFICATE)?.into(),
                // A password may begin or end with a space: it is taken as it is.
                password: (self.0)(PASSWORD).map(Secret::new),
            },
            AuthMethod::WorkloadIdentity => SignIn::WorkloadIdentity {
                tenant: need(TENANT)?,
                client: need(CLIENT)?,
                token_file: need(TOKEN_FILE)?.into(),
            },
            AuthMethod::ManagedIdentity => SignIn::ManagedIdentity {
                client: self.get(CLIENT),
            },
            AuthMethod::AzureCli => SignIn::AzureCli {
                tenant: self.get(TENANT),
            },
            AuthMethod::AzureDeveloperCli => SignIn::AzureDeveloperCli {
                tenant: self.get(TENANT),
            },
        })
    }

    fn has_azure_cli(&self) -> bool {
        let names: &[&str] = if cfg!(windows) {
            &["az.cmd", "az.exe", "az.bat"]
        } else {
            &["az"]
        };
        let path = self.get("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| {
            names
                .iter()
                .any(|name| Path::new(&folder).join(name).is_file())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup<'a>(pairs: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        move |name| {
            let found = pairs.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        }
    }

    fn detect(pairs: &[(&str, &str)]) -> Result<SignIn, Error> {
        SignIn::detect(lookup(pairs))
    }

    const WHO: [(&str, &str); 2] = [(TENANT, "t"), (CLIENT, "c")];

    fn with(pairs: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
        WHO.iter().chain(pairs).copied().collect()
    }

    #[test]
    fn each_proof_is_found() {
        for (variable, method) in PROOFS {
            let found = detect(&with(&[(variable, "x")])).expect("a sign-in");
            assert_eq!((found.method(), found.tenant()), (method, Some("t")));
        }
    }

    #[test]
    fn the_certificate_s_password_is_taken_as_it_is() {
        let found = detect(&with(&[(CERTIFICATE, "c.pfx"), (PASSWORD, " pw ")]));
        let Ok(SignIn::ClientCertificate { password, .. }) = found else {
            panic!("a certificate: {found:?}");
        };
        assert_eq!(password.as_ref().map(Secret::secret), Some(" pw "));
    }

    #[test]
    fn missing_parts_are_named() {
        for (pairs, expected) in [
            (vec![(CLIENT, "c"), (SECRET, "s")], "AZURE_TENANT_ID"),
            (vec![(TENANT, "t"), (SECRET, "s")], "AZURE_CLIENT_ID"),
            (
                vec![(TENANT, " "), (CLIENT, "c"), (SECRET, "s")],
                "AZURE_TENANT_ID",
            ),
            (WHO.to_vec(), "AZURE_CLIENT_SECRET"),
            (with(&[(SECRET, "")]), "AZURE_CLIENT_SECRET"),
        ] {
            let error = detect(&pairs).expect_err("incomplete").to_string();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn two_proofs_contradict_each_other() {
        let both = with(&[(SECRET, "s"), (CERTIFICATE, "c.pem")]);
        let error = detect(&both).expect_err("two proofs").to_string();
        assert!(
            error.contains(SECRET) && error.contains(CERTIFICATE),
            "{error}"
        );
        let chosen = SignIn::with_method(AuthMethod::ClientCertificate, lookup(&both));
        assert_eq!(
            chosen.map(|found| found.method()).ok(),
            Some(AuthMethod::ClientCertificate)
        );
    }

    #[test]
    fn the_azure_cli_comes_last_and_only_when_it_is_there() {
        assert!(matches!(detect(&[]), Err(Error::NoCredential)));
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().to_str().expect("a path");
        assert!(matches!(
            detect(&[("PATH", path)]),
            Err(Error::NoCredential)
        ));
        let name = if cfg!(windows) { "az.cmd" } else { "az" };
        std::fs::write(folder.path().join(name), "").expect("a file");
        assert_eq!(
            detect(&[("PATH", path), (TENANT, "t")]).ok(),
            Some(SignIn::AzureCli {
                tenant: Some("t".into())
            })
        );
    }

    #[test]
    fn the_azure_developer_cli_is_chosen_by_name_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let name = if cfg!(windows) { "azd.exe" } else { "azd" };
        std::fs::write(folder.path().join(name), "").expect("a file");
        let pairs = [
            ("PATH", folder.path().to_str().expect("a path")),
            (TENANT, "t"),
        ];
        assert!(matches!(detect(&pairs), Err(Error::NoCredential)));
        assert_eq!(
            SignIn::with_method(AuthMethod::AzureDeveloperCli, lookup(&pairs)).ok(),
            Some(SignIn::AzureDeveloperCli {
                tenant: Some("t".into())
            })
        );
    }

    #[test]
    fn a_managed_identity_is_chosen_by_name_only() {
        let found = SignIn::with_method(AuthMethod::ManagedIdentity, lookup(&[(CLIENT, "c")]));
        assert_eq!(
            found.ok(),
            Some(SignIn::ManagedIdentity {
                client: Some("c".into())
            })
        );
    }
}
