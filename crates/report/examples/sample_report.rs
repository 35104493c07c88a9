//! Writes a report about an invented tenant, to look at the page or to weigh it down:
//! `cargo run -p report --example sample_report -- FOLDER [FINDINGS]`.

use std::collections::BTreeMap;
use std::path::Path;

use catalog::{DocumentType, Outcome};
use checks::{Finding, Reason, Severity, Status};
use report::{
    CheckInfo, Format, Gap, HostCount, Measurements, Reporter, Run, SkippedSubscription,
    Subscription, terminal_summary,
};
use serde_json::json;

/// Id, title, service, severity, document type, what is wrong.
const CHECKS: [(&str, &str, &str, Severity, &str, &str); 8] = [
    (
        "network_ssh_internet_access_restricted",
        "SSH is closed to the internet",
        "network",
        Severity::Critical,
        "Microsoft.Network/networkSecurityGroups",
        "Rule allow-ssh lets the whole internet reach port 22.",
    ),
    (
        "storage_secure_transfer_required_is_enabled",
        "Storage account accepts only HTTPS",
        "storage",
        Severity::High,
        "Microsoft.Storage/storageAccounts",
        "Accepts plain HTTP requests.",
    ),
    (
        "storage_blob_public_access_level_is_disabled",
        "Blobs cannot be made public",
        "storage",
        Severity::High,
        "Microsoft.Storage/storageAccounts",
        "Allows containers and blobs to be public.",
    ),
    (
        "app_minimum_tls_version_12",
        "Web app requires TLS 1.2 or later",
        "app",
        Severity::Medium,
        "Microsoft.Web/sites",
        "Accepts TLS 1.0.",
    ),
    (
        "sqlserver_auditing_enabled",
        "SQL server writes an audit log",
        "sqlserver",
        Severity::Medium,
        "Microsoft.Sql/servers",
        "Auditing is off.",
    ),
    (
        "keyvault_rbac_enabled",
        "Key vault uses role assignments for access",
        "keyvault",
        Severity::Medium,
        "Microsoft.KeyVault/vaults",
        "Uses access policies.",
    ),
    (
        "vm_ensure_using_managed_disks",
        "Virtual machine uses managed disks",
        "vm",
        Severity::Low,
        "Microsoft.Compute/virtualMachines",
        "The system disk is a blob in a storage account.",
    ),
    (
        "entra_privileged_user_has_mfa",
        "Privileged user has a second factor",
        "entra",
        Severity::High,
        "graph/users",
        "Global Administrator without a second factor.",
    ),
];
const SUBSCRIPTIONS: [(&str, &str); 3] = [
    ("0b1f6471-1bf0-4dda-aec3-111122223333", "Production"),
    ("2c2f6471-1bf0-4dda-aec3-444455556666", "Shared platform"),
    ("7d3f6471-1bf0-4dda-aec3-777788889999", "Sandbox R&D"),
];
const REGIONS: [&str; 3] = ["westeurope", "northeurope", "germanywestcentral"];
const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments
        .next()
        .ok_or("usage: sample_report FOLDER [FINDINGS]")?;
    let count: usize = arguments.next().map_or(Ok(400), |count| count.parse())?;
    let mut run = run();
    let mut reporter = Reporter::create(Path::new(&folder), &Format::ALL, &run)?;
    for number in 0..count {
        reporter.finding(&finding(number), None)?;
    }
    let (totals, files) = reporter.finish(&run, &gaps(), &measurements())?;
    run.files = files;
    print!(
        "{}",
        terminal_summary(&run, &totals, &gaps(), &measurements(), 100, true)
    );
    Ok(())
}

fn run() -> Run {
    Run {
        tool_version: env!("CARGO_PKG_VERSION").into(),
        content_version: "2026.11".into(),
        snapshot_format: 1,
        tenant_id: TENANT.into(),
        tenant_name: Some("Contoso Manufacturing GmbH".into()),
        cloud: "AzureCloud".into(),
        identity: Some("threatdefence-scanner (application)".into()),
        started: jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(24 * 20_780 + 9),
        finished: jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(24 * 20_780 + 10),
        subscriptions: SUBSCRIPTIONS
            .map(|(id, name)| Subscription {
                id: id.into(),
                name: name.into(),
            })
            .into(),
        skipped_subscriptions: vec![SkippedSubscription {
            name: "Old trial".into(),
            id: "99999999-1bf0-4dda-aec3-444455556666".into(),
            state: "Disabled".into(),
        }],
        checks: CHECKS
            .map(|(id, title, service, severity, _, _)| check(id, title, service, severity))
            .into(),
        snapshot_file: None,
        output_dir: None,
        files: Vec::new(),
    }
}

fn check(id: &str, title: &str, service: &str, severity: Severity) -> CheckInfo {
    CheckInfo {
        id: id.into(),
        title: title.into(),
        service: service.into(),
        severity,
        categories: vec!["encryption".into(), "internet-exposed".into()],
        risk: "Whoever sits on the network path reads and alters what passes, and captures what lets them sign in later.\n".into(),
        remediation_text: "Turn the setting on. Clients that rely on the old behaviour are refused from then on, so look at the access log of the last thirty days first.".into(),
        remediation_az: Some(format!("az {service} update --name \"$NAME\" --resource-group \"$GROUP\" --https-only true")),
        references: vec!["https://learn.microsoft.com/azure/storage/common/storage-require-secure-transfer".into()],
    }
}

fn finding(number: usize) -> Finding {
    let (id, _, service, severity, kind, wrong) = CHECKS[number % CHECKS.len()];
    let (subscription, _) = SUBSCRIPTIONS[number / CHECKS.len() % SUBSCRIPTIONS.len()];
    let directory = kind.starts_with("graph/");
    let name = match number {
        1 => "</script><script>alert(1)</script>".to_owned(),
        9 => "=cmd|' /C calc'!A0".to_owned(),
        17 => "חשבון-אחסון\u{202e}gpj".to_owned(),
        _ => format!("{service}-contoso-{number:05}"),
    };
    let status = match number % 9 {
        0 | 1 | 5 => Status::Fail,
        7 if number.is_multiple_of(4) => Status::Manual,
        8 if number.is_multiple_of(4) => Status::NotAssessed,
        _ => Status::Pass,
    };
    let not_assessed = status == Status::NotAssessed;
    let message = match status {
        Status::Pass => "As it should be.",
        Status::Fail => wrong,
        Status::Manual => "A person must compare this with the exceptions that were agreed.",
        Status::NotAssessed => "Its settings could not be read: denied.",
    };
    Finding {
        check_id: id.into(),
        status,
        reason: not_assessed.then_some(Reason::Denied),
        severity,
        service: service.into(),
        resource_id: if directory {
            format!("/users/{number:08}-1bf0-4dda-aec3-111122223333")
        } else {
            format!(
                "/subscriptions/{subscription}/resourceGroups/rg-{service}/providers/{kind}/{name}"
            )
        },
        resource_name: name,
        resource_type: DocumentType::new(kind),
        subscription_id: (!directory).then(|| subscription.to_owned()),
        region: (!directory).then(|| REGIONS[number % REGIONS.len()].to_owned()),
        message: message.into(),
        evidence: BTreeMap::from([
            (
                "resource.properties.supportsHttpsTrafficOnly".into(),
                json!(status == Status::Pass),
            ),
            (
                "resource.tags".into(),
                json!({ "owner": "platform@contoso.example", "number": number }),
            ),
        ]),
        permission: not_assessed.then(|| format!("{kind}/read")),
    }
}

fn gaps() -> Vec<Gap> {
    vec![
        Gap {
            what: DocumentType::new("Microsoft.Web/sites/host/default/listkeys"),
            scope: SUBSCRIPTIONS[0].0.into(),
            scope_name: Some(SUBSCRIPTIONS[0].1.into()),
            outcome: Outcome::Denied,
            count: 12,
            detail: Some("AuthorizationFailed: the client does not have authorization to perform this action.".into()),
            permission: Some("Microsoft.Web/sites/host/listkeys/action".into()),
        },
        Gap {
            what: DocumentType::new("graph/users/authentication/methods"),
            scope: TENANT.into(),
            scope_name: Some("the directory".into()),
            outcome: Outcome::Denied,
            count: 4,
            detail: None,
            permission: Some("UserAuthenticationMethod.Read.All".into()),
        },
        Gap {
            what: DocumentType::new("Microsoft.ContainerService/managedClusters"),
            scope: SUBSCRIPTIONS[2].0.into(),
            scope_name: Some(SUBSCRIPTIONS[2].1.into()),
            outcome: Outcome::NotRegistered,
            count: 1,
            detail: None,
            permission: None,
        },
    ]
}

fn measurements() -> Measurements {
    Measurements {
        requests: vec![HostCount {
            host: "management.azure.com".into(),
            outcome: "ok".into(),
            count: 1403,
        }],
        documents_read: 5310,
        seconds: BTreeMap::from([
            ("sign_in".into(), 0.7),
            ("collect".into(), 81.2),
            ("evaluate".into(), 0.5),
        ]),
        peak_memory_bytes: Some(48_000_000),
    }
}
