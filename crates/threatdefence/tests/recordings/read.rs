//! What the snapshot must hold.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use catalog::{DocumentType, Documents, Outcome, Plan, Redaction, Scope};
use inventory::Snapshot;
use serde_json::{Map, Value};

use crate::layout::{Layout, Placed};

/// Types of which the simulator has documents of its own as well.
const ALSO_SIMULATED: [&str; 4] = [
    "Microsoft.Resources/resourceGroups",
    ROLES,
    "Microsoft.Authorization/roleAssignments",
    "Microsoft.Resources/subscriptions",
];

const ROLES: &str = "Microsoft.Authorization/roleDefinitions";

/// A subscription and an id, both in lower case.
type Key = (String, String);

/// Every read was answered, if only with 404 for what was not recorded.
pub fn nothing_failed(snapshot: &Snapshot) {
    let groups = snapshot.ledger_groups().expect("the ledger is readable");
    let unknown: Vec<_> = groups
        .iter()
        .filter(|group| !group.outcome.is_known())
        .collect();
    assert!(unknown.is_empty(), "{unknown:#?}");
}

/// Subscriptions that are not enabled are passed over, and the manifest names them.
pub fn idle_subscriptions_are_named(layout: &Layout<'_>, snapshot: &Snapshot) {
    let skipped = snapshot.manifest().skipped.iter();
    let skipped: BTreeSet<&str> = skipped.map(|one| one.id.as_str()).collect();
    let subscriptions = layout.documents.values();
    let idle: BTreeSet<&str> = subscriptions
        .filter(|placed| placed.entry.from_scope && !placed.is_scanned())
        .filter_map(|placed| placed.body["subscriptionId"].as_str())
        .collect();
    assert!(!idle.is_empty());
    assert_eq!(skipped, idle);
}

/// Each document that was laid out is there, as it was laid out, and no other of its type.
pub fn every_document_is_there(layout: &Layout<'_>, snapshot: &Snapshot) {
    let mut by_type: BTreeMap<&DocumentType, Vec<&Placed>> = BTreeMap::new();
    for placed in layout
        .documents
        .values()
        .filter(|placed| placed.is_scanned() && layout.is_asked_for(placed))
    {
        by_type.entry(&placed.entry.name).or_default().push(placed);
    }
    for (document_type, laid) in by_type {
        let read = read(layout, snapshot, document_type);
        let mut unneeded = 0;
        for placed in laid.iter().filter(|placed| is_listed(placed)) {
            let Some(body) = read.get(&key(placed)) else {
                let parent = layout.parent_of(placed).unwrap_or_default();
                let scope = Scope::subscription(&placed.subscription());
                let row = snapshot.ledger_row(document_type, &scope, parent);
                let row = row.expect("the ledger is readable");
                // What every check rules out is not asked for.
                let is_unneeded = row.is_some_and(|row| row.outcome == Outcome::NotNeeded);
                assert!(is_unneeded, "{} was not read", placed.path);
                unneeded += 1;
                continue;
            };
            // What the catalogue reduces differs, and the simulator completes subscriptions.
            if placed.entry.redaction != Redaction::None || placed.entry.from_scope {
                continue;
            }
            if document_type.as_str() == ROLES {
                assert!(is_laid(body, &laid), "{}", placed.path);
                continue;
            }
            assert_eq!(*body, placed.body, "{}", placed.path);
        }
        if !ALSO_SIMULATED.contains(&document_type.as_str()) {
            assert_eq!(read.len() + unneeded, laid.len(), "{document_type}");
        }
    }
}

/// A role is listed where it can be assigned, and those that were recorded came from elsewhere too.
fn is_listed(placed: &Placed) -> bool {
    let scopes = placed.body["properties"]["assignableScopes"].as_array();
    let subscription = format!("/subscriptions/{}", placed.subscription());
    let is_here = |scope: &Value| {
        let scope = scope.as_str().unwrap_or_default();
        scope == "/"
            || scope
                .trim_end_matches('/')
                .eq_ignore_ascii_case(&subscription)
    };
    placed.entry.name.as_str() != ROLES || scopes.is_none_or(|scopes| scopes.iter().any(is_here))
}

/// A tenant has each role once, and shows it alike in every subscription. Recordings of several tenants are one tenant
/// here, and tell of some of Microsoft's roles at different times.
fn is_laid(body: &Value, laid: &[&Placed]) -> bool {
    laid.iter().any(|placed| {
        let mut seen = placed.body.clone();
        seen["id"] = body["id"].clone();
        seen == *body
    })
}

fn key(placed: &Placed) -> Key {
    (placed.subscription(), placed.id().to_lowercase())
}

fn read(
    layout: &Layout<'_>,
    snapshot: &Snapshot,
    document_type: &DocumentType,
) -> BTreeMap<Key, Value> {
    let mut read = BTreeMap::new();
    for subscription in layout.subscriptions() {
        let scope = Scope::subscription(&subscription);
        let mut keep = |document: catalog::Document| {
            let id = document.id.to_lowercase();
            read.insert((subscription.clone(), id), document.body);
            ControlFlow::Continue(())
        };
        snapshot
            .visit(document_type, &scope, &mut keep)
            .expect("the snapshot is readable");
    }
    read
}

/// Each object that the directory lists is there.
pub fn the_directory_is_there(plan: &Plan, graph: &Map<String, Value>, snapshot: &Snapshot) {
    let mut lists = 0;
    for entry in plan.steps.iter().map(|step| &step.entry) {
        let Some(items) = graph
            .get(&entry.path)
            .and_then(|list| list["value"].as_array())
        else {
            continue;
        };
        let listed: BTreeSet<String> = items
            .iter()
            .filter_map(|item| item["id"].as_str())
            .map(str::to_lowercase)
            .collect();
        let mut read = BTreeSet::new();
        let mut keep = |document: catalog::Document| {
            let id = document.id.rsplit('/').next().unwrap_or_default();
            read.insert(id.to_lowercase());
            ControlFlow::Continue(())
        };
        snapshot
            .visit(&entry.name, &Scope::Tenant, &mut keep)
            .expect("the snapshot is readable");
        assert_eq!(read, listed, "{}", entry.name);
        lists += 1;
    }
    assert!(lists >= 4, "users, groups, roles and policies are lists");
}
