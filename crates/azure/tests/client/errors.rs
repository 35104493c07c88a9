//! Refusals are classified, and carry what support asks for.

use azure::{FailureKind, Service};

use crate::server::{Answer, Server};

async fn failure(status: u16, code: &'static str) -> azure::Failure {
    let server = Server::start(move |request| {
        (request.target.starts_with("/x"))
            .then(|| Answer::error(status, code).header("x-ms-request-id", "r-7"))
    })
    .await;
    let failure = server
        .client()
        .get(Service::Arm, "/x?api-version=1&sig=hush")
        .await
        .expect_err("a refusal");
    assert_eq!(server.requests().len(), 1, "{code} is not asked again");
    failure
}

#[tokio::test]
async fn each_refusal_has_its_kind_and_is_final() {
    for (status, code, kind) in [
        (403, "AuthorizationFailed", FailureKind::Denied),
        (404, "ResourceNotFound", FailureKind::NotFound),
        (
            409,
            "MissingSubscriptionRegistration",
            FailureKind::NotRegistered,
        ),
        (400, "NoRegisteredProviderFound", FailureKind::NotAvailable),
        (409, "ScopeLocked", FailureKind::Denied),
        (400, "InvalidApiVersionParameter", FailureKind::Rejected),
        (
            403,
            "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
            FailureKind::Unlicensed,
        ),
    ] {
        let failure = failure(status, code).await;
        assert_eq!(
            (failure.kind, failure.status),
            (kind, Some(status)),
            "{code}"
        );
        assert_eq!(failure.code.as_deref(), Some(code));
        assert_eq!(failure.message, format!("{code} happened."));
        assert_eq!(failure.request_id.as_deref(), Some("r-7"));
    }
}

#[tokio::test]
async fn a_failure_shows_no_secret_of_the_query() {
    let failure = failure(403, "AuthorizationFailed").await;
    assert!(failure.url.ends_with("/x?api-version=1"), "{}", failure.url);
    assert!(!failure.to_string().contains("hush"));
}
