//! Role definitions: read at any scope, and written with Azure's own refusals.

mod support;

use serde_json::{Value, json};
use support::company::*;

const ADMINISTRATOR: &str = "f58310d9-a9f6-439a-9e8d-f62e7b41a168";

fn role(number: u32) -> String {
    at(A, "roleDefinitions", &guid(number))
}

#[tokio::test]
async fn built_in_roles_are_read_at_every_scope() {
    let sim = company(Value::Null).await;
    let group = format!("{A}/resourceGroups/web");
    for (scope, home) in [("", ""), (A, A), (group.as_str(), A), (LOW, "")] {
        let one = sim.read(OWNER, &at(scope, "roleDefinitions", READER)).await;
        assert_eq!(
            one.body["id"],
            at(home, "roleDefinitions", READER),
            "{scope}"
        );
        let named = format!(
            "{}?$filter=roleName eq 'reader'",
            at(scope, "roleDefinitions", "")
        );
        assert_eq!(
            sim.read(OWNER, &named).await.each("name"),
            [READER],
            "{scope}"
        );
    }
    let vault = at(
        "",
        "roleDefinitions",
        "21090545-7ca7-4776-b22c-e363652d74d2",
    );
    let vault = sim.read(OWNER, &vault).await;
    let data = &vault.body["properties"]["permissions"][0]["dataActions"];
    assert_eq!(data[0], "Microsoft.KeyVault/vaults/*/read");
    let none = sim.read(OWNER, &role(1)).await;
    assert_eq!(told(&none), (404, "RoleDefinitionDoesNotExist"));
}

#[tokio::test]
async fn a_custom_role_is_made_listed_changed_and_deleted() {
    let sim = company(Value::Null).await;
    let made = sim.put(OWNER, &role(1), custom("Keys", &[A])).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.body["id"], role(1));
    let properties = &made.body["properties"];
    assert_eq!(
        (&properties["type"], &properties["createdBy"]),
        (&json!("CustomRole"), &json!(OWNER_ID))
    );
    assert!(properties["createdOn"].is_string());
    let listed = |scope: &str, filter: &str| {
        format!("{}?$filter={filter}", at(scope, "roleDefinitions", ""))
    };
    let custom_ones = "type eq 'CustomRole'";
    assert_eq!(
        sim.read(OWNER, &listed(A, custom_ones)).await.each("name"),
        [guid(1)]
    );
    assert!(
        sim.read(OWNER, &listed(B, custom_ones))
            .await
            .each("name")
            .is_empty()
    );
    assert!(
        sim.read(OWNER, &listed(TOP, custom_ones))
            .await
            .each("name")
            .is_empty()
    );
    let below = "atScopeAndBelow() and type eq 'CustomRole'";
    assert_eq!(
        sim.read(OWNER, &listed(TOP, below)).await.each("name"),
        [guid(1)]
    );
    assert_eq!(
        sim.read(OWNER, &at(B, "roleDefinitions", &guid(1)))
            .await
            .status,
        404
    );
    let tenant_wide = at("", "roleDefinitions", &guid(1));
    assert_eq!(sim.read(OWNER, &tenant_wide).await.status, 200);

    let changed = sim.put(OWNER, &role(1), custom("Other", &[A, B])).await;
    assert_eq!(changed.body["id"], role(1));
    assert_eq!(
        changed.body["properties"]["createdOn"],
        properties["createdOn"]
    );
    assert_eq!(
        sim.read(OWNER, &at(B, "roleDefinitions", &guid(1)))
            .await
            .status,
        200
    );
    let gone = sim.delete(OWNER, &role(1)).await;
    assert_eq!((gone.status, &gone.body["name"]), (200, &json!(guid(1))));
    assert_eq!(sim.delete(OWNER, &role(1)).await.status, 204);
}

#[tokio::test]
async fn what_a_custom_role_must_say() {
    let sim = company(Value::Null).await;
    let refused = |change: &dyn Fn(&mut Value)| {
        let mut body = custom("Keys", &[A]);
        change(&mut body["properties"]);
        body
    };
    let cases: [(Value, (u16, &str)); 10] = [
        (
            refused(&|p| p["roleName"] = json!("")),
            (400, "InvalidRequestContent"),
        ),
        (
            refused(&|p| p["type"] = json!("BuiltInRole")),
            (400, "InvalidRequestContent"),
        ),
        (
            refused(&|p| p["permissions"] = json!([])),
            (400, "InvalidRequestContent"),
        ),
        (
            refused(&|p| p["permissions"][0]["actions"] = json!(["read"])),
            (400, "InvalidActionOrNotAction"),
        ),
        (
            refused(&|p| p["assignableScopes"] = Value::Null),
            (400, "InvalidRequestContent"),
        ),
        (
            refused(&|p| p["assignableScopes"] = json!(["/"])),
            (400, "InvalidAssignableScope"),
        ),
        (
            refused(&|p| p["assignableScopes"] = json!([TOP, LOW])),
            (400, "InvalidAssignableScope"),
        ),
        (
            refused(&|p| {
                p["assignableScopes"] = json!([TOP]);
                p["permissions"][0]["dataActions"] = json!(["A.B/c/read"]);
            }),
            (400, "InvalidAssignableScope"),
        ),
        (
            refused(&|p| p["assignableScopes"] = json!([A, "/subscriptions/unknown"])),
            (403, "LinkedAuthorizationFailed"),
        ),
        (
            refused(&|p| p["roleName"] = json!("READER")),
            (409, "RoleDefinitionWithSameNameExists"),
        ),
    ];
    for (body, expected) in cases {
        let answer = sim.put(OWNER, &role(1), body.clone()).await;
        assert_eq!(told(&answer), expected, "{body}");
    }
    let named = sim
        .put(
            OWNER,
            &at(A, "roleDefinitions", "keys"),
            custom("Keys", &[A]),
        )
        .await;
    assert_eq!(told(&named), (400, "InvalidRoleDefinitionId"));
    let reader = at(A, "roleDefinitions", READER);
    assert_eq!(
        sim.put(OWNER, &reader, custom("Keys", &[A])).await.status,
        400
    );
    assert_eq!(sim.delete(OWNER, &reader).await.status, 400);
    let odd = sim.put(OWNER, &role(1), json!([1])).await;
    assert_eq!(told(&odd), (400, "InvalidRequestContent"));
}

#[tokio::test]
async fn names_are_unique_in_the_tenant() {
    let sim = company(Value::Null).await;
    assert_eq!(
        sim.put(OWNER, &role(1), custom("Keys", &[A])).await.status,
        201
    );
    let other = at(B, "roleDefinitions", &guid(2));
    let same = sim.put(OWNER, &other, custom("keys", &[B])).await;
    assert_eq!(told(&same), (409, "RoleDefinitionWithSameNameExists"));
    // Its own name is no obstacle.
    assert_eq!(
        sim.put(OWNER, &role(1), custom("KEYS", &[A])).await.status,
        201
    );
}

#[tokio::test]
async fn rights_are_needed_at_every_assignable_scope() {
    let sim = company(Value::Null).await;
    sim.give(1, A, "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", SCANNER_ID)
        .await;
    let linked = sim.put(SCANNER, &role(1), custom("Keys", &[A, B])).await;
    assert_eq!(told(&linked), (403, "LinkedAuthorizationFailed"));
    let message = linked.body["error"]["message"].as_str().unwrap();
    assert!(
        message.contains(&format!("linked scope(s) '{B}'")),
        "{message}"
    );
    assert_eq!(
        sim.put(SCANNER, &role(1), custom("Keys", &[A]))
            .await
            .status,
        201
    );
    // Somebody else makes it assignable where the caller has no say: it is out of its hands.
    assert_eq!(
        sim.put(OWNER, &role(1), custom("Keys", &[A, B]))
            .await
            .status,
        201
    );
    let narrowed = sim.put(SCANNER, &role(1), custom("Keys", &[A])).await;
    assert_eq!(told(&narrowed), (403, "LinkedAuthorizationFailed"));
    assert_eq!(
        told(&sim.delete(SCANNER, &role(1)).await),
        (403, "LinkedAuthorizationFailed")
    );
}

#[tokio::test]
async fn assigning_roles_is_not_making_them() {
    let sim = company(Value::Null).await;
    sim.give(1, A, ADMINISTRATOR, SCANNER_ID).await;
    let made = sim.put(SCANNER, &role(1), custom("Keys", &[A])).await;
    assert_eq!(told(&made), (403, "AuthorizationFailed"));
    let path = at(A, "roleAssignments", &guid(2));
    assert_eq!(
        sim.put(SCANNER, &path, given(READER, USER)).await.status,
        201
    );
}

#[tokio::test]
async fn a_role_that_is_held_cannot_be_deleted() {
    let sim = company(Value::Null).await;
    let in_group = at(TOP, "roleDefinitions", &guid(1));
    let made = sim.put(OWNER, &in_group, custom("Keys", &[TOP])).await;
    assert_eq!(made.body["id"], at("", "roleDefinitions", &guid(1)));
    let assignment = sim.give(2, A, &guid(1), SCANNER_ID).await;
    let held = sim.delete(OWNER, &in_group).await;
    assert_eq!(told(&held), (400, "RoleDefinitionHasAssignments"));
    assert_eq!(sim.delete(OWNER, &assignment).await.status, 200);
    assert_eq!(sim.delete(OWNER, &in_group).await.status, 200);
}
