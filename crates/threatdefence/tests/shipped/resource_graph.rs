//! Resource Graph as the source of resources: whatever it refuses, leaves out or cuts short is listed by
//! Resource Manager.

use std::collections::BTreeMap;

use catalog::{Outcome, Scope};
use inventory::Source;
use serde_json::{Value, json};
use simulator::{FaultKind, FaultRule, Options};

use crate::support::{
    Azure, Collected, Company, PRODUCTION, RESOURCE_GRAPH, demo_with, demo_written, rule, rules,
    unchanged,
};

const STORAGE: &str = "Microsoft.Storage/storageAccounts";
const SECURE: &str = "storage_secure_transfer_required_is_enabled";

/// The subscriptions of the demonstration tenant that are scanned.
const DEMO: [&str; 3] = [
    "3f9b2c74-8e15-4a6d-b0c7-91d2e5a4f683",
    "a84c0e19-6b7d-4f32-8d51-2c9e7f10b6a5",
    "c2d7e581-0f4a-49b3-9e68-75b1a3d8f94c",
];

fn account(name: &str) -> Value {
    json!({"id": Company::id(STORAGE, name), "name": name, "type": STORAGE, "location": "westeurope",
        "kind": "StorageV2", "properties": {"supportsHttpsTrafficOnly": name != "open"}})
}

fn company() -> Company {
    Company::new().list(
        STORAGE,
        json!([account("one"), account("open"), account("two")]),
    )
}

/// The company's accounts come one a page; one check reads them, so that the first query is that of the
/// subscriptions and the next ones are theirs.
fn paged(fault: FaultRule) -> (Azure, Collected) {
    let mut options = rules([fault]);
    options.page_size = Some(1);
    let azure = company().start_with(options);
    let collected = azure.collect(&["--check", SECURE]);
    (azure, collected)
}

/// The accounts were read from this source, all of them.
#[track_caller]
fn accounts_are_from(collected: &Collected, source: Source) {
    let row = collected.row(STORAGE, &Scope::subscription(PRODUCTION), "");
    assert_eq!(
        (row.outcome, row.source, row.documents),
        (Outcome::Read, Some(source), 3),
        "{}",
        collected.ended
    );
    assert_eq!(collected.contents().ids(STORAGE, PRODUCTION).len(), 3);
}

fn query_fault(kind: FaultKind) -> FaultRule {
    rule(RESOURCE_GRAPH, kind).method("POST")
}

/// A refusal as Resource Graph words it.
fn refusal(code: &str) -> FaultKind {
    FaultKind::Status {
        code: 400,
        body: json!({"error": {"code": "BadRequest", "message": "Please provide below info when asking for support.",
            "details": [{"code": code, "message": "The query was refused."}]}}),
        headers: BTreeMap::new(),
    }
}

#[test]
fn small_pages_give_the_same_findings() {
    // Too small for the counts of types, too.
    let azure = demo_with(Options {
        page_size: Some(10),
        ..Options::default()
    });
    let scan = azure.scan(&[]);
    unchanged(&scan);
    let row = scan.row(STORAGE, &Scope::subscription(DEMO[0]), "");
    assert_eq!(row.source, Some(Source::ResourceGraph));
    assert!(row.pages > 3, "{row:?}");
}

#[test]
fn pages_of_one_row() {
    let azure = company().start_with(Options {
        page_size: Some(1),
        ..Options::default()
    });
    let collected = azure.collect(&["--check", SECURE]);
    accounts_are_from(&collected, Source::ResourceGraph);
    assert_eq!(azure.queries().len(), 1 + 3);
}

#[test]
fn a_place_that_expires_begins_the_query_anew() {
    let fault = query_fault(refusal("CouldNotDecodeSkipToken"));
    let (azure, collected) = paged(fault.after(2).times(1));
    accounts_are_from(&collected, Source::ResourceGraph);
    // The subscriptions, a page, the refusal, three pages.
    assert_eq!(azure.queries().len(), 6);
}

#[test]
fn a_place_that_expires_again_and_again_leaves_the_list_to_resource_manager() {
    let (_, collected) = paged(query_fault(refusal("CouldNotDecodeSkipToken")).after(2));
    accounts_are_from(&collected, Source::Arm);
    assert_said(&collected, "Resource Graph does not give");
}

#[test]
fn a_page_that_weighs_too_much_is_asked_for_in_halves() {
    let fault = query_fault(refusal("ResponsePayloadTooLarge"));
    let (azure, collected) = paged(fault.after(2).times(3));
    accounts_are_from(&collected, Source::ResourceGraph);
    // The subscriptions, three pages, three refusals of the second.
    assert_eq!(azure.queries().len(), 7);
}

#[test]
fn a_row_that_weighs_too_much_by_itself_leaves_the_list_to_resource_manager() {
    let (_, collected) = paged(query_fault(refusal("ResponsePayloadTooLarge")).after(2));
    accounts_are_from(&collected, Source::Arm);
}

#[test]
fn a_result_cut_short_without_a_way_on_is_listed_by_resource_manager() {
    let (_, collected) = paged(query_fault(FaultKind::TruncatedResult).after(2).times(1));
    accounts_are_from(&collected, Source::Arm);
    assert_said(&collected, "the reply is cut short");
}

#[test]
fn counts_cut_short_lose_no_type() {
    // The first query is that of the subscriptions; those that follow are counts.
    let azure = demo_with(rules([query_fault(FaultKind::TruncatedResult)
        .after(1)
        .times(1)]));
    unchanged(&azure.scan(&[]));
}

#[track_caller]
fn assert_said(collected: &Collected, words: &str) {
    assert!(
        collected.ended.stderr.contains(words),
        "{}",
        collected.ended
    );
}

#[test]
fn a_subscription_that_resource_graph_leaves_out_is_listed_by_resource_manager() {
    let more = format!("resource_graph: {{ hidden_subscriptions: [{}] }}", DEMO[1]);
    let scan = demo_written(&more, Options::default()).scan(&[]);
    unchanged(&scan);
    let said = format!("Resource Graph leaves out subscription {}", DEMO[1]);
    assert!(scan.ended.stderr.contains(&said), "{}", scan.ended);
    let source = |id| scan.row(STORAGE, &Scope::subscription(id), "").source;
    assert_eq!(
        DEMO.map(source),
        [
            Some(Source::ResourceGraph),
            Some(Source::Arm),
            Some(Source::ResourceGraph)
        ]
    );
}

#[test]
fn a_table_that_a_cloud_lacks_is_listed_by_resource_manager() {
    for tables in [
        "resources",
        "authorizationresources, policyresources, securityresources, appserviceresources",
    ] {
        let more = format!("resource_graph: {{ missing_tables: [{tables}] }}");
        let azure = demo_written(&more, Options::default());
        let scan = azure.scan(&[]);
        unchanged(&scan);
        assert!(
            scan.ended.stderr.contains("Resource Graph does not give"),
            "{}",
            scan.ended
        );
        let source = scan.row(STORAGE, &Scope::subscription(DEMO[0]), "").source;
        let expected = match tables {
            "resources" => Source::Arm,
            _ => Source::ResourceGraph,
        };
        assert_eq!(source, Some(expected));
    }
}

#[test]
fn without_resource_graph_resource_manager_lists_everything() {
    let azure = demo_written("resource_graph: { refused: true }", Options::default());
    let scan = azure.scan(&[]);
    unchanged(&scan);
    let said = "Resource Graph cannot be queried";
    assert_eq!(scan.ended.stderr.matches(said).count(), 1, "{}", scan.ended);
    assert_eq!(azure.queries().len(), 1, "it is asked once");
}
