//! Applications that are made while the simulator runs sign in with proofs that are made, too.

mod support;

use reqwest::Method;
use serde_json::{Value, json};
use simulator::Options;
use support::directory::{DELAY, Directory, READ_DIRECTORY, claims, code};
use support::{ARM, SUBSCRIPTION};

#[tokio::test]
async fn a_secret_opens_the_token_endpoint_until_it_is_removed() {
    let directory = Directory::start(Options::default()).await;
    let made = directory.make().await;
    assert_eq!(
        code(&directory.with_secret(&made.app_id, "none yet").await),
        7_000_215
    );
    let secret = directory.add_secret(&made).await;
    let signed_in = directory.with_secret(&made.app_id, &secret).await;
    let told = claims(signed_in.body["access_token"].as_str().unwrap());
    assert_eq!(
        (&told["oid"], &told["idtyp"]),
        (&json!(made.principal_id), &json!("app"))
    );
    assert_eq!(told["roles"], Value::Null);
    let app = directory
        .get_as(&directory.all, &format!("/v1.0/applications/{}", made.id))
        .await;
    let key = app.body["passwordCredentials"][0]["keyId"].clone();
    let path = format!("/v1.0/applications/{}/removePassword", made.id);
    let removed = directory
        .send(Method::POST, &path, json!({"keyId": key}))
        .await;
    assert_eq!(removed.status, 204);
    assert_eq!(
        code(&directory.with_secret(&made.app_id, &secret).await),
        7_000_215
    );
}

#[tokio::test]
async fn app_role_assignments_become_the_roles_of_the_next_token() {
    let directory = Directory::start(Options::default()).await;
    let made = directory.make().await;
    let secret = directory.add_secret(&made).await;
    let token = |answer: support::Answer| answer.body["access_token"].as_str().unwrap().to_owned();
    let before = token(directory.with_secret(&made.app_id, &secret).await);
    assert_eq!(directory.get_as(&before, "/v1.0/users").await.status, 403);
    let granted = directory.grant(&made, READ_DIRECTORY).await;
    assert_eq!(granted.status, 201, "{granted:?}");
    let after = token(directory.with_secret(&made.app_id, &secret).await);
    assert_eq!(claims(&after)["roles"], json!(["Directory.Read.All"]));
    assert_eq!(directory.get_as(&after, "/v1.0/users").await.status, 200);
    assert_eq!(directory.get_as(&before, "/v1.0/users").await.status, 403);
    let id = granted.body["id"].as_str().unwrap();
    let path = format!(
        "/v1.0/servicePrincipals/{}/appRoleAssignments/{id}",
        made.principal_id
    );
    assert_eq!(
        directory
            .send(Method::DELETE, &path, Value::Null)
            .await
            .status,
        204
    );
    let last = token(directory.with_secret(&made.app_id, &secret).await);
    assert_eq!(claims(&last)["roles"], Value::Null);
}

#[tokio::test]
async fn an_application_signs_in_only_while_all_of_it_is_there() {
    let directory = Directory::start(Options::default()).await;
    let made = directory.make().await;
    let secret = directory.add_secret(&made).await;
    let principal = format!("/v1.0/servicePrincipals/{}", made.principal_id);
    let enable = async |enabled: bool| {
        let body = json!({"accountEnabled": enabled});
        directory.send(Method::PATCH, &principal, body).await.status
    };
    assert_eq!(enable(false).await, 204);
    assert_eq!(
        code(&directory.with_secret(&made.app_id, &secret).await),
        7_000_112
    );
    assert_eq!(enable(true).await, 204);
    assert_eq!(code(&directory.with_secret(&made.app_id, &secret).await), 0);
    directory
        .send(Method::DELETE, &principal, Value::Null)
        .await;
    assert_eq!(
        code(&directory.with_secret(&made.app_id, &secret).await),
        7_000_229
    );
    let application = format!("/v1.0/applications/{}", made.id);
    directory
        .send(Method::DELETE, &application, Value::Null)
        .await;
    assert_eq!(
        code(&directory.with_secret(&made.app_id, &secret).await),
        700_016
    );
    assert_eq!(
        code(&directory.with_secret("nobody", &secret).await),
        700_016
    );
}

#[tokio::test]
async fn what_is_fresh_is_unknown_to_the_token_endpoint_for_a_while() {
    let options = Options {
        replication_delay: DELAY,
        ..Options::default()
    };
    let directory = Directory::start(options).await;
    let made = directory.make().await;
    assert_eq!(
        code(&directory.with_secret(&made.app_id, "any").await),
        700_016
    );
    directory.sim.server.age(DELAY);
    let secret = directory.add_secret(&made).await;
    assert_eq!(
        code(&directory.with_secret(&made.app_id, &secret).await),
        7_000_215
    );
    directory.grant(&made, READ_DIRECTORY).await;
    directory.sim.server.age(DELAY / 2);
    assert_eq!(
        code(&directory.with_secret(&made.app_id, &secret).await),
        7_000_215
    );
    directory.sim.server.age(DELAY / 2);
    let signed_in = directory.with_secret(&made.app_id, &secret).await;
    let told = claims(signed_in.body["access_token"].as_str().unwrap());
    assert_eq!(told["roles"], json!(["Directory.Read.All"]));
}

#[tokio::test]
async fn permissions_of_microsoft_graph_are_in_no_other_services_tokens() {
    let directory = Directory::start(Options::default()).await;
    let form = |scope| {
        [
            ("grant_type", "client_credentials"),
            ("client_id", "c0000000-0000-4000-8000-000000000004"),
            ("client_secret", "nobody"),
            ("scope", scope),
        ]
    };
    let signed_in = directory.sign_in(&form(ARM)).await;
    let token = signed_in.body["access_token"].as_str().unwrap();
    assert_eq!(claims(token)["roles"], Value::Null);
    let path = format!("{SUBSCRIPTION}?api-version=2022-12-01");
    assert_eq!(directory.get_as(token, &path).await.status, 403);
}

#[tokio::test]
async fn the_tenant_is_as_it_was_once_everything_is_removed_again() {
    let directory = Directory::start(Options::default()).await;
    let before = directory.sim.server.documents();
    let made = directory.make().await;
    directory.add_secret(&made).await;
    assert!(directory.sim.server.documents().len() > before.len());
    for path in [
        format!("/v1.0/applications/{}", made.id),
        format!("/v1.0/directory/deletedItems/{}", made.principal_id),
        format!("/v1.0/directory/deletedItems/{}", made.id),
    ] {
        let gone = directory.send(Method::DELETE, &path, Value::Null).await;
        assert!(matches!(gone.status, 204 | 404), "{path}: {gone:?}");
    }
    let told = directory
        .sim
        .client
        .get(directory.sim.url("simulator/documents"));
    let told: Value = told.send().await.unwrap().json().await.unwrap();
    assert_eq!(told, json!(before));
}
