//! What the earlier snapshot holds, as far as it decides what the feeds are asked.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use catalog::{Changes, Entry, Plan, Scope};
use rusqlite::{Connection, OptionalExtension};

use super::editor::feed_of;
use super::window::Window;
use super::{base, reads};
use crate::cursors;
use crate::format::{self, SnapshotError};
use crate::manifest::Manifest;

/// What the earlier snapshot holds.
pub(super) struct Survey {
    pub(super) window: Window,
    /// Types of the plan (in lower case) that were read just as they would be now.
    pub(super) alike: Vec<String>,
    /// Subscriptions that it knows and that are still to be scanned, in lower case.
    pub(super) subscriptions: Vec<String>,
    /// The types that Resource Graph tells of, with how many documents there are of each.
    pub(super) tables: Vec<(Arc<Entry>, u64)>,
    /// For each type in lower case: its delta link, and how many documents there are.
    pub(super) links: BTreeMap<String, (Option<String>, u64)>,
}

/// Looks into the snapshot at `from`; `Err` within says why it is of no use.
pub(super) fn survey(
    from: &Path,
    plan: &Plan,
    scopes: &[Scope],
    new: &Manifest,
) -> Result<Result<Survey, String>, SnapshotError> {
    let connection = format::open_for_reading(from)?;
    let base = manifest(&connection)?;
    let window = match base::window(&connection, &base, new)? {
        Ok(window) => window,
        Err(reason) => return Ok(Err(reason)),
    };
    let alike = base::alike(&connection, plan)?;
    let known = reads::scopes(&connection)?;
    let subscriptions = scopes
        .iter()
        .filter(|scope| known.contains(scope))
        .filter_map(|scope| scope.subscription_id().map(str::to_owned))
        .collect();
    let (mut tables, mut links) = (Vec::new(), BTreeMap::new());
    for step in plan.all_steps() {
        let document_type = step.entry.name.key();
        let documents = reads::count(&connection, &document_type)?;
        match feed_of(&step.entry) {
            Changes::ResourceGraph if alike.contains(&document_type) => {
                tables.push((Arc::clone(&step.entry), documents));
            }
            Changes::Delta(_) => {
                let link = match alike.contains(&document_type) {
                    true => cursors::get(&connection, &super::delta::cursor(&document_type))?,
                    false => None,
                };
                links.insert(document_type, (link, documents));
            }
            _ => {}
        }
    }
    Ok(Ok(Survey {
        window,
        alike,
        subscriptions,
        tables,
        links,
    }))
}

fn manifest(connection: &Connection) -> Result<Manifest, SnapshotError> {
    let body: Option<String> = connection
        .query_row("SELECT body FROM manifest", [], |row| row.get(0))
        .optional()?;
    let body = body.ok_or_else(|| SnapshotError::Damaged("it has no manifest".to_owned()))?;
    serde_json::from_str(&body).map_err(|error| SnapshotError::Damaged(error.to_string()))
}

impl Survey {
    /// The types of rows whose changes are asked for.
    pub(super) fn row_types(&self) -> Vec<String> {
        let tables = self
            .tables
            .iter()
            .filter_map(|(entry, _)| entry.resource_graph.as_ref());
        let mut types: Vec<String> = tables.map(|table| table.row_type.clone()).collect();
        types.sort_unstable();
        types.dedup();
        types
    }

    /// Beyond how many changes it takes fewer pages to list everything again.
    pub(super) fn most_changes(&self) -> u64 {
        const ANY_WAY: u64 = 10_000;
        self.tables
            .iter()
            .map(|(_, documents)| documents)
            .sum::<u64>()
            + ANY_WAY
    }
}
