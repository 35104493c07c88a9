//! Writes: what is repeated, what never is, and what they are charged.

use azure::{Client, Failure, FailureKind, Reply, Service, Write};
use serde_json::{Value, json};

use crate::limits::charged;
use crate::server::{Answer, Server, options};

const ROLE: &str =
    "/subscriptions/S1/providers/Microsoft.Authorization/roleDefinitions/r?api-version=2022-04-01";
const APPLICATIONS: &str = "/v1.0/applications";
const REPEATABLE: [Write; 3] = [Write::Put, Write::Patch, Write::Delete];

/// A server whose first answers are these, and whose later ones are good.
async fn healing(wrong: usize, answer: impl Fn() -> Answer + Send + Sync + 'static) -> Server {
    Server::start(move |request| {
        let ours = request.target == ROLE || request.target == APPLICATIONS;
        ours.then(|| match request.earlier < wrong {
            true => answer(),
            false => Answer::json(&json!({ "sent": request.body })),
        })
    })
    .await
}

async fn put(client: &Client, how: Write) -> Result<Reply, Failure> {
    let body = json!({ "properties": { "roleName": "R" } });
    let body = (how != Write::Delete).then_some(&body);
    client.write(Service::Arm, how, ROLE, body).await
}

async fn create(client: &Client) -> Result<Reply, Failure> {
    let body = json!({ "displayName": "A" });
    let how = Write::Post;
    client
        .write(Service::Graph, how, APPLICATIONS, Some(&body))
        .await
}

/// Every way to write twice what is the same as once heals, with the same body.
async fn heals(answer: impl Fn() -> Answer + Clone + Send + Sync + 'static) {
    for how in REPEATABLE {
        let server = healing(2, answer.clone()).await;
        let reply = put(&server.client(), how).await.expect("a reply");
        assert_eq!((reply.status, reply.retries), (200, 2), "{how:?}");
        let requests = server.requests();
        assert_eq!(requests.len(), 3);
        assert!(
            requests.iter().all(|one| one.body == requests[0].body
                && one.method == format!("{how:?}").to_uppercase())
        );
    }
}

/// A creation is sent once, and fails so.
async fn is_sent_once(
    answer: impl Fn() -> Answer + Send + Sync + 'static,
    kind: FailureKind,
) -> Failure {
    let server = healing(99, answer).await;
    let failure = create(&server.client()).await.expect_err("no reply");
    assert_eq!((failure.kind, failure.retries), (kind, 0), "{failure}");
    assert_eq!(server.requests().len(), 1);
    failure
}

/// A creation is repeated until it is done.
async fn is_repeated(answer: impl Fn() -> Answer + Send + Sync + 'static) {
    let server = healing(2, answer).await;
    let reply = create(&server.client()).await.expect("a reply");
    assert_eq!(reply.retries, 2);
    let sent: Value = reply.json().expect("JSON");
    assert_eq!(sent["sent"], r#"{"displayName":"A"}"#);
}

#[tokio::test]
async fn what_may_be_done_twice_heals_like_a_read() {
    heals(|| Answer::error(429, "TooManyRequests").header("retry-after", "0.01")).await;
    heals(|| Answer::error(500, "InternalServerError")).await;
    heals(|| Answer::error(502, "BadGateway")).await;
    heals(|| Answer::error(504, "GatewayTimeout")).await;
    heals(|| Answer::error(409, "AnotherOperationInProgress")).await;
    heals(|| Answer::Drop).await;
    heals(|| Answer::Truncate("{".into())).await;
    heals(|| Answer::Reply(200, Vec::new(), "{".into())).await;
}

#[tokio::test]
async fn a_creation_is_repeated_where_nothing_was_done() {
    is_repeated(|| Answer::error(429, "TooManyRequests").header("retry-after", "0.01")).await;
    is_repeated(|| Answer::error(429, "TooManyRequests")).await;
    is_repeated(|| Answer::error(503, "ServiceUnavailable").header("retry-after", "0.01")).await;
    is_repeated(|| Answer::error(409, "AnotherOperationInProgress")).await;
    is_repeated(|| Answer::error(409, "Directory_ConcurrencyViolation")).await;
    is_repeated(|| Answer::error(503, "Directory_ConcurrencyViolation")).await;
}

#[tokio::test]
async fn a_creation_that_may_have_been_done_is_not_repeated() {
    for (status, kind) in [
        (500, FailureKind::Server),
        (502, FailureKind::Server),
        (503, FailureKind::Server),
        (504, FailureKind::Server),
        (408, FailureKind::Server),
    ] {
        let failure = is_sent_once(move || Answer::error(status, "x"), kind).await;
        assert_eq!(failure.status, Some(status));
        let hint = failure.hint.expect("a hint");
        assert!(hint.contains("look before"), "{hint}");
    }
    let named = || Answer::error(500, "x").header("retry-after", "0.01");
    is_sent_once(named, FailureKind::Server).await;
    is_sent_once(|| Answer::Drop, FailureKind::Network).await;
    is_sent_once(|| Answer::Truncate("{".into()), FailureKind::Network).await;
    let unreadable = || Answer::Reply(201, Vec::new(), "{".into());
    is_sent_once(unreadable, FailureKind::InvalidReply).await;
}

#[tokio::test]
async fn a_creation_without_an_answer_in_time_is_not_repeated() {
    let server = healing(99, || Answer::Hang).await;
    let client = server.client_with(azure::Options {
        attempt: std::time::Duration::from_millis(20),
        ..options()
    });
    let failure = create(&client).await.expect_err("no answer");
    assert_eq!((failure.kind, failure.retries), (FailureKind::Deadline, 0));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_creation_without_a_connection_is_repeated() {
    let server = Server::start(|_| None).await;
    let (client, _) = server.client_that_cannot_connect();
    let how = Write::Post;
    let failure = client.write(Service::Arm, how, ROLE, None).await;
    let failure = failure.expect_err("refused");
    assert_eq!((failure.kind, failure.retries), (FailureKind::Network, 5));
    assert_eq!(failure.hint, None, "nothing was sent");
}

#[tokio::test]
async fn what_azure_rejects_is_rejected_at_once() {
    for (status, code, kind) in [
        (400, "PrincipalNotFound", FailureKind::Rejected),
        (409, "RoleAssignmentExists", FailureKind::Rejected),
        (403, "AuthorizationFailed", FailureKind::Denied),
        (404, "RoleDefinitionDoesNotExist", FailureKind::NotFound),
    ] {
        let server = healing(99, move || Answer::error(status, code)).await;
        for how in REPEATABLE {
            let failure = put(&server.client(), how).await.expect_err("an error");
            assert_eq!((failure.kind, failure.retries), (kind, 0));
            assert_eq!(failure.code.as_deref(), Some(code));
        }
        let failure = is_sent_once(move || Answer::error(status, code), kind).await;
        assert_eq!(failure.hint, None, "it was not done");
    }
}

#[tokio::test]
async fn an_expired_token_is_renewed_for_every_write() {
    for how in [Write::Put, Write::Post] {
        let server = healing(1, || Answer::error(401, "ExpiredAuthenticationToken")).await;
        let client = server.client();
        let reply = match how {
            Write::Post => create(&client).await,
            _ => put(&client, how).await,
        };
        assert_eq!(reply.expect("a reply").retries, 1);
        let requests = server.requests();
        assert_ne!(
            requests[0].headers["authorization"],
            requests[1].headers["authorization"]
        );
    }
}

#[tokio::test]
async fn a_write_may_have_nothing_to_send_and_nothing_to_say() {
    for status in [200, 201, 202, 204] {
        let server = Server::start(move |request| {
            (request.target == ROLE).then(|| Answer::Reply(status, Vec::new(), String::new()))
        })
        .await;
        let client = server.client();
        for how in [Write::Put, Write::Patch, Write::Delete, Write::Post] {
            let reply = client.write(Service::Arm, how, ROLE, None).await;
            let reply = reply.expect("a reply");
            assert_eq!((reply.status, reply.body.get()), (status, "null"));
        }
        for request in server.requests() {
            assert!(!request.headers.contains_key("content-type"));
            let length = request.headers.get("content-length");
            let expected = (request.method != "DELETE").then_some("0");
            assert_eq!(length.map(String::as_str), expected, "{}", request.method);
        }
        let read = client.get(Service::Arm, ROLE).await;
        assert_eq!(read.is_ok(), status == 204, "a read has something to say");
    }
}

#[tokio::test]
async fn bodies_are_sent_as_json_and_shown_nowhere() {
    let secret = || Answer::json(&json!({ "secretText": "new-hush" }));
    let server = healing(99, secret).await;
    let reply = create(&server.client()).await.expect("a reply");
    let request = &server.requests()[0];
    assert_eq!(request.headers["content-type"], "application/json");
    assert_eq!(request.body, r#"{"displayName":"A"}"#);
    assert!(!format!("{reply:?}").contains("hush"), "{reply:?}");
}

#[tokio::test]
async fn a_write_never_leaves_the_service() {
    let server = Server::start(|_| None).await;
    let elsewhere = "https://elsewhere.example/v1.0/applications";
    let client = server.client();
    let sent = client.write(Service::Graph, Write::Post, elsewhere, None);
    let failure = sent.await.expect_err("another host");
    assert_eq!(failure.kind, FailureKind::ForeignLink);
    assert!(server.sign_ins().is_empty());
}

#[tokio::test]
async fn writes_are_charged_to_limits_of_their_own() {
    let server = healing(0, || Answer::Drop).await;
    let client = server.client();
    put(&client, Write::Put).await.expect("a reply");
    put(&client, Write::Patch).await.expect("a reply");
    put(&client, Write::Delete).await.expect("a reply");
    create(&client).await.expect("a reply");
    for (name, requests) in [
        ("Resource Manager writes, subscription s1", Some(2)),
        ("Resource Manager deletes, subscription s1", Some(1)),
        (
            "Resource Manager writes of all principals, subscription s1",
            Some(2),
        ),
        ("Resource Manager reads, subscription s1", None),
        ("Microsoft Graph directory writes", Some(1)),
        ("Microsoft Graph resource units", Some(1)),
        ("Microsoft Graph requests", Some(1)),
    ] {
        assert_eq!(charged(&client, name), requests, "{name}");
    }
}
