//! Many requests in one, over real sockets: their limits, their faults, and how long they take.

mod support;

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use simulator::{FaultKind, FaultRule, Faults, Options};
use support::{Answer, GRAPH, SUBSCRIPTION, Sim, answer};

const ONE: &str = "/resourceGroups/data/providers/Microsoft.Storage/storageAccounts/one";

fn gets(paths: &[String]) -> Value {
    let requests = paths.iter().enumerate().map(|(at, path)| {
        json!({"httpMethod": "GET", "name": at.to_string(), "url": format!("{path}?api-version=1")})
    });
    json!({"requests": requests.collect::<Vec<Value>>()})
}

fn statuses(batch: &Answer, member: &str) -> Vec<u64> {
    let responses = batch.body["responses"].as_array().unwrap();
    responses
        .iter()
        .map(|one| one[member].as_u64().unwrap())
        .collect()
}

fn faulty(rules: Vec<FaultRule>) -> Options {
    let faults = Faults {
        rules,
        ..Faults::default()
    };
    Options {
        faults,
        ..Options::default()
    }
}

#[tokio::test]
async fn each_request_draws_on_its_own_limit_and_the_batch_on_the_tenants() {
    let sim = Sim::start(Options {
        throttle: true,
        ..Options::default()
    })
    .await;
    let batch = gets(&vec![SUBSCRIPTION.to_owned(); 20]);
    // Requests with one token, and together faster than any refill.
    let token = sim.token(1, support::ARM).await;
    let posts = (0..40).map(|_| {
        let post = sim.request(Method::POST, "/batch?api-version=1", &token);
        answer(post.json(&batch))
    });
    let answers = futures::future::join_all(posts).await;
    assert!(answers.iter().all(|one| one.status == 200));
    let left = |one: &Answer| -> u32 {
        let header = &one.headers["x-ms-ratelimit-remaining-tenant-reads"];
        header.to_str().unwrap().parse().unwrap()
    };
    assert!(answers.iter().map(left).min() < Some(250));
    let all: Vec<u64> = answers
        .iter()
        .flat_map(|one| statuses(one, "httpStatusCode"))
        .collect();
    assert!(all.contains(&200) && all.contains(&429));
    let refused = answers
        .iter()
        .flat_map(|one| one.body["responses"].as_array().unwrap())
        .find(|one| one["httpStatusCode"] == 429)
        .unwrap();
    assert_eq!(
        refused["content"]["error"]["code"],
        "SubscriptionRequestsThrottled"
    );
    assert!(refused["headers"]["Retry-After"].is_string());
}

#[tokio::test]
async fn in_graphs_batch_too_one_request_may_come_too_soon() {
    let sim = Sim::start(Options {
        throttle: true,
        ..Options::default()
    })
    .await;
    let token = sim.token(3, GRAPH).await;
    let requests: Vec<Value> = [
        "/identity/conditionalAccess/policies",
        "/users",
        "/identity/conditionalAccess/namedLocations",
    ]
    .iter()
    .map(|url| json!({"id": url, "method": "GET", "url": url}))
    .collect();
    let post = sim.request(Method::POST, "/v1.0/$batch", &token);
    let batch = answer(post.json(&json!({"requests": requests}))).await;
    assert_eq!(statuses(&batch, "status"), [200, 200, 429]);
    let refused = &batch.body["responses"][2];
    assert!(refused["headers"].get("Retry-After").is_none());
    let users = &batch.body["responses"][1]["headers"];
    assert_eq!(users["x-ms-resource-unit"], "2");
}

#[tokio::test]
async fn a_fault_hits_one_request_of_a_batch() {
    for (kind, status) in [
        (FaultKind::Reset, 502),
        (FaultKind::Truncate, 502),
        (FaultKind::HtmlPage, 502),
        (FaultKind::Throttled { retry_after: None }, 429),
        (FaultKind::InvalidJson, 200),
    ] {
        let sim = Sim::start(faulty(vec![FaultRule::new("*/one", kind.clone())])).await;
        let paths = [format!("{SUBSCRIPTION}{ONE}"), SUBSCRIPTION.to_owned()];
        let batch = sim.post(1, "/batch", gets(&paths)).await;
        assert_eq!(
            statuses(&batch, "httpStatusCode"),
            [status, 200],
            "{kind:?}"
        );
        assert_eq!(
            batch.body["responses"][1]["content"]["displayName"],
            "Production"
        );
    }
}

#[tokio::test]
async fn a_slow_request_holds_up_its_batch_and_others_do_not_add_up() {
    let wait = Duration::from_millis(150);
    let sim = Sim::start(faulty(vec![FaultRule::new("*/one", FaultKind::Slow(wait))])).await;
    let paths = vec![format!("{SUBSCRIPTION}{ONE}"); 20];
    let start = Instant::now();
    let batch = sim.post(1, "/batch", gets(&paths)).await;
    assert_eq!(statuses(&batch, "httpStatusCode"), [200; 20]);
    assert!(start.elapsed() >= wait);
    assert!(start.elapsed() < wait * 20);
}

#[tokio::test]
async fn a_slow_body_arrives_whole() {
    let kind = FaultKind::SlowBody(Duration::from_millis(5));
    let sim = Sim::start(faulty(vec![FaultRule::new("/subscriptions", kind)])).await;
    assert_eq!(
        sim.arm("/subscriptions").await.each("displayName"),
        ["Production"]
    );
}
