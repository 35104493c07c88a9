//! Batches that Resource Manager does not take, so that the caller reads one by one.

use azure::FailureKind;
use serde_json::{Value, json};

use crate::arm_batch::{BATCH, members, path, paths};
use crate::server::{Answer, Server};

/// A server that takes no batches, and answers plain GETs.
async fn refusing(answer: impl Fn() -> Answer + Send + Sync + 'static) -> Server {
    Server::start(move |request| {
        (request.target == BATCH)
            .then(&answer)
            .or_else(|| (request.method == "GET").then(|| Answer::json(&json!({ "plain": true }))))
    })
    .await
}

#[tokio::test]
async fn a_batch_that_is_answered_later_is_refused_at_once() {
    for body in ["", "{\"responses\":[]}"] {
        let server = refusing(move || {
            Answer::Reply(202, Vec::new(), body.to_owned())
                .header("location", "/batches/1")
                .header("retry-after", "15")
        })
        .await;
        let refused = server.client().arm_batch(&paths(2)).await;
        let failure = refused.expect_err("202");
        assert_eq!(
            (failure.kind, failure.status),
            (FailureKind::InvalidReply, Some(202))
        );
        assert_eq!(server.requests().len(), 1, "nothing polls it");
    }
}

#[tokio::test]
async fn what_is_no_batch_is_refused() {
    for body in [
        json!({ "value": [] }),
        json!([]),
        json!({ "responses": {} }),
    ] {
        let server = refusing(move || Answer::json(&body)).await;
        let failure = server.client().arm_batch(&paths(2)).await.expect_err("odd");
        assert_eq!(failure.kind, FailureKind::InvalidReply);
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_refused_batch_says_why() {
    for (status, code, kind) in [
        (400, "InvalidBatchRequest", FailureKind::Rejected),
        (403, "AuthorizationFailed", FailureKind::Denied),
        (404, "NotFound", FailureKind::NotFound),
        (405, "MethodNotAllowed", FailureKind::Rejected),
    ] {
        let server = refusing(move || Answer::error(status, code)).await;
        let refused = server.client().arm_batch(&paths(25)).await;
        let failure = refused.expect_err("a refusal");
        assert_eq!((failure.kind, failure.status), (kind, Some(status)));
    }
}

#[tokio::test]
async fn a_batch_that_is_refused_later_ends_in_plain_reads() {
    let server = Server::start(|request| {
        if request.target != BATCH {
            return (request.target == path(1)).then(|| Answer::json(&json!({ "plain": true })));
        }
        if request.earlier > 0 {
            return Some(Answer::error(400, "InvalidBatchRequest"));
        }
        let responses: Vec<Value> = members(request)
            .into_iter()
            .map(|(name, url)| {
                let status = if url == path(1) { 500 } else { 200 };
                json!({ "name": name, "httpStatusCode": status, "content": {} })
            })
            .collect();
        Some(Answer::json(&json!({ "responses": responses })))
    })
    .await;
    let results = server.client().arm_batch(&paths(3)).await.expect("taken");
    let bodies: Vec<&str> = results
        .iter()
        .map(|result| result.as_ref().expect("a reply").body.get())
        .collect();
    assert_eq!(bodies, ["{}", r#"{"plain":true}"#, "{}"]);
}
