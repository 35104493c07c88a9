//! From a finding to an event.

use checks::{Finding, Severity, Status};

use super::OCSF_VERSION;
use super::event::{
    Account, Analytic, Cloud, Compliance, ComplianceFinding, FindingInfo, Group, Metadata,
    Organization, Product, Remediation, ResourceDetails, Unmapped,
};
use super::uid::event_uid;
use crate::context::Context;
use crate::words;

/// Activity Create: each run states each finding anew.
const CREATE: u32 = 1;
const CLASS: u32 = 2003;
/// Status New: nobody has looked at it yet.
const NEW: u32 = 1;
/// Analytic type Rule.
const RULE: u32 = 1;

/// The event of a finding whose uid is `uid`, fixed as `fix` says.
pub(crate) fn event<'a>(
    context: &'a Context,
    finding: &'a Finding,
    uid: &'a str,
    fix: &'a str,
) -> ComplianceFinding<'a> {
    let run = &context.run;
    let check = context.check(finding);
    let title = context.title(finding);
    let time = run.started.as_millisecond();
    let (status_id, status) = compliance_status(finding.status);
    let references = check.map_or(&[][..], |check| &check.references);
    ComplianceFinding {
        activity_id: CREATE,
        activity_name: "Create",
        category_uid: 2,
        category_name: "Findings",
        class_uid: CLASS,
        class_name: "Compliance Finding",
        type_uid: u64::from(CLASS) * 100 + u64::from(CREATE),
        type_name: "Compliance Finding: Create",
        time,
        severity_id: severity_id(finding.severity),
        severity: words::severity_label(finding.severity),
        status_id: NEW,
        status: "New",
        message: &finding.message,
        metadata: Metadata {
            version: OCSF_VERSION,
            product: Product {
                name: "ThreatDefence for Azure",
                uid: "threatdefence",
                vendor_name: "ThreatDefence",
                version: &run.tool_version,
                lang: "en",
            },
            profiles: ["cloud"],
            uid: event_uid(uid, time),
            event_code: &finding.check_id,
            tenant_uid: &run.tenant_id,
        },
        cloud: Cloud {
            provider: "Azure",
            account: account(context, finding),
            org: Organization {
                uid: &run.tenant_id,
                name: run.tenant_name.as_deref(),
            },
            region: finding.region.as_deref(),
        },
        compliance: Compliance {
            control: &finding.check_id,
            desc: title,
            standards: ["ThreatDefence for Azure"],
            status_id,
            status,
            status_code: words::status(finding.status),
            status_detail: &finding.message,
        },
        finding_info: FindingInfo {
            uid,
            title,
            desc: &finding.message,
            types: check.map_or(&[][..], |check| &check.categories),
            analytic: Analytic {
                uid: &finding.check_id,
                name: title,
                kind: "Rule",
                type_id: RULE,
            },
            created_time: time,
        },
        resources: [ResourceDetails {
            uid: &finding.resource_id,
            name: &finding.resource_name,
            kind: finding.resource_type.as_str(),
            cloud_partition: &run.cloud,
            region: finding.region.as_deref(),
            group: resource_group(&finding.resource_id).map(|name| Group { name }),
        }],
        remediation: (!fix.is_empty()).then_some(Remediation {
            desc: fix,
            references,
        }),
        risk_details: check
            .map(|check| check.risk.trim())
            .filter(|risk| !risk.is_empty()),
        unmapped: Unmapped {
            evidence: &finding.evidence,
            reason: finding.reason.map(words::reason),
            permission: finding.permission.as_deref(),
        },
    }
}

/// OCSF's `severity_id`. A passed check keeps its severity, as the verdict stands in `compliance`.
fn severity_id(severity: Severity) -> u32 {
    match severity {
        Severity::Informational => 1,
        Severity::Low => 2,
        Severity::Medium => 3,
        Severity::High => 4,
        Severity::Critical => 5,
    }
}

/// OCSF's `compliance.status_id`. Warning is defined as "did not yield a result due to missing
/// information": that is `not_assessed`. A check that a person must do has no state yet: Unknown.
fn compliance_status(status: Status) -> (u32, &'static str) {
    match status {
        Status::Pass => (1, "Pass"),
        Status::Fail => (3, "Fail"),
        Status::NotAssessed => (2, "Warning"),
        Status::Manual => (0, "Unknown"),
    }
}

/// The subscription, or the tenant as an account of type Other.
fn account<'a>(context: &'a Context, finding: &'a Finding) -> Account<'a> {
    let run = &context.run;
    match finding.subscription_id.as_deref() {
        Some(id) => Account {
            uid: id,
            name: run.subscription_name(id),
            kind: "Azure Subscription",
            type_id: 13,
        },
        None => Account {
            uid: &run.tenant_id,
            name: run.tenant_name.as_deref(),
            kind: "Microsoft Entra Tenant",
            type_id: 99,
        },
    }
}

/// The resource group's name in an ARM id.
fn resource_group(id: &str) -> Option<&str> {
    let mut segments = id.split('/');
    segments.find(|segment| segment.eq_ignore_ascii_case("resourceGroups"))?;
    segments.next().filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resource_groups_are_found_in_any_case() {
        assert_eq!(
            resource_group("/subscriptions/1/RESOURCEGROUPS/Rg-Web/providers/x"),
            Some("Rg-Web")
        );
        assert_eq!(
            resource_group("/subscriptions/1/resourcegroups/rg"),
            Some("rg")
        );
        assert_eq!(resource_group("/subscriptions/1/resourceGroups/"), None);
        assert_eq!(resource_group("/subscriptions/1"), None);
        assert_eq!(resource_group("/users/1"), None);
    }

    #[test]
    fn only_pass_passes() {
        assert_eq!(compliance_status(Status::Pass).0, 1);
        for status in [Status::Fail, Status::Manual, Status::NotAssessed] {
            assert_ne!(compliance_status(status).0, 1);
        }
    }
}
