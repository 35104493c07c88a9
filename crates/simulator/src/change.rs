//! A change that the simulator made of itself.

use crate::history::ChangeKind;

/// A change that the simulator made of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The path of the document.
    pub path: String,
    /// Its type in lower case, such as `microsoft.storage/storageaccounts/blobservices` or `graph/users`.
    pub type_name: String,
    /// What became of it.
    pub kind: ChangeKind,
    /// The operation, as the activity log names it.
    pub operation: String,
}
