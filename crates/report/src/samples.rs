//! Findings, gaps and a run for tests, hostile strings included.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use catalog::{DocumentType, Outcome};
use checks::{Finding, Reason, Severity, Status};
use serde_json::json;

use crate::{
    CheckInfo, Format, Gap, HostCount, Measurements, Remedy, Reporter, Run, SkippedSubscription,
    Subscription,
};

const PRODUCTION: &str = "0b1f6471-1bf0-4dda-aec3-111122223333";
const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

fn check(id: &str, title: &str, service: &str, severity: Severity) -> CheckInfo {
    CheckInfo {
        id: id.into(),
        title: title.into(),
        service: service.into(),
        severity,
        categories: vec!["encryption".into()],
        risk: "Whoever sits on the network path reads and alters data.".into(),
        remediation_text: "Turn on \"Secure transfer required\".".into(),
        remediation_az: Some("az storage account update --https-only true".into()),
        references: vec![
            "https://learn.microsoft.com/azure/storage/common/storage-require-secure-transfer"
                .into(),
        ],
    }
}

/// A run over two subscriptions with three checks.
pub(crate) fn run() -> Run {
    Run {
        tool_version: "0.1.0".into(),
        content_version: "2026.11".into(),
        snapshot_format: 1,
        tenant_id: TENANT.into(),
        tenant_name: Some("Contoso <b>GmbH</b>".into()),
        cloud: "AzureCloud".into(),
        identity: Some("threatdefence-scanner (application)".into()),
        started: "2026-11-23T20:00:00Z".parse().unwrap(),
        finished: "2026-11-23T20:01:30Z".parse().unwrap(),
        subscriptions: vec![
            Subscription {
                id: PRODUCTION.into(),
                name: "Production".into(),
            },
            Subscription {
                id: "2c2f6471-1bf0-4dda-aec3-444455556666".into(),
                name: "Sandbox \"R&D\"".into(),
            },
        ],
        skipped_subscriptions: vec![SkippedSubscription {
            name: "Old trial".into(),
            id: "99999999-1bf0-4dda-aec3-444455556666".into(),
            state: "Disabled".into(),
        }],
        checks: vec![
            check(
                "storage_secure_transfer_required_is_enabled",
                "Storage account accepts only HTTPS",
                "storage",
                Severity::High,
            ),
            check(
                "network_ssh_internet_access_restricted",
                "SSH is closed to the internet",
                "network",
                Severity::Critical,
            ),
            check(
                "entra_security_defaults_enabled",
                "Security defaults are on",
                "entra",
                Severity::Medium,
            ),
        ],
        snapshot_file: Some("out/snapshot.tdsnap".into()),
        output_dir: Some("out".into()),
        files: Format::ALL
            .map(|format| PathBuf::from("out").join(format.file_name()))
            .into(),
    }
}

/// A finding on a storage account.
pub(crate) fn finding(status: Status) -> Finding {
    Finding {
        check_id: "storage_secure_transfer_required_is_enabled".into(),
        status,
        reason: None,
        severity: Severity::High,
        service: "storage".into(),
        resource_id: format!(
            "/subscriptions/{PRODUCTION}/resourceGroups/rg-web/providers/Microsoft.Storage/storageAccounts/stweb01"
        ),
        resource_name: "stweb01".into(),
        resource_type: DocumentType::new("Microsoft.Storage/storageAccounts"),
        subscription_id: Some(PRODUCTION.into()),
        region: Some("westeurope".into()),
        message: "Accepts plain HTTP requests.".into(),
        evidence: BTreeMap::from([(
            "resource.properties.supportsHttpsTrafficOnly".into(),
            json!(false),
        )]),
        permission: None,
    }
}

/// One of each status, and everything that a name or a tag can do to a report.
pub(crate) fn findings() -> Vec<Finding> {
    let hostile = |name: &str, message: &str| Finding {
        resource_name: name.into(),
        message: message.into(),
        ..finding(Status::Fail)
    };
    vec![
        finding(Status::Fail),
        finding(Status::Pass),
        Finding {
            status: Status::NotAssessed,
            reason: Some(Reason::Denied),
            permission: Some("Microsoft.Network/networkSecurityGroups/read".into()),
            check_id: "network_ssh_internet_access_restricted".into(),
            service: "network".into(),
            severity: Severity::Critical,
            resource_id: format!("/subscriptions/{PRODUCTION}"),
            resource_name: "Production".into(),
            resource_type: DocumentType::new("Microsoft.Resources/subscriptions"),
            region: None,
            message: "Security groups could not be read: denied.".into(),
            evidence: BTreeMap::new(),
            ..finding(Status::NotAssessed)
        },
        Finding {
            check_id: "entra_security_defaults_enabled".into(),
            service: "entra".into(),
            severity: Severity::Medium,
            resource_id: format!("/tenants/{TENANT}"),
            resource_name: "Contoso".into(),
            resource_type: DocumentType::new("Microsoft.Resources/tenants"),
            subscription_id: None,
            region: None,
            message: "Conditional Access replaces security defaults: a person must compare them."
                .into(),
            ..finding(Status::Manual)
        },
        hostile(
            "</script><script>alert(1)</script>",
            "<!-- <img src=x onerror=alert(1)> & \"quotes\" 'single'",
        ),
        hostile(
            "=cmd|' /C calc'!A0",
            "line one\nline two\r\nline three, with comma",
        ),
        hostile("@SUM(A1:A9)", "-2+3\u{2028}separator\u{2029}paragraph"),
        hostile(
            "שלום\u{202e}gpj.exe",
            "مرحبا بالعالم 名前 🦀\u{1b}[31mred\u{7}",
        ),
        Finding {
            evidence: BTreeMap::from([
                (
                    "resource.tags".into(),
                    json!({ "note": "x".repeat(500), "</SCRIPT>": "<!--" }),
                ),
                ("resource.properties.encryption".into(), json!(null)),
            ]),
            ..hostile("stlongtags", "Carries a tag of 500 characters.")
        },
        Finding {
            check_id: "custom_check".into(),
            service: "custom".into(),
            ..finding(Status::Fail)
        },
    ]
}

/// A run in which nothing could be read.
pub(crate) fn unassessed() -> Vec<Finding> {
    findings()
        .into_iter()
        .map(|finding| Finding {
            status: Status::NotAssessed,
            reason: Some(Reason::Denied),
            ..finding
        })
        .collect()
}

/// Twelve denied reads and two throttled ones, and one provider that is not registered.
pub(crate) fn gaps() -> Vec<Gap> {
    vec![
        Gap {
            what: DocumentType::new("Microsoft.Web/sites/host/default/listkeys"),
            scope: PRODUCTION.into(),
            scope_name: Some("Production".into()),
            outcome: Outcome::Denied,
            count: 12,
            detail: Some("AuthorizationFailed: <client> does not have authorization".into()),
            permission: Some("Microsoft.Web/sites/host/listkeys/action".into()),
            optional: false,
        },
        Gap {
            what: DocumentType::new("graph/users"),
            scope: TENANT.into(),
            scope_name: None,
            outcome: Outcome::Throttled,
            count: 2,
            detail: None,
            permission: None,
            optional: false,
        },
        Gap {
            what: DocumentType::new("Microsoft.ContainerService/managedClusters"),
            scope: PRODUCTION.into(),
            scope_name: Some("Production".into()),
            outcome: Outcome::NotRegistered,
            count: 1,
            detail: None,
            permission: None,
            optional: false,
        },
    ]
}

/// What was measured.
pub(crate) fn measurements() -> Measurements {
    Measurements {
        requests: vec![
            HostCount {
                host: "graph.microsoft.com".into(),
                outcome: "ok".into(),
                count: 12,
            },
            HostCount {
                host: "management.azure.com".into(),
                outcome: "denied".into(),
                count: 12,
            },
            HostCount {
                host: "management.azure.com".into(),
                outcome: "ok".into(),
                count: 1403,
            },
        ],
        documents_read: 5310,
        seconds: BTreeMap::from([
            ("collect".into(), 81.25),
            ("evaluate".into(), 0.5),
            ("sign_in".into(), 0.75),
        ]),
        peak_memory_bytes: Some(48_000_000),
    }
}

/// How to fix the first sample finding.
pub(crate) fn remedy() -> Remedy {
    Remedy {
        text: "Turn on \"Secure transfer required\" on stweb01.".into(),
        az: Some(
            "az storage account update --ids '/subscriptions/x/stweb01' --https-only true".into(),
        ),
    }
}

/// Writes every format into `dir`. The first finding comes with a remedy of its own.
pub(crate) fn write(dir: &Path, findings: &[Finding], gaps: &[Gap]) -> Vec<PathBuf> {
    write_formats(dir, &Format::ALL, findings, gaps)
}

fn write_formats(
    dir: &Path,
    formats: &[Format],
    findings: &[Finding],
    gaps: &[Gap],
) -> Vec<PathBuf> {
    let run = run();
    let mut reporter = Reporter::create(dir, formats, &run).unwrap();
    let own = remedy();
    for (place, finding) in findings.iter().enumerate() {
        reporter
            .finding(finding, (place == 0).then_some(&own))
            .unwrap();
    }
    reporter.finish(&run, gaps, &measurements()).unwrap().1
}

/// The text of one format.
pub(crate) fn written(format: Format, findings: &[Finding], gaps: &[Gap]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let files = write_formats(dir.path(), &[format], findings, gaps);
    std::fs::read_to_string(&files[0]).unwrap()
}
