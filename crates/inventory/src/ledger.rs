//! The ledger: one row for every planned read.

use std::ops::ControlFlow;

use catalog::{DocumentType, Outcome, Scope};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;

use crate::format::SnapshotError;

/// Who gave what a read brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Azure Resource Graph.
    ResourceGraph,
    /// Azure Resource Manager.
    Arm,
    /// Microsoft Graph.
    Graph,
}

impl Source {
    /// The word that stands for it in the snapshot.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ResourceGraph => "resource_graph",
            Self::Arm => "arm",
            Self::Graph => "graph",
        }
    }

    fn of(word: &str) -> Option<Self> {
        [Self::ResourceGraph, Self::Arm, Self::Graph]
            .into_iter()
            .find(|source| source.as_str() == word)
    }
}

/// One planned read and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerRow {
    /// What was to be read.
    pub document_type: DocumentType,
    /// Where it belongs.
    pub scope: Scope,
    /// The id of the document it hangs below, as Azure spells it; empty for a type of its own.
    pub parent: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The last HTTP status.
    pub status: Option<u16>,
    /// Azure's error code.
    pub code: Option<String>,
    /// Azure's message.
    pub detail: Option<String>,
    /// Pages read.
    pub pages: u64,
    /// Documents read.
    pub documents: u64,
    /// Requests that had to be repeated.
    pub retries: u64,
    /// Milliseconds from the first request to the last reply.
    pub duration: u64,
    /// Azure's id of the last request.
    pub request_id: Option<String>,
    /// Where to go on, when pages are left.
    #[serde(skip)]
    pub next: Option<String>,
    /// Who gave it; absent where nothing was asked.
    pub source: Option<Source>,
    /// When the read ended: the documents are as of then.
    pub ended: Option<Timestamp>,
}

impl LedgerRow {
    /// A read that has not been tried.
    pub fn pending(document_type: DocumentType, scope: Scope, parent: &str) -> Self {
        Self {
            document_type,
            scope,
            parent: parent.to_owned(),
            outcome: Outcome::Pending,
            status: None,
            code: None,
            detail: None,
            pages: 0,
            documents: 0,
            retries: 0,
            duration: 0,
            request_id: None,
            next: None,
            source: None,
            ended: None,
        }
    }
}

/// Reads of one type in one scope that ended the same way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerGroup {
    /// What was to be read.
    pub document_type: DocumentType,
    /// Where.
    pub scope: Scope,
    /// How it ended.
    pub outcome: Outcome,
    /// How many reads.
    pub reads: u64,
    /// How many documents they gave.
    pub documents: u64,
    /// The message of one of them.
    pub detail: Option<String>,
}

const COLUMNS: &str = "name, scope, parent_id, outcome, status, code, detail, pages, documents, retries, duration, \
                       request_id, next, source, ended";

/// The text that stands for a scope in the tables.
pub(crate) fn scope_key(scope: &Scope) -> &str {
    scope.subscription_id().unwrap_or_default()
}

/// The scope that a text in the tables stands for.
pub(crate) fn scope_of(key: String) -> Scope {
    if key.is_empty() {
        Scope::Tenant
    } else {
        Scope::Subscription(key)
    }
}

fn outcome_of(text: &str) -> Outcome {
    serde_json::from_value(serde_json::Value::from(text)).unwrap_or(Outcome::Failed)
}

fn row_of(row: &Row<'_>) -> rusqlite::Result<LedgerRow> {
    Ok(LedgerRow {
        document_type: DocumentType::new(row.get::<_, String>(0)?),
        scope: scope_of(row.get(1)?),
        parent: row.get(2)?,
        outcome: outcome_of(row.get_ref(3)?.as_str()?),
        status: row.get(4)?,
        code: row.get(5)?,
        detail: row.get(6)?,
        pages: row.get::<_, i64>(7)?.unsigned_abs(),
        documents: row.get::<_, i64>(8)?.unsigned_abs(),
        retries: row.get::<_, i64>(9)?.unsigned_abs(),
        duration: row.get::<_, i64>(10)?.unsigned_abs(),
        request_id: row.get(11)?,
        next: row.get(12)?,
        source: row
            .get::<_, Option<String>>(13)?
            .and_then(|word| Source::of(&word)),
        ended: row
            .get::<_, Option<String>>(14)?
            .and_then(|time| time.parse().ok()),
    })
}

/// Writes a row, replacing what it said before.
pub(crate) fn put(connection: &Connection, row: &LedgerRow) -> Result<(), SnapshotError> {
    let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    connection
        .prepare_cached(&format!(
            "INSERT OR REPLACE INTO ledger (type, parent, {COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
        ))?
        .execute(params![
            row.document_type.key(),
            row.parent.to_lowercase(),
            row.document_type.as_str(),
            scope_key(&row.scope),
            row.parent,
            row.outcome.as_str(),
            row.status,
            row.code,
            row.detail,
            number(row.pages),
            number(row.documents),
            number(row.retries),
            number(row.duration),
            row.request_id,
            row.next,
            row.source.map(Source::as_str),
            row.ended.map(|time| time.to_string()),
        ])?;
    Ok(())
}

/// Writes a pending row unless the read is in the ledger already.
pub(crate) fn plan(connection: &Connection, row: &LedgerRow) -> Result<(), SnapshotError> {
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO ledger (type, scope, parent, parent_id, name, outcome) \
             VALUES (?,?,?,?,?,?)",
        )?
        .execute(params![
            row.document_type.key(),
            scope_key(&row.scope),
            row.parent.to_lowercase(),
            row.parent,
            row.document_type.as_str(),
            row.outcome.as_str()
        ])?;
    Ok(())
}

/// Makes reads that did not end well pending again: a resumed collection tries them once more.
/// A list without a place to go on from begins anew.
pub(crate) fn reopen(connection: &Connection) -> Result<(), SnapshotError> {
    connection.execute(
        "UPDATE ledger SET outcome = 'pending', \
         pages = iif(next IS NULL, 0, pages), documents = iif(next IS NULL, 0, documents) \
         WHERE outcome NOT IN ('read', 'absent', 'not_needed')",
        [],
    )?;
    Ok(())
}

/// The row of one read.
pub(crate) fn get(
    connection: &Connection,
    document_type: &DocumentType,
    scope: &Scope,
    parent: &str,
) -> Result<Option<LedgerRow>, SnapshotError> {
    let row = connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM ledger WHERE type = ? AND scope = ? AND parent = ?"
        ))?
        .query_row(
            params![document_type.key(), scope_key(scope), parent.to_lowercase()],
            row_of,
        )
        .optional()?;
    Ok(row)
}

/// The rows that `condition` selects, in the order of type, scope and parent.
pub(crate) fn select(
    connection: &Connection,
    condition: &str,
    values: &[&dyn rusqlite::ToSql],
) -> Result<Vec<LedgerRow>, SnapshotError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM ledger WHERE {condition} ORDER BY type, scope, parent"
    ))?;
    let rows = statement
        .query_map(values, row_of)?
        .collect::<Result<_, _>>()?;
    Ok(rows)
}

/// Every row, in the order of type, scope and parent, one at a time.
pub(crate) fn each(
    connection: &Connection,
    mut visit: impl FnMut(LedgerRow) -> ControlFlow<()>,
) -> Result<(), SnapshotError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM ledger ORDER BY type, scope, parent"
    ))?;
    for row in statement.query_map([], row_of)? {
        if visit(row?).is_break() {
            break;
        }
    }
    Ok(())
}

/// The ledger by type, scope and outcome.
pub(crate) fn groups(connection: &Connection) -> Result<Vec<LedgerGroup>, SnapshotError> {
    let mut statement = connection.prepare_cached(
        "SELECT name, scope, outcome, count(*), sum(documents), min(detail) FROM ledger \
         GROUP BY type, scope, outcome ORDER BY type, scope, outcome",
    )?;
    let groups = statement
        .query_map([], |row| {
            Ok(LedgerGroup {
                document_type: DocumentType::new(row.get::<_, String>(0)?),
                scope: scope_of(row.get(1)?),
                outcome: outcome_of(row.get_ref(2)?.as_str()?),
                reads: row.get::<_, i64>(3)?.unsigned_abs(),
                documents: row.get::<_, i64>(4)?.unsigned_abs(),
                detail: row.get(5)?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(groups)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format;

    fn ledger() -> (tempfile::TempDir, Connection) {
        let folder = tempfile::tempdir().unwrap();
        let connection = format::create(&folder.path().join("a.tdsnap")).unwrap();
        (folder, connection)
    }

    fn row(parent: &str) -> LedgerRow {
        let keys = DocumentType::from("Microsoft.KeyVault/vaults/keys");
        LedgerRow::pending(keys, Scope::subscription("S"), parent)
    }

    #[test]
    fn a_row_is_found_in_any_case_and_keeps_its_spelling() {
        let (_folder, connection) = ledger();
        let written = LedgerRow {
            outcome: Outcome::Denied,
            status: Some(403),
            retries: 2,
            ..row("/Vaults/Alpha")
        };
        put(&connection, &written).unwrap();
        let keys = DocumentType::from("microsoft.keyvault/VAULTS/keys");
        let read = get(&connection, &keys, &written.scope, "/vaults/ALPHA").unwrap();
        assert_eq!(read, Some(written));
    }

    #[test]
    fn planning_again_forgets_nothing() {
        let (_folder, connection) = ledger();
        let read = LedgerRow {
            outcome: Outcome::Read,
            documents: 3,
            ..row("/v")
        };
        put(&connection, &read).unwrap();
        plan(&connection, &row("/V")).unwrap();
        let kept = get(&connection, &read.document_type, &read.scope, "/v").unwrap();
        assert_eq!(
            kept.map(|row| (row.outcome, row.documents)),
            Some((Outcome::Read, 3))
        );
    }

    #[test]
    fn resuming_opens_what_did_not_end_well_and_nothing_else() {
        let (_folder, connection) = ledger();
        let ended = [
            Outcome::Read,
            Outcome::Absent,
            Outcome::NotNeeded,
            Outcome::Denied,
            Outcome::Failed,
        ];
        for outcome in ended {
            put(
                &connection,
                &LedgerRow {
                    outcome,
                    pages: 1,
                    ..row(outcome.as_str())
                },
            )
            .unwrap();
        }
        reopen(&connection).unwrap();
        let pending = select(&connection, "outcome = 'pending'", &[]).unwrap();
        let parents: Vec<&str> = pending.iter().map(|row| row.parent.as_str()).collect();
        assert_eq!(parents, ["denied", "failed"]);
        assert!(
            pending.iter().all(|row| row.pages == 0),
            "a list without a place to go on from begins anew"
        );
    }

    #[test]
    fn groups_count_reads_by_how_they_ended() {
        let (_folder, connection) = ledger();
        for parent in ["a", "b"] {
            put(
                &connection,
                &LedgerRow {
                    outcome: Outcome::Read,
                    documents: 2,
                    ..row(parent)
                },
            )
            .unwrap();
        }
        put(
            &connection,
            &LedgerRow {
                outcome: Outcome::Throttled,
                ..row("c")
            },
        )
        .unwrap();
        let groups = groups(&connection).unwrap();
        let counts: Vec<_> = groups
            .iter()
            .map(|group| (group.outcome, group.reads, group.documents))
            .collect();
        assert_eq!(counts, [(Outcome::Read, 2, 4), (Outcome::Throttled, 1, 0)]);
    }
}
