//! Resource Graph's tables of changes, over real sockets.

mod support;

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use simulator::Options;
use support::{ARM, Answer, SUBSCRIPTION, Sim, answer};

const ACCOUNTS: &str = "/subscriptions/aaaaaaaa-0000-4000-8000-000000000001/resourceGroups/Data/providers/Microsoft.Storage/storageAccounts";

async fn write(sim: &Sim, method: Method, path: &str, body: Value) -> Answer {
    let token = sim.token(3, ARM).await;
    let path = format!("{path}?api-version=1");
    answer(sim.request(method, &path, &token).json(&body)).await
}

async fn changes(sim: &Sim, table: &str) -> Vec<(String, String)> {
    let query = format!(
        "{table} | extend at = todatetime(properties.changeAttributes.timestamp), type = tostring(properties.changeType), target = tostring(properties.targetResourceId)
        | where at > ago(1h) | order by at asc, target asc | project id, type, target"
    );
    let found = sim.query(&query, json!({})).await;
    assert_eq!(found.status, 200, "{:?}", found.body);
    let names = found.each("target").into_iter().map(|target| {
        let name = target.rsplit('/').next().unwrap_or_default();
        name.to_owned()
    });
    found.each("type").into_iter().zip(names).collect()
}

fn pair(kind: &str, name: &str) -> (String, String) {
    (kind.to_owned(), name.to_owned())
}

#[tokio::test]
async fn writes_of_resources_are_told_and_those_of_children_are_not() {
    let sim = Sim::start(Options::default()).await;
    let one = format!("{ACCOUNTS}/one");
    let patch = json!({"properties": {"supportsHttpsTrafficOnly": false}});
    write(&sim, Method::PATCH, &one, patch.clone()).await;
    write(&sim, Method::PATCH, &one, patch).await;
    let blob = format!("{one}/blobServices/default");
    write(&sim, Method::PUT, &blob, json!({"properties": {}})).await;
    let new = format!("{ACCOUNTS}/new");
    write(&sim, Method::PUT, &new, json!({"location": "uksouth"})).await;
    write(&sim, Method::DELETE, &new, json!({})).await;
    assert_eq!(
        changes(&sim, "resourcechanges").await,
        [
            pair("Update", "one"),
            pair("Create", "new"),
            pair("Delete", "new")
        ]
    );
    let update = sim
        .query(
            "resourcechanges | where properties.changeType == 'Update'",
            json!({}),
        )
        .await;
    let properties = &update.body["data"][0]["properties"];
    assert_eq!(
        properties["changes"]["properties.supportsHttpsTrafficOnly"],
        json!({"previousValue": "true", "newValue": "false", "changeCategory": "User",
            "propertyChangeType": "Update", "isTruncated": "false"})
    );
    assert_eq!(
        properties["targetResourceType"],
        "microsoft.storage/storageaccounts"
    );
    assert_eq!(properties["changeAttributes"]["changesCount"], 1);
    let since = "resourcechanges | where todatetime(properties.changeAttributes.timestamp) > datetime(2999-01-01T00:00:00Z)";
    assert!(sim.query(since, json!({})).await.each("id").is_empty());
}

#[tokio::test]
async fn a_group_is_a_container_that_takes_its_resources_along() {
    let sim = Sim::start(Options::default()).await;
    let group = format!("{SUBSCRIPTION}/resourceGroups/fresh");
    let account = format!("{group}/providers/Microsoft.Storage/storageAccounts/inside");
    let homeless = write(&sim, Method::PUT, &account, json!({"location": "uksouth"})).await;
    assert_eq!(
        (homeless.status, homeless.code()),
        (404, "ResourceGroupNotFound")
    );
    write(&sim, Method::PUT, &group, json!({"location": "uksouth"})).await;
    write(&sim, Method::PUT, &account, json!({"location": "uksouth"})).await;
    let data = format!("{SUBSCRIPTION}/resourceGroups/Data");
    write(&sim, Method::PATCH, &data, json!({"tags": {"a": "b"}})).await;
    write(&sim, Method::DELETE, &group, json!({})).await;
    assert_eq!(
        changes(&sim, "ResourceContainerChanges").await,
        [
            pair("Create", "fresh"),
            pair("Update", "Data"),
            pair("Delete", "fresh")
        ]
    );
    assert_eq!(
        changes(&sim, "resourcechanges").await,
        [pair("Create", "inside"), pair("Delete", "inside")]
    );
    assert_eq!(sim.arm(&group).await.status, 404);
    let of = "resourcecontainerchanges | where properties.targetResourceType =~ 'microsoft.resources/subscriptions/resourceGroups'";
    assert_eq!(sim.query(of, json!({})).await.each("id").len(), 3);
}

#[tokio::test]
async fn a_group_outlives_its_last_resource() {
    let sim = Sim::start(Options::default()).await;
    let logs = format!("{SUBSCRIPTION}/resourceGroups/logs");
    let three = format!("{logs}/providers/Microsoft.Storage/storageAccounts/three");
    let before = sim.arm(&logs).await.body;
    write(&sim, Method::DELETE, &three, json!({})).await;
    assert_eq!(sim.arm(&logs).await.body, before);
    assert!(changes(&sim, "resourcecontainerchanges").await.is_empty());
}

#[tokio::test]
async fn changes_show_late_and_are_kept_for_fourteen_days() {
    let sim = Sim::start(Options {
        feed_delay: Duration::from_secs(300),
        ..Options::default()
    })
    .await;
    let patch = json!({"tags": {"a": "b"}});
    write(&sim, Method::PATCH, &format!("{ACCOUNTS}/one"), patch).await;
    let count = async || {
        let found = sim.query("resourcechanges | project id", json!({})).await;
        found.each("id").len()
    };
    assert_eq!(count().await, 0);
    sim.server.age(Duration::from_secs(301));
    assert_eq!(count().await, 1);
    sim.server.age(Duration::from_secs(14 * 86_400));
    assert_eq!(count().await, 0);
}

#[tokio::test]
async fn only_what_may_be_read_is_told_of() {
    let sim = Sim::start(Options::default()).await;
    let other = "/subscriptions/aaaaaaaa-0000-4000-8000-000000000002/resourceGroups/box";
    write(&sim, Method::PUT, other, json!({"location": "uksouth"})).await;
    assert!(changes(&sim, "resourcecontainerchanges").await.is_empty());
    let query = json!({"query": "resourcecontainerchanges | project id", "subscriptions": []});
    let owner = sim
        .post(3, "/providers/Microsoft.ResourceGraph/resources", query)
        .await;
    assert_eq!(owner.each("id").len(), 1);
}
