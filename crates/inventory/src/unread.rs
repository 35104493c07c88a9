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
        let was_read = |name: &DocumentType| {
            groups
                .get(name)
                .is_some_and(|groups| groups.iter().all(|group| group.outcome.is_known()))
        };
        let replaced: Vec<&DocumentType> = steps
            .iter()
            .filter(|step| was_read(&step.entry.name))
            .filter_map(|step| step.fallback_for.as_ref())
            .collect();
        let names = steps
            .iter()
            .map(|step| &step.entry.name)
            .filter(|name| !replaced.contains(name));
        let planned = names.filter_map(|name| groups.get(name)).flatten();
        let mut unread: Vec<LedgerGroup> = planned
            .filter(|group| !group.outcome.is_known())
            .cloned()
            .collect();
        for step in steps
            .iter()
            .filter(|step| !groups.contains_key(&step.entry.name))
        {
            unread.extend(self.never_planned(&step.entry)?);
        }
        Ok(unread)
    }

    /// A type that this snapshot was not collected for. Below documents of which there are none,
    /// there is nothing to miss.
    fn never_planned(&self, entry: &Entry) -> Result<Option<LedgerGroup>, SnapshotError> {
        let reads = match &entry.parent {
            None => 1,
            Some(parent) => self.count_of(parent)?,
        };
        Ok((reads > 0).then(|| LedgerGroup {
            document_type: entry.name.clone(),
            scope: Scope::Tenant,
            outcome: Outcome::Pending,
            reads,
            documents: 0,
            detail: Some("the snapshot was not collected for this".to_owned()),
        }))
    }
}
