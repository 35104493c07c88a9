//! Checks that ask one question of several types of document.

use catalog::{Catalog, Outcome};
use checks::{Library, Settings, Status, lint, render_remediation, test};
use serde_json::json;

use crate::check_text::CheckText;
use crate::documents::{arm, subscription_scope};
use crate::evaluate::{findings, tenant};

/// A check on three types of which one has no rules of its own below it.
fn check() -> CheckText {
    CheckText::storage()
        .with(
            "resource",
            "resource: [Microsoft.EventHub/namespaces, Microsoft.ServiceBus/namespaces, Microsoft.EventGrid/topics]",
        )
        .with("with", "with: { rules: networkRuleSets/default }")
        .with(
            "pass",
            "pass: resource.properties.publicNetworkAccess == 'Disabled' || rules.properties.defaultAction == 'Deny'",
        )
        .with("message", "message: { pass: Yes., fail: 'Rules: {{ rules.properties.defaultAction }}.' }")
        .with(
            "tests",
            "tests:
  - pass: { properties: { publicNetworkAccess: Disabled } }
  - pass: { type: Microsoft.ServiceBus/namespaces, properties: { publicNetworkAccess: Enabled } }
    with: { rules: { properties: { defaultAction: Deny } } }
  - fail: { type: Microsoft.EventGrid/topics, properties: {} }
    with: { rules: { properties: { defaultAction: Deny } } }
    why: a topic has no such rules, so that what is given for them counts for nothing",
        )
}

fn verdicts(library: &Library, documents: &checks::Memory) -> Vec<(String, Status, String)> {
    let (found, _) = findings(library, documents, &Settings::default());
    let of = |finding: checks::Finding| (finding.resource_name, finding.status, finding.message);
    found.into_iter().map(of).collect()
}

#[test]
fn each_type_is_judged_by_what_it_has() {
    let hub = arm("Microsoft.EventHub/namespaces", "hub", json!({}));
    let bus = arm("Microsoft.ServiceBus/namespaces", "bus", json!({}));
    let topic = arm("microsoft.eventgrid/topics", "topic", json!({}));
    let mut documents = tenant(vec![hub.clone(), bus.clone(), topic]);
    for (of, action) in [(&hub, "Allow"), (&bus, "Deny")] {
        let name = of.document_type.child("networkRuleSets/default");
        let rules = arm(name.as_str(), "default", json!({ "defaultAction": action }));
        documents.add_children(of, &name, Outcome::Read, vec![rules]);
    }
    let expected = [
        ("topic", Status::Fail, "Rules: not set."),
        ("hub", Status::Fail, "Rules: Allow."),
        ("bus", Status::Pass, "Yes."),
    ];
    let expected = expected.map(|(name, status, text)| (name.to_owned(), status, text.to_owned()));
    assert_eq!(verdicts(&check().library(), &documents), expected);
}

#[test]
fn a_type_that_could_not_be_read_hides_no_other() {
    let topic = arm("Microsoft.EventGrid/topics", "topic", json!({}));
    let mut documents = tenant(vec![topic]);
    for (name, outcome) in [
        ("Microsoft.EventHub/namespaces", Outcome::Denied),
        ("Microsoft.ServiceBus/namespaces", Outcome::Read),
    ] {
        documents.read(&name.into(), subscription_scope(), outcome, None);
    }
    let (found, counts) = findings(&check().library(), &documents, &Settings::default());
    assert_eq!((counts.fail, counts.not_assessed), (1, 1), "{found:#?}");
    let denied = found
        .iter()
        .find(|finding| finding.status == Status::NotAssessed)
        .unwrap();
    let permission = denied.permission.as_deref();
    assert_eq!(permission, Some("Microsoft.EventHub/namespaces/read"));
}

#[test]
fn a_remediation_knows_which_document_an_item_belongs_to() {
    let check = check()
        .with("each", "each: resource.properties.rules")
        .with("with", "")
        .with("pass", "pass: item.on == true")
        .with("message", "message: { pass: Yes., fail: No. }")
        .with("tests", "tests: []");
    let library = check.library();
    let id = "/subscriptions/s/resourceGroups/rg/providers/microsoft.servicebus/namespaces/bus";
    let item = json!({ "id": format!("{id}/rules/one"), "name": "one" });
    let bus = arm(
        "Microsoft.ServiceBus/namespaces",
        "bus",
        json!({ "rules": [item] }),
    );
    let (found, _) = findings(&library, &tenant(vec![bus]), &Settings::default());
    let failed = found.iter().find(|finding| finding.status == Status::Fail);
    let rendered = render_remediation(&library.checks()[0], failed.unwrap()).unwrap();
    assert_eq!(rendered.az, Some(format!("az x --ids {id}")));
}

#[test]
fn its_tests_name_the_type_they_are_about() {
    let report = test(&check().library().checks()[0], &Catalog::builtin().unwrap());
    assert_eq!((report.tests, report.failures), (3, Vec::new()));
}

#[test]
fn lint_wants_each_type_once_and_each_path_of_one_of_them() {
    let complaints = |check: &CheckText| -> Vec<String> {
        let found = lint(&check.library(), &Catalog::builtin().unwrap());
        found.into_iter().map(|one| one.message).collect()
    };
    assert_eq!(complaints(&check()), [""; 0]);
    let twice = "resource: [Microsoft.EventHub/namespaces, microsoft.eventhub/namespaces]";
    let found = complaints(&check().with("resource", twice));
    assert_eq!(
        found,
        ["`microsoft.eventhub/namespaces` is named twice"],
        "{found:#?}"
    );
    let misspelt = "pass: rules.properties.defaultAction == 'Deny' || resource.properties.publicNetwrk == 'Disabled'";
    let found = complaints(&check().with("pass", misspelt));
    assert!(
        found
            .iter()
            .any(|one| one.contains("has `properties.publicNetwrk`")),
        "{found:#?}"
    );
    let none = complaints(&check().with("resource", "resource: []"));
    assert!(
        none.iter()
            .any(|one| one.contains("the catalogue has no type ``")),
        "{none:#?}"
    );
}
