//! Counts over the stream of findings, and the worst of them.

use std::collections::BTreeMap;

use checks::{Finding, Reason, Severity, Status};
use serde::Serialize;

use crate::{Run, words};

/// How many failures [`Totals::worst`] keeps.
pub const WORST_KEPT: usize = 10;

/// How many failures of one check [`Totals::worst`] keeps, so that a fault that is everywhere
/// does not hide the others.
pub const WORST_OF_A_CHECK: usize = 3;

/// Findings by status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct StatusCounts {
    /// As the check wants it.
    pub pass: u64,
    /// Not as the check wants it.
    pub fail: u64,
    /// A person must look.
    pub manual: u64,
    /// Could not be judged.
    pub not_assessed: u64,
}

impl StatusCounts {
    /// The findings of one status.
    pub fn of(&self, status: Status) -> u64 {
        match status {
            Status::Pass => self.pass,
            Status::Fail => self.fail,
            Status::Manual => self.manual,
            Status::NotAssessed => self.not_assessed,
        }
    }

    /// All findings.
    pub fn total(&self) -> u64 {
        self.pass + self.fail + self.manual + self.not_assessed
    }

    fn add(&mut self, status: Status) {
        match status {
            Status::Pass => self.pass += 1,
            Status::Fail => self.fail += 1,
            Status::Manual => self.manual += 1,
            Status::NotAssessed => self.not_assessed += 1,
        }
    }
}

/// A failure worth naming in the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorstFinding {
    /// The check's id.
    pub check_id: String,
    /// How bad it is.
    pub severity: Severity,
    /// The resource's name.
    pub resource_name: String,
    /// What is wrong.
    pub message: String,
}

/// Everything counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    /// Over all findings.
    pub all: StatusCounts,
    /// By severity. Every severity is there, also without findings.
    pub by_severity: BTreeMap<Severity, StatusCounts>,
    /// By service.
    pub by_service: BTreeMap<String, StatusCounts>,
    /// By check id. Every selected check is there, also without findings.
    pub by_check: BTreeMap<String, StatusCounts>,
    /// Findings that were not assessed, by reason.
    pub by_reason: BTreeMap<Reason, u64>,
    /// The worst failures: by severity, then in the order in which they came; at most
    /// [`WORST_KEPT`], and [`WORST_OF_A_CHECK`] of one check.
    pub worst: Vec<WorstFinding>,
}

impl Totals {
    /// Zero for every severity, and for the run's services and checks.
    pub fn new(run: &Run) -> Self {
        Self {
            by_severity: words::SEVERITIES
                .map(|severity| (severity, StatusCounts::default()))
                .into(),
            by_service: run
                .checks
                .iter()
                .map(|check| (check.service.clone(), StatusCounts::default()))
                .collect(),
            by_check: run
                .checks
                .iter()
                .map(|check| (check.id.clone(), StatusCounts::default()))
                .collect(),
            ..Self::default()
        }
    }

    /// Counts one finding.
    pub fn add(&mut self, finding: &Finding) {
        self.all.add(finding.status);
        self.by_severity
            .entry(finding.severity)
            .or_default()
            .add(finding.status);
        add_to(&mut self.by_service, &finding.service, finding.status);
        add_to(&mut self.by_check, &finding.check_id, finding.status);
        if let Some(reason) = finding.reason {
            *self.by_reason.entry(reason).or_default() += 1;
        }
        if finding.status == Status::Fail {
            self.keep_if_bad(finding);
        }
    }

    /// Failures at or above a severity: what `--fail-on` asks.
    pub fn failures_at_least(&self, severity: Severity) -> u64 {
        self.by_severity
            .range(severity..)
            .map(|(_, counts)| counts.fail)
            .sum()
    }

    fn keep_if_bad(&mut self, finding: &Finding) {
        let place = self
            .worst
            .partition_point(|kept| kept.severity >= finding.severity);
        let of_this_check = self
            .worst
            .iter()
            .filter(|kept| kept.check_id == finding.check_id)
            .count();
        if place >= WORST_KEPT || of_this_check >= WORST_OF_A_CHECK {
            return;
        }
        self.worst.insert(
            place,
            WorstFinding {
                check_id: finding.check_id.clone(),
                severity: finding.severity,
                resource_name: finding.resource_name.clone(),
                message: finding.message.clone(),
            },
        );
        self.worst.truncate(WORST_KEPT);
    }
}

/// Counts without copying a key that is there already.
fn add_to(counts: &mut BTreeMap<String, StatusCounts>, key: &str, status: Status) {
    if let Some(counts) = counts.get_mut(key) {
        counts.add(status);
        return;
    }
    counts.entry(key.to_owned()).or_default().add(status);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    fn failure(name: &str, severity: Severity) -> Finding {
        let mut finding = samples::finding(Status::Fail);
        finding.check_id = format!("check_of_{name}");
        finding.resource_name = name.into();
        finding.severity = severity;
        finding
    }

    #[test]
    fn counts_by_everything() {
        let run = samples::run();
        let mut totals = Totals::new(&run);
        for finding in samples::findings() {
            totals.add(&finding);
        }
        assert_eq!(totals.all.total(), samples::findings().len() as u64);
        for counts in [&totals.by_service, &totals.by_check] {
            assert_eq!(
                counts.values().map(StatusCounts::total).sum::<u64>(),
                totals.all.total()
            );
        }
        assert_eq!(totals.by_reason[&Reason::Denied], 1);
    }

    #[test]
    fn a_check_without_findings_is_there_with_zeros() {
        let totals = Totals::new(&samples::run());
        assert_eq!(
            totals.by_check["network_ssh_internet_access_restricted"],
            StatusCounts::default()
        );
        assert_eq!(totals.by_severity.len(), 5);
    }

    #[test]
    fn keeps_the_worst_in_order() {
        let mut totals = Totals::default();
        for number in 0..30 {
            totals.add(&failure(&format!("low-{number}"), Severity::Low));
        }
        totals.add(&failure("first", Severity::Critical));
        totals.add(&failure("second", Severity::Critical));
        let names: Vec<&str> = totals
            .worst
            .iter()
            .map(|worst| worst.resource_name.as_str())
            .collect();
        assert_eq!(names[..3], ["first", "second", "low-0"]);
        assert_eq!(names.len(), WORST_KEPT);
    }

    #[test]
    fn one_check_does_not_hide_the_others() {
        let mut totals = Totals::default();
        for number in 0..30 {
            let mut finding = failure(&format!("everywhere-{number}"), Severity::Critical);
            finding.check_id = "everywhere".into();
            totals.add(&finding);
        }
        totals.add(&failure("rare", Severity::Low));
        let names: Vec<&str> = totals
            .worst
            .iter()
            .map(|worst| worst.resource_name.as_str())
            .collect();
        assert_eq!(
            names,
            ["everywhere-0", "everywhere-1", "everywhere-2", "rare"]
        );
    }

    #[test]
    fn only_failures_are_bad() {
        let mut totals = Totals::default();
        totals.add(&samples::finding(Status::NotAssessed));
        totals.add(&samples::finding(Status::Manual));
        assert!(totals.worst.is_empty());
    }

    #[test]
    fn failures_at_least_a_severity() {
        let mut totals = Totals::default();
        totals.add(&failure("a", Severity::Medium));
        totals.add(&failure("b", Severity::High));
        totals.add(&failure("c", Severity::Critical));
        assert_eq!(totals.failures_at_least(Severity::High), 2);
        assert_eq!(totals.failures_at_least(Severity::Informational), 3);
    }
}
