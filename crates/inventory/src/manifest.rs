//! What a snapshot says of itself.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A subscription that the scan saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// Its id.
    pub id: String,
    /// Its display name.
    pub name: String,
    /// Azure's state: `Enabled`, `Warned`, `PastDue`, `Disabled` or `Deleted`.
    pub state: String,
}

/// Whose tenant was read, by whom, when, and how much of it was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the program that collected.
    pub tool_version: String,
    /// The tenant's id.
    pub tenant_id: String,
    /// The tenant's name, where it could be read.
    pub tenant_name: Option<String>,
    /// The cloud's name.
    pub cloud: String,
    /// Who signed in, in words.
    pub identity: String,
    /// When the collection began.
    pub started: Timestamp,
    /// When it ended; absent while it is unfinished.
    pub finished: Option<Timestamp>,
    /// What is scanned.
    pub subscriptions: Vec<Subscription>,
    /// What is visible and left out because of its state.
    pub skipped: Vec<Subscription>,
    /// The resource groups that findings are limited to; all when empty.
    pub resource_groups: Vec<String>,
    /// The ids of the checks that the collection was planned for.
    pub checks: Vec<String>,
    /// Whether everything that the catalogue knows was asked for, not only what those checks read.
    #[serde(default)]
    pub everything: bool,
    /// Requests made, by host and then by how they ended.
    pub requests: BTreeMap<String, BTreeMap<String, u64>>,
    /// Seconds that the collection took, over all its runs.
    pub collect_seconds: f64,
}
