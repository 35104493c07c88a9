//! Lists with items that are no documents, and lists that are none.

use std::collections::BTreeMap;

use catalog::{Outcome, Scope};
use serde_json::{Value, json};
use simulator::{FaultKind, Options};

use crate::support::{Company, LISTED, PRODUCTION, rule, rules, verdicts};

const STORAGE: &str = "Microsoft.Storage/storageAccounts";
const SECURE: &str = "storage_secure_transfer_required_is_enabled";

fn account(name: &str) -> Value {
    json!({"id": Company::id(STORAGE, name), "name": name, "type": STORAGE, "location": "westeurope",
        "kind": "StorageV2", "properties": {"supportsHttpsTrafficOnly": true}})
}

/// A list whose reply is this very text.
fn list_reply(value: Value) -> Options {
    let path = format!("/subscriptions/{PRODUCTION}/providers/{STORAGE}");
    let body = json!({ "value": value });
    rules([rule(
        &path,
        FaultKind::Status {
            code: 200,
            body,
            headers: BTreeMap::new(),
        },
    )])
}

#[test]
fn an_item_that_is_no_object_costs_only_itself() {
    let odd = json!([account("one"), 17, account("two"), null, "x"]);
    let azure = Company::new().start_with(list_reply(odd));
    let scan = azure.scan(&[&LISTED[..], &["--check", SECURE, "--require-complete"]].concat());
    assert_eq!(scan.ended.code, 4);
    scan.says_incomplete();
    verdicts(
        &scan,
        SECURE,
        &[
            ("one", "pass"),
            ("two", "pass"),
            (PRODUCTION, "not_assessed failed"),
        ],
    );
    let row = scan.row(STORAGE, &Scope::subscription(PRODUCTION), "");
    assert_eq!((row.outcome, row.documents), (Outcome::Failed, 2));
    let detail = row.detail.unwrap();
    assert!(
        detail.starts_with("3 items are no documents") && detail.contains("integer `17`"),
        "{detail}"
    );
}

#[test]
fn a_list_that_is_none_is_a_gap() {
    let azure = Company::new().start_with(list_reply(json!({"not": "a list"})));
    let scan = azure.scan(&[LISTED, ["--check", SECURE]].concat());
    verdicts(&scan, SECURE, &[(PRODUCTION, "not_assessed failed")]);
    scan.says_incomplete();
}

#[test]
fn the_same_id_twice_is_one_resource() {
    let twice = json!([account("one"), account("ONE"), account("two")]);
    let azure = Company::new().start_with(list_reply(twice));
    let scan = azure.scan(&[LISTED, ["--check", SECURE]].concat());
    let findings = scan.findings();
    assert_eq!(findings.len(), 2, "{findings:#?}");
    assert!(
        scan.ended.first_line().contains(" complete: "),
        "{}",
        scan.ended
    );
}
