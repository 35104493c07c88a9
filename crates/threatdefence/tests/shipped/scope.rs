//! What is scanned: subscriptions by id, name and management group, and what is left out aloud.

use std::collections::BTreeSet;

use catalog::{Outcome, Scope};
use serde_json::{Value, json};
use simulator::Options;

use crate::support::{
    APPLICATION, Azure, Company, LISTED, PRODUCTION, Program, Scan, demo, denied,
};

const STORAGE: &str = "Microsoft.Storage/storageAccounts";
const SECURE: &str = "storage_secure_transfer_required_is_enabled";
const DEVELOPMENT: &str = "aaaaaaaa-0000-4000-8000-000000000002";
const OLD: &str = "aaaaaaaa-0000-4000-8000-000000000003";

fn account(subscription: &str, group: &str, name: &str) -> Value {
    let id =
        format!("/subscriptions/{subscription}/resourceGroups/{group}/providers/{STORAGE}/{name}");
    json!({"id": id, "name": name, "type": STORAGE, "location": "westeurope", "kind": "StorageV2",
        "properties": {"supportsHttpsTrafficOnly": true}})
}

fn accounts(company: Company, subscription: &str, items: &[(&str, &str)]) -> Company {
    let items: Vec<Value> = items
        .iter()
        .map(|(group, name)| account(subscription, group, name))
        .collect();
    company.arm(
        &format!("/subscriptions/{subscription}/providers/{STORAGE}"),
        json!({"value": items}),
    )
}

/// Two enabled subscriptions and, third, one in the given state; nested management groups.
fn company(state: &str) -> Company {
    let subscriptions = json!([
        {"id": PRODUCTION, "name": "Production", "management_group": "landing"},
        {"id": DEVELOPMENT, "name": "Development", "management_group": "sandbox"},
        {"id": OLD, "name": "Old Shop", "state": state},
    ]);
    let groups = json!([{"id": "landing", "name": "Landing zones"},
        {"id": "sandbox", "name": "Sandbox", "parent": "landing"}]);
    let company = Company::new()
        .with("subscriptions", subscriptions)
        .with("management_groups", groups);
    let company = accounts(company, PRODUCTION, &[("data", "one"), ("Web", "two")]);
    let company = accounts(company, DEVELOPMENT, &[("data", "three")]);
    accounts(company, OLD, &[("data", "four")])
}

fn judged(scan: &Scan) -> BTreeSet<String> {
    let findings = scan.findings().into_iter();
    findings
        .map(|finding| finding.resource_id.rsplit('/').next().unwrap().to_owned())
        .collect()
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn storage_scan(azure: &Azure, arguments: &[&str]) -> Scan {
    azure.scan(&[&["--check", SECURE], arguments].concat())
}

#[test]
fn every_enabled_subscription_is_scanned_and_the_others_are_named() {
    for state in ["Disabled", "Warned", "PastDue"] {
        let scan = storage_scan(&company(state).start(), &[]);
        assert_eq!(judged(&scan), names(&["one", "two", "three"]), "{state}");
        let warning = format!("warning: skipping subscription Old Shop ({OLD}): it is {state}");
        assert!(scan.ended.stderr.contains(&warning), "{}", scan.ended);
        assert!(
            scan.ended
                .stdout
                .contains(&format!("Old Shop ({OLD}): {state}")),
            "{}",
            scan.ended
        );
        assert_eq!(scan.summary()["skipped_subscriptions"][0]["state"], state);
    }
}

#[test]
fn subscriptions_are_chosen_by_id_and_name_and_left_out() {
    let azure = company("Enabled").start();
    let judged = |arguments: &[&str]| judged(&storage_scan(&azure, arguments));
    assert_eq!(
        judged(&["--subscription", "development"]),
        names(&["three"])
    );
    assert_eq!(
        judged(&[
            "--subscription",
            &OLD.to_uppercase(),
            "--subscription",
            "Development"
        ]),
        names(&["three", "four"])
    );
    assert_eq!(
        judged(&["--exclude-subscription", "Production"]),
        names(&["three", "four"])
    );
    assert_eq!(
        judged(&[
            "--subscription",
            "Production,Development",
            "--exclude-subscription",
            PRODUCTION
        ]),
        names(&["three"])
    );
}

#[test]
fn a_management_group_stands_for_all_that_is_nested_in_it() {
    let azure = company("Enabled").start();
    let judged = |group| judged(&storage_scan(&azure, &["--management-group", group]));
    assert_eq!(judged("landing"), names(&["one", "two", "three"]));
    assert_eq!(judged("Sandbox"), names(&["three"]));
    let unknown = azure
        .program(&["scan", "--management-group", "nowhere"])
        .run();
    unknown.refused(1, "the management group `nowhere`", "");
}

#[test]
fn resource_groups_limit_findings() {
    let azure = company("Enabled").start();
    let scan = storage_scan(&azure, &["--resource-group", "DATA"]);
    assert_eq!(judged(&scan), names(&["one", "three", "four"]));
}

#[test]
fn names_that_cannot_be_resolved_are_refused() {
    let azure = company("Disabled").start();
    let asked = |name: &str| azure.program(&["scan", "--subscription", name]).run();
    asked("Prodution").refused(2, "`Prodution`", "did you mean Production?");
    asked("zzz").refused(2, "`zzz`", "threatdefence doctor");
    asked("Old Shop").refused(2, "Disabled", "enabled");
    let nothing = azure.program(&[
        "scan",
        "--exclude-subscription",
        &format!("Production,Development,{OLD}"),
    ]);
    nothing
        .run()
        .refused(2, "no subscription is left", "--exclude-subscription");
}

#[test]
fn an_ambiguous_name_is_refused_with_the_ids() {
    let subscriptions =
        json!([{"id": PRODUCTION, "name": "Shop"}, {"id": DEVELOPMENT, "name": "shop"}]);
    let azure = Company::new().with("subscriptions", subscriptions).start();
    let ended = azure.program(&["scan", "--subscription", "Shop"]).run();
    let ended = ended.refused(2, "`Shop`", PRODUCTION);
    assert!(ended.stderr.contains(DEVELOPMENT), "{ended}");
}

/// The directory is readable, no subscription is.
fn directory_only() -> Azure {
    let application =
        json!([{"client_id": APPLICATION, "accept_any_credential": true, "graph_roles": ["*"]}]);
    Company::new()
        .with("client_id", Value::Null).with("applications", application)
        .graph("/v1.0/policies/authorizationPolicy",
            json!({"id": "authorizationPolicy", "defaultUserRolePermissions": {"allowedToCreateSecurityGroups": false}}))
        .start()
}

#[test]
fn without_a_visible_subscription_the_directory_is_still_judged() {
    let scan = directory_only().scan(&["--require-complete"]);
    assert_eq!(scan.ended.code, 4);
    scan.says_incomplete();
    assert!(
        scan.ended.stderr.contains("no subscription is visible"),
        "{}",
        scan.ended
    );
    let policy = scan.finding(
        "entra_policy_default_users_cannot_create_security_groups",
        "",
    );
    assert_eq!(policy.status, "pass");
    let storage = scan.finding(SECURE, "");
    assert_eq!(
        (storage.status.as_str(), storage.reason.as_str()),
        ("not_assessed", "denied")
    );
    assert!(storage.resource_id.starts_with("/tenants/"), "{storage:?}");
    let unassessed: BTreeSet<String> = scan
        .findings()
        .into_iter()
        .filter(|finding| finding.status == "not_assessed")
        .map(|finding| finding.check_id)
        .collect();
    assert_eq!(
        unassessed.len(),
        25,
        "all but the four of the directory: {unassessed:?}"
    );
}

#[test]
fn a_denied_subscription_is_one_gap_for_each_check() {
    let path = format!("/subscriptions/{DEVELOPMENT}/*");
    let azure = company("Disabled").error(&path, 403, denied()).start();
    let scan = storage_scan(&azure, &[&LISTED[..], &["--require-complete"]].concat());
    assert_eq!(scan.ended.code, 4);
    scan.says_incomplete();
    let gap = scan.finding(SECURE, DEVELOPMENT);
    assert_eq!(
        (gap.status.as_str(), gap.reason.as_str()),
        ("not_assessed", "denied")
    );
    assert_eq!(gap.permission, format!("{STORAGE}/read"));
    assert_eq!(judged(&scan), names(&["one", "two", DEVELOPMENT]));
    let row = scan.row(STORAGE, &Scope::subscription(DEVELOPMENT), "");
    assert_eq!((row.outcome, row.status), (Outcome::Denied, Some(403)));
    assert_eq!(row.code.as_deref(), Some("AuthorizationFailed"));
    assert!(
        scan.ended
            .stdout
            .contains(&format!("fixed by {STORAGE}/read")),
        "{}",
        scan.ended
    );
}

#[test]
fn plain_http_is_for_the_loopback_only() {
    let azure = company("Disabled").start_with(Options {
        tls: false,
        ..Options::default()
    });
    assert!(azure.endpoint().starts_with("http://127.0.0.1:"));
    assert_eq!(
        judged(&storage_scan(&azure, &[])),
        names(&["one", "two", "three"])
    );
    let elsewhere = Program::new(["scan", "--cloud", "http://management.example.com"])
        .env("AZURE_TENANT_ID", "t")
        .env("AZURE_CLIENT_ID", "c")
        .env("AZURE_CLIENT_SECRET", "s");
    elsewhere
        .run()
        .refused(1, "http://management.example.com", "loopback");
}

#[test]
fn a_cloud_that_is_none() {
    let azure = demo();
    let asked = |cloud: &str| {
        let program = Program::new(["scan", "--cloud", cloud]);
        program
            .env("AZURE_TENANT_ID", "t")
            .env("AZURE_CLIENT_ID", "c")
            .env("AZURE_CLIENT_SECRET", "s")
    };
    asked("AzureClod")
        .run()
        .refused(2, "`AzureClod`", "AzureCloud");
    let untrusted = asked(&azure.endpoint()).run();
    untrusted.refused(1, "could not be discovered", "--ca-file");
    let garbage = asked(&azure.endpoint())
        .args(["--ca-file", "ca"])
        .file("ca", "no certificate");
    garbage.run().refused(1, "CA file", "BEGIN CERTIFICATE");
    assert_eq!(azure.requests().len(), 0);
}

/// The list of subscriptions as Azure would give it to an identity that sees only these entries.
fn seeing(company: Company, entries: Value) -> Company {
    company.error("/subscriptions", 200, json!({"value": entries}))
}

fn production() -> Value {
    json!({"id": format!("/subscriptions/{PRODUCTION}"), "subscriptionId": PRODUCTION,
        "displayName": "Production", "state": "Enabled"})
}

#[test]
fn a_subscription_of_the_management_group_that_is_not_visible_is_a_gap() {
    let azure = seeing(company("Enabled"), json!([production()])).start();
    let scan = storage_scan(&azure, &["--management-group", "landing"]);
    assert_eq!(judged(&scan), names(&["one", "two", DEVELOPMENT]));
    let unseen = scan.finding(SECURE, DEVELOPMENT);
    assert_eq!(
        (unseen.status.as_str(), unseen.reason.as_str()),
        ("not_assessed", "denied")
    );
    let row = scan.row(STORAGE, &Scope::subscription(DEVELOPMENT), "");
    assert_eq!(row.outcome, Outcome::Denied);
    assert!(
        scan.ended
            .stderr
            .contains("the management group holds this subscription"),
        "{}",
        scan.ended
    );
    scan.says_incomplete();
}

#[test]
fn an_entry_that_names_no_subscription_costs_only_itself() {
    let odd = json!([production(), {"displayName": "Nobody knows"}]);
    let azure = seeing(company("Enabled"), odd)
        .error("/tenants", 403, denied())
        .start();
    let scan = storage_scan(&azure, &[]);
    let judged = judged(&scan);
    assert!(judged.is_superset(&names(&["one", "two"])), "{judged:?}");
    assert_eq!(
        scan.row(STORAGE, &Scope::Tenant, "").outcome,
        Outcome::Failed
    );
    scan.says_incomplete();
}

#[test]
fn a_resource_group_that_is_nowhere_is_refused() {
    let azure = company("Enabled").start();
    let (program, _) = azure.scan_program(&["--check", SECURE, "--resource-group", "dta"]);
    program.run().refused(
        2,
        "no scanned subscription has a resource group `dta`",
        "did you mean data?",
    );
}
