//! Resource Graph, over real sockets.

mod support;

use serde_json::{Value, json};
use simulator::{FaultKind, FaultRule, Faults, Options};
use support::{Answer, Sim};

const A: &str = "aaaaaaaa-0000-4000-8000-000000000001";
const B: &str = "aaaaaaaa-0000-4000-8000-000000000002";
const ROLE: &str = "b0000000-0000-4000-8000-000000000001";

/// Two subscriptions, of which the first is in a management group within another.
fn tenant() -> Value {
    let group = format!("/subscriptions/{A}/resourceGroups/Data");
    let account = |subscription: &str, name: &str| {
        json!({"id": format!("/subscriptions/{subscription}/resourceGroups/Data/providers/Microsoft.Storage/storageAccounts/{name}"),
            "name": name, "type": "Microsoft.Storage/storageAccounts", "location": "West Europe", "properties": {"n": 1}})
    };
    let policy = |scope: &str, name: &str| json!({"id": format!("{scope}/providers/Microsoft.Authorization/policyAssignments/{name}"), "name": name, "properties": {}});
    let mut paths = serde_json::Map::new();
    for (scope, name) in [
        (
            "/providers/Microsoft.Management/managementGroups/top",
            "of-top",
        ),
        (
            "/providers/Microsoft.Management/managementGroups/low",
            "of-low",
        ),
        (format!("/subscriptions/{A}").as_str(), "of-a"),
        (group.as_str(), "of-group"),
        (format!("/subscriptions/{B}").as_str(), "of-b"),
    ] {
        let policy = policy(scope, name);
        paths.insert(policy["id"].as_str().unwrap().to_owned(), policy);
    }
    for name in ["web", "logs", "authsettingsV2"] {
        let at = format!("{group}/providers/Microsoft.Web/sites/app/config/{name}");
        paths.insert(at, json!({"name": name, "properties": {}}));
    }
    let accounts = |subscription: &str| {
        format!("/subscriptions/{subscription}/providers/Microsoft.Storage/storageAccounts")
    };
    paths.insert(
        accounts(A),
        json!({"value": [account(A, "one"), account(A, "two")]}),
    );
    paths.insert(accounts(B), json!({"value": [account(B, "three")]}));
    let role =
        format!("/subscriptions/{A}/providers/Microsoft.Authorization/roleDefinitions/{ROLE}");
    paths.insert(role.clone(), json!({"id": role, "name": ROLE, "properties": {
        "roleName": "Own", "type": "CustomRole", "assignableScopes": [format!("/subscriptions/{A}")],
        "permissions": [{"actions": ["*/read"]}]}}));
    json!({
        "tenant": {
            "tenant_id": support::TENANT,
            "subscriptions": [{"id": A, "name": "A", "management_group": "low"}, {"id": B, "name": "B"}],
            "management_groups": [{"id": "top"}, {"id": "low", "parent": "top"}],
            "applications": [{"client_id": "c0000000-0000-4000-8000-000000000001", "secret": "right"}],
            "role_assignments": [{"application": "c0000000-0000-4000-8000-000000000001", "role": "Reader", "scope": "/"}],
        },
        "hosts": {"management.azure.com": paths},
    })
}

async fn sim() -> Sim {
    Sim::of(&tenant(), Options::default()).await
}

async fn ask(sim: &Sim, query: &str, more: Value) -> Answer {
    let mut body = json!({"query": query});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    sim.post(1, "/providers/Microsoft.ResourceGraph/resources", body)
        .await
}

/// What an error says in detail.
fn detail(answer: &Answer) -> &str {
    answer.body["error"]["details"][0]["code"]
        .as_str()
        .unwrap_or_default()
}

fn options(options: Value) -> Value {
    json!({"options": options})
}

#[tokio::test]
async fn types_and_ids_are_found_without_case() {
    let sim = sim().await;
    let by_type = "resources | where type in~ ('Microsoft.Storage/storageAccounts', 'x.y/z') | project id, name, zones | order by id asc";
    let found = ask(&sim, by_type, json!({})).await;
    assert_eq!(found.each("name"), ["one", "two", "three"]);
    assert_eq!(found.body["data"][0]["zones"], Value::Null);
    let id = found.body["data"][1]["id"].as_str().unwrap().to_uppercase();
    let by_id = format!(
        "resources | where id in~ ('{id}', '/nowhere') | project name, type, location, resourceGroup"
    );
    let found = ask(&sim, &by_id, json!({})).await;
    assert_eq!(
        found.body["data"],
        json!([{"name": "two", "type": "microsoft.storage/storageaccounts", "location": "westeurope", "resourceGroup": "data"}])
    );
}

#[tokio::test]
async fn rows_are_counted_by_type_and_subscription() {
    let sim = sim().await;
    let counted = ask(
        &sim,
        "resources | summarize n=count() by type, subscriptionId",
        json!({}),
    )
    .await;
    assert_eq!(
        counted.body["data"],
        json!([
            {"type": "microsoft.storage/storageaccounts", "subscriptionId": A, "n": 2},
            {"type": "microsoft.storage/storageaccounts", "subscriptionId": B, "n": 1},
        ])
    );
    let one = ask(
        &sim,
        "resources | summarize n=count() by type",
        json!({"subscriptions": [B]}),
    )
    .await;
    assert_eq!(one.body["data"][0]["n"], 1);
}

#[tokio::test]
async fn of_an_apps_settings_only_web_is_there() {
    let found = ask(
        &sim().await,
        "appserviceresources | project id, name, type",
        json!({}),
    )
    .await;
    assert_eq!(found.each("name"), ["web"]);
    assert_eq!(found.each("type"), ["microsoft.web/sites/config"]);
}

#[tokio::test]
async fn inherited_assignments_come_only_when_asked_for_and_once() {
    let sim = sim().await;
    let query = "policyresources | project id, name | order by name asc";
    let ask = |more: Value| ask(&sim, query, more);
    let above = json!({"authorizationScopeFilter": "AtScopeAboveAndBelow"});
    assert_eq!(
        ask(json!({})).await.each("name"),
        ["of-a", "of-b", "of-group"]
    );
    assert_eq!(
        ask(json!({"subscriptions": [A]})).await.each("name"),
        ["of-a", "of-group"]
    );
    assert_eq!(
        ask(json!({"subscriptions": [A, B], "options": above}))
            .await
            .each("name"),
        ["of-a", "of-b", "of-group", "of-low", "of-top"]
    );
    assert_eq!(
        ask(json!({"subscriptions": [B], "options": above}))
            .await
            .each("name"),
        ["of-b"]
    );
    assert_eq!(
        ask(json!({"managementGroups": ["low"]})).await.each("name"),
        ["of-a", "of-group", "of-low"]
    );
    assert_eq!(
        ask(json!({"managementGroups": ["low"], "options": above}))
            .await
            .each("name"),
        ["of-a", "of-group", "of-low", "of-top"]
    );
    let exact = json!({"authorizationScopeFilter": "AtScopeExact"});
    assert_eq!(
        ask(json!({"subscriptions": [A], "options": exact}))
            .await
            .each("name"),
        ["of-a"]
    );
    let odd = ask(options(json!({"authorizationScopeFilter": "Sideways"}))).await;
    assert_eq!(odd.status, 400);
}

#[tokio::test]
async fn a_list_of_a_subscription_shows_what_it_inherits() {
    let sim = sim().await;
    let list =
        |scope: String| format!("{scope}/providers/Microsoft.Authorization/policyAssignments");
    let mut names = sim
        .arm(&list(format!("/subscriptions/{A}")))
        .await
        .each("name");
    names.sort();
    assert_eq!(names, ["of-a", "of-group", "of-low", "of-top"]);
    let other = sim.arm(&list(format!("/subscriptions/{B}"))).await;
    assert_eq!(other.each("name"), ["of-b"]);
}

#[tokio::test]
async fn roles_are_named_as_resource_graph_names_them() {
    let sim = sim().await;
    let query = "authorizationresources | where type =~ 'microsoft.authorization/roledefinitions' | project id, name = properties.roleName";
    let found = ask(&sim, query, json!({})).await;
    let own = format!("/providers/Microsoft.Authorization/RoleDefinitions/{ROLE}");
    assert!(found.each("id").contains(&own), "{:?}", found.each("id"));
    assert!(found.each("name").contains(&"Reader".to_owned()));
    let elsewhere = ask(&sim, query, json!({"subscriptions": [B]})).await;
    assert!(!elsewhere.each("id").contains(&own));
    let query = "authorizationresources | where type =~ 'microsoft.authorization/roleassignments' | project id, role = properties.roleDefinitionId";
    let none = ask(&sim, query, json!({})).await;
    assert_eq!(none.body["totalRecords"], 0);
    let above = json!({"authorizationScopeFilter": "AtScopeAboveAndBelow"});
    let given = ask(&sim, query, options(above)).await;
    assert_eq!(
        given.each("role"),
        ["/providers/Microsoft.Authorization/RoleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"]
    );
}

#[tokio::test]
async fn containers_are_rows_too() {
    let query = "resourcecontainers | project id, name, type | order by type asc, name asc";
    let found = ask(&sim().await, query, json!({})).await;
    assert_eq!(
        found.each("name"),
        [support::TENANT, "low", "top", "A", "B", "Data", "Data"]
    );
}

#[tokio::test]
async fn pages_follow_one_another_by_token_or_number() {
    let sim = sim().await;
    let query = "resources | project id, name | order by id asc";
    let first = ask(&sim, query, options(json!({"$top": 2}))).await;
    assert_eq!(
        (
            first.body["count"].clone(),
            first.body["totalRecords"].clone()
        ),
        (json!(2), json!(3))
    );
    let token = first.body["$skipToken"].clone();
    let second = ask(
        &sim,
        query,
        options(json!({"$top": 2, "$skipToken": token})),
    )
    .await;
    assert_eq!(second.each("name"), ["three"]);
    assert!(second.body.get("$skipToken").is_none());
    let skipped = ask(&sim, query, options(json!({"$skip": 1, "$top": 1}))).await;
    assert_eq!(skipped.each("name"), ["two"]);
    let odd = ask(&sim, query, options(json!({"$skipToken": "odd"}))).await;
    assert_eq!(detail(&odd), "CouldNotDecodeSkipToken");
    // Without an id there is no way to go on.
    let blind = ask(
        &sim,
        "resources | project name",
        options(json!({"$top": 2})),
    )
    .await;
    assert_eq!(blind.body["resultTruncated"], "true");
    assert!(blind.body.get("$skipToken").is_none());
}

#[tokio::test]
async fn names_that_are_no_columns_are_refused() {
    let sim = sim().await;
    assert_eq!(
        detail(&ask(&sim, "resources | project nothing", json!({})).await),
        "InvalidQuery"
    );
    let known = ask(
        &sim,
        "resources | take 1 | project id, systemData",
        json!({}),
    )
    .await;
    assert_eq!(known.body["data"][0]["systemData"], Value::Null);
}

#[tokio::test]
async fn a_reply_over_sixteen_megabytes_is_refused() {
    let mut large = tenant();
    let paths = large["hosts"]["management.azure.com"]
        .as_object_mut()
        .unwrap();
    for n in 0..17 {
        let at = format!("/subscriptions/{B}/resourceGroups/g/providers/A.B/c/{n}");
        paths.insert(
            at,
            json!({"location": "x", "properties": "x".repeat(1_000_000)}),
        );
    }
    let sim = Sim::of(&large, Options::default()).await;
    let query = "resources | where type == 'a.b/c'";
    let refused = ask(&sim, query, json!({})).await;
    assert_eq!(
        (refused.status, detail(&refused)),
        (400, "ResponsePayloadTooLarge")
    );
    assert_eq!(
        ask(&sim, query, options(json!({"$top": 8}))).await.status,
        200
    );
}

#[tokio::test]
async fn what_is_left_out_and_what_is_missing_is_chosen_in_the_tenants_file() {
    let mut odd = tenant();
    odd["tenant"]["resource_graph"] =
        json!({"hidden_subscriptions": [A], "missing_tables": ["AppServiceResources"]});
    let sim = Sim::of(&odd, Options::default()).await;
    let found = ask(
        &sim,
        "resources | project id, name",
        json!({"subscriptions": [A, B]}),
    )
    .await;
    assert_eq!(found.each("name"), ["three"]);
    let ids = ask(
        &sim,
        "resourcecontainers | where type == 'microsoft.resources/subscriptions'",
        json!({}),
    )
    .await;
    assert_eq!(ids.each("name"), ["B"]);
    let missing = ask(&sim, "appserviceresources | project id", json!({})).await;
    assert_eq!(detail(&missing), "DisallowedLogicalTableName");
    odd["tenant"]["resource_graph"] = json!({"refused": true});
    let sim = Sim::of(&odd, Options::default()).await;
    let refused = ask(&sim, "resources", json!({})).await;
    assert_eq!(
        (refused.status, refused.code()),
        (403, "AuthorizationFailed")
    );
}

#[tokio::test]
async fn ten_thousand_subscriptions_are_the_most() {
    let mut many = tenant();
    let list = many["tenant"]["subscriptions"].as_array_mut().unwrap();
    list.extend((0..10_000).map(|n| json!(format!("s{n}"))));
    let sim = Sim::of(&many, Options::default()).await;
    let header = "x-ms-tenant-subscription-limit-hit";
    let all = ask(&sim, "resources | count", json!({})).await;
    assert_eq!(all.headers[header], "true");
    let some = ask(
        &sim,
        "resources | count",
        json!({"managementGroups": ["top"]}),
    )
    .await;
    assert!(!some.headers.contains_key(header));
}

#[tokio::test]
async fn a_result_can_be_cut_off_on_purpose() {
    let rule = FaultRule::new("*/resources", FaultKind::TruncatedResult);
    let faults = Faults {
        rules: vec![rule],
        ..Faults::default()
    };
    let sim = Sim::of(
        &tenant(),
        Options {
            faults,
            ..Options::default()
        },
    )
    .await;
    let page = ask(&sim, "resources | project id", options(json!({"$top": 1}))).await;
    assert_eq!(page.body["resultTruncated"], "true");
    assert!(page.body.get("$skipToken").is_none());
}

#[tokio::test]
async fn writes_are_seen_by_the_next_query() {
    let mut writable = tenant();
    writable["tenant"]["role_assignments"][0]["role"] = json!("Owner");
    let sim = Sim::of(&writable, Options::default()).await;
    let query = "resources | where type =~ 'a.b/c' | project id, name";
    assert_eq!(ask(&sim, query, json!({})).await.body["totalRecords"], 0);
    let token = sim.token(1, support::ARM).await;
    let at = format!("/subscriptions/{A}/resourceGroups/Data/providers/A.B/c/new?api-version=1");
    let put = sim
        .request(reqwest::Method::PUT, &at, &token)
        .json(&json!({"location": "x"}));
    assert_eq!(support::answer(put).await.status, 201);
    assert_eq!(ask(&sim, query, json!({})).await.each("name"), ["new"]);
}
