//! The activity log, over real sockets.

mod support;

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use simulator::Options;
use support::{ARM, Answer, SUBSCRIPTION, Sim, answer};

const LOG: &str = "/subscriptions/aaaaaaaa-0000-4000-8000-000000000001/providers/Microsoft.Insights/eventtypes/management/values";
const DATA: &str = "/subscriptions/aaaaaaaa-0000-4000-8000-000000000001/resourceGroups/Data";

async fn write(sim: &Sim, method: Method, path: &str, body: Value) -> Answer {
    let token = sim.token(3, ARM).await;
    let path = format!("{path}?api-version=1");
    answer(sim.request(method, &path, &token).json(&body)).await
}

/// Some time ago, as filters write it.
fn ago(seconds: u64) -> String {
    (jiff::Timestamp::now() - Duration::from_secs(seconds)).to_string()
}

/// Operation and status of every event of the last hour, page by page.
async fn events(sim: &Sim, filter: &str) -> Vec<String> {
    let token = sim.token(1, ARM).await;
    let since = ago(3_600);
    let mut url = sim.url(&format!(
        "{LOG}?api-version=2015-04-01&$filter=eventTimestamp ge '{since}'{filter}&$select=operationName,status,resourceId"
    ));
    let mut found = Vec::new();
    loop {
        let page = answer(sim.client.get(&url).bearer_auth(&token)).await;
        assert_eq!(page.status, 200, "{:?}", page.body);
        for event in page.body["value"].as_array().unwrap() {
            assert_eq!(event.as_object().unwrap().len(), 4, "{event}");
            let operation = event["operationName"]["value"].as_str().unwrap();
            let status = event["status"]["value"].as_str().unwrap();
            found.push(format!("{operation} {status}"));
        }
        match page.body["nextLink"].as_str() {
            Some(next) => url = next.to_owned(),
            None => return found,
        }
    }
}

#[tokio::test]
async fn every_write_is_told_stage_by_stage_and_newest_first() {
    let sim = Sim::start(Options {
        page_size: Some(2),
        ..Options::default()
    })
    .await;
    let one = format!("{DATA}/providers/Microsoft.Storage/storageAccounts/one");
    let blob = format!("{one}/blobServices/default");
    write(&sim, Method::PUT, &blob, json!({"properties": {}})).await;
    sim.server.age(Duration::from_secs(1));
    let setting = format!("{one}/providers/Microsoft.Insights/diagnosticSettings/all");
    write(&sim, Method::PUT, &setting, json!({"properties": {}})).await;
    sim.server.age(Duration::from_secs(1));
    write(&sim, Method::DELETE, &setting, json!({})).await;
    sim.server.age(Duration::from_secs(1));
    let new = format!("{DATA}/providers/Microsoft.Storage/storageAccounts/new");
    write(&sim, Method::PUT, &new, json!({"location": "uksouth"})).await;
    assert_eq!(
        events(&sim, "").await,
        [
            "Microsoft.Storage/storageAccounts/write Succeeded",
            "Microsoft.Storage/storageAccounts/write Accepted",
            "Microsoft.Storage/storageAccounts/write Started",
            "Microsoft.Insights/diagnosticSettings/delete Succeeded",
            "Microsoft.Insights/diagnosticSettings/delete Started",
            "Microsoft.Insights/diagnosticSettings/write Succeeded",
            "Microsoft.Insights/diagnosticSettings/write Started",
            "Microsoft.Storage/storageAccounts/blobServices/write Succeeded",
            "Microsoft.Storage/storageAccounts/blobServices/write Started",
        ]
    );
    let of_one = events(&sim, &format!(" and resourceUri eq '{blob}'")).await;
    assert_eq!(of_one.len(), 2);
    assert_eq!(
        events(&sim, " and resourceGroupName eq 'DATA'").await.len(),
        9
    );
    assert!(
        events(&sim, " and resourceGroupName eq 'web'")
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn later_pages_are_cut_from_what_the_first_one_knew() {
    let sim = Sim::start(Options {
        page_size: Some(1),
        ..Options::default()
    })
    .await;
    let one = format!("{DATA}/providers/Microsoft.Storage/storageAccounts/one");
    write(&sim, Method::PATCH, &one, json!({"tags": {"a": "b"}})).await;
    let first = sim
        .arm(&format!("{LOG}?$filter=eventTimestamp ge '{}'", ago(60)))
        .await;
    write(&sim, Method::DELETE, &one, json!({})).await;
    let token = sim.token(1, ARM).await;
    let next = first.body["nextLink"].as_str().unwrap();
    let second = answer(sim.client.get(next).bearer_auth(token)).await;
    let event = &second.body["value"][0];
    assert_eq!(
        event["operationName"]["value"],
        "Microsoft.Storage/storageAccounts/write"
    );
    assert_eq!(event["status"]["value"], "Started");
    assert_eq!(event["category"]["value"], "Administrative");
    assert_eq!(event["caller"].as_str().unwrap().len(), 36);
    assert!(second.body.get("nextLink").is_none());
}

#[tokio::test]
async fn posted_actions_are_told_and_so_is_what_the_tenant_holds() {
    let sim = Sim::start(Options::default()).await;
    let keys = format!(
        "{SUBSCRIPTION}/resourceGroups/web/providers/Microsoft.Web/sites/app/host/default/listkeys"
    );
    sim.post(1, &keys, json!({})).await;
    assert!(events(&sim, "").await.is_empty());
    sim.post(3, &keys, json!({})).await;
    let told = events(&sim, "").await;
    assert_eq!(
        told[0],
        "Microsoft.Web/sites/host/listkeys/action Succeeded"
    );
    let stored = format!("{LOG}/kept");
    let event = json!({"eventTimestamp": ago(120), "operationName": {"value": "A.B/c/write"}, "status": {"value": "Failed"}, "resourceId": "/x"});
    write(&sim, Method::PUT, &stored, event).await;
    assert!(
        events(&sim, "")
            .await
            .contains(&"A.B/c/write Failed".to_owned())
    );
}

#[tokio::test]
async fn filters_without_a_start_or_too_far_back_are_refused() {
    let sim = Sim::start(Options::default()).await;
    for filter in [
        String::new(),
        format!("?$filter=eventTimestamp le '{}'", ago(0)),
        format!("?$filter=eventTimestamp ge '{}'", ago(91 * 86_400)),
        format!(
            "?$filter=eventTimestamp ge '{}' and color eq 'red'",
            ago(60)
        ),
    ] {
        let refused = sim.arm(&format!("{LOG}{filter}")).await;
        assert_eq!(
            (refused.status, &refused.body["code"]),
            (400, &json!("BadRequest"))
        );
    }
}
