//! The read side of a snapshot.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use catalog::{
    Children, Document, DocumentType, Documents, Outcome, ReadState, Scope, SourceError,
};
use rusqlite::{Connection, OptionalExtension, params};

use crate::cursors;
use crate::format::{self, SnapshotError};
use crate::least_requests::Asked;
use crate::ledger::{self, LedgerGroup, LedgerRow, scope_key};
use crate::manifest::Manifest;

/// How many documents are held at a time while a type is walked over.
const CHUNK: u32 = 500;

/// An open snapshot. Everything after collection is a function of it.
pub struct Snapshot {
    connection: Connection,
    manifest: Manifest,
}

impl Snapshot {
    /// Opens a snapshot for reading.
    ///
    /// # Errors
    /// It is missing, foreign, newer than this program, or damaged.
    pub fn open(path: &Path) -> Result<Self, SnapshotError> {
        let connection = format::open_for_reading(path)?;
        let body: Option<String> = connection
            .query_row("SELECT body FROM manifest", [], |row| row.get(0))
            .optional()?;
        let body = body.ok_or_else(|| SnapshotError::Damaged("it has no manifest".to_owned()))?;
        let manifest = serde_json::from_str(&body)
            .map_err(|error| SnapshotError::Damaged(error.to_string()))?;
        Ok(Self {
            connection,
            manifest,
        })
    }

    /// From now on sees the snapshot as it is now, for who asks many questions: the file is locked once rather than for
    /// each.
    ///
    /// # Errors
    /// The database failed.
    pub fn hold(&self) -> Result<(), SnapshotError> {
        self.connection.execute_batch("BEGIN")?;
        Ok(())
    }

    /// What the snapshot says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The ledger by type, scope and outcome.
    ///
    /// # Errors
    /// The database failed.
    pub fn ledger_groups(&self) -> Result<Vec<LedgerGroup>, SnapshotError> {
        ledger::groups(&self.connection)
    }

    /// Every row of the ledger, in the order of type, scope and parent, one at a time.
    ///
    /// # Errors
    /// The database failed.
    pub fn each_ledger_row(
        &self,
        visit: impl FnMut(LedgerRow) -> ControlFlow<()>,
    ) -> Result<(), SnapshotError> {
        ledger::each(&self.connection, visit)
    }

    /// The ledger's row of one read.
    ///
    /// # Errors
    /// The database failed.
    pub fn ledger_row(
        &self,
        document_type: &DocumentType,
        scope: &Scope,
        parent: &str,
    ) -> Result<Option<LedgerRow>, SnapshotError> {
        ledger::get(&self.connection, document_type, scope, parent)
    }

    /// How many documents it holds.
    ///
    /// # Errors
    /// The database failed.
    pub fn document_count(&self) -> Result<u64, SnapshotError> {
        let count: i64 =
            self.connection
                .query_row("SELECT count(*) FROM documents", [], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// How many documents of each type it holds.
    ///
    /// # Errors
    /// The database failed.
    pub fn document_counts(&self) -> Result<BTreeMap<DocumentType, u64>, SnapshotError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT min(name), count(*) FROM documents GROUP BY type")?;
        let counts = statement
            .query_map([], |row| {
                let count: i64 = row.get(1)?;
                Ok((
                    DocumentType::new(row.get::<_, String>(0)?),
                    count.unsigned_abs(),
                ))
            })?
            .collect::<Result<_, _>>()?;
        Ok(counts)
    }

    /// How many documents of a type it holds.
    pub(crate) fn count_of(&self, document_type: &DocumentType) -> Result<u64, SnapshotError> {
        let count: i64 = self
            .connection
            .prepare_cached("SELECT count(*) FROM documents WHERE type = ?")?
            .query_row([document_type.key()], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }

    /// The next documents of a type after the one with the key `after`, in the order of ids.
    pub(crate) fn chunk(
        &self,
        document_type: &DocumentType,
        scope: &Scope,
        after: &str,
    ) -> Result<Vec<Document>, SnapshotError> {
        self.at_most(CHUNK, document_type, scope, after)
    }

    /// As [`Snapshot::chunk`], of at most so many documents.
    pub(crate) fn at_most(
        &self,
        most: u32,
        document_type: &DocumentType,
        scope: &Scope,
        after: &str,
    ) -> Result<Vec<Document>, SnapshotError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT name, id, scope, body FROM documents WHERE type = ? AND scope = ? AND key > ? ORDER BY key LIMIT ?",
        )?;
        let rows = statement
            .query_map(
                params![document_type.key(), scope_key(scope), after, most],
                document_parts,
            )?
            .collect::<Result<Vec<_>, _>>()?;
        rows.into_iter().map(document_of).collect()
    }

    /// The scopes in which documents of a type may be: those of the type it hangs below, if any.
    pub(crate) fn scopes(&self, document_type: &DocumentType) -> Result<Vec<Scope>, SnapshotError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT DISTINCT scope FROM documents WHERE type = ? ORDER BY scope")?;
        let scopes = statement
            .query_map([document_type.key()], |row| {
                Ok(ledger::scope_of(row.get(0)?))
            })?
            .collect::<Result<_, _>>()?;
        Ok(scopes)
    }

    /// How many documents of a type hang below one document.
    pub(crate) fn count_below(
        &self,
        document_type: &DocumentType,
        parent: &str,
    ) -> Result<u64, SnapshotError> {
        let count: i64 = self
            .connection
            .prepare_cached("SELECT count(*) FROM documents WHERE type = ? AND parent = ?")?
            .query_row(params![document_type.key(), parent.to_lowercase()], |row| {
                row.get(0)
            })?;
        Ok(count.unsigned_abs())
    }

    /// How many documents of a type each scope has.
    pub(crate) fn counts(
        &self,
        document_type: &DocumentType,
    ) -> Result<Vec<(Scope, u64)>, SnapshotError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT scope, count(*) FROM documents WHERE type = ? GROUP BY scope",
        )?;
        let counts = statement
            .query_map([document_type.key()], |row| {
                let count: i64 = row.get(1)?;
                Ok((ledger::scope_of(row.get(0)?), count.unsigned_abs()))
            })?
            .collect::<Result<_, _>>()?;
        Ok(counts)
    }

    /// The scopes in which the list of a type needs no reading any more.
    pub(crate) fn known_lists(
        &self,
        document_type: &DocumentType,
    ) -> Result<Vec<Scope>, SnapshotError> {
        let rows = ledger::select(
            &self.connection,
            "type = ? AND parent = '' AND outcome IN ('read', 'absent', 'not_needed')",
            &[&document_type.key()],
        )?;
        Ok(rows.into_iter().map(|row| row.scope).collect())
    }

    /// Reads that this collection asked of a service by themselves, by type.
    pub(crate) fn asked(&self) -> Result<Vec<Asked>, SnapshotError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT type, parent <> '', count(*), sum(pages) FROM ledger \
             WHERE source IN ('arm', 'graph') AND ended >= ? GROUP BY 1, 2",
        )?;
        let asked = statement
            .query_map([self.manifest.started.to_string()], |row| {
                Ok(Asked {
                    key: row.get(0)?,
                    is_child: row.get(1)?,
                    reads: row.get::<_, i64>(2)?.unsigned_abs(),
                    pages: row.get::<_, i64>(3)?.unsigned_abs(),
                })
            })?
            .collect::<Result<_, _>>()?;
        Ok(asked)
    }

    /// The rows of Resource Graph that documents of this collection come from. What is assigned or defined above
    /// subscriptions is one row and a document in each.
    pub(crate) fn rows_of_resource_graph(&self) -> Result<u64, SnapshotError> {
        let rows: i64 = self.connection.query_row(
            "WITH kept AS (
                 SELECT d.type, d.key, d.scope FROM documents d JOIN ledger l
                 ON l.type = d.type AND l.scope = d.scope AND l.parent = d.parent
                 WHERE l.source = 'resource_graph' AND l.ended >= ?),
             own AS (
                 SELECT * FROM kept WHERE type <> 'microsoft.authorization/roledefinitions'
                 AND substr(key, 1, 15 + length(scope)) = '/subscriptions/' || scope)
             SELECT (SELECT count(*) FROM own) + (
                 SELECT count(DISTINCT replace(key, '/subscriptions/' || scope, '')) FROM (
                     SELECT * FROM kept EXCEPT SELECT * FROM own))",
            [self.manifest.started.to_string()],
            |row| row.get(0),
        )?;
        Ok(rows.unsigned_abs())
    }

    /// A cursor's value.
    pub(crate) fn cursor(&self, name: &str) -> Result<Option<String>, SnapshotError> {
        cursors::get(&self.connection, name)
    }

    /// The cursors whose names begin with `prefix`.
    pub(crate) fn cursors(&self, prefix: &str) -> Result<Vec<(String, String)>, SnapshotError> {
        cursors::all(&self.connection, prefix)
    }

    fn children_of(
        &self,
        child: &DocumentType,
        parent: &Document,
    ) -> Result<Children, SnapshotError> {
        let row = ledger::get(&self.connection, child, &parent.scope, &parent.id)?
            .unwrap_or_else(|| LedgerRow::pending(child.clone(), parent.scope.clone(), &parent.id));
        let mut statement = self
            .connection
            .prepare_cached("SELECT name, id, scope, body FROM documents WHERE type = ? AND parent = ? ORDER BY key")?;
        let parts = statement
            .query_map(
                params![child.key(), parent.id.to_lowercase()],
                document_parts,
            )?
            .collect::<Result<Vec<_>, _>>()?;
        let documents = parts
            .into_iter()
            .map(document_of)
            .collect::<Result<_, _>>()?;
        Ok(Children {
            state: state_of(row),
            documents,
        })
    }
}

impl Documents for Snapshot {
    fn tenant_id(&self) -> &str {
        &self.manifest.tenant_id
    }

    fn reads(&self, document_type: &DocumentType) -> Result<Vec<ReadState>, SourceError> {
        let rows = ledger::select(
            &self.connection,
            "type = ? AND parent = ''",
            &[&document_type.key()],
        )
        .map_err(source_error)?;
        Ok(rows.into_iter().map(state_of).collect())
    }

    fn visit(
        &self,
        document_type: &DocumentType,
        scope: &Scope,
        visit: &mut dyn FnMut(Document) -> ControlFlow<()>,
    ) -> Result<(), SourceError> {
        let mut after = String::new();
        loop {
            let chunk = self
                .chunk(document_type, scope, &after)
                .map_err(source_error)?;
            let Some(last) = chunk.last() else {
                return Ok(());
            };
            after = last.id.to_lowercase();
            if chunk.into_iter().try_for_each(&mut *visit).is_break() {
                return Ok(());
            }
        }
    }

    fn children(&self, child: &DocumentType, parent: &Document) -> Result<Children, SourceError> {
        self.children_of(child, parent).map_err(source_error)
    }

    fn child_gaps(
        &self,
        child: &DocumentType,
        scope: &Scope,
    ) -> Result<Vec<(String, ReadState)>, SourceError> {
        let rows = ledger::select(
            &self.connection,
            "type = ? AND scope = ? AND parent <> '' AND outcome NOT IN ('read', 'absent', 'not_needed')",
            &[&child.key(), &scope_key(scope)],
        )
        .map_err(source_error)?;
        Ok(rows
            .into_iter()
            .map(|row| (row.parent.clone(), state_of(row)))
            .collect())
    }
}

fn source_error(error: SnapshotError) -> SourceError {
    SourceError(error.to_string())
}

fn state_of(row: LedgerRow) -> ReadState {
    let detail = match row.outcome {
        Outcome::Read | Outcome::Absent | Outcome::NotNeeded => None,
        _ => row.detail,
    };
    ReadState {
        scope: row.scope,
        outcome: row.outcome,
        detail,
    }
}

type Parts = (String, String, String, String);

fn document_parts(row: &rusqlite::Row<'_>) -> rusqlite::Result<Parts> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
}

fn document_of((name, id, scope, body): Parts) -> Result<Document, SnapshotError> {
    let body = serde_json::from_str(&body)
        .map_err(|error| SnapshotError::Damaged(format!("{id}: {error}")))?;
    Ok(Document {
        document_type: DocumentType::new(name),
        id,
        scope: ledger::scope_of(scope),
        body,
    })
}
