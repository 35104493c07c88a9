//! The answer for one operation, with its reason.

use crate::deny::DenyAssignment;
use crate::grant::Grant;

/// Whether a principal may do one operation at one scope, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict<'a> {
    /// These roles permit it. Each may have a condition: [`Grant::condition_on`].
    Granted {
        /// At least one.
        by: Vec<Grant<'a>>,
    },
    /// Deny assignments forbid it, so that no role could help.
    Denied {
        /// At least one.
        by: Vec<&'a DenyAssignment>,
        /// The roles that would permit it.
        despite: Vec<Grant<'a>>,
    },
    /// No known role permits it, but the definitions of some that are assigned are not known.
    Unknown {
        /// Those; at least one.
        roles: Vec<Grant<'a>>,
    },
    /// Roles have it among their actions, but their `notActions` take it away.
    TakenAway {
        /// At least one.
        by: Vec<Grant<'a>>,
    },
    /// No role has it.
    NotGranted,
}

impl Verdict<'_> {
    /// Whether it may be done, if under a condition.
    pub fn is_granted(&self) -> bool {
        matches!(self, Self::Granted { .. })
    }
}
