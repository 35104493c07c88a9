//! Resource Graph and Resource Manager's lists give the same documents, and so the same findings.

use std::collections::BTreeSet;

use catalog::{Catalog, DocumentType};
use serde_json::{Value, json};
use simulator::Options;

use crate::support::{
    APPLICATION, Azure, Company, Contents, LISTED, PRODUCTION, alike, demo, generated, verdicts,
};

const STORAGE: &str = "Microsoft.Storage/storageAccounts";
const SECURE: &str = "storage_secure_transfer_required_is_enabled";

/// Both sources give the same documents, and findings that are the same to the byte.
#[track_caller]
fn same_from_both(azure: &Azure, arguments: &[&str]) -> Contents {
    let queried = azure.collect(arguments);
    let listed = azure.collect(&[arguments, &LISTED].concat());
    let contents = queried.contents();
    alike(&contents, &listed.contents());
    queried.judged().is(&listed.judged());
    contents
}

#[test]
fn both_sources_give_the_same_of_the_demo_tenant() {
    let azure = demo();
    same_from_both(&azure, &[]);
    let refused: Vec<_> = azure.queries();
    assert!(!refused.is_empty() && refused.iter().all(|query| query.status == 200));
}

#[test]
fn both_sources_give_the_same_of_every_type_in_the_catalogue() {
    let azure = generated(1, Options::default());
    let contents = same_from_both(&azure, &["--everything"]);
    let there = contents.types();
    let catalog = Catalog::builtin().unwrap();
    let missing: Vec<&DocumentType> = catalog
        .entries()
        // A user's methods are read only where the report of them cannot be had.
        .filter(|entry| entry.name.as_str() != "graph/users/authentication/methods")
        .map(|entry| &entry.name)
        .filter(|name| !there.contains(*name))
        .collect();
    assert!(missing.is_empty(), "nothing is proven of {missing:?}");
}

const ASSIGNMENTS: &str = "Microsoft.Authorization/roleAssignments";
const POLICIES: &str = "Microsoft.Authorization/policyAssignments";
const SANDBOX: &str = "aaaaaaaa-0000-4000-8000-000000000002";

/// Assignments at the tenant's root, at a management group and at subscriptions.
fn governed() -> Azure {
    let subscriptions = json!([
        {"id": PRODUCTION, "name": "Production", "management_group": "landing"},
        {"id": SANDBOX, "name": "Sandbox"},
    ]);
    let mut company = Company::new().with("subscriptions", subscriptions).with(
        "management_groups",
        json!([{"id": "zones"}, {"id": "landing", "parent": "zones"}]),
    );
    for (name, scope) in [
        ("root", String::new()),
        ("zones", group("zones")),
        ("landing", group("landing")),
        ("production", format!("/subscriptions/{PRODUCTION}")),
        ("sandbox", format!("/subscriptions/{SANDBOX}")),
    ] {
        let reader = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7";
        let shown = if scope.is_empty() {
            "/"
        } else {
            scope.as_str()
        };
        let properties = json!({"scope": shown, "roleDefinitionId": format!("{scope}{reader}"),
            "principalId": "dddddddd-0000-4000-8000-000000000001", "principalType": "User"});
        for kind in [ASSIGNMENTS, POLICIES] {
            let id = format!("{scope}/providers/{kind}/{name}");
            let body = json!({"id": id, "name": name, "type": kind, "properties": properties});
            company = company.arm(&id, body);
        }
    }
    company.start()
}

fn group(name: &str) -> String {
    format!("/providers/Microsoft.Management/managementGroups/{name}")
}

#[test]
fn what_is_assigned_above_counts_once_in_each_subscription_below() {
    let contents = same_from_both(&governed(), &["--everything"]);
    let names = |kind: &str, subscription: &str| -> Vec<String> {
        let ids = contents.ids(kind, subscription).into_iter();
        let names = ids.map(|id| id.rsplit('/').next().unwrap().to_owned());
        // Those of the application that scans are in the tenant's file.
        names.filter(|name| name.len() != 36).collect()
    };
    for kind in [ASSIGNMENTS, POLICIES] {
        let sorted = |subscription| {
            names(kind, subscription)
                .into_iter()
                .collect::<BTreeSet<_>>()
        };
        assert_eq!(names(kind, PRODUCTION).len(), 4, "each once");
        assert_eq!(
            sorted(PRODUCTION),
            ["root", "zones", "landing", "production"]
                .map(str::to_owned)
                .into()
        );
        assert_eq!(names(kind, SANDBOX).len(), 2, "each once");
        assert_eq!(
            sorted(SANDBOX),
            ["root", "sandbox"].map(str::to_owned).into()
        );
    }
}

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

#[test]
fn a_type_that_may_not_be_read_is_a_gap_though_resource_graph_is_silent_about_it() {
    let role = |actions: &[&str]| json!({"actions": actions, "not_actions": []});
    let grant = |scope: &str, actions: &[&str]| {
        json!({"application": APPLICATION,
        "scope": scope, "role": role(actions)})
    };
    let subscriptions =
        json!([{"id": PRODUCTION, "name": "Production"}, {"id": SANDBOX, "name": "Sandbox"}]);
    let azure = company()
        .with("subscriptions", subscriptions)
        .with(
            "role_assignments",
            json!([
                grant(&format!("/subscriptions/{PRODUCTION}"), &["*/read"]),
                grant(
                    &format!("/subscriptions/{SANDBOX}"),
                    &["Microsoft.Compute/*/read", "Microsoft.Resources/*/read"]
                ),
            ]),
        )
        .start();
    for source in ["resource-graph", "arm"] {
        let scan = azure.scan(&["--check", SECURE, "--source", source]);
        verdicts(
            &scan,
            SECURE,
            &[
                ("one", "pass"),
                ("open", "fail"),
                ("two", "pass"),
                (SANDBOX, "not_assessed denied"),
            ],
        );
        scan.says_incomplete();
    }
}
