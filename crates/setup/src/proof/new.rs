//! A proof that was made.

use std::fmt;
use std::path::PathBuf;

use azure::{Secret, SignIn};
use jiff::Timestamp;

use crate::request::Federation;

/// A proof that was made. A secret's value is in no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub enum NewProof {
    /// A certificate.
    Certificate {
        /// The file with key and certificate.
        file: PathBuf,
        /// The file with the certificate alone.
        public: PathBuf,
        /// Its SHA-1 thumbprint in hex.
        thumbprint: String,
        /// When it ends.
        ends: Timestamp,
    },
    /// A client secret.
    Secret {
        /// Its value.
        value: Secret,
        /// `keyId`.
        key_id: String,
        /// The file that it was written to.
        file: Option<PathBuf>,
        /// When it ends.
        ends: Option<Timestamp>,
    },
    /// Tokens of another issuer.
    Federated(Federation),
}

impl fmt::Debug for NewProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate {
                file, thumbprint, ..
            } => write!(f, "Certificate({}, {thumbprint})", file.display()),
            Self::Secret { key_id, .. } => write!(f, "Secret({key_id})"),
            Self::Federated(of) => write!(f, "Federated({})", of.name),
        }
    }
}

impl NewProof {
    /// The sign-in with it; a federated credential's tokens come from elsewhere.
    pub fn sign_in(&self, tenant: &str, application: &str) -> Option<SignIn> {
        let (tenant, client) = (tenant.to_owned(), application.to_owned());
        match self {
            Self::Certificate { file, .. } => Some(SignIn::ClientCertificate {
                tenant,
                client,
                path: file.clone(),
                password: None,
            }),
            Self::Secret { value, .. } => Some(SignIn::ClientSecret {
                tenant,
                client,
                secret: value.clone(),
            }),
            Self::Federated(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_in_no_debug() {
        let proof = NewProof::Secret {
            value: Secret::new("hush"),
            key_id: "k".to_owned(),
            file: None,
            ends: None,
        };
        assert_eq!(format!("{proof:?}"), "Secret(k)");
        assert!(proof.sign_in("t", "a").is_some());
    }
}
