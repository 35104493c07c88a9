//! A copied snapshot and the plan it is edited for.
//!
//! What a table of Resource Graph gave for children belongs to all parents of a subscription: a cursor
//! says that the table was read, and a parent without documents then has none. So where such a list has
//! to be read again, all of it in the subscription is, and the cursor goes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use catalog::{Changes, DocumentType, Entry, Plan, ScopeKind, Shape};
use rusqlite::Connection;

use super::reads;
use crate::cursors;
use crate::format::SnapshotError;
use crate::ledger::{self, LedgerRow};
use crate::resource_graph::children_cursor;

/// The snapshot's connection with the entries of the plan.
pub(super) struct Editor<'a> {
    pub(super) connection: &'a Connection,
    entries: BTreeMap<String, Arc<Entry>>,
    child_types: Vec<String>,
}

/// How an entry's changes are learned, as far as this collection can: what belongs to no subscription is
/// in no log of one.
pub(super) fn feed_of(entry: &Entry) -> &Changes {
    match &entry.changes {
        Changes::ResourceGraph | Changes::ActivityLog if entry.scope == ScopeKind::Tenant => {
            &Changes::Always
        }
        _ if entry.from_scope => &Changes::Always,
        other => other,
    }
}

impl<'a> Editor<'a> {
    pub(super) fn new(connection: &'a Connection, plan: &Plan) -> Self {
        let steps = plan.all_steps();
        Self {
            connection,
            entries: steps
                .iter()
                .map(|step| (step.entry.name.key(), Arc::clone(&step.entry)))
                .collect(),
            child_types: reads::child_types(plan),
        }
    }

    /// The plan's entries.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.entries.values()
    }

    /// Those of the plan's entries that a feed tells of.
    pub(super) fn fed_by(&self, feed: &Changes) -> impl Iterator<Item = &Arc<Entry>> {
        self.entries().filter(move |entry| feed_of(entry) == feed)
    }

    /// Makes one read pending again. Says how many reads that made pending.
    pub(super) fn reopen(
        &self,
        document_type: &str,
        scope: &str,
        parent: &str,
    ) -> Result<u64, SnapshotError> {
        match self.entries.get(document_type) {
            Some(entry) if is_shared(entry) && self.table_was_read(entry, scope)? => {
                self.reopen_in(document_type, scope)
            }
            _ => reads::reopen_one(self.connection, document_type, scope, parent),
        }
    }

    /// Makes a read pending again because it is old; others of the same query are as old as it.
    pub(super) fn reopen_old(&self, row: &LedgerRow) -> Result<u64, SnapshotError> {
        let (document_type, scope) = (row.document_type.key(), ledger::scope_key(&row.scope));
        match self.entries.get(&document_type) {
            Some(entry) if self.table_was_read(entry, scope)? => {
                self.reopen_in(&document_type, scope)
            }
            _ => self.reopen_row(row),
        }
    }

    /// Makes the reads of a type in a scope pending again.
    pub(super) fn reopen_in(&self, document_type: &str, scope: &str) -> Result<u64, SnapshotError> {
        let cursor = children_cursor(&document_type.into(), &ledger::scope_of(scope.to_owned()));
        cursors::set(self.connection, &cursor, None)?;
        let condition = "type = ?1 AND scope = ?2 AND outcome <> 'pending'";
        reads::reopen(self.connection, condition, &[&document_type, &scope])
    }

    /// Makes every read of a type pending again.
    pub(super) fn reopen_type(&self, document_type: &str) -> Result<u64, SnapshotError> {
        self.forget_tables(document_type)?;
        reads::reopen_type(self.connection, document_type)
    }

    /// Makes the reads that a condition on the ledger selects pending again.
    pub(super) fn reopen_where(
        &self,
        condition: &str,
        values: &[&dyn rusqlite::ToSql],
    ) -> Result<u64, SnapshotError> {
        let mut reopened = 0;
        for row in ledger::select(self.connection, condition, values)? {
            reopened += self.reopen_row(&row)?;
        }
        Ok(reopened)
    }

    /// Makes the read of a row pending again.
    pub(super) fn reopen_row(&self, row: &LedgerRow) -> Result<u64, SnapshotError> {
        let scope = ledger::scope_key(&row.scope);
        self.reopen(&row.document_type.key(), scope, &row.parent.to_lowercase())
    }

    /// Lets it be judged anew whether reads are needed that were not. Nothing is asked of Azure for it.
    pub(super) fn judge_again(&self) -> Result<(), SnapshotError> {
        // Where a table's documents were left out because nobody needed them, none are left to count.
        let mut left_out = BTreeSet::new();
        for entry in self.entries().filter(|entry| is_shared(entry)) {
            for row in ledger::select(
                self.connection,
                "type = ?1 AND outcome = 'not_needed'",
                &[&entry.name.key()],
            )? {
                left_out.insert((entry.name.key(), ledger::scope_key(&row.scope).to_owned()));
            }
        }
        for (document_type, scope) in left_out {
            self.reopen_in(&document_type, &scope)?;
        }
        self.connection.execute(
            "UPDATE ledger SET outcome = 'pending', ended = NULL WHERE outcome = 'not_needed'",
            [],
        )?;
        Ok(())
    }

    /// Takes out what was read below an id.
    pub(super) fn forget_below(&self, id: &str) -> Result<u64, SnapshotError> {
        reads::forget_below(self.connection, &self.child_types, id)
    }

    /// Takes a type out of the snapshot, as if it had never been planned.
    pub(super) fn drop_type(&self, document_type: &str) -> Result<(), SnapshotError> {
        reads::drop_type(self.connection, document_type)?;
        self.forget_tables(document_type)?;
        cursors::set(self.connection, &super::delta::cursor(document_type), None)
    }

    /// Whether the children of an entry in a scope came from a table.
    pub(super) fn table_was_read(&self, entry: &Entry, scope: &str) -> Result<bool, SnapshotError> {
        let cursor = children_cursor(&entry.name, &ledger::scope_of(scope.to_owned()));
        Ok(entry.parent.is_some() && cursors::get(self.connection, &cursor)?.is_some())
    }

    fn forget_tables(&self, document_type: &str) -> Result<(), SnapshotError> {
        let prefix = children_cursor(&DocumentType::new(document_type), &catalog::Scope::Tenant);
        for (name, _) in cursors::all(self.connection, &prefix)? {
            cursors::set(self.connection, &name, None)?;
        }
        Ok(())
    }
}

/// Whether a table gives the children of all parents at once, with none standing for an empty list.
fn is_shared(entry: &Entry) -> bool {
    entry.parent.is_some() && entry.resource_graph.is_some() && entry.shape == Shape::List
}
