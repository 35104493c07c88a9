//! What a scan left behind.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use catalog::{DocumentType, Scope};
use inventory::{LedgerRow, Snapshot};
use serde_json::Value;
use tempfile::TempDir;

use super::{Ended, Finding};

/// A scan that has ended.
pub struct Scan {
    pub ended: Ended,
    /// Its report folder.
    pub folder: PathBuf,
    /// Keeps the folder after its Azure has gone.
    pub _kept: Arc<TempDir>,
}

impl Scan {
    /// Its findings, from `findings.csv`.
    pub fn findings(&self) -> Vec<Finding> {
        Finding::read(&self.folder)
    }

    /// The one finding of a check on the resource whose id ends so.
    #[track_caller]
    pub fn finding(&self, check: &str, resource: &str) -> Finding {
        let mut found = self.findings();
        found.retain(|finding| {
            finding.check_id == check && finding.resource_id.ends_with(&resource.to_lowercase())
        });
        assert_eq!(
            found.len(),
            1,
            "{check} on {resource}: {found:#?}\n{}",
            self.ended
        );
        found.remove(0)
    }

    /// The snapshot.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::open(&self.folder.join("snapshot.tdsnap")).unwrap()
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

    /// `summary.json`.
    pub fn summary(&self) -> Value {
        json_file(&self.folder.join("summary.json"))
    }

    /// The terminal says in its first and last line that something was not read.
    #[track_caller]
    pub fn says_incomplete(&self) {
        assert!(
            self.ended.first_line().contains(" incomplete: "),
            "{}",
            self.ended
        );
        assert!(
            self.ended.last_line().starts_with("Incomplete: "),
            "{}",
            self.ended
        );
        assert_eq!(self.summary()["complete"], false);
    }
}

fn json_file(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}
