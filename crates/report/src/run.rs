//! What a report says about the run that made it.

use std::path::PathBuf;

use checks::Severity;
use jiff::Timestamp;
use serde::Serialize;

/// A scanned subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Subscription {
    /// Its id, in lower case as findings carry it.
    pub id: String,
    /// Its display name.
    pub name: String,
}

/// A subscription that was visible but not scanned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SkippedSubscription {
    /// Its display name.
    pub name: String,
    /// Its id.
    pub id: String,
    /// Why: Azure's state word (`Disabled`, `Warned`, `PastDue`) or the exclusion that named it.
    pub state: String,
}

/// What reports say about a check. The texts are shown as they are: a template must already be
/// rendered, or come rendered for each finding as a [`Remedy`](crate::Remedy).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckInfo {
    /// The check's id.
    pub id: String,
    /// One line, what is good.
    pub title: String,
    /// The service: the check's folder.
    pub service: String,
    /// How bad a failure is.
    pub severity: Severity,
    /// The check's categories.
    pub categories: Vec<String>,
    /// What an attacker gains.
    pub risk: String,
    /// How to fix it, in words.
    pub remediation_text: String,
    /// How to fix it with the Azure CLI.
    pub remediation_az: Option<String>,
    /// Where Microsoft says so. Only `https:` addresses become links.
    pub references: Vec<String>,
}

/// One run: what was scanned, when, by whom, and with what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The version of this program.
    pub tool_version: String,
    /// The version of the checks and the catalogue.
    pub content_version: String,
    /// The version of the snapshot format.
    pub snapshot_format: u32,
    /// The tenant's id.
    pub tenant_id: String,
    /// The tenant's name, when it could be read.
    pub tenant_name: Option<String>,
    /// The cloud: `AzureCloud`, `AzureUSGovernment`, `AzureChinaCloud`, or the address of an ARM endpoint.
    pub cloud: String,
    /// Who signed in: an application or a person, as people recognise it.
    pub identity: Option<String>,
    /// When collecting began. Findings carry this time, so that the same snapshot gives the same files.
    pub started: Timestamp,
    /// When evaluation ended.
    pub finished: Timestamp,
    /// The subscriptions that were scanned.
    pub subscriptions: Vec<Subscription>,
    /// The subscriptions that were seen and left out.
    pub skipped_subscriptions: Vec<SkippedSubscription>,
    /// The checks that were selected.
    pub checks: Vec<CheckInfo>,
    /// The snapshot, when it was kept.
    pub snapshot_file: Option<PathBuf>,
    /// The report folder.
    pub output_dir: Option<PathBuf>,
    /// The files written into the folder, for the terminal summary.
    pub files: Vec<PathBuf>,
}

impl Run {
    /// The tenant as a person knows it: its name, else its id.
    pub fn tenant(&self) -> &str {
        self.tenant_name
            .as_deref()
            .filter(|name| !name.is_empty())
            .unwrap_or(&self.tenant_id)
    }

    /// The name of a scanned subscription, by its id in any case.
    pub fn subscription_name(&self, id: &str) -> Option<&str> {
        self.subscriptions
            .iter()
            .find(|subscription| subscription.id.eq_ignore_ascii_case(id))
            .map(|subscription| subscription.name.as_str())
    }
}
