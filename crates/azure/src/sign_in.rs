//! Who signs in, and with what proof.

mod assertion;
mod certificate;
mod detect;
mod entra;
mod method;

use std::path::PathBuf;

use azure_core::credentials::Secret;

pub(crate) use assertion::SignedAssertion;
pub(crate) use entra::explain;
pub use method::AuthMethod;

/// Who signs in, and with what proof. Secrets are not shown by `Debug`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// A service principal with a client secret.
    ClientSecret {
        /// Tenant id or domain.
        tenant: String,
        /// Application (client) id.
        client: String,
        /// The secret's value.
        secret: Secret,
    },
    /// A service principal with a certificate.
    ClientCertificate {
        /// Tenant id or domain.
        tenant: String,
        /// Application (client) id.
        client: String,
        /// A PEM file with certificate and RSA key, or a PFX file.
        path: PathBuf,
        /// The PFX file's password.
        password: Option<Secret>,
    },
    /// Workload identity federation: a token file that another issuer keeps fresh.
    WorkloadIdentity {
        /// Tenant id or domain.
        tenant: String,
        /// Application (client) id.
        client: String,
        /// The file with the federated token.
        token_file: PathBuf,
    },
    /// The managed identity of the Azure machine this runs on.
    ManagedIdentity {
        /// Client id of a user-assigned identity; the system-assigned one without it.
        client: Option<String>,
    },
    /// Whoever is logged in to the Azure CLI.
    AzureCli {
        /// Tenant to sign in to; the CLI's default without it.
        tenant: Option<String>,
    },
    /// Whoever is logged in to the Azure Developer CLI, which signs people in by browser or device code.
    AzureDeveloperCli {
        /// Tenant to sign in to; the CLI's default without it.
        tenant: Option<String>,
    },
}

impl SignIn {
    /// The method.
    pub fn method(&self) -> AuthMethod {
        match self {
            Self::ClientSecret { .. } => AuthMethod::ClientSecret,
            Self::ClientCertificate { .. } => AuthMethod::ClientCertificate,
            Self::WorkloadIdentity { .. } => AuthMethod::WorkloadIdentity,
            Self::ManagedIdentity { .. } => AuthMethod::ManagedIdentity,
            Self::AzureCli { .. } => AuthMethod::AzureCli,
            Self::AzureDeveloperCli { .. } => AuthMethod::AzureDeveloperCli,
        }
    }

    /// The tenant, where the configuration names it.
    pub fn tenant(&self) -> Option<&str> {
        match self {
            Self::ClientSecret { tenant, .. }
            | Self::ClientCertificate { tenant, .. }
            | Self::WorkloadIdentity { tenant, .. } => Some(tenant),
            Self::ManagedIdentity { .. } => None,
            Self::AzureCli { tenant } | Self::AzureDeveloperCli { tenant } => tenant.as_deref(),
        }
    }

    /// What was chosen, for the user: `client secret from AZURE_CLIENT_SECRET, application …`.
    pub fn description(&self) -> String {
        match self {
            Self::ClientSecret { tenant, client, .. } => format!(
                "client secret from AZURE_CLIENT_SECRET, application {client}, tenant {tenant}"
            ),
            Self::ClientCertificate {
                tenant,
                client,
                path,
                ..
            } => format!(
                "client certificate {}, application {client}, tenant {tenant}",
                path.display()
            ),
            Self::WorkloadIdentity {
                tenant,
                client,
                token_file,
            } => format!(
                "workload identity from {}, application {client}, tenant {tenant}",
                token_file.display()
            ),
            Self::ManagedIdentity {
                client: Some(client),
            } => format!("user-assigned managed identity {client}"),
            Self::ManagedIdentity { client: None } => "system-assigned managed identity".to_owned(),
            Self::AzureCli {
                tenant: Some(tenant),
            } => format!("Azure CLI login, tenant {tenant}"),
            Self::AzureCli { tenant: None } => "Azure CLI login".to_owned(),
            Self::AzureDeveloperCli {
                tenant: Some(tenant),
            } => format!("Azure Developer CLI login, tenant {tenant}"),
            Self::AzureDeveloperCli { tenant: None } => "Azure Developer CLI login".to_owned(),
        }
    }

    /// The certificate that signs in, in DER, where it is one that does. It holds no secret.
    pub fn certificate(&self) -> Option<Result<Vec<u8>, crate::Error>> {
        let Self::ClientCertificate { path, password, .. } = self else {
            return None;
        };
        let read = certificate::ClientCertificate::read(path, password.as_ref());
        Some(read.map(|certificate| certificate.leaf))
    }

    /// What helps when this sign-in fails for a reason that Entra ID does not name.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        match self {
            Self::AzureCli { .. } => {
                Some("run `az login`, and `az account show` to see who is logged in")
            }
            Self::AzureDeveloperCli { .. } => {
                Some("run `azd auth login`, with --use-device-code where there is no browser")
            }
            Self::ManagedIdentity { .. } => Some(
                "managed identities exist on Azure machines only; choose another sign-in with --auth",
            ),
            _ => None,
        }
    }

    /// The text with this sign-in's secrets blotted out, should a message ever repeat them.
    pub(crate) fn without_secrets(&self, text: &str) -> String {
        let secret = match self {
            Self::ClientSecret { secret, .. } => Some(secret),
            Self::ClientCertificate { password, .. } => password.as_ref(),
            _ => None,
        };
        match secret
            .map(Secret::secret)
            .filter(|secret| !secret.is_empty())
        {
            Some(secret) => text.replace(secret, "(redacted)"),
            None => text.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_secret() -> SignIn {
        SignIn::ClientSecret {
            tenant: "contoso.example".into(),
            client: "app-1".into(),
            secret: Secret::new("s3cr3t-value"),
        }
    }

    #[test]
    fn the_description_names_the_source_and_no_secret() {
        let text = with_secret().description();
        assert_eq!(
            text,
            "client secret from AZURE_CLIENT_SECRET, application app-1, tenant contoso.example"
        );
        assert!(!format!("{:?}", with_secret()).contains("s3cr3t"));
    }

    #[test]
    fn a_message_that_repeats_the_secret_loses_it() {
        let text = with_secret().without_secrets("bad 's3cr3t-value'.");
        assert_eq!(text, "bad '(redacted)'.");
        let cli = SignIn::AzureCli { tenant: None };
        assert_eq!(cli.without_secrets("as it is"), "as it is");
    }
}
