//! Tests of the store.

use super::*;
use serde_json::json;

const GROUP: &str = "/subscriptions/S/resourceGroups/R";

fn account(name: &str) -> Value {
    let id = format!("{GROUP}/providers/Microsoft.Storage/storageAccounts/{name}");
    json!({"id": id, "name": name})
}

fn names(store: &Store, at: &str) -> Vec<String> {
    let found = store.collection(at).items;
    found
        .iter()
        .map(|item| item.body["name"].as_str().unwrap_or("-").to_owned())
        .collect()
}

#[test]
fn items_of_a_list_are_found_alone_and_by_group() {
    let mut store = Store::default();
    store.load(
        "/subscriptions/S/providers/Microsoft.Storage/storageAccounts",
        json!({"value": [account("b"), account("a")]}),
    );
    let one = store
        .get("/subscriptions/s/resourcegroups/r/providers/microsoft.storage/storageaccounts/A");
    assert_eq!(one.unwrap().alone()["name"], "a");
    let by_group = format!("{GROUP}/providers/Microsoft.Storage/storageAccounts");
    assert_eq!(names(&store, &by_group), ["a", "b"]);
    let by_subscription = "/subscriptions/S/providers/microsoft.storage/storageAccounts";
    assert_eq!(names(&store, by_subscription), ["b", "a"]);
}

#[test]
fn a_subscription_list_is_derived_from_single_documents() {
    let mut store = Store::default();
    let body = account("a");
    store.load(body["id"].as_str().unwrap(), body.clone());
    let at = "/subscriptions/s/providers/Microsoft.Storage/storageAccounts";
    assert_eq!(names(&store, at), ["a"]);
    assert!(!store.collection(at).stored);
}

#[test]
fn a_subscription_lists_the_deployments_at_the_subscription_alone() {
    let mut store = Store::default();
    let deployments = "providers/Microsoft.Resources/deployments";
    for id in [
        format!("{GROUP}/{deployments}/in-group"),
        format!("/subscriptions/s/{deployments}/own"),
    ] {
        store.load(&id, json!({"id": id, "name": id.rsplit('/').next()}));
    }
    let list = format!("/subscriptions/S/{deployments}");
    assert_eq!(names(&store, &list), ["own"]);
    assert_eq!(
        names(&store, &format!("{GROUP}/{deployments}")),
        ["in-group"]
    );
}

#[test]
fn a_list_and_a_single_document_may_say_different_things() {
    let mut store = Store::default();
    let mut full = account("a");
    full["properties"] = json!({"more": 1});
    store.load(
        "/subscriptions/S/providers/Microsoft.Storage/storageAccounts",
        json!({"value": [account("a")]}),
    );
    store.load(full["id"].as_str().unwrap(), full.clone());
    let document = store.get(full["id"].as_str().unwrap()).unwrap();
    assert_eq!(document.alone()["properties"]["more"], 1);
    assert!(document.in_list().get("properties").is_none());
}

#[test]
fn items_without_id_and_name_stay_in_their_list() {
    let mut store = Store::default();
    store.load("/v1.0/things", json!({"value": [{"x": 1}, {"id": "7"}]}));
    assert_eq!(store.collection("/v1.0/Things").items.len(), 2);
    assert!(store.get("/v1.0/things/7").is_some());
}

#[test]
fn recorded_links_are_dropped_and_other_members_kept() {
    let mut store = Store::default();
    store.load(
        "/v1.0/x",
        json!({"value": [], "nextLink": "https://a", "count": 3}),
    );
    let found = store.collection("/v1.0/x");
    assert_eq!(Value::Object(found.envelope), json!({"count": 3}));
}

#[test]
fn writes_are_seen_by_lists_and_deletes_take_children_along() {
    let mut store = Store::default();
    let at = format!("{GROUP}/providers/Microsoft.Storage/storageAccounts/n");
    let first = store.write(&at, json!({"name": "n"}));
    let second = store.write(&at, json!({"name": "n", "v": 2}));
    assert_ne!(first, second);
    store.write(&format!("{at}/blobServices/default"), json!({}));
    let list = "/subscriptions/S/providers/Microsoft.Storage/storageAccounts";
    assert_eq!(names(&store, list), ["n"]);
    assert!(store.remove(&at));
    assert!(!store.remove(&at));
    assert!(!store.knows(&at));
}

#[test]
fn an_array_of_plain_values_is_a_document() {
    let mut store = Store::default();
    store.load("/subscriptions/s/x", json!({"value": ["a"]}));
    assert_eq!(
        store.get("/subscriptions/s/x").unwrap().alone()["value"][0],
        "a"
    );
}

#[test]
fn names_that_begin_alike_do_not_hide_each_other() {
    let mut store = Store::default();
    for name in ["a", "a-1", "a.b", "a0", "a/x/y", "a-1/x/y", "a.b/x/y"] {
        store.load(&format!("/v1.0/things/{name}"), json!({"name": name}));
    }
    assert_eq!(names(&store, "/v1.0/things"), ["a", "a-1", "a.b", "a0"]);
}

#[test]
fn every_write_makes_a_new_version() {
    let mut store = Store::default();
    let mut versions = vec![store.version()];
    store.load("/v1.0/things", json!({"value": [{"x": 1}]}));
    versions.push(store.version());
    store.write("/v1.0/things/1", json!({"id": "1"}));
    versions.push(store.version());
    store.remove("/v1.0/things/1");
    versions.push(store.version());
    assert!(versions.is_sorted_by(|a, b| a < b), "{versions:?}");
}
