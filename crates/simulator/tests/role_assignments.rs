//! Role assignments: listed with Azure's filters, made and taken back with Azure's own refusals.

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use simulator::Options;
use std::time::Duration;
use support::company::*;
use support::{GRAPH, answer};

const CONTRIBUTOR: &str = "b24988ac-6180-42a0-ab88-20f7382dd24c";

fn named(number: u32) -> String {
    at(A, "roleAssignments", &guid(number))
}

#[tokio::test]
async fn an_assignment_is_answered_in_full() {
    let sim = company(Value::Null).await;
    for (number, scope, home) in [
        (1, A.to_owned(), A),
        (2, TOP.to_owned(), ""),
        (3, format!("{A}/resourceGroups/web"), A),
    ] {
        let path = at(&scope, "roleAssignments", &guid(number));
        let mut body = given(READER, SCANNER_ID);
        body["properties"]["principalType"] = json!("ServicePrincipal");
        let made = sim.put(OWNER, &path, body.clone()).await;
        assert_eq!((made.status, &made.body["id"]), (201, &json!(path)));
        let properties = &made.body["properties"];
        for (member, expected) in [
            ("scope", scope.as_str()),
            ("principalId", SCANNER_ID),
            ("principalType", "ServicePrincipal"),
            ("createdBy", OWNER_ID),
            ("roleDefinitionId", &at(home, "roleDefinitions", READER)),
        ] {
            assert_eq!(properties[member], expected, "{member} at {scope}");
        }
        assert_eq!(properties["createdOn"], properties["updatedOn"]);
        assert_eq!(sim.read(OWNER, &path).await.body, made.body);
        // The same again is no mistake.
        assert_eq!(sim.put(OWNER, &path, body).await.status, 200);
        let gone = sim.delete(OWNER, &path).await;
        assert_eq!(
            (gone.status, &gone.body["name"]),
            (200, &json!(guid(number)))
        );
        assert_eq!(sim.delete(OWNER, &path).await.status, 204);
        assert_eq!(
            told(&sim.read(OWNER, &path).await),
            (404, "RoleAssignmentNotFound")
        );
    }
}

#[tokio::test]
async fn what_cannot_be_assigned() {
    let sim = company(Value::Null).await;
    let unknown = "0e000000-0000-4000-8000-000000000000";
    let cases = [
        (named(1), given(READER, unknown), (400, "PrincipalNotFound")),
        (named(1), given(READER, "wow"), (400, "InvalidPrincipalId")),
        (
            named(1),
            given(unknown, USER),
            (404, "RoleDefinitionDoesNotExist"),
        ),
        (
            at(A, "roleAssignments", "one"),
            given(READER, USER),
            (400, "InvalidRoleAssignmentId"),
        ),
        (
            named(1),
            json!({"properties": {"principalId": USER}}),
            (400, "InvalidRequestContent"),
        ),
        (named(1), json!({}), (400, "InvalidRequestContent")),
        (
            at(
                "/providers/Microsoft.Management/managementGroups/none",
                "roleAssignments",
                &guid(1),
            ),
            given(READER, USER),
            (404, "NotFound"),
        ),
        (
            at(
                &format!("{A}/resourceGroups/none"),
                "roleAssignments",
                &guid(1),
            ),
            given(READER, USER),
            (404, "ResourceGroupNotFound"),
        ),
    ];
    for (path, body, expected) in cases {
        let answer = sim.put(OWNER, &path, body.clone()).await;
        assert_eq!(told(&answer), expected, "{path} {body}");
    }
    let mut typed = given(READER, USER);
    typed["properties"]["principalType"] = json!("ServicePrincipal");
    let typed = sim.put(OWNER, &named(1), typed).await;
    assert_eq!(told(&typed), (400, "UnmatchedPrincipalType"));
    let role = at(B, "roleDefinitions", &guid(5));
    assert_eq!(
        sim.put(OWNER, &role, custom("Keys", &[B])).await.status,
        201
    );
    let elsewhere = sim.put(OWNER, &named(1), given(&guid(5), USER)).await;
    assert_eq!(told(&elsewhere), (404, "RoleDefinitionDoesNotExist"));
    assert_eq!(
        told(&sim.put(SCANNER, &named(1), given(READER, USER)).await),
        (403, "AuthorizationFailed")
    );
}

#[tokio::test]
async fn one_name_is_one_assignment_and_one_assignment_has_one_name() {
    let sim = company(Value::Null).await;
    sim.give(1, A, READER, SCANNER_ID).await;
    let twin = sim.put(OWNER, &named(2), given(READER, SCANNER_ID)).await;
    assert_eq!(told(&twin), (409, "RoleAssignmentExists"));
    for (path, body) in [
        (named(1), given(CONTRIBUTOR, SCANNER_ID)),
        (named(1), given(READER, USER)),
        (
            at(B, "roleAssignments", &guid(1)),
            given(READER, SCANNER_ID),
        ),
    ] {
        let other = sim.put(OWNER, &path, body).await;
        assert_eq!(
            told(&other),
            (400, "RoleAssignmentUpdateNotPermitted"),
            "{path}"
        );
    }
    // The file's own assignment has a twin, too.
    let owner = at("", "roleAssignments", &guid(3));
    let twin = sim
        .put(
            OWNER,
            &owner,
            given("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", OWNER_ID),
        )
        .await;
    assert_eq!(told(&twin), (409, "RoleAssignmentExists"));
}

#[tokio::test]
async fn lists_know_their_filters() {
    let sim = company(Value::Null).await;
    let group = format!("{A}/resourceGroups/web");
    sim.give(1, TOP, READER, OUTER).await;
    sim.give(2, A, CONTRIBUTOR, SCANNER_ID).await;
    sim.give(3, &group, READER, USER).await;
    let list = |scope: &str, filter: &str| {
        format!("{}?$filter={filter}", at(scope, "roleAssignments", ""))
    };
    let direct = format!("principalId eq '{SCANNER_ID}'");
    let through = format!("assignedTo('{SCANNER_ID}')");
    let here = format!("atScope() and assignedTo('{SCANNER_ID}')");
    for (scope, filter, expected) in [
        (A, "", vec![1, 2, 3]),
        (A, "atScope()", vec![1, 2]),
        (A, direct.as_str(), vec![2]),
        (A, through.as_str(), vec![1, 2]),
        (group.as_str(), "", vec![1, 2, 3]),
        (TOP, here.as_str(), vec![1]),
        (B, here.as_str(), vec![]),
    ] {
        let mut names = sim.read(OWNER, &list(scope, filter)).await.each("name");
        // The owner's own, which the tenant's file gives.
        names.retain(|name| {
            name.starts_with('d') && name.len() == 36 && name.contains("-0000-4000-8000-")
        });
        names.sort();
        let expected: Vec<String> = expected.into_iter().map(guid).collect();
        assert_eq!(names, expected, "{scope} {filter}");
    }
}

#[tokio::test]
async fn what_the_tenants_file_gives_can_be_taken_back() {
    let sim = company(Value::Null).await;
    sim.give(1, "", "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", SCANNER_ID)
        .await;
    let list = format!(
        "{}?$filter=principalId eq '{OWNER_ID}'",
        at(A, "roleAssignments", "")
    );
    let listed = sim.read(SCANNER, &list).await;
    let path = listed.body["value"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        sim.read(SCANNER, &path).await.body["properties"]["scope"],
        "/"
    );
    let gone = sim.delete(SCANNER, &path).await;
    assert_eq!(
        (gone.status, &gone.body["properties"]["principalId"]),
        (200, &json!(OWNER_ID))
    );
    assert_eq!(sim.read(OWNER, A).await.status, 403);
    assert!(sim.read(SCANNER, &list).await.each("name").is_empty());
    assert_eq!(sim.delete(SCANNER, &path).await.status, 204);
}

#[tokio::test]
async fn a_fresh_principal_is_not_found_yet() {
    let options = Options {
        replication_delay: Duration::from_secs(600),
        ..Options::default()
    };
    let sim = company_with(Value::Null, options).await;
    // What was there when the server started is known everywhere.
    sim.give(1, A, READER, USER).await;
    let token = sim.token(OWNER, GRAPH).await;
    let post = |path: &'static str, body: Value| {
        let request = sim.request(Method::POST, path, &token).json(&body);
        answer(request)
    };
    let application = post("/v1.0/applications", json!({"displayName": "new"})).await;
    let app_id = application.body["appId"].clone();
    sim.server.age(Duration::from_secs(601));
    let made = post("/v1.0/servicePrincipals", json!({"appId": app_id})).await;
    let id = made.body["id"].as_str().unwrap().to_owned();
    let early = sim.put(OWNER, &named(2), given(READER, &id)).await;
    assert_eq!(told(&early), (400, "PrincipalNotFound"));
    let message = early.body["error"]["message"].as_str().unwrap();
    assert!(message.contains("replication delay"), "{message}");
    sim.server.age(Duration::from_secs(601));
    let late = sim.put(OWNER, &named(2), given(READER, &id)).await;
    assert_eq!(
        (late.status, &late.body["properties"]["principalType"]),
        (201, &json!("ServicePrincipal"))
    );
}
