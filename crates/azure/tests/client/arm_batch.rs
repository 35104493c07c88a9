//! Batches of Resource Manager: each member has its own fate.

use std::time::Duration;

use azure::{FailureKind, Service};
use serde_json::{Value, json};

use crate::server::{Answer, Seen, Server};

pub const BATCH: &str = "/batch?api-version=2020-06-01";

/// The members of a batch request: name and relative URL.
pub fn members(request: &Seen) -> Vec<(String, String)> {
    assert_eq!(request.method, "POST");
    let body: Value = serde_json::from_str(&request.body).expect("JSON");
    let requests = body["requests"].as_array().expect("requests");
    requests
        .iter()
        .map(|member| {
            let text = |name: &str| member[name].as_str().expect("text").to_owned();
            assert_eq!(text("httpMethod"), "GET");
            (text("name"), text("relativeUrl"))
        })
        .collect()
}

fn urls(request: &Seen) -> Vec<String> {
    members(request).into_iter().map(|(_, url)| url).collect()
}

/// A server whose batches answer each member by its URL and the number of batches before.
async fn server(each: impl Fn(&str, usize) -> Value + Send + Sync + 'static) -> Server {
    Server::start(move |request| {
        (request.target == BATCH).then(|| {
            let mut responses: Vec<Value> = members(request)
                .into_iter()
                .map(|(name, url)| {
                    let mut response = each(&url, request.earlier);
                    response["name"] = json!(name);
                    response
                })
                .collect();
            responses.reverse();
            Answer::json(&json!({ "responses": responses }))
        })
    })
    .await
}

pub fn paths(count: usize) -> Vec<String> {
    let path = |n| format!("/subscriptions/s1/things/{n}?api-version=1&$filter=a%20eq%201");
    (0..count).map(path).collect()
}

pub fn path(n: usize) -> String {
    paths(n + 1).pop().expect("a path")
}

#[tokio::test]
async fn results_come_in_order_twenty_to_a_request() {
    let server = server(|url, _| json!({ "httpStatusCode": 200, "content": { "url": url } })).await;
    let results = server.client().arm_batch(&paths(45)).await.expect("taken");
    assert_eq!(results.len(), 45);
    for (n, result) in results.iter().enumerate() {
        let body: Value = result.as_ref().expect("a reply").json().expect("JSON");
        assert_eq!(body["url"], path(n), "encoded as it was given");
    }
    let mut sizes: Vec<usize> = server.requests().iter().map(|r| members(r).len()).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [5, 20, 20]);
}

#[tokio::test]
async fn members_that_were_throttled_or_failed_are_asked_again_alone() {
    let server = server(|url, round| {
        let error = |code: &str| json!({ "error": { "code": code, "message": "m" } });
        match (url.split(['/', '?']).nth(4), round) {
            (Some("1"), 0) => json!({
                "httpStatusCode": 429,
                "headers": { "Retry-After": "0.01" },
                "content": error("SubscriptionRequestsThrottled"),
            }),
            (Some("2"), 0..=1) => json!({ "httpStatusCode": 503, "content": null }),
            (Some("3"), _) => json!({
                "httpStatusCode": 403,
                "headers": { "x-ms-request-id": "r-3" },
                "content": error("AuthorizationFailed"),
            }),
            (Some("4"), _) => {
                json!({ "httpStatusCode": 404, "content": error("ResourceNotFound") })
            }
            _ => json!({ "httpStatusCode": 200, "content": {} }),
        }
    })
    .await;
    let client = server.client();
    let results = client.arm_batch(&paths(6)).await.expect("taken");
    let retries: Vec<Option<u32>> = results
        .iter()
        .map(|result| result.as_ref().ok().map(|reply| reply.retries))
        .collect();
    assert_eq!(retries, [Some(0), Some(1), Some(2), None, None, Some(0)]);
    let denied = results[3].as_ref().expect_err("403");
    assert_eq!(
        (denied.kind, denied.status, denied.code.as_deref()),
        (FailureKind::Denied, Some(403), Some("AuthorizationFailed"))
    );
    assert_eq!(denied.request_id.as_deref(), Some("r-3"));
    assert!(denied.url.ends_with("/things/3?api-version=1"), "{denied}");
    let absent = results[4].as_ref().expect_err("404");
    assert_eq!(absent.kind, FailureKind::NotFound);
    let rounds: Vec<Vec<String>> = server.requests().iter().map(urls).collect();
    assert_eq!(rounds.len(), 3);
    assert_eq!(rounds[1], [path(1), path(2)]);
    assert_eq!(rounds[2], [path(2)]);
    assert_eq!(client.statistics().retries, 3);
}

#[tokio::test]
async fn throttling_inside_pauses_the_subscription_it_is_about() {
    let server = Server::start(|request| match request.target.as_str() {
        BATCH => {
            let responses: Vec<Value> = members(request)
                .into_iter()
                .map(|(name, url)| match url.contains("/s1/") {
                    true => json!({
                        "name": name,
                        "httpStatusCode": 429,
                        "headers": { "Retry-After": 3600 },
                        "content": { "error": { "code": "SubscriptionRequestsThrottled" } },
                    }),
                    false => json!({ "name": name, "httpStatusCode": 200, "content": {} }),
                })
                .collect();
            Some(Answer::json(&json!({ "responses": responses })))
        }
        target if target.starts_with("/subscriptions/") => Some(Answer::json(&json!({}))),
        _ => None,
    })
    .await;
    let client = server.client();
    let gets = ["/subscriptions/s1/a".into(), "/subscriptions/s2/a".into()];
    let results = client.arm_batch(&gets).await.expect("taken");
    let throttled = results[0].as_ref().expect_err("429");
    assert_eq!(throttled.kind, FailureKind::Throttled);
    assert!(results[1].is_ok());
    let free = client.get(Service::Arm, "/subscriptions/s2/b").await;
    assert!(free.is_ok());
    let paused = client.get(Service::Arm, "/subscriptions/s1/b");
    let ended = tokio::time::timeout(Duration::from_millis(300), paused).await;
    assert!(ended.is_err(), "an hour has not passed");
    let sent: Vec<String> = server.requests().into_iter().map(|r| r.target).collect();
    assert_eq!(sent, [BATCH, "/subscriptions/s2/b"]);
}

#[tokio::test]
async fn content_that_is_text_is_read_as_such() {
    let server = server(|url, _| match url.split(['/', '?']).nth(4) {
        Some("0") => json!({ "httpStatusCode": 200, "content": "{\"written\": \"twice\"}" }),
        Some("1") => json!({ "httpStatusCode": 200, "content": "<html><title>Portal</title>" }),
        Some("2") => json!({ "httpStatusCode": 200 }),
        Some("3") => json!({ "httpStatusCode": 204, "content": "" }),
        Some("4") => json!({ "httpStatusCode": 400, "content": "no such thing" }),
        _ => json!({
            "httpStatusCode": 403,
            "content": "{\"error\":{\"code\":\"AuthorizationFailed\",\"message\":\"No.\"}}",
        }),
    })
    .await;
    let results = server.client().arm_batch(&paths(6)).await.expect("taken");
    let body = |n: usize| results[n].as_ref().expect("a reply").body.get();
    assert_eq!(body(0), r#"{"written": "twice"}"#);
    assert_eq!(body(3), "null");
    let failed = |n: usize| results[n].as_ref().expect_err("a failure");
    assert_eq!(
        (failed(1).kind, failed(1).retries),
        (FailureKind::InvalidReply, 2)
    );
    assert!(failed(1).message.contains("Portal"), "{}", failed(1));
    assert_eq!(failed(2).kind, FailureKind::InvalidReply);
    assert_eq!(failed(4).kind, FailureKind::Rejected);
    assert!(failed(4).message.contains("no such thing"), "{}", failed(4));
    assert_eq!(
        (failed(5).kind, failed(5).message.as_str()),
        (FailureKind::Denied, "No.")
    );
}

#[tokio::test]
async fn a_member_without_a_readable_reply_fails_by_itself() {
    let server = Server::start(|request| {
        (request.target == BATCH).then(|| {
            let responses: Vec<Value> = members(request)
                .into_iter()
                .filter_map(|(name, url)| match url == path(0) {
                    true => Some(json!({ "name": name, "httpStatusCode": 200, "content": {} })),
                    false if url == path(1) => Some(json!({ "name": name, "content": {} })),
                    false => None,
                })
                .collect();
            Answer::json(&json!({ "responses": responses }))
        })
    })
    .await;
    let results = server.client().arm_batch(&paths(3)).await.expect("taken");
    assert!(results[0].is_ok());
    for result in &results[1..] {
        let missing = result.as_ref().expect_err("no reply");
        assert_eq!(
            (missing.kind, missing.retries),
            (FailureKind::InvalidReply, 2)
        );
    }
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_link_to_another_origin_is_not_put_into_a_batch() {
    let server = server(|_, _| json!({ "httpStatusCode": 200, "content": {} })).await;
    let own = format!("{}subscriptions/s1/own?api-version=1", server.url);
    let gets = ["https://evil.example/x".into(), own];
    let results = server.client().arm_batch(&gets).await.expect("taken");
    let foreign = results[0].as_ref().expect_err("another origin");
    assert_eq!(foreign.kind, FailureKind::ForeignLink);
    assert!(results[1].is_ok());
    assert_eq!(
        urls(&server.requests()[0]),
        ["/subscriptions/s1/own?api-version=1"]
    );
    let none = server.client().arm_batch(&[]).await.expect("nothing asked");
    assert!(none.is_empty());
    assert_eq!(server.requests().len(), 1);
}
