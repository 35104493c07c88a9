//! What can be wrong with a journal.

use std::path::{Path, PathBuf};

/// A journal that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The operating system refused.
    #[error("the journal {} cannot be read or written: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        reason: String,
    },
    /// Another run writes it.
    #[error("another run of setup is using the journal {}", .0.display())]
    Busy(PathBuf),
    /// A line that is not one of a journal.
    #[error("{} is not a journal of setup: line {line} is of another form", path.display())]
    NoJournal {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// Written by a later version of the program.
    #[error("the journal {} has version {version}, which this program does not know", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u32,
    },
    /// Of another tenant.
    #[error("the journal {} is about tenant {theirs}, and you are signed in to {ours}", path.display())]
    OtherTenant {
        /// The file.
        path: PathBuf,
        /// The journal's tenant.
        theirs: String,
        /// The tenant at hand.
        ours: String,
    },
    /// Of another application.
    #[error("the journal {} is about application {theirs}, not {ours}", path.display())]
    OtherApplication {
        /// The file.
        path: PathBuf,
        /// The journal's application.
        theirs: String,
        /// The application asked for.
        ours: String,
    },
}

impl JournalError {
    pub(super) fn file(path: &Path, error: &std::io::Error) -> Self {
        Self::File {
            path: path.to_owned(),
            reason: error.to_string(),
        }
    }

    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::File { .. } => "name a file that you may write to with --journal",
            Self::Busy(_) => "wait for its end, or name another journal with --journal",
            Self::NoJournal { .. } => "name another file with --journal; this one is left as it is",
            Self::Version { .. } => "use the version of the program that wrote it, or a later one",
            Self::OtherTenant { .. } => {
                "sign in to the journal's tenant, or name a journal of this tenant's own with --journal"
            }
            Self::OtherApplication { .. } => {
                "name the journal's application with --name, or another journal with --journal"
            }
        }
    }
}
