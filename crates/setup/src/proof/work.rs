//! The work on an application's proofs, whatever their kind.

use std::path::PathBuf;

use azure::Secret;

use super::{CertificateFiles, NewProof};
use crate::change::{ChangeError, Conduct};
use crate::journal::{Begun, Made};
use crate::request::Proof;

/// Where a new proof is kept.
pub struct Keeper<'a> {
    /// Where a certificate is written.
    pub certificate: CertificateFiles,
    /// Takes a secret the moment that it is made: shows it, or writes it to a file, which it names.
    pub secret: &'a mut dyn FnMut(&Secret) -> Result<Option<PathBuf>, ChangeError>,
}

/// The work on the proofs of one application.
pub(crate) struct ProofWork<'a> {
    pub conduct: Conduct<'a>,
    /// The application's object id.
    pub application_id: String,
    /// Its display name.
    pub name: String,
}

/// What is waited for while an application is too fresh to be changed.
pub(super) const KNOWN: &str = "the directory to know the new application";

impl ProofWork<'_> {
    /// What must be noted before a proof is added: the certificate's file is written, the secret has a name.
    pub async fn begin(
        &self,
        proof: &Proof,
        earlier: Option<Begun>,
        keeper: &Keeper<'_>,
    ) -> Result<Option<Begun>, ChangeError> {
        match proof {
            Proof::Certificate { days } => self.begin_certificate(*days, earlier, keeper).map(Some),
            Proof::Secret { .. } => {
                if let Some(Begun::Secret { name }) = earlier {
                    self.remove_named_secrets(&name).await?;
                }
                Ok(Some(Begun::Secret {
                    name: Self::secret_name(),
                }))
            }
            Proof::Federated(_) => Ok(None),
        }
    }

    /// Adds a proof; what it is, and what is to be known of it.
    pub async fn add(
        &self,
        proof: &Proof,
        begun: Option<Begun>,
        keeper: &mut Keeper<'_>,
    ) -> Result<(Option<Made>, Option<NewProof>), ChangeError> {
        match (proof, begun) {
            (
                Proof::Certificate { .. },
                Some(Begun::Certificate {
                    file,
                    thumbprint,
                    ends,
                }),
            ) => self.add_certificate(file, thumbprint, ends).await,
            (Proof::Secret { days }, Some(Begun::Secret { name })) => {
                self.add_secret(*days, &name, keeper).await
            }
            (Proof::Federated(of), _) => self.add_federated(of).await,
            (Proof::Certificate { .. } | Proof::Secret { .. }, _) => {
                Err(ChangeError::Missing("the note of what was begun"))
            }
        }
    }
}

/// The name of the file in which the certificate of an application is kept: its name with the characters
/// that file names do not take replaced, and `.pem`.
pub fn file_name(application: &str) -> String {
    let plain = |letter: char| match letter.is_alphanumeric() || "-_.".contains(letter) {
        true => letter,
        false => '-',
    };
    let name: String = application.trim().chars().map(plain).collect();
    let name = name.trim_matches(['.', '-']);
    let name = if name.is_empty() { "certificate" } else { name };
    format!("{name}.pem")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_hold_what_every_system_takes() {
        assert_eq!(file_name("ThreatDefence"), "ThreatDefence.pem");
        assert_eq!(file_name("../a b/c:d"), "a-b-c-d.pem");
        assert_eq!(file_name(" .. "), "certificate.pem");
    }
}
