//! A fresh object is unknown to everything but the reply that made it, until all copies of the directory have it.

#[path = "support/graph.rs"]
mod graph;
mod support;

use std::time::Duration;

use graph::DIRECTORY_READ;
use serde_json::json;
use simulator::Options;
use support::Sim;

const DELAY: Duration = Duration::from_secs(3_600);

async fn slow() -> Sim {
    Sim::start(Options {
        replication_delay: DELAY,
        ..Options::default()
    })
    .await
}

#[tokio::test]
async fn a_fresh_application_is_not_found_until_it_is_known() {
    let sim = slow().await;
    let (id, app_id) = sim.new_application("one").await;
    let principal = || sim.graph_post("/v1.0/servicePrincipals", json!({"appId": app_id}));
    let add_password = format!("/v1.0/applications/{id}/addPassword");
    let secret = || sim.graph_post(&add_password, json!({}));
    let filtered = format!("/v1.0/applications?$filter=appId eq '{app_id}'");
    let listed = || sim.graph_read(&filtered);
    assert_eq!(
        principal().await.body["error"]["details"][0]["code"],
        "NoBackingApplicationObject"
    );
    assert_eq!(secret().await.code(), "Request_ResourceNotFound");
    assert_eq!(
        sim.graph_read(&format!("/v1.0/applications/{id}"))
            .await
            .status,
        404
    );
    assert_eq!(
        sim.graph_patch(
            &format!("/v1.0/applications(appId='{app_id}')"),
            json!({"notes": "n"})
        )
        .await
        .status,
        404
    );
    assert!(listed().await.each("id").is_empty());
    sim.server.age(DELAY);
    assert_eq!(listed().await.each("id"), std::slice::from_ref(&id));
    assert_eq!(secret().await.status, 200);
    assert_eq!(principal().await.status, 201);
}

#[tokio::test]
async fn a_fresh_service_principal_cannot_be_given_roles_yet() {
    let sim = slow().await;
    let (_, app_id) = sim.new_application("one").await;
    sim.server.age(DELAY);
    let (principal, graph) = (
        sim.new_principal(&app_id).await,
        sim.graph_principal().await,
    );
    let body = json!({"principalId": principal, "resourceId": graph, "appRoleId": DIRECTORY_READ});
    let given = format!("/v1.0/servicePrincipals/{graph}/appRoleAssignedTo");
    let held = format!("/v1.0/servicePrincipals/{principal}/appRoleAssignments");
    for path in [&given, &held] {
        let refused = sim.graph_post(path, body.clone()).await;
        assert_eq!(
            (refused.status, refused.code()),
            (404, "Request_ResourceNotFound"),
            "{path}"
        );
    }
    let member = json!({"@odata.id": format!("https://graph.microsoft.com/v1.0/directoryObjects/{principal}")});
    assert_eq!(
        sim.graph_post("/v1.0/groups/g1/members/$ref", member)
            .await
            .status,
        404
    );
    sim.server.age(DELAY);
    assert_eq!(sim.graph_post(&given, body.clone()).await.status, 201);
    // The assignment is there, although the lists do not have it yet.
    assert!(sim.graph_read(&held).await.each("id").is_empty());
    assert_eq!(sim.graph_post(&given, body).await.status, 400);
    sim.server.age(DELAY);
    assert_eq!(
        sim.graph_read(&held).await.each("appRoleId"),
        [DIRECTORY_READ]
    );
}
