//! The file format of a snapshot: how one is made, recognised and opened.
//!
//! A snapshot is a SQLite database. `PRAGMA application_id` says that it is ours and
//! `PRAGMA user_version` which version of the format it has; `docs/snapshot-format.md` describes
//! the tables.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

/// The version of the format that this program writes, and the newest it reads.
pub const FORMAT_VERSION: i32 = 2;

/// "TDSN": marks a SQLite file as a snapshot.
const APPLICATION_ID: i32 = 0x5444_534e;

const SCHEMA: &str = "
CREATE TABLE manifest (only INTEGER PRIMARY KEY CHECK (only = 1), body TEXT NOT NULL);
CREATE TABLE documents (
    type   TEXT NOT NULL,
    scope  TEXT NOT NULL,
    parent TEXT NOT NULL,
    key    TEXT NOT NULL,
    name   TEXT NOT NULL,
    id     TEXT NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (type, scope, key)
);
CREATE INDEX documents_by_parent ON documents (type, parent, key);
CREATE TABLE ledger (
    type       TEXT NOT NULL,
    scope      TEXT NOT NULL,
    parent     TEXT NOT NULL,
    parent_id  TEXT NOT NULL,
    name       TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    status     INTEGER,
    code       TEXT,
    detail     TEXT,
    pages      INTEGER NOT NULL DEFAULT 0,
    documents  INTEGER NOT NULL DEFAULT 0,
    retries    INTEGER NOT NULL DEFAULT 0,
    duration   INTEGER NOT NULL DEFAULT 0,
    request_id TEXT,
    next       TEXT,
    source     TEXT,
    ended      TEXT,
    PRIMARY KEY (type, scope, parent)
) WITHOUT ROWID;
CREATE INDEX ledger_by_outcome ON ledger (outcome);
CREATE TABLE cursors (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
";

/// What a snapshot of version 1 lacks.
const FROM_1_TO_2: &str = "
ALTER TABLE ledger ADD COLUMN source TEXT;
ALTER TABLE ledger ADD COLUMN ended TEXT;
CREATE TABLE cursors (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
PRAGMA user_version = 2;
";

/// A snapshot of version 1 in the form of version 2, for who only reads: temporary names come first.
const READ_1_AS_2: &str = "
CREATE TEMP VIEW ledger AS SELECT *, NULL AS source, NULL AS ended FROM main.ledger;
CREATE TEMP VIEW cursors AS SELECT NULL AS name, NULL AS value WHERE 0;
";

/// Why a snapshot cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// There is no such file.
    #[error("there is no snapshot at {0}")]
    Missing(PathBuf),
    /// A collection would overwrite it.
    #[error("{0} exists already")]
    Exists(PathBuf),
    /// The file cannot be made.
    #[error("{} cannot be made: {_1}", _0.display())]
    Unwritable(PathBuf, std::io::Error),
    /// It is something else.
    #[error("{0} is not a ThreatDefence snapshot")]
    Foreign(PathBuf),
    /// A later program wrote it.
    #[error(
        "{path} has snapshot format {found}; this program reads formats up to {FORMAT_VERSION}"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i32,
    },
    /// The disk or the database failed.
    #[error("the snapshot could not be used: {0}")]
    Database(#[from] rusqlite::Error),
    /// What it holds is damaged.
    #[error("the snapshot is damaged: {0}")]
    Damaged(String),
    /// The thread that writes it is gone.
    #[error("the snapshot could not be written: {0}")]
    Writer(String),
}

/// Makes an empty snapshot.
pub(crate) fn create(path: &Path) -> Result<Connection, SnapshotError> {
    if path.exists() {
        return Err(SnapshotError::Exists(path.to_owned()));
    }
    claim(path).map_err(|error| SnapshotError::Unwritable(path.to_owned(), error))?;
    let connection = Connection::open(path)?;
    prepare(&connection)?;
    connection.pragma_update(None, "application_id", APPLICATION_ID)?;
    connection.pragma_update(None, "user_version", FORMAT_VERSION)?;
    connection.execute_batch(SCHEMA)?;
    Ok(connection)
}

/// Makes the file for its owner's eyes only: a snapshot describes a whole environment. SQLite gives
/// the journal beside it the same mode.
pub(crate) fn claim(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Opens a snapshot to go on with its collection.
pub(crate) fn open_for_writing(path: &Path) -> Result<Connection, SnapshotError> {
    let (mut connection, version) = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    prepare(&connection)?;
    if version < 2 {
        let upgrade = connection.transaction()?;
        upgrade.execute_batch(FROM_1_TO_2)?;
        upgrade.commit()?;
    }
    Ok(connection)
}

/// Opens a snapshot for reading. A collection that was killed leaves a journal beside the file;
/// only a writable connection can take that in.
pub(crate) fn open_for_reading(path: &Path) -> Result<Connection, SnapshotError> {
    let mut journal = path.as_os_str().to_owned();
    journal.push("-wal");
    let flags = match Path::new(&journal).exists() {
        true => OpenFlags::SQLITE_OPEN_READ_WRITE,
        false => OpenFlags::SQLITE_OPEN_READ_ONLY,
    };
    let (connection, version) = open(path, flags)?;
    if version < 2 {
        connection.execute_batch(READ_1_AS_2)?;
    }
    Ok(connection)
}

/// Folds the journal into the file, so that a finished snapshot is one file.
pub(crate) fn seal(connection: &Connection) -> Result<(), SnapshotError> {
    connection.pragma_update(None, "journal_mode", "DELETE")?;
    Ok(())
}

/// The connection, and the version that the file has.
fn open(path: &Path, flags: OpenFlags) -> Result<(Connection, i32), SnapshotError> {
    if !path.is_file() {
        return Err(SnapshotError::Missing(path.to_owned()));
    }
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(Duration::from_secs(30))?;
    // Statements keep their plan. Without it, SQLite parses each anew whenever a value is bound: statistics that it
    // could take from the value are not kept in a snapshot.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    match pragma("application_id") {
        Ok(APPLICATION_ID) => {}
        _ => return Err(SnapshotError::Foreign(path.to_owned())),
    }
    match pragma("user_version")? {
        found if found > FORMAT_VERSION => Err(SnapshotError::Newer {
            path: path.to_owned(),
            found,
        }),
        version => Ok((connection, version)),
    }
}

/// Write-ahead logging lets the collector read parents while children are written. Losing the last
/// moments to a power cut is no loss: resuming reads them again.
fn prepare(connection: &Connection) -> Result<(), SnapshotError> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.busy_timeout(Duration::from_secs(30))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    #[test]
    fn what_was_made_opens_again() {
        let folder = folder();
        let path = folder.path().join("a.tdsnap");
        seal(&create(&path).unwrap()).unwrap();
        open_for_reading(&path).unwrap();
        open_for_writing(&path).unwrap();
        assert!(matches!(create(&path), Err(SnapshotError::Exists(_))));
    }

    #[test]
    fn a_foreign_file_is_refused() {
        let folder = folder();
        let text = folder.path().join("notes.txt");
        std::fs::write(&text, "hello, this is no database at all").unwrap();
        assert!(matches!(
            open_for_reading(&text),
            Err(SnapshotError::Foreign(_))
        ));
        let other = folder.path().join("other.db");
        Connection::open(&other)
            .unwrap()
            .execute_batch("CREATE TABLE t (x)")
            .unwrap();
        assert!(matches!(
            open_for_reading(&other),
            Err(SnapshotError::Foreign(_))
        ));
        let missing = folder.path().join("missing");
        assert!(matches!(
            open_for_reading(&missing),
            Err(SnapshotError::Missing(_))
        ));
        assert!(!missing.exists());
    }

    #[test]
    fn a_newer_format_is_refused_by_its_number() {
        let folder = folder();
        let path = folder.path().join("new.tdsnap");
        let connection = create(&path).unwrap();
        connection
            .pragma_update(None, "user_version", FORMAT_VERSION + 1)
            .unwrap();
        drop(connection);
        let message = open_for_reading(&path).unwrap_err().to_string();
        let found = format!("has snapshot format {}", FORMAT_VERSION + 1);
        assert!(message.contains(&found), "{message}");
    }

    /// A file as version 1 wrote it.
    fn first_version(path: &Path) {
        let connection = create(path).unwrap();
        connection
            .execute_batch(
                "DROP TABLE cursors; ALTER TABLE ledger DROP COLUMN source;
                 ALTER TABLE ledger DROP COLUMN ended; PRAGMA user_version = 1;
                 INSERT INTO ledger (type, scope, parent, parent_id, name, outcome)
                 VALUES ('a/b', 's', '', '', 'A/b', 'read');",
            )
            .unwrap();
        seal(&connection).unwrap();
    }

    fn sources(connection: &Connection) -> Vec<Option<String>> {
        let mut statement = connection.prepare("SELECT source FROM ledger").unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }

    #[test]
    fn the_first_version_is_read_as_it_is_and_upgraded_to_be_gone_on_with() {
        let folder = folder();
        let path = folder.path().join("old.tdsnap");
        first_version(&path);
        assert_eq!(sources(&open_for_reading(&path).unwrap()), [None]);
        drop(open_for_writing(&path).unwrap());
        let upgraded = open_for_reading(&path).unwrap();
        assert_eq!(sources(&upgraded), [None]);
        upgraded
            .query_row("SELECT count(*) FROM main.cursors", [], |_| Ok(()))
            .unwrap();
    }
}
