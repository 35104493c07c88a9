//! Applications of Microsoft Graph: made, found, changed, over real sockets.

#[path = "support/graph.rs"]
mod graph;
mod support;

use graph::MICROSOFT_GRAPH;
use reqwest::Method;
use serde_json::json;
use simulator::Options;
use support::{GRAPH, Sim, answer};

#[tokio::test]
async fn a_new_application_has_all_documented_properties() {
    let sim = Sim::start(Options::default()).await;
    let made = sim
        .graph_post("/v1.0/applications", json!({"displayName": "scanner two"}))
        .await;
    assert_eq!(made.status, 201);
    assert_eq!(
        made.text("signInAudience"),
        "AzureADandPersonalMicrosoftAccount"
    );
    assert_eq!(made.body["api"]["requestedAccessTokenVersion"], 2);
    assert_eq!(made.text("publisherDomain"), "contoso.onmicrosoft.com");
    for empty in [
        "identifierUris",
        "requiredResourceAccess",
        "keyCredentials",
        "passwordCredentials",
        "tags",
    ] {
        assert_eq!(made.body[empty], json!([]), "{empty}");
    }
    let (id, app_id) = (made.text("id"), made.text("appId"));
    assert_ne!(id, app_id);
    let single = sim.graph_read(&format!("/v1.0/applications/{id}")).await;
    assert_eq!(single.body["createdDateTime"], made.body["createdDateTime"]);
    for filter in [
        "displayName eq 'scanner two'".to_owned(),
        format!("appId eq '{app_id}'"),
        "startswith(displayName,'scanner t')".to_owned(),
    ] {
        let found = sim
            .graph_read(&format!("/v1.0/applications?$filter={filter}&$select=id"))
            .await;
        assert_eq!(found.body["value"], json!([{"id": id}]), "{filter}");
    }
}

#[tokio::test]
async fn wrong_bodies_are_refused() {
    let sim = Sim::start(Options::default()).await;
    for (body, message) in [
        (json!({}), "A value is required for property 'displayName'"),
        (
            json!({"displayName": "a", "colour": "red"}),
            "Invalid property 'colour'.",
        ),
        (
            json!({"displayName": "a", "appId": "b"}),
            "Property 'appId' is read-only",
        ),
        (
            json!({"displayName": "a", "signInAudience": "All"}),
            "Invalid value specified for property 'signInAudience'",
        ),
        (
            json!({"displayName": "a", "passwordCredentials": [{}]}),
            "New password credentials must be generated",
        ),
        (
            json!({"displayName": "a", "keyCredentials": [{"displayName": "x"}]}),
            "A new key credential must have a key.",
        ),
        (json!([]), "Unable to read JSON"),
    ] {
        let refused = sim.graph_post("/v1.0/applications", body.clone()).await;
        assert_eq!(refused.status, 400, "{body}");
        assert!(
            refused.message().starts_with(message),
            "{body}: {}",
            refused.message()
        );
    }
    let uri = json!({"displayName": "a", "identifierUris": ["api://one"]});
    assert_eq!(
        sim.graph_post("/v1.0/applications", uri.clone())
            .await
            .status,
        201
    );
    assert!(
        sim.graph_post("/v1.0/applications", uri)
            .await
            .message()
            .contains("identifierUris")
    );
}

#[tokio::test]
async fn applications_are_changed_by_id_and_by_client_id() {
    let sim = Sim::start(Options::default()).await;
    let (id, app_id) = sim.new_application("one").await;
    let by_key = format!("/v1.0/applications(appId='{app_id}')");
    let change = json!({"notes": "of the scanner", "tags": ["a"], "web": {"homePageUrl": "https://x.example"},
        "requiredResourceAccess": [{"resourceAppId": MICROSOFT_GRAPH, "resourceAccess": [{"id": graph::DIRECTORY_READ, "type": "Role"}]}]});
    assert_eq!(sim.graph_patch(&by_key, change).await.status, 204);
    let now = sim.graph_read(&by_key).await;
    assert_eq!(
        (now.text("id"), now.text("notes")),
        (id.clone(), "of the scanner".to_owned())
    );
    assert_eq!(now.body["web"]["redirectUris"], json!([]));
    let unknown = sim.graph_patch(&by_key, json!({"Notes": "x"})).await;
    assert_eq!(
        (unknown.status, unknown.message()),
        (400, "Invalid property 'Notes'.")
    );
    let nobody = "/v1.0/applications(appId='00000000-0000-4000-8000-000000000000')";
    assert_eq!(
        sim.graph_patch(nobody, json!({"notes": "x"})).await.code(),
        "Request_ResourceNotFound"
    );
    assert_eq!(sim.graph_delete(&by_key).await.status, 204);
    assert_eq!(
        sim.graph_read(&format!("/v1.0/applications/{id}"))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn an_application_is_made_by_its_unique_name_where_that_is_preferred() {
    let sim = Sim::start(Options::default()).await;
    let token = sim.token(3, GRAPH).await;
    let path = "/v1.0/applications(uniqueName='scanner')";
    let body = json!({"displayName": "by name"});
    assert_eq!(sim.graph_patch(path, body.clone()).await.status, 404);
    let upsert = || {
        sim.request(Method::PATCH, path, &token)
            .header("Prefer", "create-if-missing")
            .json(&body)
    };
    let made = answer(upsert()).await;
    assert_eq!(
        (made.status, made.text("uniqueName")),
        (201, "scanner".to_owned())
    );
    assert_eq!(answer(upsert()).await.status, 204);
    assert_eq!(sim.graph_read(path).await.text("id"), made.text("id"));
}

#[tokio::test]
async fn the_public_key_shows_only_where_it_is_selected() {
    let sim = Sim::start(Options::default()).await;
    let (id, _) = sim.new_application("one").await;
    let path = format!("/v1.0/applications/{id}");
    let key = certificate();
    let credential =
        json!({"key": key, "type": "AsymmetricX509Cert", "usage": "Verify", "displayName": "new"});
    let (_, delta) = latest(&sim).await;
    assert_eq!(
        sim.graph_patch(&path, json!({"keyCredentials": [credential]}))
            .await
            .status,
        204
    );
    let selected = sim
        .graph_read(&format!("{path}?$select=keyCredentials"))
        .await;
    let shown = &selected.body["keyCredentials"][0];
    assert_eq!(shown["key"], json!(key));
    assert_eq!(shown["customKeyIdentifier"].as_str().unwrap().len(), 40);
    let key_id = shown["keyId"].clone();
    let token = sim.token(3, GRAPH).await;
    for other in [
        path.clone(),
        "/v1.0/applications?$select=keyCredentials,id".to_owned(),
        format!("/v1.0/directoryObjects/{id}"),
        delta,
    ] {
        let url = if other.starts_with("http") {
            other.clone()
        } else {
            sim.url(&other)
        };
        let read = answer(sim.client.get(url).bearer_auth(&token)).await;
        assert_eq!(read.status, 200, "{other}");
        let text = read.body.to_string();
        assert!(
            text.contains(key_id.as_str().unwrap()) && !text.contains(&key),
            "{other}: {text}"
        );
    }
    let stays = json!({"keyCredentials": [{"keyId": key_id, "key": null}]});
    assert_eq!(sim.graph_patch(&path, stays).await.status, 204);
    let unknown = json!({"keyCredentials": [{"keyId": "00000000-0000-4000-8000-000000000000"}]});
    assert_eq!(sim.graph_patch(&path, unknown).await.status, 400);
    let bad = json!({"keyCredentials": [{"key": "AAAA", "type": "AsymmetricX509Cert", "usage": "Verify"}]});
    assert_eq!(
        sim.graph_patch(&path, bad).await.message(),
        "Key value is invalid certificate"
    );
    let kept = sim
        .graph_read(&format!("{path}?$select=keyCredentials"))
        .await;
    assert_eq!(kept.body["keyCredentials"][0]["key"], json!(key));
    assert_eq!(
        sim.graph_patch(&path, json!({"keyCredentials": []}))
            .await
            .status,
        204
    );
    assert_eq!(
        sim.graph_read(&path).await.body["keyCredentials"],
        json!([])
    );
}

#[tokio::test]
async fn an_application_of_the_tenants_file_is_stored_when_it_is_changed() {
    let sim = Sim::start(Options::default()).await;
    let path = "/v1.0/applications(appId='c0000000-0000-4000-8000-000000000001')";
    let before = sim.graph_read(path).await;
    assert_eq!(before.body["passwordCredentials"][0]["hint"], "rig");
    assert_eq!(
        sim.graph_patch(path, json!({"notes": "known"}))
            .await
            .status,
        204
    );
    let after = sim.graph_read(path).await;
    assert_eq!(
        (after.text("id"), after.text("notes")),
        (before.text("id"), "known".to_owned())
    );
    assert_eq!(
        after.body["passwordCredentials"],
        before.body["passwordCredentials"]
    );
    let all = sim.graph_read("/v1.0/applications").await.each("appId");
    let own = all.iter().filter(|id| id.ends_with("000000000001")).count();
    assert_eq!(own, 1);
}

/// The place in the feed of applications from which on changes are told.
async fn latest(sim: &Sim) -> (Vec<String>, String) {
    let first = sim
        .graph_read("/v1.0/applications/delta?$deltatoken=latest")
        .await;
    (first.each("id"), first.text("@odata.deltaLink"))
}

fn certificate() -> String {
    use base64::Engine;
    let key = rcgen::KeyPair::generate().unwrap();
    let params = rcgen::CertificateParams::new(Vec::<String>::new()).unwrap();
    let certificate = params.self_signed(&key).unwrap();
    base64::engine::general_purpose::STANDARD.encode(certificate.der())
}
