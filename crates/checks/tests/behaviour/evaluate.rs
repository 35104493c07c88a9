//! Judging documents whose reads all ended well.

use std::convert::Infallible;

use catalog::{Catalog, Document, Outcome};
use checks::{
    Check, Counts, Evaluator, Finding, Library, Memory, PrepareError, Settings, Status,
    render_remediation,
};
use serde_json::{Value, json};

use crate::check_text::{CheckText, library};
use crate::documents::{SUBSCRIPTION, account, arm, graph};

/// Every finding of a library on documents.
pub fn findings(
    library: &Library,
    documents: &Memory,
    settings: &Settings,
) -> (Vec<Finding>, Counts) {
    let checks: Vec<&Check> = library.checks().iter().collect();
    let evaluator = Evaluator::new(&checks, &Catalog::builtin().unwrap(), settings).unwrap();
    let mut findings = Vec::new();
    let counts = evaluator
        .run(documents, &mut |finding, _| -> Result<(), Infallible> {
            findings.push(finding);
            Ok(())
        })
        .unwrap();
    (findings, counts)
}

/// A tenant of these documents.
pub fn tenant(documents: Vec<Document>) -> Memory {
    let mut memory = Memory::new("tenant-1");
    documents
        .into_iter()
        .for_each(|document| memory.add(document));
    memory
}

fn judged(check: &CheckText, documents: &Memory) -> Vec<Finding> {
    findings(&check.library(), documents, &Settings::default()).0
}

#[test]
fn a_finding_says_what_who_and_why() {
    let documents = tenant(vec![account(
        "stBad",
        json!({ "supportsHttpsTrafficOnly": false }),
    )]);
    let library = CheckText::storage().library();
    let (found, counts) = findings(&library, &documents, &Settings::default());
    let expected = json!({
        "check_id": "storage_example", "status": "fail", "severity": "high", "service": "storage",
        "resource_id": format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stBad"),
        "resource_name": "stBad", "resource_type": "Microsoft.Storage/storageAccounts",
        "subscription_id": SUBSCRIPTION, "region": "westeurope", "message": "Is false.",
        "evidence": { "properties.supportsHttpsTrafficOnly": false },
    });
    assert_eq!(serde_json::to_value(&found[0]).unwrap(), expected);
    assert_eq!(
        counts,
        Counts {
            documents: 1,
            fail: 1,
            ..Counts::default()
        }
    );
    assert_eq!(counts.findings(), 1);
}

#[test]
fn findings_come_in_a_fixed_order() {
    let (a, b) = (
        CheckText::storage(),
        CheckText::storage().with("title", "title: Another"),
    );
    let library = library(&[("b_check", &b), ("a_check", &a)]);
    let documents = tenant(vec![account("z", json!({})), account("A", json!({}))]);
    let (first, _) = findings(&library, &documents, &Settings::default());
    let order: Vec<(&str, &str)> = first
        .iter()
        .map(|finding| (finding.resource_name.as_str(), finding.check_id.as_str()))
        .collect();
    assert_eq!(
        order,
        [
            ("A", "a_check"),
            ("A", "b_check"),
            ("z", "a_check"),
            ("z", "b_check")
        ]
    );
    let (second, _) = findings(&library, &documents, &Settings::default());
    assert_eq!(
        serde_json::to_string(&first).unwrap(),
        serde_json::to_string(&second).unwrap()
    );
}

#[test]
fn odd_documents_do_not_disturb_their_neighbours() {
    let mut bare = account("bare", json!({}));
    bare.body = json!({ "id": bare.id });
    let mut null = account("null", json!({}));
    null.body = Value::Null;
    let documents = tenant(vec![
        bare,
        null,
        account("good", json!({ "supportsHttpsTrafficOnly": true })),
    ]);
    let statuses: Vec<_> = judged(&CheckText::storage(), &documents)
        .into_iter()
        .map(|finding| (finding.resource_name, finding.status))
        .collect();
    assert_eq!(
        statuses,
        [
            ("bare".to_owned(), Status::Fail),
            ("good".to_owned(), Status::Pass),
            ("null".to_owned(), Status::Fail)
        ]
    );
}

#[test]
fn when_rules_documents_out() {
    let check = CheckText::storage().with("when", "when: resource.name != 'skip'");
    let documents = tenant(vec![account("skip", json!({})), account("keep", json!({}))]);
    let found = judged(&check, &documents);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].resource_name, "keep");
}

#[test]
fn manual_comes_before_pass() {
    let check = CheckText::storage()
        .with(
            "manual",
            "manual: resource.properties.supportsHttpsTrafficOnly == true",
        )
        .with(
            "message",
            "message: { pass: a, fail: b, manual: 'Look at {{ resource.name }}.' }",
        );
    let found = judged(
        &check,
        &tenant(vec![account(
            "x",
            json!({ "supportsHttpsTrafficOnly": true }),
        )]),
    );
    assert_eq!(
        (found[0].status, found[0].message.as_str()),
        (Status::Manual, "Look at x.")
    );
}

#[test]
fn children_are_objects_lists_or_null() {
    let check = CheckText::storage()
        .with("with", "with: { blob: blobServices/default }")
        .with("pass", "pass: blob.properties.on == true")
        .with(
            "message",
            "message: { pass: '{{ blob.properties.on }}', fail: '{{ blob == null }}' }",
        );
    let account = account("x", json!({}));
    let child_type = account.document_type.child("blobServices/default");
    let mut documents = tenant(vec![account.clone()]);
    documents.add_children(&account, &child_type, Outcome::Absent, Vec::new());
    assert_eq!(judged(&check, &documents)[0].message, "true");
    let blob = arm(
        "Microsoft.Storage/storageAccounts/blobServices/default",
        "default",
        json!({ "on": true }),
    );
    documents.add_children(&account, &child_type, Outcome::Read, vec![blob]);
    assert_eq!(judged(&check, &documents)[0].status, Status::Pass);
}

#[test]
fn items_are_judged_one_by_one() {
    let check = CheckText::storage()
        .with("resource", "resource: Microsoft.KeyVault/vaults")
        .with("with", "with: { keys: keys }")
        .with("each", "each: keys")
        .with(
            "pass",
            "pass: item.properties.enabled == true && resource.name == 'kv'",
        )
        .with(
            "message",
            "message: { pass: '{{ item.name }}', fail: '{{ item.name }}' }",
        )
        .with(
            "remediation",
            "remediation: { text: '{{ resource.name }}/{{ item.name }} {{ resource.id }}' }",
        );
    let vault = arm("Microsoft.KeyVault/vaults", "kv", json!({}));
    let key = |name: &str, enabled: bool| {
        let mut key = arm(
            "Microsoft.KeyVault/vaults/keys",
            name,
            json!({ "enabled": enabled }),
        );
        key.id = format!("{}/keys/{name}", vault.id);
        key.body["id"] = key.id.clone().into();
        key
    };
    let mut documents = tenant(vec![vault.clone()]);
    let keys = vec![key("one", true), key("two", false)];
    documents.add_children(
        &vault,
        &"Microsoft.KeyVault/vaults/keys".into(),
        Outcome::Read,
        keys,
    );
    let library = check.library();
    let (found, counts) = findings(&library, &documents, &Settings::default());
    let said: Vec<_> = found
        .iter()
        .map(|finding| (finding.message.as_str(), finding.status))
        .collect();
    assert_eq!(said, [("one", Status::Pass), ("two", Status::Fail)]);
    assert_eq!(
        found[1].resource_type.as_str(),
        "Microsoft.KeyVault/vaults/keys"
    );
    assert_eq!(found[1].resource_id, format!("{}/keys/two", vault.id));
    assert_eq!(found[1].evidence["item.properties.enabled"], false);
    assert_eq!((counts.documents, counts.findings()), (1, 2));
    let remediation = render_remediation(&library.checks()[0], &found[1]).unwrap();
    assert_eq!(remediation.text, format!("kv/two {}", vault.id));
    assert_eq!(remediation.az, None);
}

#[test]
fn other_types_are_joined_within_the_subscription() {
    let check = CheckText::storage()
        .with("resource", "resource: Microsoft.Resources/subscriptions")
        .with("with", "with: { accounts: Microsoft.Storage/storageAccounts }")
        .with("pass", "pass: accounts.exists(a, a.name == 'mine')")
        .with("message", "message: { pass: x, fail: 'Of {{ size(accounts) }} in {{ subscription }} of {{ tenant }}.' }");
    let subscription = |id: &str| Document {
        document_type: "Microsoft.Resources/subscriptions".into(),
        id: format!("/subscriptions/{id}"),
        scope: catalog::Scope::subscription(id),
        body: json!({ "id": format!("/subscriptions/{id}"), "displayName": format!("Sub {id}") }),
    };
    let mut documents = tenant(vec![
        subscription(SUBSCRIPTION),
        subscription("other"),
        account("mine", json!({})),
    ]);
    documents.read(
        &"Microsoft.Storage/storageAccounts".into(),
        catalog::Scope::subscription("other"),
        Outcome::Read,
        None,
    );
    let found = judged(&check, &documents);
    assert_eq!(
        (found[0].status, found[0].resource_name.as_str()),
        (Status::Pass, &*format!("Sub {SUBSCRIPTION}"))
    );
    assert_eq!(found[0].evidence["accounts"], "1 item");
    assert_eq!(found[1].message, "Of 0 in other of tenant-1.");
    assert_eq!(found[1].subscription_id.as_deref(), Some("other"));
}

#[test]
fn joined_documents_carry_their_children() {
    let check = CheckText::storage()
        .with("resource", "resource: graph/users")
        .with(
            "with",
            "with: { roles: { read: graph/directoryRoles, children: [members] } }",
        )
        .with(
            "pass",
            "pass: '!roles.exists(role, role.members.exists(m, m.id == resource.id))'",
        )
        .with("message", "message: { pass: x, fail: y }");
    let role = graph(
        "graph/directoryRoles",
        "r",
        json!({ "displayName": "Global Administrator" }),
    );
    let member = graph("graph/directoryRoles/members", "U1", json!({}));
    let user = |id: &str| {
        graph(
            "graph/users",
            id,
            json!({ "userPrincipalName": format!("{id}@x") }),
        )
    };
    let mut documents = tenant(vec![user("u1"), user("u2"), role.clone()]);
    documents.add_children(
        &role,
        &"graph/directoryRoles/members".into(),
        Outcome::Read,
        vec![member],
    );
    let said: Vec<_> = judged(&check, &documents)
        .into_iter()
        .map(|f| (f.resource_id, f.resource_name, f.status))
        .collect();
    assert_eq!(
        said,
        [
            ("/users/u1".to_owned(), "u1@x".to_owned(), Status::Fail),
            ("/users/u2".to_owned(), "u2@x".to_owned(), Status::Pass)
        ]
    );
}

#[test]
fn settings_reach_the_expressions() {
    let check = CheckText::storage()
        .with("params", "params: { wanted: a }")
        .with("pass", "pass: resource.name == params.wanted && 'me' in settings.emergency_accounts && now == '2030'");
    let mut settings = Settings {
        emergency_accounts: vec!["Me".to_owned()],
        now: Some("2030".to_owned()),
        ..Settings::default()
    };
    settings.params.insert(
        "storage_example".to_owned(),
        json!({ "wanted": "b" }).as_object().unwrap().clone(),
    );
    let (found, _) = findings(
        &check.library(),
        &tenant(vec![account("b", json!({}))]),
        &settings,
    );
    assert_eq!(found[0].status, Status::Pass);
    assert_eq!(found[0].evidence["params.wanted"], "b");
}

#[test]
fn parameters_that_a_check_lacks_are_refused() {
    let library = CheckText::storage()
        .with("params", "params: { minimum: 1 }")
        .library();
    let error = |name: &str, value: Value| {
        let mut settings = Settings::default();
        settings.params.insert(
            "storage_example".to_owned(),
            [(name.to_owned(), value)].into_iter().collect(),
        );
        Evaluator::new(
            &[&library.checks()[0]],
            &Catalog::builtin().unwrap(),
            &settings,
        )
        .unwrap_err()
    };
    assert!(
        error("minimun", json!(2))
            .to_string()
            .contains("has no parameter `minimun`")
    );
    assert!(
        error("minimum", json!("two"))
            .to_string()
            .contains("is a number, not a string")
    );
    let lost = CheckText::storage()
        .with("resource", "resource: No/such")
        .library();
    let error = Evaluator::new(
        &[&lost.checks()[0]],
        &Catalog::builtin().unwrap(),
        &Settings::default(),
    )
    .unwrap_err();
    assert!(matches!(error, PrepareError::Type(_)), "{error}");
}

#[test]
fn only_the_wanted_resource_groups_are_judged() {
    let settings = Settings {
        resource_groups: vec!["RG".to_owned()],
        ..Settings::default()
    };
    let mut other = account("other", json!({}));
    other.id = other.id.replace("resourceGroups/rg", "resourceGroups/rg2");
    let documents = tenant(vec![account("x", json!({})), other]);
    let (found, counts) = findings(&CheckText::storage().library(), &documents, &settings);
    assert_eq!(
        (
            found.len(),
            found[0].resource_name.as_str(),
            counts.documents
        ),
        (1, "x", 1)
    );
}

#[test]
fn a_receiver_that_fails_ends_the_evaluation() {
    let library = CheckText::storage().library();
    let evaluator = Evaluator::new(
        &[&library.checks()[0]],
        &Catalog::builtin().unwrap(),
        &Settings::default(),
    )
    .unwrap();
    let documents = tenant(vec![account("a", json!({})), account("b", json!({}))]);
    let mut calls = 0;
    let result = evaluator.run(&documents, &mut |_, _| {
        calls += 1;
        Err("disk full")
    });
    assert_eq!(result.unwrap_err().to_string(), "disk full");
    assert_eq!(calls, 1);
}

#[test]
fn items_have_ids_of_their_own_and_belong_to_what_lists_them() {
    let check = CheckText::storage()
        .with("resource", "resource: Microsoft.Resources/subscriptions")
        .with("with", "with: { locks: Microsoft.Authorization/locks }")
        .with("each", "each: locks")
        .with("pass", "pass: item.properties.level == 'ReadOnly'")
        .with("message", "message: { pass: Yes., fail: No. }");
    let lock = arm("Microsoft.Authorization/locks", "keep", json!({}));
    let id = format!("/subscriptions/{SUBSCRIPTION}");
    let mut documents = tenant(vec![lock]);
    documents.add(Document {
        document_type: "Microsoft.Resources/subscriptions".into(),
        body: json!({ "id": id, "subscriptionId": SUBSCRIPTION }),
        id: id.clone(),
        scope: crate::documents::subscription_scope(),
    });
    let library = check.library();
    let (found, _) = findings(&library, &documents, &Settings::default());
    assert!(found[0].resource_id.ends_with("/locks/keep"), "{found:#?}");
    let rendered = render_remediation(&library.checks()[0], &found[0]).unwrap();
    assert_eq!(rendered.az, Some(format!("az x --ids {id}")));

    let check = CheckText::storage()
        .with("each", "each: resource.properties.rules")
        .with("pass", "pass: item.on == true")
        .with("message", "message: { pass: Yes., fail: No. }");
    let documents = tenant(vec![account(
        "x",
        json!({ "rules": [{ "name": "a" }, { "on": true }] }),
    )]);
    let library = check.library();
    let (found, _) = findings(&library, &documents, &Settings::default());
    let account = account("x", json!({})).id;
    let ids: Vec<&str> = found.iter().map(|one| one.resource_id.as_str()).collect();
    assert_eq!(ids, [format!("{account}#a"), format!("{account}#2")]);
    let rendered = render_remediation(&library.checks()[0], &found[0]).unwrap();
    assert_eq!(rendered.az, Some(format!("az x --ids {account}")));
}
