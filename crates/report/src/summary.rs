//! `summary.json`: what a dashboard or a pipeline asks of a run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use checks::{Finding, Reason, Severity};
use serde::Serialize;

use crate::file::PartialFile;
use crate::run::{SkippedSubscription, Subscription};
use crate::{
    Format, Gap, HostCount, Measurements, OCSF_VERSION, Output, Remedy, ReportError, Run,
    StatusCounts, Totals,
};

/// Writes `summary.json`.
pub(crate) struct SummaryOutput {
    file: PartialFile,
}

impl SummaryOutput {
    pub(crate) fn create(dir: &Path) -> Result<Self, ReportError> {
        Ok(Self {
            file: PartialFile::create(dir, Format::Summary.file_name())?,
        })
    }
}

impl Output for SummaryOutput {
    fn finding(&mut self, _finding: &Finding, _remedy: Option<&Remedy>) -> Result<(), ReportError> {
        Ok(())
    }

    fn finish(
        mut self: Box<Self>,
        run: &Run,
        gaps: &[Gap],
        totals: &Totals,
        measured: &Measurements,
    ) -> Result<PathBuf, ReportError> {
        let summary = Summary::new(run, gaps, totals, measured);
        let path = self.file.path().to_owned();
        serde_json::to_writer_pretty(&mut self.file, &summary)
            .map_err(|source| ReportError::json(&path, source))?;
        self.file.put("\n")?;
        self.file.finish()
    }
}

#[derive(Serialize)]
struct Summary<'a> {
    complete: bool,
    failed_reads: u64,
    tenant: Tenant<'a>,
    identity: Option<&'a str>,
    started: jiff::Timestamp,
    finished: jiff::Timestamp,
    subscriptions: &'a [Subscription],
    skipped_subscriptions: &'a [SkippedSubscription],
    findings: u64,
    by_status: StatusCounts,
    by_severity: &'a BTreeMap<Severity, StatusCounts>,
    by_service: &'a BTreeMap<String, StatusCounts>,
    by_check: &'a BTreeMap<String, StatusCounts>,
    by_reason: &'a BTreeMap<Reason, u64>,
    gaps: &'a [Gap],
    requests_made: u64,
    requests: &'a [HostCount],
    documents_read: u64,
    seconds: &'a BTreeMap<String, f64>,
    peak_memory_bytes: Option<u64>,
    versions: Versions<'a>,
}

#[derive(Serialize)]
struct Tenant<'a> {
    id: &'a str,
    name: Option<&'a str>,
    cloud: &'a str,
}

#[derive(Serialize)]
struct Versions<'a> {
    tool: &'a str,
    content: &'a str,
    snapshot_format: u32,
    ocsf: &'a str,
}

impl<'a> Summary<'a> {
    fn new(run: &'a Run, gaps: &'a [Gap], totals: &'a Totals, measured: &'a Measurements) -> Self {
        Self {
            complete: !Gap::any(gaps),
            failed_reads: Gap::failed_reads(gaps),
            tenant: Tenant {
                id: &run.tenant_id,
                name: run.tenant_name.as_deref(),
                cloud: &run.cloud,
            },
            identity: run.identity.as_deref(),
            started: run.started,
            finished: run.finished,
            subscriptions: &run.subscriptions,
            skipped_subscriptions: &run.skipped_subscriptions,
            findings: totals.all.total(),
            by_status: totals.all,
            by_severity: &totals.by_severity,
            by_service: &totals.by_service,
            by_check: &totals.by_check,
            by_reason: &totals.by_reason,
            gaps,
            requests_made: measured.requests_made(),
            requests: &measured.requests,
            documents_read: measured.documents_read,
            seconds: &measured.seconds,
            peak_memory_bytes: measured.peak_memory_bytes,
            versions: Versions {
                tool: &run.tool_version,
                content: &run.content_version,
                snapshot_format: run.snapshot_format,
                ocsf: OCSF_VERSION,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn looks_as_documented() {
        insta::assert_snapshot!(samples::written(
            Format::Summary,
            &samples::findings(),
            &samples::gaps()
        ));
    }

    #[test]
    fn an_empty_run_counts_zero() {
        let text = samples::written(Format::Summary, &[], &[]);
        let summary: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(summary["complete"], true);
        assert_eq!(summary["findings"], 0);
        assert_eq!(summary["by_status"]["not_assessed"], 0);
        assert_eq!(summary["by_severity"]["critical"]["fail"], 0);
    }

    #[test]
    fn gaps_make_it_incomplete() {
        let text = samples::written(Format::Summary, &samples::unassessed(), &samples::gaps());
        let summary: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(summary["complete"], false);
        assert_eq!(summary["failed_reads"], 14);
        assert_eq!(summary["by_status"]["not_assessed"], summary["findings"]);
    }
}
