//! What callers may do: roles held directly, through groups and from above, denials, and what they are told of it.

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use simulator::Options;
use std::time::Duration;
use support::Sim;
use support::company::*;

async fn keys(sim: &Sim) -> u16 {
    let path = format!("{}/host/default/listkeys", site());
    sim.send(SCANNER, Method::POST, &path, json!({}))
        .await
        .status
}

#[tokio::test]
async fn a_role_works_through_nested_groups_and_from_a_management_group() {
    let sim = company(Value::Null).await;
    assert_eq!(
        told(&sim.read(SCANNER, A).await),
        (403, "AuthorizationFailed")
    );
    let role = sim.give(1, TOP, READER, OUTER).await;
    assert_eq!(sim.read(SCANNER, A).await.status, 200);
    assert_eq!(sim.read(SCANNER, &site()).await.status, 200);
    assert_eq!(sim.read(SCANNER, B).await.status, 403);
    assert_eq!(keys(&sim).await, 403);
    assert_eq!(sim.delete(OWNER, &role).await.status, 200);
    assert_eq!(sim.read(SCANNER, A).await.status, 403);
}

#[tokio::test]
async fn a_role_at_the_root_reaches_everything() {
    let sim = company(Value::Null).await;
    sim.give(1, "", READER, SCANNER_ID).await;
    for path in [A, B, LOW, TOP] {
        assert_eq!(sim.read(SCANNER, path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn a_denial_wins_and_is_listed() {
    let denial = |scope: &str, excluded: &str| {
        json!({"properties": {
            "denyAssignmentName": "d",
            "permissions": [{"actions": ["Microsoft.Web/sites/*"], "notActions": ["*/read"]}],
            "principals": [{"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined"}],
            "excludePrincipals": [{"id": excluded, "type": "ServicePrincipal"}],
            "scope": scope,
            "isSystemProtected": true,
        }, "id": at(scope, "denyAssignments", &guid(7)), "name": guid(7), "type": "Microsoft.Authorization/denyAssignments"})
    };
    let group = format!("{A}/resourceGroups/web");
    let stored = at(&group, "denyAssignments", &guid(7));
    let sim = company(json!({stored.clone(): denial(&group, OWNER_ID)})).await;
    sim.give(1, A, "b24988ac-6180-42a0-ab88-20f7382dd24c", SCANNER_ID)
        .await;
    assert_eq!(keys(&sim).await, 403);
    assert_eq!(sim.read(SCANNER, &site()).await.status, 200);
    let path = format!("{}/host/default/listkeys", site());
    let excluded = sim.send(OWNER, Method::POST, &path, json!({})).await;
    assert_eq!(excluded.status, 200);
    for scope in [A.to_owned(), group, site()] {
        let listed = sim.read(SCANNER, &at(&scope, "denyAssignments", "")).await;
        assert_eq!(listed.each("name"), [guid(7)], "{scope}");
    }
    let above = format!("{}?$filter=atScope()", at(A, "denyAssignments", ""));
    assert!(sim.read(SCANNER, &above).await.each("name").is_empty());
    assert_eq!(sim.read(SCANNER, &stored).await.body["name"], guid(7));
    let none = sim.read(SCANNER, &at(A, "denyAssignments", &guid(8))).await;
    assert_eq!(told(&none), (404, "DenyAssignmentNotFound"));
    // Denials are Azure's own to make.
    assert_eq!(sim.delete(OWNER, &stored).await.status, 405);
}

#[tokio::test]
async fn permissions_are_told_for_subscriptions_groups_and_resources() {
    let sim = company(Value::Null).await;
    sim.give(1, TOP, READER, OUTER).await;
    sim.give(
        2,
        &site(),
        "b24988ac-6180-42a0-ab88-20f7382dd24c",
        SCANNER_ID,
    )
    .await;
    let group = format!("{A}/resourceGroups/web");
    for (scope, blocks) in [(A.to_owned(), 1), (group, 1), (site(), 2)] {
        let told = sim.read(SCANNER, &at(&scope, "permissions", "")).await;
        let value = told.body["value"].as_array().unwrap();
        assert_eq!(value.len(), blocks, "{scope}");
        assert_eq!(value[0]["actions"], json!(["*/read"]));
    }
    let nowhere = format!("{}x", site());
    let told = sim.read(SCANNER, &at(&nowhere, "permissions", "")).await;
    assert_eq!(told.status, 404);
}

#[tokio::test]
async fn fresh_roles_count_when_every_copy_has_them() {
    let options = Options {
        replication_delay: Duration::from_secs(600),
        ..Options::default()
    };
    let sim = company_with(Value::Null, options).await;
    let role = at(A, "roleDefinitions", &guid(9));
    assert_eq!(
        sim.put(OWNER, &role, custom("Keys", &[A])).await.status,
        201
    );
    sim.give(1, A, &guid(9), SCANNER_ID).await;
    assert_eq!(keys(&sim).await, 403);
    sim.server.age(Duration::from_secs(601));
    assert_eq!(keys(&sim).await, 200);
    let mut other = custom("Keys", &[A]);
    other["properties"]["permissions"][0]["actions"] = json!(["Microsoft.Web/sites/read"]);
    assert_eq!(sim.put(OWNER, &role, other).await.status, 201);
    // The definition that was replaced is in force a little longer.
    assert_eq!(keys(&sim).await, 200);
    sim.server.age(Duration::from_secs(601));
    assert_eq!(keys(&sim).await, 403);
}
