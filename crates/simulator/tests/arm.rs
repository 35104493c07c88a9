//! Azure Resource Manager and Resource Graph, over real sockets.

mod support;

use reqwest::Method;
use serde_json::json;
use simulator::Options;
use support::{ARM, SUBSCRIPTION, Sim, answer};

const ONE: &str = "/subscriptions/aaaaaaaa-0000-4000-8000-000000000001/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/one";

#[tokio::test]
async fn a_reader_sees_what_lies_under_its_management_group() {
    let sim = Sim::start(Options::default()).await;
    assert_eq!(
        sim.arm("/subscriptions").await.each("displayName"),
        ["Production"]
    );
    let other = sim
        .arm("/subscriptions/aaaaaaaa-0000-4000-8000-000000000002")
        .await;
    assert_eq!((other.status, other.code()), (403, "AuthorizationFailed"));
    let unknown = sim.arm("/subscriptions/nowhere/resourceGroups").await;
    assert_eq!(
        (unknown.status, unknown.code()),
        (404, "SubscriptionNotFound")
    );
    let groups = sim
        .arm("/providers/Microsoft.Management/managementGroups")
        .await;
    assert_eq!(groups.each("name"), ["landing", "corp"]);
    let beneath = sim
        .arm("/providers/Microsoft.Management/managementGroups/landing/descendants")
        .await;
    assert_eq!(beneath.each("name").len(), 2);
}

#[tokio::test]
async fn lists_items_and_children_come_from_one_list() {
    let sim = Sim::start(Options::default()).await;
    let accounts = "providers/Microsoft.Storage/storageAccounts";
    let by_group = sim
        .arm(&format!("{SUBSCRIPTION}/resourceGroups/DATA//{accounts}"))
        .await;
    assert_eq!(by_group.each("name"), ["one", "two"]);
    assert_eq!(sim.arm(ONE).await.body["name"], "one");
    let blob = sim.arm(&format!("{ONE}/blobServices/default")).await;
    assert_eq!(blob.body["properties"]["deleteRetentionPolicy"]["days"], 7);
    let empty = sim
        .arm(&format!(
            "{ONE}/providers/Microsoft.Insights/diagnosticSettings"
        ))
        .await;
    assert_eq!(empty.body, json!({"value": []}));
    let absent = sim.arm(&format!("{ONE}x")).await;
    assert_eq!((absent.status, absent.code()), (404, "ResourceNotFound"));
    let no_group = sim
        .arm(&format!("{SUBSCRIPTION}/resourceGroups/none/{accounts}/x"))
        .await;
    assert_eq!(no_group.code(), "ResourceGroupNotFound");
    let injected = sim
        .arm(&format!("{SUBSCRIPTION}/providers/Microsoft.Sql/servers"))
        .await;
    assert_eq!(injected.code(), "MissingSubscriptionRegistration");
}

#[tokio::test]
async fn pages_link_to_the_same_origin_until_the_end() {
    let options = Options {
        page_size: Some(2),
        ..Options::default()
    };
    let sim = Sim::start(options).await;
    let token = sim.token(1, ARM).await;
    let mut url = sim.url(&format!(
        "{SUBSCRIPTION}/providers/Microsoft.Storage/storageAccounts?api-version=1"
    ));
    let mut names = Vec::new();
    loop {
        assert!(url.starts_with(sim.server.endpoint().as_str()));
        let page = answer(sim.client.get(&url).bearer_auth(&token)).await;
        names.extend(page.each("name"));
        match page.body["nextLink"].as_str() {
            Some(next) => url = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(names, ["one", "two", "three"]);
}

#[tokio::test]
async fn the_api_version_is_required() {
    let sim = Sim::start(Options::default()).await;
    let token = sim.token(1, ARM).await;
    let reply = answer(sim.request(Method::GET, "/subscriptions", &token)).await;
    assert_eq!(
        (reply.status, reply.code()),
        (400, "MissingApiVersionParameter")
    );
}

#[tokio::test]
async fn posted_actions_need_more_than_reader() {
    let sim = Sim::start(Options::default()).await;
    let keys = format!(
        "{SUBSCRIPTION}/resourceGroups/web/providers/Microsoft.Web/sites/app/host/default/listkeys"
    );
    let denied = sim.post(1, &keys, json!({})).await;
    assert_eq!(denied.code(), "AuthorizationFailed");
    let message = denied.body["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("Microsoft.Web/sites/host/listkeys/action"),
        "{message}"
    );
    assert_eq!(sim.post(3, &keys, json!({})).await.body["masterKey"], "m");
    assert_eq!(sim.arm(&keys).await.status, 405);
}

#[tokio::test]
async fn writes_honour_roles_and_etags() {
    let sim = Sim::start(Options::default()).await;
    let (reader, owner) = (sim.token(1, ARM).await, sim.token(3, ARM).await);
    let path = format!("{ONE}new?api-version=1");
    let put = |token: &str| {
        sim.request(Method::PUT, &path, token)
            .json(&json!({"location": "uksouth"}))
    };
    assert_eq!(answer(put(&reader)).await.status, 403);
    let created = answer(put(&owner)).await;
    assert_eq!(
        (created.status, created.body["name"].as_str()),
        (201, Some("onenew"))
    );
    let stale = answer(put(&owner).header("if-match", "\"old\"")).await;
    assert_eq!(stale.status, 412);
    let gone = answer(sim.request(Method::DELETE, &path, &owner)).await;
    assert_eq!(gone.status, 200);
    assert_eq!(sim.arm(&format!("{ONE}new")).await.status, 404);
}

#[tokio::test]
async fn resource_graph_answers_from_the_same_documents() {
    let sim = Sim::start(Options::default()).await;
    let query = "Resources | where type =~ 'Microsoft.Storage/storageAccounts' | project id, name, resourceGroup | order by id asc";
    let first = sim
        .query(query, json!({"$top": 2, "resultFormat": "objectArray"}))
        .await;
    assert_eq!(first.each("name"), ["one", "two"]);
    assert_eq!(first.body["totalRecords"], 3);
    let next = first.body["$skipToken"].clone();
    let second = sim
        .query(query, json!({"$top": 2, "$skipToken": next}))
        .await;
    assert_eq!(second.each("resourceGroup"), ["logs"]);
    assert!(second.body.get("$skipToken").is_none());
    let containers = sim
        .query(
            "resourcecontainers | where type == 'microsoft.resources/subscriptions'",
            json!({}),
        )
        .await;
    assert_eq!(containers.each("name"), ["Production"]);
    let odd = sim.query("nothing | count", json!({})).await;
    assert_eq!(
        odd.body["error"]["details"][0]["code"],
        "DisallowedLogicalTableName"
    );
}

#[tokio::test]
async fn a_batch_authorises_each_request_by_itself() {
    let sim = Sim::start(Options::default()).await;
    let body = json!({"requests": [
        {"httpMethod": "GET", "name": "a", "url": format!("{ONE}?api-version=1")},
        {"httpMethod": "GET", "name": "b", "url": "/subscriptions/aaaaaaaa-0000-4000-8000-000000000002?api-version=1"},
        {"httpMethod": "POST", "name": "c", "url": "/batch?api-version=1"},
    ]});
    let reply = sim.post(1, "/batch", body).await;
    let statuses: Vec<u64> = (0..3)
        .map(|at| {
            reply.body["responses"][at]["httpStatusCode"]
                .as_u64()
                .unwrap()
        })
        .collect();
    assert_eq!(statuses, [200, 403, 400]);
}

#[tokio::test]
async fn odd_paths_are_answered() {
    let sim = Sim::start(Options::default()).await;
    for path in [
        "/",
        "//",
        "/%ff%00",
        "/subscriptions/%2e%2e",
        "/providers",
        "/v9/x",
        "/subscriptions/€/providers",
    ] {
        let status = sim.arm(path).await.status;
        assert!((400..500).contains(&status), "{path}: {status}");
    }
    let long = format!("/subscriptions?$filter={}", "(".repeat(5_000));
    assert_eq!(sim.arm(&long).await.status, 200);
}
