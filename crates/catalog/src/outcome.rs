//! How a planned read ended.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a planned read ended. One word in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything there was to read was read.
    Read,
    /// Azure says that this document does not exist (404). Not a gap: the document is null.
    Absent,
    /// The catalogue's condition, or every check's, rules the read out for this parent.
    NotNeeded,
    /// Azure refused: the identity lacks a permission.
    Denied,
    /// Azure kept throttling until the deadline.
    Throttled,
    /// The resource provider is not registered in the subscription.
    NotRegistered,
    /// The tenant lacks the licence for this API.
    Unlicensed,
    /// This cloud does not have the API.
    NotAvailable,
    /// Anything else: server errors, broken replies, a dropped connection.
    Failed,
    /// Not tried yet: the collection was cut off.
    Pending,
}

impl Outcome {
    /// Whether the documents of this read are known: all read, or known not to exist.
    pub fn is_known(self) -> bool {
        matches!(self, Self::Read | Self::Absent | Self::NotNeeded)
    }

    /// Whether something that may exist was not seen. `NotRegistered`, `Unlicensed` and
    /// `NotAvailable` leave checks unassessed too, but hide nothing that this tenant has.
    pub fn is_gap(self) -> bool {
        matches!(
            self,
            Self::Denied | Self::Throttled | Self::Failed | Self::Pending
        )
    }

    /// The word as the ledger and the reports write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Absent => "absent",
            Self::NotNeeded => "not_needed",
            Self::Denied => "denied",
            Self::Throttled => "throttled",
            Self::NotRegistered => "not_registered",
            Self::Unlicensed => "unlicensed",
            Self::NotAvailable => "not_available",
            Self::Failed => "failed",
            Self::Pending => "pending",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
