//! Faults and limits, over real sockets.

mod support;

use std::time::Duration;

use reqwest::Method;
use simulator::{FaultKind, FaultRule, Faults, Options, Server, StartError, Tenant};
use support::{ARM, SUBSCRIPTION, Sim, answer};

const LIST: &str = "/subscriptions/aaaaaaaa-0000-4000-8000-000000000001/providers/Microsoft.Storage/storageAccounts";

async fn with(kind: FaultKind) -> Sim {
    let rule = FaultRule::new("*/storageAccounts", kind).times(1);
    let faults = Faults {
        rules: vec![rule],
        ..Faults::default()
    };
    Sim::start(Options {
        faults,
        ..Options::default()
    })
    .await
}

#[tokio::test]
async fn connections_break_before_and_within_a_reply_and_heal() {
    for kind in [FaultKind::Reset, FaultKind::Truncate] {
        let sim = with(kind.clone()).await;
        let token = sim.token(1, ARM).await;
        let get = || sim.request(Method::GET, &format!("{LIST}?api-version=1"), &token);
        let broken = match get().send().await {
            Err(_) => true,
            Ok(response) => response.bytes().await.is_err(),
        };
        assert!(broken, "{kind:?}");
        assert_eq!(answer(get()).await.status, 200, "{kind:?}");
    }
}

#[tokio::test]
async fn replies_are_not_what_they_should_be() {
    let html = with(FaultKind::HtmlPage).await.arm(LIST).await;
    assert_eq!(
        (html.status, html.headers["content-type"].to_str().unwrap()),
        (502, "text/html")
    );
    let broken = with(FaultKind::InvalidJson).await.arm(LIST).await;
    assert_eq!((broken.status, broken.body.is_string()), (200, true));
    let away = with(FaultKind::ForeignNextLink("evil.example".to_owned()))
        .await
        .arm(LIST)
        .await;
    assert!(
        away.body["nextLink"]
            .as_str()
            .unwrap()
            .starts_with("https://evil.example/")
    );
    let soon = with(FaultKind::Throttled {
        retry_after: Some(2),
    })
    .await
    .arm(LIST)
    .await;
    assert_eq!(
        (soon.status, soon.headers["retry-after"].to_str().unwrap()),
        (429, "2")
    );
    let slow = with(FaultKind::Slow(Duration::from_millis(1)))
        .await
        .arm(LIST)
        .await;
    assert_eq!(slow.each("name").len(), 3);
}

#[tokio::test]
async fn an_expired_token_stays_expired_and_a_new_one_works() {
    let sim = with(FaultKind::ExpireToken).await;
    let token = sim.token(1, ARM).await;
    let path = format!("{LIST}?api-version=1");
    for _ in 0..2 {
        let refused = answer(sim.request(Method::GET, &path, &token)).await;
        assert_eq!(refused.code(), "ExpiredAuthenticationToken");
    }
    assert_eq!(sim.arm(LIST).await.status, 200);
}

#[tokio::test]
async fn limits_are_enforced_when_asked_for() {
    let options = Options {
        throttle: true,
        ..Options::default()
    };
    let sim = Sim::start(options).await;
    let token = sim.token(1, ARM).await;
    let url = sim.url(&format!("{SUBSCRIPTION}?api-version=1"));
    // More at once than any refill gives back meanwhile.
    let all = (0..1_500).map(|_| sim.client.get(&url).bearer_auth(&token).send());
    let replies = futures::future::join_all(all).await;
    let refused = replies
        .into_iter()
        .flatten()
        .find(|reply| reply.status() == 429);
    let refused = refused.expect("one of the requests is over the limit");
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(
        refused.headers()["x-ms-ratelimit-remaining-subscription-reads"],
        "0"
    );
}

#[tokio::test]
async fn plain_http_stays_on_the_loopback() {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/tenant.json");
    let options = Options {
        listen: ([0, 0, 0, 0], 0).into(),
        tls: false,
        ..Options::default()
    };
    let refused = Server::start(Tenant::load(&file).unwrap(), options).await;
    assert!(matches!(refused, Err(StartError::PlainHttp(_))));
}
