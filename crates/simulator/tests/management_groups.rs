//! Management groups: who sees them, what lies above and beneath, and all entities in one list.

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use support::company::*;

const NONE: &str = "/providers/Microsoft.Management/managementGroups/none";

#[tokio::test]
async fn a_group_that_may_not_be_seen_is_not_told_from_one_that_does_not_exist() {
    let sim = company(Value::Null).await;
    for path in [TOP, NONE, &format!("{NONE}/descendants")] {
        let answer = sim.read(SCANNER, path).await;
        assert_eq!(told(&answer), (403, "AuthorizationFailed"), "{path}");
        let message = answer.body["error"]["message"].as_str().unwrap();
        assert!(
            message.contains("Microsoft.Management/managementGroups/"),
            "{message}"
        );
    }
    sim.give(1, TOP, READER, SCANNER_ID).await;
    assert_eq!(sim.read(SCANNER, LOW).await.status, 200);
    assert_eq!(
        told(&sim.read(SCANNER, NONE).await),
        (403, "AuthorizationFailed")
    );
    for path in [
        NONE.to_owned(),
        format!("{NONE}/descendants"),
        at(NONE, "roleAssignments", ""),
    ] {
        assert_eq!(
            told(&sim.read(OWNER, &path).await),
            (404, "NotFound"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_group_is_expanded_upwards_and_downwards() {
    let sim = company(Value::Null).await;
    let children = sim
        .read(OWNER, &format!("{TOP}?$expand=children&$recurse=true"))
        .await;
    let low = &children.body["properties"]["children"][0];
    assert_eq!(
        (&low["name"], &low["children"][0]["displayName"]),
        (&json!("low"), &json!("A"))
    );
    let flat = sim.read(OWNER, &format!("{TOP}?$expand=children")).await;
    assert!(flat.body["properties"]["children"][0]["children"].is_null());
    let above = sim.read(OWNER, &format!("{LOW}?$expand=ancestors")).await;
    let details = &above.body["properties"]["details"];
    assert_eq!(
        details["managementGroupAncestors"],
        json!(["top", support::TENANT])
    );
    assert_eq!(
        details["managementGroupAncestorsChain"][0]["displayName"],
        "Top"
    );
    let path = sim.read(OWNER, &format!("{LOW}?$expand=path")).await;
    let path = path.body["properties"]["details"]["path"].clone();
    assert_eq!(
        (&path[0]["name"], &path[2]["name"]),
        (&json!(support::TENANT), &json!("low"))
    );
    let beneath = sim.read(OWNER, &format!("{TOP}/descendants")).await;
    assert_eq!(beneath.each("name"), ["low", &A[15..]]);
}

#[tokio::test]
async fn entities_are_those_that_the_caller_sees() {
    let sim = company(Value::Null).await;
    let path = "/providers/Microsoft.Management/getEntities";
    let none = sim.send(SCANNER, Method::POST, path, json!({})).await;
    assert_eq!(none.body, json!({"count": 0, "value": []}));
    sim.give(1, LOW, READER, SCANNER_ID).await;
    let some = sim.send(SCANNER, Method::POST, path, json!({})).await;
    assert_eq!(some.each("name"), ["low", &A[15..]]);
    let low = &some.body["value"][0]["properties"];
    assert_eq!(
        (&low["permissions"], &low["inheritedPermissions"]),
        (&json!("view"), &json!("noaccess"))
    );
    assert_eq!(
        (&low["numberOfChildren"], &low["numberOfChildGroups"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(low["parentNameChain"], json!([support::TENANT, "top"]));
    let all = sim.send(OWNER, Method::POST, path, json!({})).await;
    assert_eq!(all.body["count"], 5);
    assert_eq!(all.body["value"][0]["properties"]["numberOfDescendants"], 4);
}

#[tokio::test]
async fn providers_are_registered_by_those_who_may() {
    let sim = company(Value::Null).await;
    let path = format!("{A}/providers/Microsoft.Web/register");
    let denied = sim.send(SCANNER, Method::POST, &path, json!({})).await;
    assert_eq!(told(&denied), (403, "AuthorizationFailed"));
    for path in [path.as_str(), "/providers/Microsoft.Management/register"] {
        let registered = sim.send(OWNER, Method::POST, path, json!({})).await;
        assert_eq!(registered.body["registrationState"], "Registered", "{path}");
    }
}
