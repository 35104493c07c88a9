//! What keeps a tenant from being loaded.

use std::path::PathBuf;

/// A tenant that could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file or folder could not be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// The operating system's error.
        source: std::io::Error,
    },
    /// A file is not what its name promises.
    #[error("{file}: {message}")]
    Parse {
        /// The file, within the tenant's folder.
        file: String,
        /// What is wrong, with the line where the parser gives it.
        message: String,
    },
    /// The folder lacks `tenant.yaml`.
    #[error("{0} holds no tenant.yaml")]
    NoTenantFile(String),
}

impl LoadError {
    /// A file that does not parse.
    pub(crate) fn parse(file: &str, message: impl std::fmt::Display) -> Self {
        Self::Parse {
            file: file.to_owned(),
            message: message.to_string(),
        }
    }
}
