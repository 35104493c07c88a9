//! Findings as `findings.csv` has them, and how two sets of them differ.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::Scan;

/// A row of `findings.csv`. Ids are in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    pub check_id: String,
    pub resource_id: String,
    pub status: String,
    pub reason: String,
    pub permission: String,
    pub message: String,
}

impl Finding {
    /// The findings in a report folder.
    pub fn read(folder: &Path) -> Vec<Self> {
        let mut reader = csv::Reader::from_path(folder.join("findings.csv")).unwrap();
        let headings = reader.headers().unwrap().clone();
        let records = reader.records().map(Result::unwrap);
        let find = |name: &str| headings.iter().position(|heading| heading == name).unwrap();
        records
            .map(|record| {
                let cell = |name: &str| record[find(name)].to_owned();
                Self {
                    check_id: cell("check_id"),
                    resource_id: cell("resource_id").to_lowercase(),
                    status: cell("status"),
                    reason: cell("reason"),
                    permission: cell("permission"),
                    message: cell("message"),
                }
            })
            .collect()
    }

    /// Check, resource and verdict in one line.
    pub fn line(&self) -> String {
        let Self {
            check_id,
            resource_id,
            status,
            reason,
            ..
        } = self;
        format!("{check_id} {resource_id} {status} {reason}")
            .trim_end()
            .to_owned()
    }
}

/// The findings that are only in `before`, and those that are only in `after`.
pub fn changes(before: &[Finding], after: &[Finding]) -> (Vec<String>, Vec<String>) {
    let lines = |of: &[Finding]| of.iter().map(Finding::line).collect::<BTreeSet<_>>();
    let (before, after) = (lines(before), lines(after));
    (
        before.difference(&after).cloned().collect(),
        after.difference(&before).cloned().collect(),
    )
}

/// The check's verdicts are these and no others: last part of the resource's id, status and reason.
#[track_caller]
pub fn verdicts(scan: &Scan, check: &str, expected: &[(&str, &str)]) {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for finding in scan
        .findings()
        .into_iter()
        .filter(|finding| finding.check_id == check)
    {
        let name = finding.resource_id.rsplit('/').next().unwrap().to_owned();
        let before = found.insert(
            name,
            format!("{} {}", finding.status, finding.reason)
                .trim()
                .to_owned(),
        );
        assert!(before.is_none(), "a resource is judged twice");
    }
    let expected: BTreeMap<String, String> = expected
        .iter()
        .map(|(name, verdict)| ((*name).to_owned(), (*verdict).to_owned()))
        .collect();
    assert_eq!(found, expected, "{check}\n{}", scan.ended);
}
