//! What was measured during a run.

use std::collections::BTreeMap;

use serde::Serialize;

/// Requests to one host that ended the same way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HostCount {
    /// The host name.
    pub host: String,
    /// How they ended: `ok`, `denied`, `throttled`, …
    pub outcome: String,
    /// How many.
    pub count: u64,
}

/// Everything counted and timed.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Measurements {
    /// Requests by host and outcome.
    pub requests: Vec<HostCount>,
    /// Documents that were read.
    pub documents_read: u64,
    /// Wall-clock seconds by stage: `sign_in`, `collect`, `evaluate`, …
    pub seconds: BTreeMap<String, f64>,
    /// The process's peak resident memory in bytes, where the system tells.
    pub peak_memory_bytes: Option<u64>,
}

impl Measurements {
    /// All requests made.
    pub fn requests_made(&self) -> u64 {
        self.requests.iter().map(|requests| requests.count).sum()
    }

    /// All seconds, of every stage.
    pub fn total_seconds(&self) -> f64 {
        self.seconds.values().sum()
    }
}
