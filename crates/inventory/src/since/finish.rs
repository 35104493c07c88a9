//! The end of a collection: what an earlier snapshot left that has no place any more goes, and the
//! cursors for the next collection are set.

use std::path::Path;

use catalog::{Plan, Scope, Step};
use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{SINCE, base};
use crate::below::is_readable;
use crate::cached::Cached;
use crate::cursors;
use crate::format::{self, SnapshotError};
use crate::ledger::{self, scope_key};
use crate::snapshot::Snapshot;

/// Ends a collection that read all there was to read into the snapshot at `path`, whose first run began
/// at `started`. Whoever else writes to it must have handed over everything.
///
/// # Errors
/// The snapshot cannot be written.
pub(crate) fn finish(path: &Path, plan: &Plan, started: Timestamp) -> Result<(), SnapshotError> {
    let mut connection = format::open_for_writing(path)?;
    if cursors::get(&connection, SINCE)?.is_some() {
        let steps = plan.all_steps();
        take_out_orphans(&mut connection, &steps)?;
        let snapshot = Snapshot::open(path)?;
        let mut dropped = false;
        for step in &steps {
            dropped |= drop_not_needed(&mut connection, &snapshot, step, started)?;
        }
        if dropped {
            take_out_orphans(&mut connection, &steps)?;
        }
    }
    let end = connection.transaction()?;
    base::remember(&end, plan)?;
    // What changes from here on is not in the snapshot.
    cursors::set(&end, cursors::CHANGES, Some(&started.to_string()))?;
    end.commit()?;
    Ok(())
}

/// Takes out what was kept of a type and would not have been read. Whether that was anything.
fn drop_not_needed(
    connection: &mut Connection,
    snapshot: &Snapshot,
    step: &Step,
    started: Timestamp,
) -> Result<bool, SnapshotError> {
    let dropped = match &step.entry.parent {
        Some(_) => children_not_needed(snapshot, step, started)?,
        None => lists_not_needed(snapshot, step)?,
    };
    if dropped.is_empty() {
        return Ok(false);
    }
    let drop = connection.transaction()?;
    for (scope, parent) in dropped {
        not_needed(&drop, step, &scope, &parent)?;
    }
    drop.commit()?;
    Ok(true)
}

/// Documents and rows below documents that are not there any more: parents come before their children.
fn take_out_orphans(connection: &mut Connection, steps: &[&Step]) -> Result<(), SnapshotError> {
    let orphans = connection.transaction()?;
    for step in steps {
        take_out_orphans_of(&orphans, step)?;
    }
    orphans.commit()?;
    Ok(())
}

fn take_out_orphans_of(connection: &Connection, step: &Step) -> Result<(), SnapshotError> {
    let Some(parent) = &step.entry.parent else {
        return Ok(());
    };
    for table in ["documents", "ledger"] {
        connection.execute(
            &format!(
                "DELETE FROM {table} WHERE type = ?1 AND NOT EXISTS (SELECT 1 FROM documents above \
                 WHERE above.type = ?2 AND above.scope = {table}.scope AND above.key = {table}.parent)"
            ),
            [step.entry.name.key(), parent.key()],
        )?;
    }
    Ok(())
}

/// Kept children that would not be asked for now, because of what decides it beside the parent. Whether
/// the parent has such a child at all was judged when children were read.
fn children_not_needed(
    snapshot: &Snapshot,
    step: &Step,
    started: Timestamp,
) -> Result<Vec<(Scope, String)>, SnapshotError> {
    let (entry, mut found) = (&step.entry, Vec::new());
    let Some(parent) = &entry.parent else {
        return Ok(found);
    };
    if !step.is_conditional() && step.fallback_for.is_none() {
        return Ok(found);
    }
    for scope in snapshot.scopes(parent)? {
        let rescued = match &step.fallback_for {
            Some(primary) => is_readable(snapshot, primary, &scope)?,
            None => false,
        };
        let mut after = String::new();
        loop {
            let parents = snapshot.chunk(parent, &scope, &after)?;
            let Some(last) = parents.last() else { break };
            after = last.id.to_lowercase();
            let cached = Cached::new(snapshot);
            for parent in &parents {
                let row = snapshot.ledger_row(&entry.name, &scope, &parent.id)?;
                let was_kept = row.is_some_and(|row| {
                    row.outcome.is_known()
                        && row.outcome != catalog::Outcome::NotNeeded
                        && row.ended.is_none_or(|ended| ended < started)
                });
                if was_kept && (rescued || !step.is_needed(parent, &cached)) {
                    found.push((scope.clone(), parent.id.to_lowercase()));
                }
            }
        }
    }
    Ok(found)
}

/// Lists that were read because another could not be, which now can.
fn lists_not_needed(
    snapshot: &Snapshot,
    step: &Step,
) -> Result<Vec<(Scope, String)>, SnapshotError> {
    let Some(primary) = &step.fallback_for else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for scope in snapshot.known_lists(&step.entry.name)? {
        if is_readable(snapshot, primary, &scope)? {
            found.push((scope, String::new()));
        }
    }
    Ok(found)
}

fn not_needed(
    connection: &Connection,
    step: &Step,
    scope: &Scope,
    parent: &str,
) -> Result<(), SnapshotError> {
    let (document_type, scope) = (step.entry.name.key(), scope_key(scope));
    connection
        .prepare_cached("DELETE FROM documents WHERE type = ?1 AND parent = ?2 AND scope = ?3")?
        .execute(params![document_type, parent, scope])?;
    let Some(row) = ledger::get(
        connection,
        &step.entry.name,
        &ledger::scope_of(scope.to_owned()),
        parent,
    )?
    else {
        return Ok(());
    };
    let row = ledger::LedgerRow {
        outcome: catalog::Outcome::NotNeeded,
        ended: Some(Timestamp::now()),
        ..ledger::LedgerRow::pending(row.document_type, row.scope, &row.parent)
    };
    ledger::put(connection, &row)
}
