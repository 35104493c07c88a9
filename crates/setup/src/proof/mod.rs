//! How the scanner proves who it is: certificates made here, secrets made by Entra ID, and the tokens of
//! another issuer.

mod certificate;
mod federated;
mod files;
mod keys;
mod new;
mod secret;
mod work;

pub use certificate::{Certificate, CertificateError};
pub use files::{CertificateFiles, FileError, check, write_private};
pub use new::NewProof;
pub use work::{Keeper, file_name};

pub(crate) use work::ProofWork;
