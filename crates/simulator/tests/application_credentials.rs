//! Client secrets and federated identity credentials of applications, over real sockets.

#[path = "support/graph.rs"]
mod graph;
mod support;

use reqwest::Method;
use serde_json::{Value, json};
use simulator::Options;
use support::{GRAPH, Sim, TENANT, answer};

#[tokio::test]
async fn a_secret_is_told_once_and_opens_the_token_endpoint() {
    let sim = Sim::start(Options::default()).await;
    let (id, app_id) = sim.new_application("one").await;
    let principal = sim.new_principal(&app_id).await;
    for holder in [
        format!("applications/{id}"),
        format!("servicePrincipals/{principal}"),
    ] {
        let body = json!({"passwordCredential": {"displayName": "scan", "endDateTime": "2099-01-01T00:00:00Z"}});
        let made = sim
            .graph_post(&format!("/v1.0/{holder}/addPassword"), body)
            .await;
        assert_eq!(made.status, 200, "{:?}", made.body);
        let secret = made.text("secretText");
        assert_eq!(
            (secret.len(), made.text("hint")),
            (40, secret[..3].to_owned())
        );
        let read = sim.graph_read(&format!("/v1.0/{holder}")).await;
        let shown = &read.body["passwordCredentials"][0];
        assert_eq!(
            (&shown["secretText"], &shown["hint"]),
            (&Value::Null, &json!(secret[..3]))
        );
        assert_eq!(shown["displayName"], "scan");
        assert!(
            !sim.graph_read("/v1.0/applications")
                .await
                .body
                .to_string()
                .contains(&secret)
        );
        assert_eq!(sign_in(&sim, &app_id, &secret).await, 200);
        let key = json!({"keyId": made.text("keyId").to_uppercase()});
        let remove = format!("/v1.0/{holder}/removePassword");
        assert_eq!(sim.graph_post(&remove, key.clone()).await.status, 204);
        assert_eq!(sign_in(&sim, &app_id, &secret).await, 401);
        let again = sim.graph_post(&remove, key).await;
        assert!(
            again.status == 400
                && again
                    .message()
                    .starts_with("No password credential found with keyId")
        );
        assert_eq!(sim.graph_post(&remove, json!({})).await.status, 400);
    }
}

#[tokio::test]
async fn a_secret_holds_for_two_years_unless_it_is_said() {
    let sim = Sim::start(Options::default()).await;
    let (_, app_id) = sim.new_application("one").await;
    let path = format!("/v1.0/applications(appId='{app_id}')/addPassword");
    let made = sim.graph_post(&path, json!({})).await;
    let year = |member: &str| made.text(member)[..4].parse::<u16>().unwrap();
    assert_eq!(year("endDateTime"), year("startDateTime") + 2);
    let past = json!({"passwordCredential": {"startDateTime": "2026-01-01T00:00:00Z", "endDateTime": "2025-01-01T00:00:00Z"}});
    assert_eq!(sim.graph_post(&path, past).await.status, 400);
    assert_eq!(
        sim.graph_post("/v1.0/applications/none/addPassword", json!({}))
            .await
            .status,
        404
    );
}

async fn sign_in(sim: &Sim, app_id: &str, secret: &str) -> u16 {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", app_id),
        ("client_secret", secret),
        ("scope", GRAPH),
    ];
    let url = sim.url(&format!("{TENANT}/oauth2/v2.0/token"));
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let request = sim
        .client
        .post(url)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body);
    answer(request).await.status
}

fn federated(name: &str, subject: &str) -> Value {
    json!({"name": name, "issuer": "https://token.actions.githubusercontent.com", "subject": subject,
        "audiences": ["api://AzureADTokenExchange"]})
}

#[tokio::test]
async fn federated_credentials_are_made_read_changed_and_removed() {
    let sim = Sim::start(Options::default()).await;
    let (id, app_id) = sim.new_application("one").await;
    let list = format!("/v1.0/applications/{id}/federatedIdentityCredentials");
    let made = sim
        .graph_post(&list, federated("github", "repo:o/r:environment:p"))
        .await;
    assert_eq!(made.status, 201, "{:?}", made.body);
    assert_eq!(made.body["description"], Value::Null);
    let credential = made.text("id");
    for path in [
        format!("{list}/{credential}"),
        format!("{list}/github"),
        format!("/v1.0/applications(appId='{app_id}')/federatedIdentityCredentials(name='github')"),
    ] {
        assert_eq!(sim.graph_read(&path).await.text("id"), credential, "{path}");
    }
    let filtered = sim
        .graph_read(&format!(
            "{list}?$filter=subject eq 'repo:o/r:environment:p'"
        ))
        .await;
    assert_eq!(filtered.each("name"), ["github"]);
    let by_name = format!("{list}/github");
    assert_eq!(
        sim.graph_patch(&by_name, json!({"subject": "repo:o/r:environment:q"}))
            .await
            .status,
        204
    );
    assert_eq!(
        sim.graph_read(&by_name).await.text("subject"),
        "repo:o/r:environment:q"
    );
    assert_eq!(
        sim.graph_patch(&by_name, json!({"name": "other"}))
            .await
            .status,
        400
    );
    assert_eq!(
        sim.graph_patch(&by_name, json!({"audiences": []}))
            .await
            .status,
        400
    );
    assert_eq!(sim.graph_delete(&by_name).await.status, 204);
    assert_eq!(sim.graph_delete(&by_name).await.status, 404);
    assert!(sim.graph_read(&list).await.each("id").is_empty());
}

#[tokio::test]
async fn federated_credentials_have_their_rules() {
    let sim = Sim::start(Options::default()).await;
    let (id, _) = sim.new_application("one").await;
    let list = format!("/v1.0/applications/{id}/federatedIdentityCredentials");
    sim.graph_post(&list, federated("github", "s")).await;
    let same_name = sim.graph_post(&list, federated("GitHub", "t")).await;
    assert_eq!(
        (same_name.status, same_name.code()),
        (409, "Request_MultipleObjectsWithSameKeyValue")
    );
    let same_pair = sim.graph_post(&list, federated("other", "s")).await;
    assert_eq!(
        (same_pair.status, same_pair.code()),
        (400, "InvalidFederatedIdentityCredentialValue")
    );
    let mut two = federated("two", "u");
    two["audiences"] = json!(["a", "b"]);
    assert_eq!(sim.graph_post(&list, two).await.status, 400);
    let nobody = "/v1.0/applications/none/federatedIdentityCredentials";
    assert_eq!(
        sim.graph_post(nobody, federated("three", "v")).await.status,
        404
    );
    for number in 1..20 {
        let made = sim
            .graph_post(
                &list,
                federated(&format!("number-{number}"), &format!("subject {number}")),
            )
            .await;
        assert_eq!(made.status, 201);
    }
    let more = sim.graph_post(&list, federated("one-more", "w")).await;
    assert!(more.status == 400 && more.message().contains("20"));
}

#[tokio::test]
async fn a_federated_credential_is_made_by_its_name_where_that_is_preferred() {
    let sim = Sim::start(Options::default()).await;
    let (id, _) = sim.new_application("one").await;
    let path = format!("/v1.0/applications/{id}/federatedIdentityCredentials(name='github')");
    let mut body = federated("github", "s");
    body.as_object_mut().unwrap().remove("name");
    assert_eq!(sim.graph_patch(&path, body.clone()).await.status, 404);
    let token = sim.token(3, GRAPH).await;
    let upsert = || {
        sim.request(Method::PATCH, &path, &token)
            .header("Prefer", "create-if-missing")
            .json(&body)
    };
    let made = answer(upsert()).await;
    assert_eq!((made.status, made.text("name")), (201, "github".to_owned()));
    assert_eq!(answer(upsert()).await.status, 204);
}
