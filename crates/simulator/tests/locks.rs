//! Locks: they stop whoever has the right to, and nobody else is told of them.

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use support::company::*;

fn lock(scope: &str, level: &str) -> (String, Value) {
    let path = at(scope, "locks", "l");
    let body = json!({"id": path, "name": "l", "type": "Microsoft.Authorization/locks", "properties": {"level": level}});
    (path, body)
}

#[tokio::test]
async fn a_read_only_lock_stops_posts_and_writes_after_the_rights_are_checked() {
    let (path, body) = lock(A, "ReadOnly");
    let sim = company(json!({path.clone(): body})).await;
    let keys = format!("{}/host/default/listkeys", site());
    let denied = sim.send(SCANNER, Method::POST, &keys, json!({})).await;
    assert_eq!(told(&denied), (403, "AuthorizationFailed"));
    let locked = sim.send(OWNER, Method::POST, &keys, json!({})).await;
    assert_eq!(told(&locked), (409, "ScopeLocked"));
    let message = locked.body["error"]["message"].as_str().unwrap();
    assert!(message.contains(&format!("are locked: '{A}'")), "{message}");
    assert_eq!(
        told(&sim.put(OWNER, &site(), json!({})).await),
        (409, "ScopeLocked")
    );
    assert_eq!(
        told(&sim.delete(OWNER, &site()).await),
        (409, "ScopeLocked")
    );
    let assignment = at(&site(), "roleAssignments", &guid(1));
    let assigned = sim.put(OWNER, &assignment, given(READER, SCANNER_ID)).await;
    assert_eq!(told(&assigned), (409, "ScopeLocked"));
    assert_eq!(sim.read(OWNER, &site()).await.status, 200);
    let query = json!({"query": "resources | count"});
    let graph = "/providers/Microsoft.ResourceGraph/resources";
    assert_eq!(
        sim.send(OWNER, Method::POST, graph, query).await.status,
        200
    );
    assert_eq!(sim.delete(OWNER, &path).await.status, 200);
    assert_eq!(
        sim.send(OWNER, Method::POST, &keys, json!({})).await.status,
        200
    );
}

#[tokio::test]
async fn a_delete_lock_on_a_resource_holds_its_group() {
    let (path, body) = lock(&site(), "CanNotDelete");
    let sim = company(json!({path: body})).await;
    let group = format!("{A}/resourceGroups/web");
    assert_eq!(told(&sim.delete(OWNER, &group).await), (409, "ScopeLocked"));
    assert_eq!(
        told(&sim.delete(OWNER, &site()).await),
        (409, "ScopeLocked")
    );
    assert_eq!(
        sim.put(OWNER, &site(), json!({"location": "uksouth"}))
            .await
            .status,
        200
    );
    let keys = format!("{}/host/default/listkeys", site());
    assert_eq!(
        sim.send(OWNER, Method::POST, &keys, json!({})).await.status,
        200
    );
}

#[tokio::test]
async fn locks_are_listed_where_they_are_and_below_and_above() {
    let (path, body) = lock(&site(), "CanNotDelete");
    let sim = company(json!({path: body})).await;
    for scope in [A.to_owned(), format!("{A}/resourceGroups/web"), site()] {
        let listed = sim.read(OWNER, &at(&scope, "locks", "")).await;
        assert_eq!(listed.each("name"), ["l"], "{scope}");
    }
    let here = format!("{}?$filter=atScope()", at(A, "locks", ""));
    assert!(sim.read(OWNER, &here).await.each("name").is_empty());
    let none = sim.read(OWNER, &at(A, "locks", "none")).await;
    assert_eq!(told(&none), (404, "LockNotFound"));
}
