//! The part of OCSF's class Compliance Finding (2003, with the profile `cloud`) that findings fill.
//!
//! Names, types and meanings: <https://schema.ocsf.io/1.9.0/classes/compliance_finding>.

use serde::Serialize;
use serde_json::Value;

/// An event of class Compliance Finding.
#[derive(Debug, Serialize)]
pub(crate) struct ComplianceFinding<'a> {
    pub activity_id: u32,
    pub activity_name: &'static str,
    pub category_uid: u32,
    pub category_name: &'static str,
    pub class_uid: u32,
    pub class_name: &'static str,
    pub type_uid: u64,
    pub type_name: &'static str,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub time: i64,
    pub severity_id: u32,
    pub severity: &'static str,
    /// The state of triage, not the verdict: that is `compliance.status_id`.
    pub status_id: u32,
    pub status: &'static str,
    pub message: &'a str,
    pub metadata: Metadata<'a>,
    pub cloud: Cloud<'a>,
    pub compliance: Compliance<'a>,
    pub finding_info: FindingInfo<'a>,
    pub resources: [ResourceDetails<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remediation: Option<Remediation<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk_details: Option<&'a str>,
    pub unmapped: Unmapped<'a>,
}

/// Object `metadata`.
#[derive(Debug, Serialize)]
pub(crate) struct Metadata<'a> {
    pub version: &'static str,
    pub product: Product<'a>,
    pub profiles: [&'static str; 1],
    /// Of this event, where `finding_info.uid` is the finding's over all runs.
    pub uid: String,
    pub event_code: &'a str,
    pub tenant_uid: &'a str,
}

/// Object `product`.
#[derive(Debug, Serialize)]
pub(crate) struct Product<'a> {
    pub name: &'static str,
    pub uid: &'static str,
    pub vendor_name: &'static str,
    pub version: &'a str,
    pub lang: &'static str,
}

/// Object `cloud`.
#[derive(Debug, Serialize)]
pub(crate) struct Cloud<'a> {
    pub provider: &'static str,
    pub account: Account<'a>,
    pub org: Organization<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<&'a str>,
}

/// Object `account`.
#[derive(Debug, Serialize)]
pub(crate) struct Account<'a> {
    pub uid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub type_id: u32,
}

/// Object `organization`.
#[derive(Debug, Serialize)]
pub(crate) struct Organization<'a> {
    pub uid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
}

/// Object `compliance`.
#[derive(Debug, Serialize)]
pub(crate) struct Compliance<'a> {
    pub control: &'a str,
    pub desc: &'a str,
    pub standards: [&'static str; 1],
    pub status_id: u32,
    pub status: &'static str,
    /// The finding's own status word.
    pub status_code: &'static str,
    pub status_detail: &'a str,
}

/// Object `finding_info`.
#[derive(Debug, Serialize)]
pub(crate) struct FindingInfo<'a> {
    pub uid: &'a str,
    pub title: &'a str,
    pub desc: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub types: &'a [String],
    pub analytic: Analytic<'a>,
    pub created_time: i64,
}

/// Object `analytic`.
#[derive(Debug, Serialize)]
pub(crate) struct Analytic<'a> {
    pub uid: &'a str,
    pub name: &'a str,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub type_id: u32,
}

/// Object `resource_details`.
#[derive(Debug, Serialize)]
pub(crate) struct ResourceDetails<'a> {
    pub uid: &'a str,
    pub name: &'a str,
    #[serde(rename = "type")]
    pub kind: &'a str,
    pub cloud_partition: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<Group<'a>>,
}

/// Object `group`: here a resource group.
#[derive(Debug, Serialize)]
pub(crate) struct Group<'a> {
    pub name: &'a str,
}

/// Object `remediation`.
#[derive(Debug, Serialize)]
pub(crate) struct Remediation<'a> {
    pub desc: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub references: &'a [String],
}

/// What OCSF has no attribute for.
#[derive(Debug, Serialize)]
pub(crate) struct Unmapped<'a> {
    pub evidence: &'a std::collections::BTreeMap<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<&'a str>,
}
