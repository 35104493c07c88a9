//! What of a plan is in tables of Resource Graph, and what of that is still to be read.

use std::collections::HashSet;
use std::sync::Arc;

use catalog::{DocumentType, Entry, Plan, Scope, Shape, Step};

use super::section::Section;
use crate::collect::Context;
use crate::format::SnapshotError;
use crate::ledger::{LedgerRow, Source};
use crate::snapshot::Snapshot;

/// A type that a table holds.
pub(super) struct Kind {
    pub(super) entry: Arc<Entry>,
    /// The index of the plan's step that it belongs to, by itself or as a child.
    pub(super) step: usize,
    /// How many types no table holds are read below its documents.
    pub(super) below: usize,
}

impl Kind {
    /// The table's name.
    pub(super) fn table(&self) -> &str {
        self.entry
            .resource_graph
            .as_ref()
            .map_or("", |table| table.name.as_str())
    }

    /// What the rows have as their type.
    pub(super) fn row_type(&self) -> &str {
        self.entry
            .resource_graph
            .as_ref()
            .map_or("", |table| table.row_type.as_str())
    }

    /// Whether it hangs below other documents.
    pub(super) fn is_child(&self) -> bool {
        self.entry.parent.is_some()
    }
}

/// Every type of the plan that a table holds.
pub(super) fn of(plan: &Plan) -> Vec<Kind> {
    let mut kinds = Vec::new();
    for (index, step) in plan.steps.iter().enumerate() {
        let mut waiting: Vec<&Step> = vec![step];
        while let Some(step) = waiting.pop() {
            if step.entry.resource_graph.is_some() && !step.entry.from_scope {
                kinds.push(Kind {
                    entry: Arc::clone(&step.entry),
                    step: index,
                    below: below(step),
                });
            }
            waiting.extend(&step.children);
        }
    }
    kinds
}

/// Types below a step that have to be asked for document by document.
fn below(step: &Step) -> usize {
    let children = step.children.iter();
    children
        .map(|child| usize::from(child.entry.resource_graph.is_none()) + below(child))
        .sum()
}

/// What is still to be read from tables.
pub(super) struct Pending {
    /// Queries that an earlier run left half-read.
    pub(super) begun: Vec<Section>,
    /// The rest: kinds by index, with the subscriptions in which they are pending.
    pub(super) lists: Vec<(usize, Vec<String>)>,
}

impl Pending {
    pub(super) fn is_empty(&self) -> bool {
        self.begun.is_empty() && self.lists.is_empty()
    }
}

/// Finds what the snapshot lacks.
pub(super) async fn pending(
    context: &Context<'_>,
    kinds: &[Kind],
    subscriptions: &[String],
) -> Result<Pending, SnapshotError> {
    let wanted: Vec<(DocumentType, bool)> = kinds
        .iter()
        .map(|kind| (kind.entry.name.clone(), kind.is_child()))
        .collect();
    let subscriptions = subscriptions.to_vec();
    context
        .with_snapshot(move |snapshot| {
            let begun = begun(snapshot, &wanted)?;
            let mut lists = Vec::new();
            for (index, (name, is_child)) in wanted.iter().enumerate() {
                let known = known(snapshot, name, *is_child)?;
                let half_read = |subscription: &String| {
                    begun
                        .iter()
                        .any(|section| section.covers(name, subscription))
                };
                let left: Vec<String> = subscriptions
                    .iter()
                    .filter(|id| !known.contains(&Scope::subscription(id)) && !half_read(id))
                    .map(|id| id.to_lowercase())
                    .collect();
                if !left.is_empty() {
                    lists.push((index, left));
                }
            }
            Ok(Pending { begun, lists })
        })
        .await
}

fn begun(
    snapshot: &Snapshot,
    wanted: &[(DocumentType, bool)],
) -> Result<Vec<Section>, SnapshotError> {
    let sections = snapshot
        .cursors(Section::CURSOR)?
        .into_iter()
        .filter_map(|(_, value)| serde_json::from_str::<Section>(&value).ok());
    // A query for other checks than those of this run would read what nobody asks for.
    Ok(sections
        .filter(|section| {
            let is_wanted = |of: &DocumentType| wanted.iter().any(|(name, _)| name == of);
            section.types.iter().all(is_wanted)
        })
        .collect())
}

fn known(
    snapshot: &Snapshot,
    name: &DocumentType,
    is_child: bool,
) -> Result<HashSet<Scope>, SnapshotError> {
    if !is_child {
        return Ok(snapshot.known_lists(name)?.into_iter().collect());
    }
    let prefix = children_cursor(name, &Scope::Tenant);
    let cursors = snapshot.cursors(&prefix)?;
    Ok(cursors
        .iter()
        .filter_map(|(cursor, _)| cursor.strip_prefix(&prefix))
        .map(Scope::subscription)
        .collect())
}

/// The cursor that says when a table's children of a type were read in a scope.
pub(crate) fn children_cursor(name: &DocumentType, scope: &Scope) -> String {
    let scope = scope.subscription_id().unwrap_or_default();
    format!("children:{}:{scope}", name.key())
}

/// The row of a child's read that a table has answered already; `None` when it must be asked for: the
/// table was not read, or lacks a document that always exists.
pub(crate) fn taken_from_table(
    snapshot: &Snapshot,
    entry: &Entry,
    row: &LedgerRow,
) -> Result<Option<LedgerRow>, SnapshotError> {
    if entry.resource_graph.is_none() {
        return Ok(None);
    }
    let cursor = children_cursor(&entry.name, &row.scope);
    let Some(ended) = snapshot.cursor(&cursor)? else {
        return Ok(None);
    };
    let documents = snapshot.count_below(&entry.name, &row.parent)?;
    if entry.shape == Shape::Single && documents == 0 {
        return Ok(None);
    }
    Ok(Some(LedgerRow {
        outcome: catalog::Outcome::Read,
        documents,
        source: Some(Source::ResourceGraph),
        ended: ended.parse().ok(),
        ..row.clone()
    }))
}
