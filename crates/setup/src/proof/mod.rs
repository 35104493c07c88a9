//! How the scanner proves who it is: certificates made here, secrets made by Entra ID, and the tokens of
//! another issuer.

mod certificate;
mod files;

pub use certificate::{Certificate, CertificateError};
pub use files::{CertificateFiles, FileError, write_private};
