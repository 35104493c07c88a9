//! What heals is asked again; what does not heal is not.

use std::time::Duration;

use azure::{Client, Failure, FailureKind, Options, Reply, Service};
use serde_json::json;

use crate::server::{Answer, Server, options};

const PATH: &str = "/subscriptions/s1/resourceGroups?api-version=2021-04-01";

/// A server whose first answers go wrong, and whose later ones are good.
async fn healing(wrong: usize, answer: impl Fn() -> Answer + Send + Sync + 'static) -> Server {
    Server::start(move |request| {
        if request.target != PATH {
            return None;
        }
        Some(if request.earlier < wrong {
            answer()
        } else {
            Answer::json(&json!({ "value": [] })).header("x-ms-request-id", "r-1")
        })
    })
    .await
}

async fn get(client: &Client) -> Result<Reply, Failure> {
    client.get(Service::Arm, PATH).await
}

async fn heals(answer: impl Fn() -> Answer + Send + Sync + 'static) {
    let server = healing(2, answer).await;
    let reply = get(&server.client()).await.expect("a reply");
    assert_eq!((reply.status, reply.retries), (200, 2));
    assert_eq!(reply.body.get(), r#"{"value":[]}"#);
    assert_eq!(reply.request_id.as_deref(), Some("r-1"));
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn throttling_with_seconds_heals() {
    heals(|| Answer::error(429, "TooManyRequests").header("retry-after", "0.01")).await;
}

#[tokio::test]
async fn throttling_with_a_date_heals() {
    heals(|| {
        Answer::error(429, "SubscriptionRequestsThrottled")
            .header("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT")
    })
    .await;
}

#[tokio::test]
async fn throttling_without_a_time_heals() {
    heals(|| Answer::error(429, "429")).await;
}

#[tokio::test]
async fn app_service_throttling_in_capitals_heals() {
    let body =
        json!({ "Code": "429", "Message": "Cannot acquire exclusive lock.", "Target": null });
    heals(move || Answer::Reply(429, Vec::new(), body.to_string())).await;
}

#[tokio::test]
async fn server_errors_heal() {
    heals(|| Answer::error(500, "InternalServerError")).await;
}

#[tokio::test]
async fn an_html_error_page_heals() {
    heals(|| {
        Answer::Reply(
            502,
            Vec::new(),
            "<html><title>Bad Gateway</title></html>".into(),
        )
    })
    .await;
}

#[tokio::test]
async fn a_dropped_connection_heals() {
    heals(|| Answer::Drop).await;
}

#[tokio::test]
async fn a_truncated_body_heals() {
    heals(|| Answer::Truncate(r#"{"value":["#.into())).await;
}

#[tokio::test]
async fn invalid_json_heals() {
    heals(|| Answer::Reply(200, Vec::new(), r#"{"value":["#.into())).await;
}

#[tokio::test]
async fn invalid_json_is_given_up_soon() {
    let server = healing(99, || {
        Answer::Reply(
            200,
            Vec::new(),
            "<html><title>Sign in</title></html>".into(),
        )
        .header("x-ms-request-id", "r-9")
    })
    .await;
    let failure = get(&server.client()).await.expect_err("no JSON");
    assert_eq!(
        (failure.kind, failure.retries),
        (FailureKind::InvalidReply, 2)
    );
    assert!(failure.message.contains("Sign in"), "{failure}");
    assert_eq!(failure.request_id.as_deref(), Some("r-9"));
}

#[tokio::test]
async fn lasting_server_errors_end() {
    let server = healing(99, || Answer::error(503, "ServiceUnavailable")).await;
    let failure = get(&server.client()).await.expect_err("503");
    assert_eq!(
        (failure.kind, failure.status, failure.retries),
        (FailureKind::Server, Some(503), 5)
    );
    let statistics = server.client().statistics();
    assert_eq!(statistics.requests(), 0, "a new client counts for itself");
}

#[tokio::test]
async fn throttling_outlasts_the_retries_that_server_errors_have() {
    let retries = options().server_retries as usize + 3;
    let server = healing(retries, || Answer::error(429, "TooManyRequests")).await;
    let reply = get(&server.client()).await.expect("a reply");
    assert_eq!(reply.retries as usize, retries);
}

#[tokio::test]
async fn throttling_ends_at_the_deadline() {
    let server = healing(999, || {
        Answer::error(429, "TooManyRequests").header("retry-after", "3600")
    })
    .await;
    let failure = get(&server.client()).await.expect_err("429");
    assert_eq!((failure.kind, failure.retries), (FailureKind::Throttled, 0));
    assert_eq!(failure.code.as_deref(), Some("TooManyRequests"));
}

#[tokio::test]
async fn a_service_that_never_answers_meets_the_deadline() {
    let server = healing(999, || Answer::Hang).await;
    let client = server.client_with(Options {
        deadline: Duration::from_millis(60),
        attempt: Duration::from_millis(20),
        ..options()
    });
    let failure = get(&client).await.expect_err("no answer");
    assert_eq!(
        (failure.kind, failure.status),
        (FailureKind::Deadline, None)
    );
}

#[tokio::test]
async fn a_refused_connection_is_a_network_failure() {
    let server = Server::start(|_| None).await;
    let (client, host) = server.client_that_cannot_connect();
    let failure = get(&client).await.expect_err("refused");
    assert_eq!((failure.kind, failure.retries), (FailureKind::Network, 5));
    let statistics = client.statistics();
    assert_eq!(statistics.hosts[&host].transport_errors, 6);
    assert_eq!(statistics.retries, 5);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = healing(99, || {
        Answer::Reply(302, Vec::new(), String::new()).header("location", "http://127.0.0.1:9/x")
    })
    .await;
    let failure = get(&server.client()).await.expect_err("302");
    assert_eq!(
        (failure.kind, failure.status),
        (FailureKind::InvalidReply, Some(302))
    );
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn every_request_says_who_asks_and_what() {
    let server = healing(1, || Answer::error(500, "x")).await;
    get(&server.client()).await.expect("a reply");
    let requests = server.requests();
    let ids: Vec<&String> = requests
        .iter()
        .map(|request| &request.headers["x-ms-client-request-id"])
        .collect();
    assert_ne!(ids[0], ids[1]);
    for request in requests.iter().chain(&server.sign_ins()) {
        let agent = format!("threatdefence/{}", env!("CARGO_PKG_VERSION"));
        assert_eq!(request.headers["user-agent"], agent);
    }
    assert!(requests[0].headers["authorization"].starts_with("Bearer e30."));
}

#[tokio::test]
async fn a_read_by_post_is_retried_with_its_body() {
    let server = Server::start(|request| {
        (request.method == "POST" && request.target == "/keys").then(|| match request.earlier {
            0 => Answer::error(500, "x"),
            _ => Answer::json(&json!({ "echo": request.body })),
        })
    })
    .await;
    let body = json!({ "query": "resources" });
    let reply = server
        .client()
        .post(Service::Arm, "/keys", &body)
        .await
        .expect("a reply");
    let echo: serde_json::Value = reply.json().expect("JSON");
    assert_eq!(echo["echo"], body.to_string());
}
