//! Snapshots that `collect` made.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use catalog::{DocumentType, Scope};
use inventory::{LedgerRow, Snapshot};
use tempfile::TempDir;

use super::{Azure, Contents, Ended, Program};

/// A collection that has ended.
pub struct Collected {
    pub ended: Ended,
    /// Its snapshot.
    pub file: PathBuf,
    kept: Arc<TempDir>,
}

/// The findings of a snapshot, byte for byte as the reports have them.
#[derive(PartialEq, Eq)]
pub struct Judged {
    pub csv: String,
    pub jsonl: String,
}

impl Azure {
    /// A collection that reaches its end, into a file of its own.
    pub fn collect(&self, arguments: &[&str]) -> Collected {
        let file = self.new_path("snapshot");
        let output = [Path::new("--output"), file.as_path()];
        let ended = self.program(&["collect"]).args(output).args(arguments);
        Collected {
            ended: ended.run().expect(0),
            file,
            kept: self.kept(),
        }
    }
}

impl Collected {
    /// The snapshot.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::open(&self.file).unwrap()
    }

    /// Every document.
    pub fn contents(&self) -> Contents {
        Contents::read(&self.file)
    }

    /// The ledger's row of a read.
    #[track_caller]
    pub fn row(&self, document_type: &str, scope: &Scope, parent: &str) -> LedgerRow {
        let row = self
            .snapshot()
            .ledger_row(&DocumentType::from(document_type), scope, parent);
        row.unwrap().unwrap_or_else(|| {
            panic!("no ledger row of {document_type} in {scope:?} below `{parent}`")
        })
    }

    /// Its findings.
    pub fn judged(&self) -> Judged {
        let folder = self.kept.path().join(format!(
            "{}-findings",
            self.file.file_name().unwrap().to_string_lossy()
        ));
        if !folder.exists() {
            Program::new([Path::new("evaluate"), &self.file, Path::new("-o"), &folder])
                .run()
                .expect(0);
        }
        Judged::read(&folder)
    }
}

impl Judged {
    /// The findings in a report folder.
    pub fn read(folder: &Path) -> Self {
        let text = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
        Self {
            csv: text("findings.csv"),
            jsonl: text("findings.jsonl"),
        }
    }

    /// Fails with the first lines that differ.
    #[track_caller]
    pub fn is(&self, other: &Self) {
        let lines = self.jsonl.lines().zip(other.jsonl.lines());
        let differing: Vec<_> = lines.filter(|(one, other)| one != other).take(3).collect();
        assert!(differing.is_empty(), "{differing:#?}");
        assert!(self == other, "the findings differ in number or as CSV");
    }
}

/// Makes a snapshot as the first version of the format had it.
pub fn into_format_1(file: &Path) {
    let connection = rusqlite::Connection::open(file).unwrap();
    connection
        .execute_batch(
            "DROP TABLE cursors; ALTER TABLE ledger DROP COLUMN source;
             ALTER TABLE ledger DROP COLUMN ended; PRAGMA user_version = 1;",
        )
        .unwrap();
}
