//! The control endpoints, over real sockets.

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use simulator::{Change, ChangeKind, FaultKind, FaultRule, Faults, Options};
use support::{Answer, SUBSCRIPTION, Sim, answer};

async fn control(sim: &Sim, method: Method, path: &str) -> Answer {
    answer(sim.client.request(method, sim.url(path))).await
}

#[tokio::test]
async fn documents_are_counted_by_type_without_names() {
    let sim = Sim::start(Options::default()).await;
    let counts = control(&sim, Method::GET, "/simulator/counts").await.body;
    for (kind, count) in [
        ("microsoft.resources/subscriptions", 3),
        ("microsoft.resources/resourcegroups", 4),
        ("microsoft.storage/storageaccounts", 3),
        ("microsoft.storage/storageaccounts/blobservices", 1),
        ("microsoft.web/sites", 1),
        ("graph/users", 3),
        ("graph/groups", 1),
        ("graph/groups/members", 1),
        ("graph/directoryroles/members", 1),
        // The four that sign in are in no file.
        ("graph/applications", 4),
        ("graph/policies/authorizationpolicy", 1),
    ] {
        assert_eq!(counts[kind], count, "{kind}: {counts:#}");
    }
    assert_eq!(json!(sim.server.counts()), counts);
}

#[tokio::test]
async fn requests_are_counted_but_not_those_that_ask() {
    let rule = FaultRule::new("/subscriptions", FaultKind::Throttled { retry_after: None });
    let sim = Sim::start(Options {
        faults: Faults {
            rules: vec![rule, FaultRule::new("/simulator/*", FaultKind::Reset)],
            ..Faults::default()
        },
        ..Options::default()
    })
    .await;
    let batch = json!({"requests": [{"httpMethod": "GET", "name": "a", "url": format!("{SUBSCRIPTION}?api-version=1")}]});
    sim.post(1, "/batch", batch).await;
    sim.arm("/subscriptions").await;
    let counts = control(&sim, Method::GET, "/simulator/requests").await.body;
    // Two sign-ins, the batch, and the list.
    assert_eq!(
        counts,
        json!({"total": 4, "by_status": {"200": 4, "429": 1}, "throttled": 1, "in_batch": 1})
    );
    assert_eq!(sim.server.request_counts().total, 4);
}

#[tokio::test]
async fn what_is_not_understood_is_refused() {
    let sim = Sim::start(Options::default()).await;
    for (method, path, status) in [
        (Method::GET, "/simulator", 404),
        (Method::GET, "/simulator/changes", 404),
        (Method::POST, "/simulator/changes?count=few", 400),
    ] {
        assert_eq!(control(&sim, method, path).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn changes_are_made_to_order() {
    let sim = Sim::start(Options::default()).await;
    let made = control(&sim, Method::POST, "/simulator/changes?count=20&seed=7").await;
    let made = made.body["changes"].as_array().unwrap().clone();
    assert!(made.len() >= 20, "{}", made.len());
    let other = Sim::start(Options::default()).await;
    let again = other.server.change(20, 7);
    let lines = |value: &Value| {
        let text = |member: &str| value[member].as_str().unwrap().to_owned();
        (text("path"), text("type"), text("change"))
    };
    let line = |change: &Change| {
        let (path, kind) = (change.path.clone(), change.type_name.clone());
        (path, kind, change.kind.name().to_owned())
    };
    let first: Vec<_> = made.iter().map(lines).collect();
    assert_eq!(first, again.iter().map(line).collect::<Vec<_>>());
    let third = Sim::start(Options::default()).await;
    let different: Vec<_> = third.server.change(20, 8).iter().map(line).collect();
    assert_ne!(first, different);
    assert!(again.iter().all(|one| one.kind != ChangeKind::Action));
}
