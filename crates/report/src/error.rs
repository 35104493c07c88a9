//! What can go wrong while writing reports.

use std::io;
use std::path::{Path, PathBuf};

/// A report could not be written. Each variant names the file.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The folder could not be made or written to.
    #[error("cannot write to the report folder {}: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A file could not be written: a full disk, a lost share.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A value could not be turned into JSON.
    #[error("cannot write {} as JSON: {source}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// The encoder's error.
        source: serde_json::Error,
    },
    /// The page template failed.
    #[error("cannot lay out {}: {source}", path.display())]
    Template {
        /// The file.
        path: PathBuf,
        /// The template engine's error.
        source: askama::Error,
    },
}

impl ReportError {
    /// An error on writing `path`.
    pub(crate) fn write(path: &Path, source: io::Error) -> Self {
        Self::Write {
            path: path.to_owned(),
            source,
        }
    }

    /// An encoder's error on `path`; one that the file system caused is told as such.
    pub(crate) fn json(path: &Path, source: serde_json::Error) -> Self {
        if source.is_io() {
            return Self::write(path, source.into());
        }
        Self::Json {
            path: path.to_owned(),
            source,
        }
    }
}
