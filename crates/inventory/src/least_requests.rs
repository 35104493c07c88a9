//! How few requests could have brought what a snapshot holds: the measure for those that were made.

use std::collections::BTreeMap;

use catalog::{Entry, Method, Plan};

use crate::format::SnapshotError;
use crate::snapshot::Snapshot;

/// Rows of a page of Resource Graph.
/// <https://learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources>
const ROWS: u64 = 1_000;

/// Requests of a batch. <https://learn.microsoft.com/graph/json-batching>
const BATCH: u64 = 20;

/// A token of each service, the tenant's name and the list of subscriptions.
const BEFORE: u64 = 4;

impl Snapshot {
    /// The requests that the reads of `plan` need at the least: documents over what one request can
    /// carry, where each list is asked for once, even if it turns out to be empty. A request carries
    /// one child; those `in_batches` were carried twenty at a time.
    ///
    /// Pages of lists count as Azure gave them: it decides their size.
    ///
    /// # Errors
    /// The database failed.
    pub fn least_requests(&self, plan: &Plan, in_batches: u64) -> Result<u64, SnapshotError> {
        let mut entries: BTreeMap<String, &Entry> = BTreeMap::new();
        for step in plan.all_steps() {
            entries.insert(step.entry.name.key(), &step.entry);
        }
        let mut least = BEFORE + self.rows_of_resource_graph()?.div_ceil(ROWS);
        // Reads that a batch can take.
        let mut children = 0;
        for asked in self.asked()? {
            if !asked.is_child {
                least += asked.pages.max(asked.reads);
                continue;
            }
            least += asked.pages.saturating_sub(asked.reads);
            let is_get = entries
                .get(&asked.key)
                .is_none_or(|entry| entry.method == Method::Get);
            match is_get {
                true => children += asked.reads,
                false => least += asked.reads,
            }
        }
        let in_batches = in_batches.min(children);
        Ok(least + in_batches.div_ceil(BATCH) + children - in_batches)
    }
}

/// Reads of one type that were asked of one service.
pub(crate) struct Asked {
    /// The type in lower case.
    pub(crate) key: String,
    pub(crate) is_child: bool,
    pub(crate) reads: u64,
    pub(crate) pages: u64,
}

#[cfg(test)]
mod tests {
    use catalog::{Catalog, DocumentType, Outcome, Requirement, Scope};

    use super::*;
    use crate::format;
    use crate::ledger::{self, LedgerRow, Source};

    fn row(of: &str, parent: &str, source: Source, pages: u64) -> LedgerRow {
        LedgerRow {
            outcome: Outcome::Read,
            source: Some(source),
            ended: "2026-01-02T00:00:00Z".parse().ok(),
            pages,
            ..LedgerRow::pending(DocumentType::from(of), Scope::subscription("s"), parent)
        }
    }

    #[test]
    fn lists_count_by_the_page_children_by_the_batch_and_actions_one_by_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tdsnap");
        let connection = format::create(&path).unwrap();
        let manifest = r#"{"tool_version":"0","tenant_id":"t","tenant_name":null,"cloud":"c","identity":"i",
            "started":"2026-01-01T00:00:00Z","finished":null,"subscriptions":[],"skipped":[],
            "resource_groups":[],"checks":[],"requests":{},"collect_seconds":0.0}"#;
        connection
            .execute("INSERT INTO manifest VALUES (1, ?)", [manifest])
            .unwrap();
        let put = |row: LedgerRow| ledger::put(&connection, &row).unwrap();
        put(row("graph/users", "", Source::Graph, 3));
        put(LedgerRow {
            ended: "2025-12-31T00:00:00Z".parse().ok(),
            ..row("graph/groups", "", Source::Graph, 99)
        });
        put(row("Microsoft.Web/sites", "", Source::ResourceGraph, 1));
        let insert =
            "INSERT INTO documents VALUES ('microsoft.web/sites', 's', '', ?1, 'x', ?1, '{}')";
        for site in 0..1_001 {
            let id = format!("/subscriptions/s/{site}");
            connection.execute(insert, [&id]).unwrap();
        }
        for site in 0..21 {
            let id = format!("/{site}");
            put(row("Microsoft.Web/sites/config/web", &id, Source::Arm, 1));
        }
        put(row("Microsoft.KeyVault/vaults/keys", "/v", Source::Arm, 3));
        put(row(
            "Microsoft.Web/sites/host/default/listkeys",
            "/1",
            Source::Arm,
            1,
        ));
        let plan = Plan::new(
            &Catalog::builtin().unwrap(),
            &[Requirement::always(
                "Microsoft.Web/sites/host/default/listkeys".into(),
            )],
        )
        .unwrap();
        let least = |in_batches| {
            let snapshot = Snapshot::open(&path).unwrap();
            snapshot.least_requests(&plan, in_batches).unwrap()
        };
        // What an earlier collection read counts there. 4 before, 3 pages of users, 2 of sites, 2 more of keys, 1 action; 22 children.
        assert_eq!(least(22), 12 + 2);
        assert_eq!(least(20), 12 + 1 + 2);
        assert_eq!(least(0), 12 + 22);
        assert_eq!(
            least(1_000),
            12 + 2,
            "retries inside batches are no children"
        );
    }
}
