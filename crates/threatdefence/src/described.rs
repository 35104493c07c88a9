//! The run and its checks in the reports' words.

use std::path::PathBuf;

use checks::Check;
use inventory::{FORMAT_VERSION, Manifest};
use jiff::Timestamp;
use report::Run;

use crate::assess::Assessment;

/// What the reports say of the run.
pub fn run_of(manifest: &Manifest, assessment: &Assessment<'_>) -> Run {
    Run {
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        content_version: env!("CARGO_PKG_VERSION").to_owned(),
        snapshot_format: FORMAT_VERSION.unsigned_abs(),
        tenant_id: manifest.tenant_id.clone(),
        tenant_name: manifest.tenant_name.clone(),
        cloud: manifest.cloud.clone(),
        identity: Some(manifest.identity.clone()),
        started: manifest.started,
        finished: Timestamp::now(),
        subscriptions: manifest
            .subscriptions
            .iter()
            .map(|of| report::Subscription {
                id: of.id.to_lowercase(),
                name: of.name.clone(),
            })
            .collect(),
        skipped_subscriptions: manifest
            .skipped
            .iter()
            .map(|of| report::SkippedSubscription {
                name: of.name.clone(),
                id: of.id.clone(),
                state: of.state.clone(),
            })
            .collect(),
        checks: assessment
            .selected
            .iter()
            .map(|check| check_info(check))
            .collect(),
        snapshot_file: Some(assessment.snapshot.to_owned()),
        output_dir: Some(assessment.folder.to_owned()),
        files: Vec::<PathBuf>::new(),
    }
}

/// What the reports say of a check.
pub fn check_info(check: &Check) -> report::CheckInfo {
    report::CheckInfo {
        id: check.id.clone(),
        title: check.title.clone(),
        service: check.service.clone(),
        severity: check.severity,
        categories: check.categories.clone(),
        risk: reflowed(&check.risk),
        remediation_text: check.remediation.text.source.clone(),
        remediation_az: check.remediation.az.as_ref().map(|az| az.source.clone()),
        references: check.references.clone(),
    }
}

/// The text without the line breaks of its file; blank lines still part paragraphs.
fn reflowed(text: &str) -> String {
    let paragraphs = text
        .split("\n\n")
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "));
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_paragraph_flow_and_paragraphs_stay() {
        assert_eq!(reflowed("One\n  two.\n\nThree\n"), "One two.\n\nThree");
    }
}
