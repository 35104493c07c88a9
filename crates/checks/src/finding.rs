//! Findings: what evaluation says of one check and one document.

use std::collections::BTreeMap;

use catalog::DocumentType;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The document is as the check wants it.
    Pass,
    /// It is not.
    Fail,
    /// A person must look.
    Manual,
    /// It could not be judged; the reason says why.
    NotAssessed,
}

/// Why a finding is [`Status::NotAssessed`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The identity may not read it; the finding names the permission.
    Denied,
    /// Azure kept throttling.
    Throttled,
    /// The resource provider is not registered.
    NotRegistered,
    /// The read failed.
    Failed,
    /// The tenant lacks the licence.
    Unlicensed,
    /// This cloud does not have it.
    NotAvailable,
    /// The collection was cut off before it.
    Pending,
    /// The check's expression failed on this document.
    Error,
}

/// How bad a failure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Informational,
    /// Hardens.
    Low,
    /// Should be planned.
    Medium,
    /// Should be done soon.
    High,
    /// Should be done now.
    Critical,
}

/// One check's verdict on one document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The check's id.
    pub check_id: String,
    /// The verdict.
    pub status: Status,
    /// Why it was not assessed; absent otherwise.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<Reason>,
    /// The check's severity.
    pub severity: Severity,
    /// The check's service: its folder.
    pub service: String,
    /// The ARM id, `/subscriptions/{id}`, `/tenants/{id}`, or the Graph path of a directory object.
    pub resource_id: String,
    /// The name a person knows it by.
    pub resource_name: String,
    /// The document type.
    pub resource_type: DocumentType,
    /// The subscription, in lower case; absent for the directory.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub subscription_id: Option<String>,
    /// Azure's region, as the document spells it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub region: Option<String>,
    /// One sentence.
    pub message: String,
    /// The property values that decided, by path.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub evidence: BTreeMap<String, Value>,
    /// The permission whose lack left this unassessed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub permission: Option<String>,
}
