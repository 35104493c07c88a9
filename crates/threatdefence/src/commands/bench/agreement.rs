//! Whether a snapshot holds just the documents that the simulated Azure has, type by type.

use std::collections::{BTreeMap, BTreeSet};

use catalog::{Entry, Method, Plan, Service, Shape, Step};
use inventory::Snapshot;

use crate::error::CliError;

/// A type of which the two have different numbers.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) type_name: String,
    pub(super) in_azure: u64,
    pub(super) in_snapshot: u64,
}

/// Types that were compared, and those that differ.
///
/// # Errors
/// The snapshot cannot be read.
pub(super) fn compare(
    snapshot: &Snapshot,
    plan: &Plan,
    azure: &BTreeMap<String, u64>,
) -> Result<(usize, Vec<Difference>), CliError> {
    let counts = snapshot.document_counts().map_err(CliError::failed)?;
    let mut kept: BTreeMap<String, u64> = BTreeMap::new();
    let mut not_comparable = BTreeSet::new();
    for (step, is_whole) in with_ancestors(plan) {
        let entry = &step.entry;
        let name = type_name(entry);
        if !is_comparable(entry) || !is_whole {
            not_comparable.insert(name);
            continue;
        }
        let documents = counts.get(&entry.name).copied().unwrap_or_default();
        *kept.entry(name).or_default() += documents;
    }
    let mut differences = Vec::new();
    let mut compared = 0;
    for (name, in_snapshot) in kept {
        let Some(in_azure) = azure.get(&name).copied() else {
            continue;
        };
        if not_comparable.contains(&name) {
            continue;
        }
        compared += 1;
        if in_azure != in_snapshot {
            differences.push(Difference {
                type_name: name,
                in_azure,
                in_snapshot,
            });
        }
    }
    Ok((compared, differences))
}

/// Every step, with whether it is read below each document that has it: no condition on it or on what
/// it hangs below rules a read out.
fn with_ancestors(plan: &Plan) -> Vec<(&Step, bool)> {
    let mut all = Vec::new();
    let mut waiting: Vec<(&Step, bool)> = plan.steps.iter().map(|step| (step, true)).collect();
    while let Some((step, above)) = waiting.pop() {
        let is_whole = above
            && step.entry.when.is_none()
            && !step.is_conditional()
            && step.fallback_for.is_none();
        all.push((step, is_whole));
        waiting.extend(step.children.iter().map(|child| (child, is_whole)));
    }
    all
}

/// Whether each of its documents is in one place and read there: not what counts in each subscription
/// below a management group, what hangs below resources of any type, what a filter leaves out, nor
/// what another read shows again or an action answers.
fn is_comparable(entry: &Entry) -> bool {
    let is_inherited = entry.parent.is_none()
        && entry
            .name
            .as_str()
            .to_lowercase()
            .starts_with("microsoft.authorization/");
    let is_extension = entry.parent.is_some() && entry.path.contains("providers/");
    let is_filtered = entry
        .query
        .as_ref()
        .is_some_and(|query| query.contains("$filter"));
    if entry.path.is_empty() || entry.from_scope || is_filtered {
        return false;
    }
    match entry.service {
        Service::Arm => !is_inherited && !is_extension && entry.method == Method::Get,
        Service::Graph => entry.parent.is_none() && entry.shape == Shape::List,
    }
}

/// The type as the simulator counts it: in lower case, without the names between types.
fn type_name(entry: &Entry) -> String {
    if entry.service == Service::Graph {
        return entry.name.key();
    }
    let mut name = entry.name.key();
    if entry.parent.is_some() && entry.shape == Shape::Single && entry.path.contains('/') {
        // The last segment is the child's own name: `blobServices/default`.
        if let Some((types, _)) = name.rsplit_once('/') {
            name = types.to_owned();
        }
    }
    name
}
