//! Changes to a copied snapshot: reads that begin anew, documents that are taken out.

use catalog::{DocumentType, Scope};
use rusqlite::{Connection, params};

use crate::format::SnapshotError;
use crate::ledger::{self, scope_key};

use super::ids;

/// What a row says of a read that has not been tried. Nothing of the earlier try is left: a link to go
/// on from is no longer good, and what it had read has changed since.
const ANEW: &str = "outcome = 'pending', status = NULL, code = NULL, detail = NULL, pages = 0, documents = 0, \
                    retries = 0, duration = 0, request_id = NULL, next = NULL, source = NULL, ended = NULL";

/// Makes the reads that a condition on the ledger selects pending again and takes out what they gave.
/// Says how many there were.
pub(super) fn reopen(
    connection: &Connection,
    condition: &str,
    values: &[&dyn rusqlite::ToSql],
) -> Result<u64, SnapshotError> {
    let rows: Vec<(String, String, String)> = connection
        .prepare_cached(&format!(
            "SELECT type, scope, parent FROM ledger WHERE {condition}"
        ))?
        .query_map(values, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    for (document_type, scope, parent) in &rows {
        connection
            .prepare_cached("DELETE FROM documents WHERE type = ?1 AND parent = ?2 AND scope = ?3")?
            .execute(params![document_type, parent, scope])?;
    }
    connection
        .prepare_cached(&format!("UPDATE ledger SET {ANEW} WHERE {condition}"))?
        .execute(values)?;
    Ok(rows.len() as u64)
}

/// Makes one read pending again.
pub(super) fn reopen_one(
    connection: &Connection,
    document_type: &str,
    scope: &str,
    parent: &str,
) -> Result<u64, SnapshotError> {
    let condition = "type = ?1 AND scope = ?2 AND parent = ?3 AND outcome <> 'pending'";
    reopen(connection, condition, &[&document_type, &scope, &parent])
}

/// Makes every read of a type pending again.
pub(super) fn reopen_type(
    connection: &Connection,
    document_type: &str,
) -> Result<u64, SnapshotError> {
    reopen(
        connection,
        "type = ?1 AND outcome <> 'pending'",
        &[&document_type],
    )
}

/// Takes out what was read below an id, documents and rows: whatever is there now is read as new.
pub(super) fn forget_below(
    connection: &Connection,
    child_types: &[String],
    id: &str,
) -> Result<u64, SnapshotError> {
    let (first, end) = below(id);
    let scope = ids::subscription(id).unwrap_or_default();
    let mut forgotten = 0;
    for child in child_types {
        for table in ["documents", "ledger"] {
            let gone = connection
                .prepare_cached(&format!(
                    "DELETE FROM {table} WHERE type = ?1 AND scope = ?2 \
                     AND (parent = ?3 OR (parent >= ?4 AND parent < ?5))"
                ))?
                .execute(params![child, scope, id, first, end])?;
            if table == "ledger" {
                forgotten += gone as u64;
            }
        }
    }
    Ok(forgotten)
}

/// Takes out one document. Says whether it was there.
pub(super) fn take_out(
    connection: &Connection,
    document_type: &str,
    scope: &str,
    key: &str,
) -> Result<bool, SnapshotError> {
    let gone = connection
        .prepare_cached("DELETE FROM documents WHERE type = ?1 AND scope = ?2 AND key = ?3")?
        .execute(params![document_type, scope, key])?;
    Ok(gone > 0)
}

/// Makes the row of a read say how many documents there are of it now.
pub(super) fn recount(
    connection: &Connection,
    document_type: &str,
    scope: &str,
    parent: &str,
) -> Result<(), SnapshotError> {
    connection
        .prepare_cached(
            "UPDATE ledger SET documents = (SELECT count(*) FROM documents d \
             WHERE d.type = ledger.type AND d.parent = ledger.parent AND d.scope = ledger.scope) \
             WHERE type = ?1 AND scope = ?2 AND parent = ?3",
        )?
        .execute(params![document_type, scope, parent])?;
    Ok(())
}

/// The ids, in lower case, of the documents of a type that lie at or below an id.
pub(super) fn keys_below(
    connection: &Connection,
    document_type: &str,
    id: &str,
) -> Result<Vec<String>, SnapshotError> {
    let (first, end) = below(id);
    let scope = ids::subscription(id).unwrap_or_default();
    let keys = connection
        .prepare_cached(
            "SELECT key FROM documents WHERE type = ?1 AND scope = ?2 \
             AND (key = ?3 OR (key >= ?4 AND key < ?5)) ORDER BY key",
        )?
        .query_map(params![document_type, scope, id, first, end], |row| {
            row.get(0)
        })?
        .collect::<Result<_, _>>()?;
    Ok(keys)
}

/// Whether Resource Graph gave any read of a type in a scope.
pub(super) fn has_rows_of_tables(
    connection: &Connection,
    document_type: &str,
    scope: &str,
) -> Result<bool, SnapshotError> {
    let found = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM ledger WHERE type = ?1 AND scope = ?2 AND source = 'resource_graph')",
        )?
        .query_row([document_type, scope], |row| row.get(0))?;
    Ok(found)
}

/// How many documents of a type there are.
pub(super) fn count(connection: &Connection, document_type: &str) -> Result<u64, SnapshotError> {
    let count: i64 = connection
        .prepare_cached("SELECT count(*) FROM documents WHERE type = ?1")?
        .query_row([document_type], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// Between which texts all ids below an id lie: `0` is the character after the slash.
fn below(id: &str) -> (String, String) {
    (format!("{id}/"), format!("{id}0"))
}

/// Takes a type out of the snapshot altogether.
pub(super) fn drop_type(connection: &Connection, document_type: &str) -> Result<(), SnapshotError> {
    for table in ["documents", "ledger"] {
        connection.execute(
            &format!("DELETE FROM {table} WHERE type = ?"),
            [document_type],
        )?;
    }
    Ok(())
}

/// Takes a scope out of the snapshot altogether.
pub(super) fn drop_scope(connection: &Connection, scope: &Scope) -> Result<(), SnapshotError> {
    for table in ["documents", "ledger"] {
        connection.execute(
            &format!("DELETE FROM {table} WHERE scope = ?"),
            [scope_key(scope)],
        )?;
    }
    Ok(())
}

/// The types that the snapshot knows, in lower case.
pub(super) fn types(connection: &Connection) -> Result<Vec<String>, SnapshotError> {
    column(
        connection,
        "SELECT DISTINCT type FROM ledger UNION SELECT DISTINCT type FROM documents",
    )
}

/// The scopes that the snapshot knows.
pub(super) fn scopes(connection: &Connection) -> Result<Vec<Scope>, SnapshotError> {
    let scopes = column(
        connection,
        "SELECT DISTINCT scope FROM ledger UNION SELECT DISTINCT scope FROM documents",
    )?;
    Ok(scopes.into_iter().map(ledger::scope_of).collect())
}

fn column(connection: &Connection, query: &str) -> Result<Vec<String>, SnapshotError> {
    let mut statement = connection.prepare(query)?;
    let values = statement
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(values)
}

/// The types of a plan that hang below others, in lower case.
pub(super) fn child_types(plan: &catalog::Plan) -> Vec<String> {
    plan.all_steps()
        .into_iter()
        .filter(|step| step.entry.parent.is_some())
        .map(|step| DocumentType::key(&step.entry.name))
        .collect()
}
