//! What the findings must be.

use std::collections::{BTreeMap, BTreeSet};

use checks::{Check, Finding, Library};

use crate::expected::{Owed, owed};
use crate::layout::{Layout, Placed};

/// No expression failed and nothing was left unassessed.
pub fn everything_was_assessed(findings: &[Finding]) {
    let unassessed: Vec<&Finding> = findings
        .iter()
        .filter(|finding| finding.reason.is_some())
        .collect();
    assert!(unassessed.is_empty(), "{unassessed:#?}");
}

/// Each document has exactly the findings that the checks on its type owe it.
pub fn every_document_has_its_findings(layout: &Layout<'_>, findings: &[Finding]) {
    let mut counts: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for finding in findings {
        let on = judged(&finding.resource_id.to_lowercase()).to_owned();
        *counts.entry((&finding.check_id, on)).or_default() += 1;
    }
    let library = Library::builtin().expect("the checks load");
    for check in library.checks() {
        for placed in about(check, layout) {
            let key = (check.id.as_str(), placed.id().to_lowercase());
            let count = counts.get(&key).copied().unwrap_or_default();
            let is_right = match owed(check, placed, layout) {
                Owed::Exactly(owed) => count == owed,
                Owed::AtMostOne => count <= 1,
                Owed::Any => true,
            };
            assert!(is_right, "{count} of {} on {}", check.id, placed.path);
        }
    }
}

/// Services whose recordings Resource Graph's rows can be made of. Roles that were recorded come from many tenants, and are
/// assignable in management groups that this one lacks; of backups and other children only lists were recorded, whose
/// items lie elsewhere by their ids. Generated tenants prove that both sources give the same of every type.
const IN_BOTH: [&str; 7] = [
    "aks", "app", "entra", "keyvault", "monitor", "network", "storage",
];

/// Resource Graph gives the findings that Resource Manager's lists give.
pub fn are_the_same(queried: &[Finding], listed: &[Finding]) {
    let lines = |findings: &[Finding]| -> BTreeSet<String> {
        let compared = findings
            .iter()
            .filter(|finding| IN_BOTH.contains(&finding.service.as_str()));
        let lines = compared.map(serde_json::to_string);
        lines.map(|line| line.expect("a finding is JSON")).collect()
    };
    let (queried, listed) = (lines(queried), lines(listed));
    let differing: Vec<_> = queried.symmetric_difference(&listed).take(4).collect();
    assert!(differing.is_empty(), "{differing:#?}");
}

fn about<'a>(check: &'a Check, layout: &'a Layout<'_>) -> impl Iterator<Item = &'a Placed> {
    let documents = layout.documents.values();
    documents.filter(|placed| check.resources.contains(&placed.entry.name) && placed.is_scanned())
}

/// The vault, for a finding on one of its keys; else what the finding is on.
fn judged(id: &str) -> &str {
    id.split_once("/keys/").map_or(id, |(vault, _)| vault)
}
