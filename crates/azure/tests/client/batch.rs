//! Graph batches: each member has its own fate.

use std::time::Duration;

use azure::{FailureKind, Service};
use serde_json::{Value, json};

use crate::server::{Answer, Seen, Server};

/// The members of a batch request: id and URL.
fn members(request: &Seen) -> Vec<(String, String)> {
    let body: Value = serde_json::from_str(&request.body).expect("JSON");
    let requests = body["requests"].as_array().expect("requests");
    requests
        .iter()
        .map(|member| {
            let text = |name: &str| member[name].as_str().expect("text").to_owned();
            assert_eq!(text("method"), "GET");
            (text("id"), text("url"))
        })
        .collect()
}

fn answers(request: &Seen, each: impl Fn(&str) -> Value) -> Answer {
    let mut responses: Vec<Value> = members(request)
        .into_iter()
        .map(|(id, url)| {
            let mut response = each(&url);
            response["id"] = json!(id);
            response
        })
        .collect();
    responses.reverse();
    Answer::json(&json!({ "responses": responses }))
}

fn paths(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("/v1.0/users/{n}")).collect()
}

#[tokio::test]
async fn results_come_in_order_twenty_to_a_request() {
    let server = Server::start(|request| {
        (request.target == "/v1.0/$batch").then(|| {
            answers(
                request,
                |url| json!({ "status": 200, "body": { "url": url } }),
            )
        })
    })
    .await;
    let results = server.client().graph_batch(&paths(45)).await;
    assert_eq!(results.len(), 45);
    for (n, result) in results.iter().enumerate() {
        let body: Value = result.as_ref().expect("a reply").json().expect("JSON");
        assert_eq!(body["url"], format!("/users/{n}"));
    }
    let sizes: Vec<usize> = server.requests().iter().map(|r| members(r).len()).collect();
    assert_eq!(sizes.iter().sum::<usize>(), 45);
    assert!(sizes.iter().all(|size| *size <= 20) && sizes.len() == 3);
}

#[tokio::test]
async fn a_throttled_member_is_asked_again_alone() {
    let server = Server::start(|request| {
        (request.target == "/v1.0/$batch").then(|| {
            answers(request, |url| match (url, request.earlier) {
                ("/users/1", 0) => json!({
                    "status": 429,
                    "headers": { "Retry-After": "0.01" },
                    "body": { "error": { "code": "TooManyRequests", "message": "later" } },
                }),
                ("/users/2", 0) => json!({ "status": 503, "body": null }),
                ("/users/3", _) => json!({
                    "status": 403,
                    "body": { "error": { "code": "Authorization_RequestDenied", "message": "no" } },
                }),
                _ => json!({ "status": 200, "body": { "value": [] } }),
            })
        })
    })
    .await;
    let results = server.client().graph_batch(&paths(5)).await;
    let retries: Vec<Option<u32>> = results
        .iter()
        .map(|result| result.as_ref().ok().map(|reply| reply.retries))
        .collect();
    assert_eq!(retries, [Some(0), Some(1), Some(1), None, Some(0)]);
    let denied = results[3].as_ref().expect_err("403");
    assert_eq!(
        (denied.kind, denied.status),
        (FailureKind::Denied, Some(403))
    );
    assert!(denied.url.ends_with("/v1.0/users/3"), "{}", denied.url);
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    let again: Vec<String> = members(&requests[1])
        .into_iter()
        .map(|(_, url)| url)
        .collect();
    assert_eq!(again, ["/users/1", "/users/2"]);
}

#[tokio::test]
async fn a_member_without_a_reply_fails_by_itself() {
    let server = Server::start(|request| {
        (request.target == "/v1.0/$batch").then(|| {
            let first = members(request)
                .into_iter()
                .find(|(_, url)| url == "/users/0");
            let responses: Vec<Value> = first
                .into_iter()
                .map(|(id, _)| json!({ "id": id, "status": 200, "body": {} }))
                .collect();
            Answer::json(&json!({ "responses": responses }))
        })
    })
    .await;
    let results = server.client().graph_batch(&paths(2)).await;
    assert!(results[0].is_ok());
    let missing = results[1].as_ref().expect_err("no reply");
    assert_eq!(
        (missing.kind, missing.retries),
        (FailureKind::InvalidReply, 2)
    );
}

#[tokio::test]
async fn a_refused_batch_fails_each_member() {
    let server = Server::start(|request| {
        (request.target == "/v1.0/$batch")
            .then(|| Answer::error(403, "Authorization_RequestDenied"))
    })
    .await;
    let client = server.client();
    let results = client.graph_batch(&paths(3)).await;
    assert_eq!(results.len(), 3);
    for result in results {
        assert_eq!(result.expect_err("403").kind, FailureKind::Denied);
    }
    assert!(client.graph_batch(&[]).await.is_empty());
    assert!(client.get(Service::Graph, "/v1.0/none").await.is_err());
}

#[tokio::test]
async fn members_keep_their_version_and_query() {
    let server = Server::start(|request| {
        let version = request.target.strip_suffix("/$batch")?.to_owned();
        Some(answers(
            request,
            |url| json!({ "status": 200, "body": { "asked": format!("{version}{url}") } }),
        ))
    })
    .await;
    let link = format!("{}v1.0/groups/1/owners?$skiptoken=a%2Bb", server.url);
    let gets = [
        "/v1.0/users/0?$select=id,displayName".into(),
        "/beta/users/1?$filter=a%20eq%20%27b%27".into(),
        link,
        "organization".into(),
    ];
    let results = server.client().graph_batch(&gets).await;
    let asked: Vec<Value> = results
        .iter()
        .map(|result| {
            let body: Value = result.as_ref().expect("a reply").json().expect("JSON");
            body["asked"].clone()
        })
        .collect();
    assert_eq!(
        asked,
        [
            "/v1.0/users/0?$select=id,displayName",
            "/beta/users/1?$filter=a%20eq%20%27b%27",
            "/v1.0/groups/1/owners?$skiptoken=a%2Bb",
            "/v1.0/organization",
        ]
    );
    assert_eq!(server.requests().len(), 2, "one for each version");
}

#[tokio::test]
async fn throttling_inside_pauses_the_class_it_is_about() {
    const REPORT: &str = "/reports/authenticationMethods/userRegistrationDetails";
    let server = Server::start(|request| {
        if request.target != "/v1.0/$batch" {
            return request
                .target
                .starts_with("/v1.0/")
                .then(|| Answer::json(&json!({ "value": [] })));
        }
        Some(answers(request, |url| match url {
            REPORT => json!({
                "status": 429,
                "headers": { "Retry-After": "3600" },
                "body": { "error": { "code": "TooManyRequests", "message": "later" } },
            }),
            _ => json!({ "status": 200, "body": {} }),
        }))
    })
    .await;
    let client = server.client();
    let report = format!("/v1.0{REPORT}");
    let results = client
        .graph_batch(&[report.clone(), "/v1.0/users/1".into()])
        .await;
    let throttled = results[0].as_ref().expect_err("429");
    assert_eq!(throttled.kind, FailureKind::Throttled);
    assert!(results[1].is_ok());
    assert!(client.get(Service::Graph, "/v1.0/users").await.is_ok());
    let paused = client.get(Service::Graph, &report);
    let ended = tokio::time::timeout(Duration::from_millis(300), paused).await;
    assert!(ended.is_err(), "an hour has not passed");
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_member_whose_page_expired_says_so() {
    let server = Server::start(|request| {
        (request.target == "/v1.0/$batch").then(|| {
            answers(request, |_| {
                json!({
                    "status": 400,
                    "body": { "error": { "code": "Directory_ExpiredPageToken", "message": "m" } },
                })
            })
        })
    })
    .await;
    let results = server.client().graph_batch(&paths(1)).await;
    let expired = results[0].as_ref().expect_err("expired");
    assert_eq!(
        (expired.kind, expired.retries),
        (FailureKind::ExpiredPage, 0)
    );
    assert_eq!(server.requests().len(), 1);
}
