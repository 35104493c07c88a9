//! What can be wrong before the first request: configuration, certificates, the cloud's endpoints.

use std::path::PathBuf;

/// A mistake in the configuration, or a cloud whose endpoints could not be found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The CA file holds no certificate that can be read.
    #[error("the CA file holds no usable PEM certificate: {0}")]
    AuthorityFile(String),
    /// The TLS client could not be set up.
    #[error("the HTTPS client could not be set up: {0}")]
    Tls(String),
    /// A URL that is not one, or of a scheme that is never used.
    #[error("{url} is not a usable endpoint: {reason}")]
    Endpoint {
        /// The URL as it was given.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// `/metadata/endpoints` did not answer, or not with a cloud.
    #[error("the endpoints of the cloud at {url} could not be discovered: {reason}")]
    Discovery {
        /// The Resource Manager endpoint that was asked.
        url: String,
        /// What went wrong.
        reason: String,
    },
    /// The name is no sign-in method.
    #[error("`{0}` is not a sign-in method")]
    UnknownMethod(String),
    /// The chosen sign-in method lacks an environment variable.
    #[error("{method} sign-in needs {variable}, which is not set")]
    MissingVariable {
        /// The sign-in method, as `--auth` names it.
        method: &'static str,
        /// The environment variable.
        variable: &'static str,
    },
    /// The environment says who signs in, but not with what.
    #[error(
        "AZURE_CLIENT_ID is set, but none of AZURE_CLIENT_SECRET, AZURE_CLIENT_CERTIFICATE_PATH \
         and AZURE_FEDERATED_TOKEN_FILE"
    )]
    MissingProof,
    /// The environment offers two proofs of identity.
    #[error("{0} and {1} are both set, and only one of them can sign in")]
    Contradiction(&'static str, &'static str),
    /// Nothing to sign in with was found.
    #[error("no credentials were found in the environment, and the Azure CLI is not installed")]
    NoCredential,
    /// The client certificate cannot be used.
    #[error("the client certificate {} cannot be used: {reason}", path.display())]
    Certificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A file that the sign-in needs cannot be read.
    #[error("{} cannot be read: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        reason: String,
    },
    /// The identity library refused the configuration.
    #[error("the sign-in could not be prepared: {0}")]
    Identity(String),
}

impl Error {
    /// What the user can do about it, where there is something more to say than the message does.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::AuthorityFile(_) => {
                Some("give a PEM file with one or more BEGIN CERTIFICATE blocks")
            }
            Self::Endpoint { .. } => {
                Some("endpoints use https; plain http is accepted on loopback only")
            }
            Self::Discovery { .. } => Some(
                "give the Resource Manager URL of the cloud, and --ca-file when it has a private CA",
            ),
            Self::UnknownMethod(_) => Some(
                "use client-secret, client-certificate, workload-identity, managed-identity, azure-cli or \
                 azure-developer-cli",
            ),
            Self::MissingVariable { .. } | Self::MissingProof => {
                Some("set the variable, or choose another sign-in with --auth")
            }
            Self::Contradiction(..) => Some("unset one of them, or choose with --auth"),
            Self::NoCredential => Some(
                "set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or install the Azure \
                 CLI and run `az login`",
            ),
            Self::Certificate { .. } => Some(
                "use a PEM file with the certificate and its unencrypted RSA key, or a PFX file with \
                 AZURE_CLIENT_CERTIFICATE_PASSWORD",
            ),
            Self::Unreadable { .. } => Some("give a file that exists and that this user may read"),
            Self::Identity(_) => Some(
                "look at AZURE_TENANT_ID and AZURE_CLIENT_ID, and whether the secret, certificate or \
                 token file that proves the identity is there",
            ),
            Self::Tls(_) => None,
        }
    }
}
