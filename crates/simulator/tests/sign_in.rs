//! Sign-in and what a token opens, over real sockets.

mod support;

use simulator::Options;
use std::time::Duration;
use support::{ARM, GRAPH, SUBSCRIPTION, Sim, TENANT, answer};

#[tokio::test]
async fn each_wrong_credential_has_its_own_error() {
    let sim = Sim::start(Options::default()).await;
    for (tenant, app, secret, scope, status, code) in [
        (TENANT, 1, "wrong", ARM, 401, 7_000_215),
        (TENANT, 2, "old", ARM, 401, 7_000_222),
        (
            "22222222-2222-4222-8222-222222222222",
            1,
            "right",
            ARM,
            400,
            90_002,
        ),
        (TENANT, 9, "right", ARM, 400, 700_016),
        (
            TENANT,
            1,
            "right",
            "https://example.org/.default",
            400,
            500_011,
        ),
    ] {
        let answer = sim.login(tenant, app, secret, scope).await;
        assert_eq!(answer.status, status, "{code}");
        assert_eq!(answer.body["error_codes"][0], code);
        let said = answer.body["error_description"].as_str().unwrap();
        assert!(said.starts_with(&format!("AADSTS{code}: ")), "{said}");
    }
}

#[tokio::test]
async fn a_tenant_is_also_named_by_its_domain() {
    let sim = Sim::start(Options::default()).await;
    let answer = sim.login("Contoso.onmicrosoft.com", 1, "right", ARM).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body["token_type"], "Bearer");
}

#[tokio::test]
async fn tokens_open_only_their_service() {
    let sim = Sim::start(Options::default()).await;
    let get =
        |path: String, token: String| answer(sim.request(reqwest::Method::GET, &path, &token));
    let (arm, graph) = (sim.token(1, ARM).await, sim.token(1, GRAPH).await);
    let crossed = get("/subscriptions?api-version=1".to_owned(), graph).await;
    assert_eq!(
        (crossed.status, crossed.code()),
        (401, "InvalidAuthenticationTokenAudience")
    );
    assert!(crossed.headers.contains_key("www-authenticate"));
    let crossed = get("/v1.0/users".to_owned(), arm).await;
    assert_eq!(
        (crossed.status, crossed.code()),
        (401, "InvalidAuthenticationToken")
    );
    let none = answer(sim.client.get(sim.url("/subscriptions?api-version=1"))).await;
    assert_eq!((none.status, none.code()), (401, "AuthenticationFailed"));
}

#[tokio::test]
async fn tokens_expire() {
    let options = Options {
        token_lifetime: Duration::ZERO,
        ..Options::default()
    };
    let sim = Sim::start(options).await;
    let expired = sim.arm(SUBSCRIPTION).await;
    assert_eq!(
        (expired.status, expired.code()),
        (401, "ExpiredAuthenticationToken")
    );
}

#[tokio::test]
async fn discovery_leads_back_to_the_same_origin() {
    let options = Options {
        tls: false,
        ..Options::default()
    };
    let sim = Sim::start(options).await;
    assert!(sim.server.ca_pem().is_none());
    let origin = sim.server.endpoint().to_string();
    let origin = origin.trim_end_matches('/');
    let cloud = answer(
        sim.client
            .get(sim.url("/metadata/endpoints?api-version=2022-09-01")),
    )
    .await;
    assert_eq!(cloud.body["authentication"]["loginEndpoint"], origin);
    let openid = sim.url(&format!("/{TENANT}/v2.0/.well-known/openid-configuration"));
    let openid = answer(sim.client.get(openid)).await;
    let token = openid.body["token_endpoint"].as_str().unwrap();
    assert_eq!(token, format!("{origin}/{TENANT}/oauth2/v2.0/token"));
    let unknown = answer(
        sim.client
            .get(sim.url("/nobody/v2.0/.well-known/openid-configuration")),
    )
    .await;
    assert_eq!(unknown.body["error"], "invalid_tenant");
    sim.server.shutdown().await;
}
