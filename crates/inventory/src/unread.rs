//! What the ledger says was not read, as far as it matters to a plan.

use std::collections::BTreeMap;

use catalog::{DocumentType, Entry, Outcome, Plan, Scope};

use crate::format::SnapshotError;
use crate::ledger::LedgerGroup;
use crate::snapshot::Snapshot;

impl Snapshot {
    /// The reads of `plan` that were not answered. One whose fallback was read everywhere is not
    /// among them: what it would have told is known all the same.
    ///
    /// # Errors
    /// The database failed.
    pub fn unread(&self, plan: &Plan) -> Result<Vec<LedgerGroup>, SnapshotError> {
        let mut groups: BTreeMap<DocumentType, Vec<LedgerGroup>> = BTreeMap::new();
        for group in self.ledger_groups()? {
            groups
                .entry(group.document_type.clone())
                .or_default()
                .push(group);
        }
        let steps = plan.all_steps();
        for step in &steps {
            let found = groups.entry(step.entry.name.clone()).or_default();
            let never_reached = self.never_reached(&step.entry, found)?;
            found.extend(never_reached);
        }
        let was_read =
            |name: &DocumentType| groups[name].iter().all(|group| group.outcome.is_known());
        let replaced: Vec<&DocumentType> = steps
            .iter()
            .filter(|step| was_read(&step.entry.name))
            .filter_map(|step| step.fallback_for.as_ref())
            .collect();
        let names = steps
            .iter()
            .map(|step| &step.entry.name)
            .filter(|name| !replaced.contains(name));
        let planned = names.flat_map(|name| &groups[name]);
        Ok(planned
            .filter(|group| !group.outcome.is_known())
            .cloned()
            .collect())
    }

    /// Reads of a type that have no line in the ledger: the collection was killed before it came to
    /// them, or was made for other checks. Each document of the parent type has one; below documents
    /// of which there are none, there is nothing to miss.
    fn never_reached(
        &self,
        entry: &Entry,
        lines: &[LedgerGroup],
    ) -> Result<Option<LedgerGroup>, SnapshotError> {
        let expected = match &entry.parent {
            None => 1,
            Some(parent) => self.count_of(parent)?,
        };
        let reads = expected.saturating_sub(lines.iter().map(|group| group.reads).sum());
        Ok((reads > 0).then(|| LedgerGroup {
            document_type: entry.name.clone(),
            scope: Scope::Tenant,
            outcome: Outcome::Pending,
            reads,
            documents: 0,
            detail: Some("the collection did not come to this".to_owned()),
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use catalog::{Catalog, Requirement};
    use rusqlite::Connection;

    use super::*;
    use crate::format;
    use crate::ledger::{self, LedgerRow};

    const SITES: &str = "Microsoft.Web/sites";
    const CONFIG: &str = "Microsoft.Web/sites/config/web";

    fn row(document_type: &str, parent: &str, outcome: Outcome) -> LedgerRow {
        let pending = LedgerRow::pending(document_type.into(), Scope::subscription("s"), parent);
        LedgerRow { outcome, ..pending }
    }

    /// A snapshot of two sites, with the lines that `fill` enters.
    fn unread(fill: impl FnOnce(&Connection)) -> Vec<(String, Outcome, u64)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.tdsnap");
        write(&path, fill);
        let catalog = Catalog::builtin().unwrap();
        let plan = Plan::new(&catalog, &[Requirement::always(CONFIG.into())]).unwrap();
        let unread = Snapshot::open(&path).unwrap().unread(&plan).unwrap();
        unread
            .into_iter()
            .map(|group| (group.document_type.to_string(), group.outcome, group.reads))
            .collect()
    }

    fn write(path: &Path, fill: impl FnOnce(&Connection)) {
        let connection = format::create(path).unwrap();
        let manifest = r#"{"tool_version":"0","tenant_id":"t","tenant_name":null,"cloud":"c","identity":"i",
            "started":"2026-01-01T00:00:00Z","finished":null,"subscriptions":[],"skipped":[],
            "resource_groups":[],"checks":[],"requests":{},"collect_seconds":0.0}"#;
        connection
            .execute("INSERT INTO manifest VALUES (1, ?)", [manifest])
            .unwrap();
        for site in ["/a", "/b"] {
            let insert =
                "INSERT INTO documents VALUES ('microsoft.web/sites', 's', '', ?1, ?2, ?1, '{}')";
            connection.execute(insert, [site, SITES]).unwrap();
        }
        fill(&connection);
        format::seal(&connection).unwrap();
    }

    #[test]
    fn children_without_a_line_are_missed() {
        let missed = unread(|connection| {
            ledger::put(connection, &row(SITES, "", Outcome::Read)).unwrap();
            ledger::put(connection, &row(CONFIG, "/a", Outcome::Read)).unwrap();
        });
        assert_eq!(missed, [(CONFIG.to_owned(), Outcome::Pending, 1)]);
    }

    #[test]
    fn a_whole_collection_misses_nothing() {
        let missed = unread(|connection| {
            ledger::put(connection, &row(SITES, "", Outcome::Read)).unwrap();
            ledger::put(connection, &row(CONFIG, "/a", Outcome::Absent)).unwrap();
            ledger::put(connection, &row(CONFIG, "/b", Outcome::NotNeeded)).unwrap();
        });
        assert!(missed.is_empty(), "{missed:?}");
    }

    #[test]
    fn refusals_and_what_was_never_planned_are_both_named() {
        let missed = unread(|connection| {
            ledger::put(connection, &row(SITES, "", Outcome::Denied)).unwrap();
        });
        let expected = [
            (SITES.to_owned(), Outcome::Denied, 1),
            (CONFIG.to_owned(), Outcome::Pending, 2),
        ];
        assert_eq!(missed, expected);
    }
}
