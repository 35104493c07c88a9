//! Sign-in, renewal and their failures.

use azure::{Client, Credential, FailureKind, Options, Service, SignIn, Transport};
use serde_json::json;

use crate::server::{Answer, SECRET, Server, TOKEN_PATH, options, token_reply};

fn entra(status: u16, code: &str) -> Answer {
    let body = json!({
        "error": "invalid_client",
        "error_description": format!("{code}: Words about {SECRET}. Trace ID: 1 Timestamp: 2"),
        "error_codes": [1],
        "trace_id": "t-1",
    });
    Answer::Reply(status, Vec::new(), body.to_string())
}

fn good(target: &str) -> Option<Answer> {
    (target == "/x").then(|| Answer::json(&json!({ "ok": true })))
}

#[tokio::test]
async fn many_requests_share_one_sign_in() {
    let server = Server::start(|request| good(&request.target)).await;
    let client = server.client();
    let all = futures::future::join_all((0..8).map(|_| client.get(Service::Arm, "/x"))).await;
    assert!(all.iter().all(Result::is_ok));
    let sign_ins = server.sign_ins();
    assert_eq!(sign_ins.len(), 1);
    assert!(sign_ins[0].body.contains("grant_type=client_credentials"));
    assert!(
        sign_ins[0]
            .body
            .contains("scope=https%3A%2F%2Farm.example%2F.default")
    );
}

#[tokio::test]
async fn each_service_has_its_own_token() {
    let server = Server::start(|request| good(&request.target)).await;
    let client = server.client();
    client.get(Service::Arm, "/x").await.expect("a reply");
    client.get(Service::Graph, "/x").await.expect("a reply");
    assert_eq!(server.sign_ins().len(), 2);
    let claims = client.claims(Service::Graph).await.expect("claims");
    assert_eq!(claims.application_id.as_deref(), Some("app-1"));
    assert_eq!(claims.roles, ["User.Read.All"]);
    assert_eq!(server.sign_ins().len(), 2);
}

#[tokio::test]
async fn sign_in_errors_are_clear_final_and_quick() {
    for (status, code, words) in [
        (401, "AADSTS7000215", "the client secret is wrong"),
        (401, "AADSTS7000222", "has expired"),
        (400, "AADSTS90002", "tenant does not exist"),
        (400, "AADSTS700016", "application does not exist"),
    ] {
        let server = Server::start(move |request| {
            (request.target == TOKEN_PATH).then(|| entra(status, code))
        })
        .await;
        let client = server.client();
        let failure = client.get(Service::Arm, "/x").await.expect_err("no token");
        assert_eq!(
            (failure.kind, failure.status),
            (FailureKind::SignIn, Some(status))
        );
        assert_eq!(failure.code.as_deref(), Some(code));
        assert_eq!(failure.request_id.as_deref(), Some("t-1"));
        assert!(
            failure.message.contains(words) && failure.hint.is_some(),
            "{failure}"
        );
        let again = client.get(Service::Arm, "/x").await.expect_err("no token");
        assert_eq!(again.code, failure.code);
        assert_eq!(server.sign_ins().len(), 1, "a failed sign-in is remembered");
        assert!(
            server.requests().is_empty(),
            "nothing is asked without a token"
        );
    }
}

#[tokio::test]
async fn an_unknown_sign_in_error_never_repeats_the_secret() {
    let server =
        Server::start(|request| (request.target == TOKEN_PATH).then(|| entra(400, "AADSTS1")))
            .await;
    let failure = server
        .client()
        .get(Service::Arm, "/x")
        .await
        .expect_err("no token");
    assert!(
        failure
            .message
            .starts_with("AADSTS1: Words about (redacted)"),
        "{failure}"
    );
}

#[tokio::test]
async fn a_failing_sign_in_service_heals() {
    let server = Server::start(|request| {
        if request.target == TOKEN_PATH && request.earlier == 0 {
            return Some(Answer::error(503, "busy"));
        }
        good(&request.target)
    })
    .await;
    server
        .client()
        .get(Service::Arm, "/x")
        .await
        .expect("a reply");
    assert_eq!(server.sign_ins().len(), 2);
}

#[tokio::test]
async fn an_expired_token_is_renewed_once() {
    let server = Server::start(|request| {
        (request.target == "/x").then(|| match request.earlier {
            0 => Answer::error(401, "ExpiredAuthenticationToken"),
            _ => Answer::json(&json!({ "token": request.headers["authorization"] })),
        })
    })
    .await;
    let reply = server
        .client()
        .get(Service::Arm, "/x")
        .await
        .expect("a reply");
    assert_eq!(reply.retries, 1);
    let requests = server.requests();
    assert_ne!(
        requests[0].headers["authorization"],
        requests[1].headers["authorization"]
    );
    assert_eq!(server.sign_ins().len(), 2);
}

#[tokio::test]
async fn a_token_that_stays_refused_is_no_loop() {
    for (code, kind) in [
        ("InvalidAuthenticationToken", FailureKind::SignIn),
        ("Unauthorized", FailureKind::Denied),
    ] {
        let server = Server::start(move |request| {
            (request.target == "/x").then(|| Answer::error(401, code))
        })
        .await;
        let failure = server
            .client()
            .get(Service::Arm, "/x")
            .await
            .expect_err("401");
        assert_eq!((failure.kind, failure.status), (kind, Some(401)));
        assert_eq!(server.requests().len(), 2);
    }
}

#[tokio::test]
async fn a_sign_in_that_never_answers_ends() {
    let server =
        Server::start(|request| (request.target == TOKEN_PATH).then_some(Answer::Hang)).await;
    let client = server.client_with(Options {
        sign_in: std::time::Duration::from_millis(50),
        ..options()
    });
    let failure = client.get(Service::Arm, "/x").await.expect_err("no token");
    assert_eq!(failure.kind, FailureKind::SignIn);
    assert!(failure.message.contains("no token within"), "{failure}");
}

#[tokio::test]
async fn a_certificate_signs_in_with_a_signed_statement() {
    let server = Server::start(|request| good(&request.target)).await;
    let cloud = server.cloud();
    let transport = Transport::new(None).expect("a transport");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/certificates/client.pfx");
    let sign_in = SignIn::ClientCertificate {
        tenant: "tenant-1".into(),
        client: "app-1".into(),
        path: path.into(),
        password: Some(azure::Secret::new("correct horse")),
    };
    let credential = Credential::new(sign_in, &cloud, &transport).expect("a credential");
    let client = Client::new(cloud, credential, transport, options());
    client.get(Service::Arm, "/x").await.expect("a reply");
    let body = server.sign_ins().remove(0).body;
    assert!(body.contains("client_assertion=eyJ"), "{body}");
    assert!(!body.contains("client_secret"));
}

#[tokio::test]
async fn a_federated_token_signs_in() {
    let server = Server::start(|request| good(&request.target)).await;
    let folder = tempfile::tempdir().expect("a folder");
    let token_file = folder.path().join("token");
    std::fs::write(&token_file, "federated").expect("a file");
    let cloud = server.cloud();
    let transport = Transport::new(None).expect("a transport");
    let sign_in = SignIn::WorkloadIdentity {
        tenant: "tenant-1".into(),
        client: "app-1".into(),
        token_file,
    };
    let credential = Credential::new(sign_in, &cloud, &transport).expect("a credential");
    let client = Client::new(cloud, credential, transport, options());
    client.get(Service::Arm, "/x").await.expect("a reply");
    assert!(
        server.sign_ins()[0]
            .body
            .contains("client_assertion=federated")
    );
}

#[tokio::test]
async fn a_short_lived_token_is_used_for_most_of_its_life() {
    let server = Server::start(|request| {
        if request.target == TOKEN_PATH {
            let Answer::Reply(status, headers, body) = token_reply(request.earlier) else {
                return None;
            };
            return Some(Answer::Reply(status, headers, body.replace("3600", "120")));
        }
        good(&request.target)
    })
    .await;
    let client = server.client();
    for _ in 0..3 {
        client.get(Service::Arm, "/x").await.expect("a reply");
    }
    assert_eq!(server.sign_ins().len(), 1);
}
