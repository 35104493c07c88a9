//! Signed assertions at the token endpoint: of certificates, and of issuers that an application trusts.

mod support;

use std::time::SystemTime;

use reqwest::Method;
use serde_json::{Value, json};
use simulator::Options;
use support::TENANT;
use support::directory::{DELAY, Directory, Made, Signer, code};

fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    i64::try_from(since.unwrap().as_secs()).unwrap()
}

async fn with_certificate(directory: &Directory, signer: &Signer) -> Made {
    let made = directory.make().await;
    let path = format!("/v1.0/applications/{}", made.id);
    let body = json!({"keyCredentials": [signer.credential()]});
    let changed = directory.send(Method::PATCH, &path, body).await;
    assert_eq!(changed.status, 204, "{changed:?}");
    made
}

fn good(directory: &Directory, made: &Made) -> Value {
    json!({
        "aud": directory.sim.url(&format!("{TENANT}/oauth2/v2.0/token")),
        "iss": made.app_id, "sub": made.app_id, "jti": "1",
        "nbf": now(), "exp": now() + 600,
    })
}

#[tokio::test]
async fn an_assertion_is_as_good_as_its_signature_and_claims() {
    let directory = Directory::start(Options::default()).await;
    let (signer, stranger) = (Signer::new(), Signer::new());
    let made = with_certificate(&directory, &signer).await;
    let good = good(&directory, &made);
    for algorithm in ["RS256", "PS256"] {
        let signed_in = directory
            .with_assertion(&made.app_id, &signer.assertion(&good, algorithm))
            .await;
        assert_eq!(signed_in.status, 200, "{algorithm}: {signed_in:?}");
    }
    let changed = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        signer.assertion(&claims, "RS256")
    };
    let mut forged = signer.assertion(&good, "RS256");
    forged.replace_range(forged.len() - 8.., "AAAAAAAA");
    for (assertion, expected) in [
        (stranger.assertion(&good, "RS256"), 700_027),
        (forged, 700_027),
        ("no token".to_owned(), 700_027),
        (changed("exp", json!(now() - 3_600)), 700_024),
        (changed("nbf", json!(now() + 3_600)), 700_024),
        (changed("exp", Value::Null), 700_024),
        (changed("aud", json!("https://example.org")), 700_023),
        (changed("sub", json!("somebody else")), 700_021),
    ] {
        let refused = directory.with_assertion(&made.app_id, &assertion).await;
        assert_eq!(code(&refused), expected, "{refused:?}");
        assert_eq!(refused.status, 401);
    }
}

#[tokio::test]
async fn a_borrowed_thumbprint_opens_nothing() {
    let directory = Directory::start(Options::default()).await;
    let (signer, thief) = (Signer::new(), Signer::new());
    let made = with_certificate(&directory, &signer).await;
    let good = good(&directory, &made);
    let honest = signer.assertion(&good, "RS256");
    let header = support::directory::claims(&format!(".{}.", honest.split('.').next().unwrap()));
    let stolen = thief.sign(&header, &good, "RS256");
    assert_eq!(
        code(&directory.with_assertion(&made.app_id, &stolen).await),
        700_027
    );
}

#[tokio::test]
async fn a_fresh_certificate_is_not_known_at_once() {
    let options = Options {
        replication_delay: DELAY,
        ..Options::default()
    };
    let directory = Directory::start(options).await;
    let signer = Signer::new();
    let made = directory.make().await;
    directory.sim.server.age(DELAY);
    let path = format!("/v1.0/applications/{}", made.id);
    let body = json!({"keyCredentials": [signer.credential()]});
    directory.send(Method::PATCH, &path, body).await;
    let assertion = signer.assertion(&good(&directory, &made), "RS256");
    assert_eq!(
        code(&directory.with_assertion(&made.app_id, &assertion).await),
        700_027
    );
    directory.sim.server.age(DELAY);
    assert_eq!(
        code(&directory.with_assertion(&made.app_id, &assertion).await),
        0
    );
}

async fn minted(directory: &Directory, query: &str) -> String {
    let url = directory
        .sim
        .url(&format!("simulator/issuer/token?{query}"));
    let answer = support::answer(directory.sim.client.post(url)).await;
    answer.body["token"].as_str().unwrap().to_owned()
}

async fn trusting(directory: &Directory, issuer: &str) -> Made {
    let made = directory.make().await;
    let path = format!(
        "/v1.0/applications/{}/federatedIdentityCredentials",
        made.id
    );
    let body = json!({
        "name": "deployments", "issuer": issuer, "subject": "repo:contoso/infra:ref:refs/heads/main",
        "audiences": ["api://AzureADTokenExchange"],
    });
    let added = directory.send(Method::POST, &path, body).await;
    assert_eq!(added.status, 201, "{added:?}");
    made
}

const SUBJECT: &str = "subject=repo:contoso/infra:ref:refs/heads/main";

#[tokio::test]
async fn a_token_of_a_trusted_issuer_opens_the_token_endpoint() {
    let directory = Directory::start(Options::default()).await;
    let own = directory.sim.url("simulator/issuer");
    let made = trusting(&directory, &own).await;
    let signed_in = directory
        .with_assertion(&made.app_id, &minted(&directory, SUBJECT).await)
        .await;
    assert_eq!(signed_in.status, 200, "{signed_in:?}");
    for (query, expected) in [
        (
            "subject=repo:contoso/other:ref:refs/heads/main".to_owned(),
            700_213,
        ),
        (format!("{SUBJECT}&issuer=https://issuer.example"), 700_211),
        (format!("{SUBJECT}&audience=somebody"), 700_212),
        (format!("{SUBJECT}&lifetime=-3600"), 700_024),
    ] {
        let token = minted(&directory, &query).await;
        let refused = directory.with_assertion(&made.app_id, &token).await;
        assert_eq!(code(&refused), expected, "{query}: {refused:?}");
    }
    let other = directory.make().await;
    let token = minted(&directory, SUBJECT).await;
    assert_eq!(
        code(&directory.with_assertion(&other.app_id, &token).await),
        70_025
    );
}

#[tokio::test]
async fn a_token_in_the_name_of_the_own_issuer_must_be_signed_by_it() {
    let directory = Directory::start(Options::default()).await;
    let own = directory.sim.url("simulator/issuer");
    let made = trusting(&directory, &own).await;
    let token = minted(&directory, SUBJECT).await;
    let (signed, _) = token.rsplit_once('.').unwrap();
    let forged = format!("{signed}.AAAA");
    assert_eq!(
        code(&directory.with_assertion(&made.app_id, &forged).await),
        50_013
    );
}

#[tokio::test]
async fn foreign_issuers_are_known_by_their_claims() {
    let directory = Directory::start(Options::default()).await;
    let github = "https://token.actions.githubusercontent.com";
    let made = trusting(&directory, github).await;
    let token = minted(&directory, &format!("{SUBJECT}&issuer={github}")).await;
    assert_eq!(
        code(&directory.with_assertion(&made.app_id, &token).await),
        0
    );
}

#[tokio::test]
async fn the_own_issuer_describes_itself() {
    let directory = Directory::start(Options::default()).await;
    let get = async |path: &str| {
        let url = directory.sim.url(&format!("simulator/issuer/{path}"));
        support::answer(directory.sim.client.get(url)).await
    };
    let described = get(".well-known/openid-configuration").await;
    assert_eq!(
        described.body["issuer"],
        directory.sim.url("simulator/issuer")
    );
    assert_eq!(get("keys").await.body["keys"][0]["kty"], "EC");
    let nobody = directory
        .sim
        .client
        .post(directory.sim.url("simulator/issuer/token"));
    assert_eq!(support::answer(nobody).await.code(), "MissingSubject");
}
