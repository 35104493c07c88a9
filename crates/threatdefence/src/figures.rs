//! What a collection took, for programs: requests, time, memory, and the time that Azure's limits alone
//! would take.

use std::collections::BTreeMap;
use std::path::Path;

use catalog::Plan;
use inventory::Snapshot;
use serde::{Deserialize, Serialize};

use crate::connect::Connection;
use crate::error::CliError;
use crate::memory;

/// What a collection took.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Figures {
    /// Requests that left the machine: sign-in, retries and batches included, a batch as one.
    pub requests: u64,
    /// Requests inside batches.
    pub in_batches: u64,
    /// Requests that Azure throttled. Each was asked again.
    pub throttled: u64,
    /// Requests, or members of batches, that were asked again for any reason.
    pub retries: u64,
    /// Requests that the documents needed at the least.
    pub least_requests: u64,
    /// Reads that were planned, by how they ended.
    pub reads: BTreeMap<String, u64>,
    /// Documents in the snapshot.
    pub documents: u64,
    /// Seconds from the first request of the collection to its end.
    pub seconds: f64,
    /// Seconds that the slowest of Azure's limits takes for these requests.
    pub limit_seconds: f64,
    /// The limit that takes longest.
    pub slowest_limit: Option<String>,
    /// The most memory that the process held, where the system tells.
    pub peak_memory_bytes: Option<u64>,
}

/// Writes the figures of a collection that ended.
///
/// # Errors
/// The snapshot cannot be read or the file not written.
pub fn write(
    file: &Path,
    snapshot: &Snapshot,
    plan: &Plan,
    connection: &Connection,
) -> Result<(), CliError> {
    let figures = figures(snapshot, plan, connection)?;
    let text = serde_json::to_string_pretty(&figures).map_err(CliError::failed)?;
    std::fs::write(file, text).map_err(|error| {
        CliError::failed(format!("{} could not be written: {error}", file.display()))
            .hint("give another place with --figures")
    })
}

fn figures(snapshot: &Snapshot, plan: &Plan, connection: &Connection) -> Result<Figures, CliError> {
    let statistics = connection.client.statistics();
    let slowest = statistics.limits.iter().max_by_key(|limit| limit.floor);
    let mut reads = BTreeMap::new();
    for group in snapshot.ledger_groups().map_err(CliError::failed)? {
        *reads.entry(group.outcome.as_str().to_owned()).or_default() += group.reads;
    }
    Ok(Figures {
        requests: statistics.requests(),
        in_batches: statistics.in_batch,
        throttled: statistics.throttled(),
        retries: statistics.retries,
        least_requests: snapshot
            .least_requests(plan, statistics.in_batch)
            .map_err(CliError::failed)?,
        reads,
        documents: snapshot.document_count().map_err(CliError::failed)?,
        seconds: snapshot.manifest().collect_seconds,
        limit_seconds: slowest.map_or(0.0, |limit| limit.floor.as_secs_f64()),
        slowest_limit: slowest.map(|limit| limit.name.clone()),
        peak_memory_bytes: memory::peak_bytes(),
    })
}
