//! What came of preparing a snapshot to go on from.

use jiff::Timestamp;

/// Whether a collection can go on from an earlier snapshot.
#[derive(Debug, Clone, PartialEq)]
pub enum Prepared {
    /// The new snapshot holds what did not change; the rest of it is pending.
    Incremental(Since),
    /// Everything has to be read; nothing was written.
    Full {
        /// Why, in words for the user.
        reason: String,
    },
}

/// What is known of the time since the earlier snapshot.
#[derive(Debug, Clone, PartialEq)]
pub struct Since {
    /// From when on the feeds of changes were asked.
    pub window_start: Timestamp,
    /// What the feeds told.
    pub counts: Counts,
    /// When the oldest of those documents was read that are kept though no feed tells of them.
    pub oldest: Option<Timestamp>,
}

/// What the feeds of changes told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Resources that Resource Graph names.
    pub resources: u64,
    /// Reads to make again because of the activity logs, or because a feed was lost.
    pub reads: u64,
    /// Directory objects that came, changed or went.
    pub objects: u64,
    /// What whoever watches should know: feeds that could not be read, types that are listed again.
    pub notes: Vec<String>,
}
