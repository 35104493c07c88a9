//! What Azure does wrong: denials, disappearances, server errors, broken replies. Each costs what it
//! hides and nothing else.

use std::collections::BTreeMap;

use catalog::{Outcome, Scope};
use serde_json::{Value, json};
use simulator::{FaultKind, FaultRule};

use crate::support::{
    Finding, LISTED, ONE_BY_ONE, Scan, baseline, changes, demo, demo_with, denied, rule, rules,
    unchanged,
};

const PRODUCTION: &str = "3f9b2c74-8e15-4a6d-b0c7-91d2e5a4f683";
const STORAGE: &str = "Microsoft.Storage/storageAccounts";
const BLOB: &str = "Microsoft.Storage/storageAccounts/blobServices/default";
const SOFT_DELETE: &str = "storage_ensure_soft_delete_is_enabled";

/// A deadline that ends quickly what never heals.
const SOON: [&str; 2] = ["--deadline", "1"];

fn status(code: u16, body: Value) -> FaultKind {
    FaultKind::Status {
        code,
        body,
        headers: BTreeMap::new(),
    }
}

fn server_error() -> FaultKind {
    status(
        500,
        json!({"error": {"code": "InternalServerError", "message": "An error occurred."}}),
    )
}

/// The storage accounts of the production subscription that have a blob service.
fn accounts() -> impl Iterator<Item = String> {
    let found = baseline().iter().filter(|finding| {
        finding.check_id == SOFT_DELETE && finding.resource_id.contains(PRODUCTION)
    });
    found.map(|finding| finding.resource_id.clone())
}

/// The blob service of one of them, and the account.
fn blob_service() -> (String, String) {
    let account = accounts().next().unwrap();
    (format!("{account}/blobServices/default"), account)
}

fn storage_list() -> String {
    format!("/subscriptions/{PRODUCTION}/providers/{STORAGE}")
}

fn production() -> Scope {
    Scope::subscription(PRODUCTION)
}

fn scan(fault: FaultRule, arguments: &[&str]) -> Scan {
    demo_with(rules([fault])).scan(arguments)
}

/// The scan differs from the undisturbed one in this one finding.
#[track_caller]
fn only_change(scan: &Scan, check: &str, resource: &str, verdict: &str) {
    let (gone, new) = changes(baseline(), &scan.findings());
    assert_eq!(
        new,
        [format!("{check} {resource} {verdict}")],
        "{gone:?}\n{}",
        scan.ended
    );
    assert_eq!(gone.len(), 1, "{gone:?}");
    assert!(
        gone[0].starts_with(&format!("{check} {resource} ")),
        "{gone:?}"
    );
}

#[test]
fn a_denied_child_costs_its_own_finding() {
    let (path, account) = blob_service();
    let scan = scan(rule(&path, status(403, denied())), &[]);
    only_change(&scan, SOFT_DELETE, &account, "not_assessed denied");
    let finding = scan.finding(SOFT_DELETE, &account);
    assert_eq!(
        finding.permission,
        "Microsoft.Storage/storageAccounts/blobServices/read"
    );
    let row = scan.row(BLOB, &production(), &account);
    assert_eq!(
        (row.outcome, row.status, row.retries),
        (Outcome::Denied, Some(403), 0)
    );
    assert!(row.detail.unwrap().contains("does not have authorization"));
    scan.says_incomplete();
}

#[test]
fn a_child_that_disappears_is_absent_and_not_a_gap() {
    let (path, account) = blob_service();
    let gone =
        json!({"error": {"code": "ResourceNotFound", "message": "The resource was not found."}});
    let scan = scan(rule(&path, status(404, gone)), &[]);
    let (_, new) = changes(baseline(), &scan.findings());
    assert!(
        new.iter()
            .all(|line| line.starts_with(&format!("{SOFT_DELETE} {account} "))),
        "{new:?}"
    );
    let findings = scan.findings();
    let passes = |finding: &Finding| {
        finding.check_id == SOFT_DELETE
            && finding.resource_id == account
            && finding.status == "pass"
    };
    assert!(
        !findings.iter().any(passes),
        "what is not there protects nothing"
    );
    let row = scan.row(BLOB, &production(), &account);
    assert_eq!((row.outcome, row.status), (Outcome::Absent, Some(404)));
}

#[test]
fn a_denied_child_in_a_graph_batch_costs_its_own_finding() {
    let check = "entra_privileged_user_has_mfa";
    let user = baseline()
        .iter()
        .find(|finding| finding.check_id == check)
        .unwrap();
    let path = format!("/v1.0{}/authentication/methods", user.resource_id);
    let refusal = json!({"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges."}});
    let scan = scan(rule(&path, status(403, refusal)), &[]);
    only_change(&scan, check, &user.resource_id, "not_assessed denied");
    let row = scan.row(
        "graph/users/authentication/methods",
        &Scope::Tenant,
        &user.resource_id,
    );
    assert_eq!((row.outcome, row.status), (Outcome::Denied, Some(403)));
}

#[test]
fn server_errors_that_heal_are_only_retries() {
    let scan = scan(rule(&storage_list(), server_error()).times(2), &LISTED);
    unchanged(&scan);
    let row = scan.row(STORAGE, &production(), "");
    assert_eq!(
        (row.outcome, row.status, row.retries),
        (Outcome::Read, Some(200), 2)
    );
}

#[test]
fn server_errors_for_ever_cost_one_row_for_each_check_of_the_list() {
    let scan = scan(
        rule(&storage_list(), server_error()),
        &[&SOON[..], &LISTED, &["--require-complete"]].concat(),
    );
    assert_eq!(scan.ended.code, 4);
    scan.says_incomplete();
    let subscription = format!("/subscriptions/{PRODUCTION}");
    let (gone, new) = changes(baseline(), &scan.findings());
    assert!(
        gone.iter()
            .all(|line| line.starts_with("storage_") && line.contains(PRODUCTION)),
        "{gone:?}"
    );
    assert_eq!(new.len(), 4, "{new:?}");
    assert!(
        new.iter()
            .all(|line| line.ends_with(&format!("{subscription} not_assessed failed"))),
        "{new:?}"
    );
    let row = scan.row(STORAGE, &production(), "");
    assert_eq!((row.outcome, row.status), (Outcome::Failed, Some(500)));
    assert_eq!(row.code.as_deref(), Some("InternalServerError"));
    assert!(row.retries > 0);
    let message = scan
        .finding("storage_secure_transfer_required_is_enabled", &subscription)
        .message;
    assert!(message.contains("An error occurred."), "{message}");
}

#[test]
fn broken_connections_and_replies_that_heal_are_only_retries() {
    let lists = [
        (STORAGE, FaultKind::Reset),
        ("Microsoft.Web/sites", FaultKind::Truncate),
        ("Microsoft.KeyVault/vaults", FaultKind::InvalidJson),
        ("Microsoft.Compute/disks", FaultKind::HtmlPage),
    ];
    let broken = lists.clone().map(|(name, kind)| {
        rule(
            &format!("/subscriptions/{PRODUCTION}/providers/{name}"),
            kind,
        )
        .times(1)
    });
    let scan = demo_with(rules(broken)).scan(&LISTED);
    unchanged(&scan);
    for (name, kind) in lists {
        let row = scan.row(name, &production(), "");
        // A broken connection takes along the other requests that share it.
        assert_eq!(row.outcome, Outcome::Read, "{kind:?}");
        assert!(row.retries >= 1, "{kind:?}");
    }
}

#[test]
fn broken_connections_and_replies_for_ever_cost_their_own_finding() {
    let kinds = [
        FaultKind::Reset,
        FaultKind::Truncate,
        FaultKind::InvalidJson,
        FaultKind::HtmlPage,
    ];
    let broken: Vec<_> = accounts().zip(kinds).collect();
    assert_eq!(broken.len(), 4, "the tenant has an account for each fault");
    let faults = broken
        .iter()
        .map(|(account, kind)| rule(&format!("{account}/blobServices/default"), kind.clone()));
    let scan = demo_with(rules(faults)).scan(&[SOON, ONE_BY_ONE].concat());
    scan.says_incomplete();
    let (gone, new) = changes(baseline(), &scan.findings());
    assert_eq!((gone.len(), new.len()), (4, 4), "{gone:#?}\n{new:#?}");
    for (account, kind) in &broken {
        let finding = scan.finding(SOFT_DELETE, account);
        assert_eq!(
            (finding.status.as_str(), finding.reason.as_str()),
            ("not_assessed", "failed")
        );
        let row = scan.row(BLOB, &production(), account);
        assert_eq!(row.outcome, Outcome::Failed, "{kind:?}");
        let detail = row.detail.unwrap();
        assert!(
            !detail.is_empty() && !detail.contains("<html"),
            "{kind:?}: {detail}"
        );
    }
}

#[test]
fn a_token_that_expires_mid_scan_is_renewed() {
    let scan = scan(
        rule("*/storageAccounts", FaultKind::ExpireToken)
            .after(1)
            .times(1),
        &LISTED,
    );
    unchanged(&scan);
    let row = scan.row(STORAGE, &production(), "");
    assert_eq!(row.outcome, Outcome::Read);
}

#[test]
fn a_slow_answer_is_waited_for() {
    let slow = FaultKind::Slow(std::time::Duration::from_millis(300));
    unchanged(&scan(rule(&storage_list(), slow), &LISTED));
}

#[test]
fn the_list_of_subscriptions_must_be_had() {
    let azure = demo_with(rules([rule("/subscriptions", server_error())]));
    let ended = azure.program(&["scan"]).args(SOON).run();
    ended.refused(1, "the list of subscriptions could not be read", "");
    let azure = demo_with(rules([rule("/subscriptions", FaultKind::InvalidJson)]));
    let ended = azure.program(&["scan"]).args(SOON).run();
    ended.refused(1, "the list of subscriptions could not be read", "");
}

#[test]
fn the_cloud_must_be_found() {
    for kind in [
        FaultKind::HtmlPage,
        FaultKind::InvalidJson,
        FaultKind::Reset,
    ] {
        let azure = demo_with(rules([rule("/metadata/endpoints", kind)]));
        let ended = azure.program(&["scan"]).args(SOON).run();
        ended.refused(1, "could not be discovered", "Resource Manager URL");
    }
}

#[test]
fn exit_codes_tell_findings_from_gaps() {
    let azure = demo();
    // Function keys are the gap of this tenant.
    let few = ["--check", "app_function_access_keys_configured"];
    let code = |arguments: &[&str]| azure.scan(&[&few[..], arguments].concat()).ended.code;
    assert_eq!(code(&["--fail-on", "high"]), 3);
    assert_eq!(code(&["--fail-on", "critical"]), 0);
    assert_eq!(code(&["--require-complete"]), 4);
    assert_eq!(code(&["--require-complete", "--fail-on", "high"]), 3);
    assert_eq!(
        code(&["--require-complete", "--subscription", PRODUCTION]),
        0
    );
}
