//! Why a change was not made.

use azure::{Failure, FailureKind};

use super::lag::is_unclear;
use crate::journal::JournalError;

/// Why a change was not made.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// Azure refused.
    #[error("{0}")]
    Azure(Box<Failure>),
    /// Azure did not learn in time of what was made.
    #[error("after {seconds} s it was still not known everywhere: {failure}")]
    NotYet {
        /// Seconds that were waited.
        seconds: u64,
        /// What was said last.
        failure: Box<Failure>,
    },
    /// No answer says whether it was made, and it is not to be seen.
    #[error("no answer says whether it was done: {0}")]
    Unclear(Box<Failure>),
    /// Something of the same name is where it cannot be seen.
    #[error("{0}")]
    Hidden(String),
    /// Something that the step needs is not there.
    #[error("{0} is not there")]
    Missing(&'static str),
    /// The tenant's Microsoft Graph does not offer a permission.
    #[error("Microsoft Graph does not have the application permission {0} in this cloud")]
    NoPermission(String),
    /// Something on this machine is in the way: a file, a key that cannot be made.
    #[error("{message}")]
    Local {
        /// What.
        message: String,
        /// What to do about it.
        hint: Option<&'static str>,
    },
    /// The journal could not be written: nothing more is done without it.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Somebody wants to stop.
    #[error("it was interrupted")]
    Interrupted,
}

impl From<Failure> for ChangeError {
    fn from(failure: Failure) -> Self {
        Self::Azure(Box::new(failure))
    }
}

impl ChangeError {
    /// Whether it is known that nothing was made.
    pub fn is_clear(&self) -> bool {
        match self {
            Self::Azure(failure) => !is_unclear(failure),
            Self::NotYet { .. }
            | Self::Hidden(_)
            | Self::Missing(_)
            | Self::NoPermission(_)
            | Self::Local { .. } => true,
            Self::Unclear(_) | Self::Journal(_) | Self::Interrupted => false,
        }
    }

    /// What the user can do about it, where more is known than the message says.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Azure(failure) if failure.kind == FailureKind::Denied => Some(
                "sign in as somebody with the right, or let them run the same command; `threatdefence setup plan` says who has it"
                    .to_owned(),
            ),
            Self::Azure(failure) => failure.hint.map(str::to_owned),
            Self::NotYet { .. } => Some(
                "run the same command again in a few minutes, with a longer --wait if need be".to_owned(),
            ),
            Self::Unclear(_) | Self::Missing(_) | Self::Interrupted => {
                Some("run the same command again: it looks first what is there".to_owned())
            }
            Self::Hidden(_) => Some(
                "sign in as somebody who sees it, or remove it there".to_owned(),
            ),
            Self::NoPermission(_) => Some("leave it out of --with".to_owned()),
            Self::Journal(error) => Some(error.hint().to_owned()),
            Self::Local { hint, .. } => hint.map(str::to_owned),
        }
    }
}
