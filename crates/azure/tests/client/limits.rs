//! What requests are charged to Azure's limits.

use azure::{Client, Service};
use serde_json::{Value, json};

use crate::server::{Answer, Server};

/// What a limit was charged, by its name.
pub fn charged(client: &Client, name: &str) -> Option<u64> {
    let statistics = client.statistics();
    let limit = statistics.limits.iter().find(|limit| limit.name == name);
    limit.map(|limit| limit.requests)
}

#[tokio::test]
async fn each_attempt_is_charged_to_each_of_its_limits() {
    let server = Server::start(|request| {
        request
            .target
            .starts_with("/subscriptions/")
            .then(|| match request.earlier {
                0 => Answer::error(503, "ServiceUnavailable"),
                _ => Answer::json(&json!({ "value": [] })),
            })
    })
    .await;
    let client = server.client();
    let path = "/subscriptions/S1/providers/Microsoft.Storage/storageAccounts";
    client.get(Service::Arm, path).await.expect("a reply");
    for name in [
        "Resource Manager reads, subscription s1",
        "Resource Manager reads of all principals, subscription s1",
        "Microsoft.Storage account lists, subscription s1",
    ] {
        assert_eq!(charged(&client, name), Some(2), "{name}");
    }
    assert!(client.statistics().floor().is_zero());
}

#[tokio::test]
async fn requests_inside_a_batch_are_charged_one_by_one() {
    let server = Server::start(|request| {
        (request.target == "/v1.0/$batch").then(|| {
            let body: Value = serde_json::from_str(&request.body).expect("JSON");
            let requests = body["requests"].as_array().expect("requests");
            let responses: Vec<Value> = requests
                .iter()
                .map(|inner| json!({ "id": inner["id"], "status": 200, "body": {} }))
                .collect();
            Answer::json(&json!({ "responses": responses }))
        })
    })
    .await;
    let client = server.client();
    let paths: Vec<String> = (0..10)
        .map(|n| format!("/v1.0/groups/{n}/transitiveMembers"))
        .collect();
    client.graph_batch(&paths).await;
    assert_eq!(client.statistics().in_batch, 10);
    assert_eq!(charged(&client, "Microsoft Graph requests"), Some(10));
    assert_eq!(charged(&client, "Microsoft Graph resource units"), Some(50));
}
