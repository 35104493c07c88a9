//! Microsoft Graph, over real sockets.

mod support;

use reqwest::Method;
use serde_json::json;
use simulator::Options;
use support::{GRAPH, Sim, answer};

#[tokio::test]
async fn collections_are_filtered_selected_counted_and_paged() {
    let sim = Sim::start(Options::default()).await;
    let some = sim
        .graph("/v1.0/users?$filter=accountEnabled eq true&$select=displayName&$count=true&$top=1")
        .await;
    assert_eq!(some.body["@odata.count"], 2);
    assert_eq!(some.body["value"], json!([{"displayName": "Ada"}]));
    let next = some.body["@odata.nextLink"].as_str().unwrap();
    let token = sim.token(1, GRAPH).await;
    let rest = answer(sim.client.get(next).bearer_auth(token)).await;
    assert_eq!(rest.each("displayName"), ["Cyd"]);
    assert!(rest.body.get("@odata.nextLink").is_none());
    assert_eq!(sim.graph("/v1.0/users?$top=1000").await.status, 400);
    assert_eq!(sim.graph("/v1.0/users?$filter=nonsense").await.status, 400);
    assert_eq!(
        sim.graph("/v1.0/users?$skiptoken=x").await.code(),
        "Directory_ExpiredPageToken"
    );
}

#[tokio::test]
async fn objects_are_found_by_id_name_and_key() {
    let sim = Sim::start(Options::default()).await;
    assert_eq!(sim.graph("/v1.0/users/U1").await.body["displayName"], "Ada");
    assert_eq!(
        sim.graph("/beta/users/ben@contoso.onmicrosoft.com")
            .await
            .body["id"],
        "u2"
    );
    let app = "c0000000-0000-4000-8000-000000000001";
    let by_key = sim
        .graph(&format!("/v1.0/servicePrincipals(appId='{app}')"))
        .await;
    assert_eq!(by_key.body["displayName"], "scanner");
    let by_filter = sim
        .graph(&format!("/v1.0/applications?$filter=appId eq '{app}'"))
        .await;
    let secret = &by_filter.body["value"][0]["passwordCredentials"][0];
    assert_eq!(secret["endDateTime"], "2099-01-01T00:00:00Z");
    assert_eq!(
        sim.graph("/v1.0/users/nobody").await.code(),
        "Request_ResourceNotFound"
    );
    assert_eq!(
        sim.graph("/v1.0/organization").await.each("displayName"),
        ["Contoso"]
    );
}

#[tokio::test]
async fn memberships_and_expansions_are_derived() {
    let sim = Sim::start(Options::default()).await;
    let roles = sim.graph("/v1.0/directoryRoles?$expand=members").await;
    assert_eq!(roles.body["value"][0]["members"][0]["id"], "u1");
    let of = sim.graph("/v1.0/users/u1/memberOf").await;
    assert_eq!(of.each("displayName"), ["Admins", "Global Administrator"]);
    let members = sim.graph("/v1.0/groups/g1/transitiveMembers").await;
    assert_eq!(members.each("id"), ["u1"]);
    assert_eq!(
        sim.graph("/v1.0/groups/none/transitiveMembers")
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn permissions_are_those_of_the_token() {
    let sim = Sim::start(Options::default()).await;
    let denied = sim.graph("/v1.0/policies/authorizationPolicy").await;
    assert_eq!(
        (denied.status, denied.code()),
        (403, "Authorization_RequestDenied")
    );
    let all = sim.token(3, GRAPH).await;
    let read = |path: &'static str| answer(sim.request(Method::GET, path, &all));
    assert_eq!(read("/v1.0/policies/authorizationPolicy").await.status, 200);
    let empty = read("/v1.0/identity/conditionalAccess/policies").await;
    assert_eq!((empty.status, empty.each("id").len()), (200, 0));
    let nobody = sim.token(4, GRAPH).await;
    let none = answer(sim.request(Method::GET, "/v1.0/users", &nobody)).await;
    assert_eq!(none.status, 403);
}

#[tokio::test]
async fn a_batch_holds_twenty_requests_at_most() {
    let sim = Sim::start(Options::default()).await;
    let token = sim.token(1, GRAPH).await;
    let batch = |count: usize| {
        let requests: Vec<_> = (0..count)
            .map(|id| json!({"id": id.to_string(), "method": "GET", "url": if id == 1 { "/policies/x" } else { "/users/u1" }}))
            .collect();
        answer(
            sim.request(Method::POST, "/v1.0/$batch", &token)
                .json(&json!({"requests": requests})),
        )
    };
    let twenty = batch(20).await;
    assert_eq!(twenty.body["responses"][0]["body"]["displayName"], "Ada");
    assert_eq!(twenty.body["responses"][1]["status"], 403);
    assert_eq!(batch(21).await.status, 400);
    let unsigned = answer(sim.client.post(sim.url("/v1.0/$batch")).body("{}")).await;
    assert_eq!(unsigned.status, 401);
    let inner = sim
        .server
        .requests()
        .iter()
        .filter(|one| one.in_batch)
        .count();
    assert_eq!(inner, 20);
}
