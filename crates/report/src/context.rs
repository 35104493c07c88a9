//! What formats look up while findings stream through.

use std::collections::HashMap;

use checks::Finding;

use crate::{CheckInfo, Run};

/// The run as it was known when writing began, with its checks by id.
pub(crate) struct Context {
    /// The run.
    pub(crate) run: Run,
    checks: HashMap<String, usize>,
}

impl Context {
    pub(crate) fn new(run: &Run) -> Self {
        let checks = run
            .checks
            .iter()
            .enumerate()
            .map(|(index, check)| (check.id.clone(), index))
            .collect();
        Self {
            run: run.clone(),
            checks,
        }
    }

    /// The place of a finding's check in [`Run::checks`].
    pub(crate) fn check_index(&self, finding: &Finding) -> Option<usize> {
        self.checks.get(&finding.check_id).copied()
    }

    /// A finding's check.
    pub(crate) fn check(&self, finding: &Finding) -> Option<&CheckInfo> {
        self.run.checks.get(self.check_index(finding)?)
    }

    /// A finding's title: its check's, else the check's id.
    pub(crate) fn title<'a>(&'a self, finding: &'a Finding) -> &'a str {
        self.check(finding)
            .map_or(&finding.check_id, |check| &check.title)
    }
}
