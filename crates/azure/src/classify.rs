//! What an error reply means: one table over status, error code and message.
//!
//! The first matching row wins. Codes compare without case. Sources: Microsoft's pages on
//! [common deployment errors](https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors),
//! [throttling](https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling)
//! and [Graph errors](https://learn.microsoft.com/graph/errors), and recorded replies.

use crate::envelope::Envelope;
use crate::failure::FailureKind;

/// Whether asking again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// The answer will stay the same.
    Never,
    /// Azure limits the rate: ask again until the deadline.
    Throttled,
    /// The service failed: ask again a few times.
    Transient,
    /// The reply could not be read: ask again once or twice.
    Unreadable,
    /// The token may have expired: ask again once with a new one.
    NewToken,
}

/// What an error reply means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub kind: FailureKind,
    pub again: Again,
    /// Whether the whole subscription or tenant is throttled, or one resource provider only.
    pub whole_scope: bool,
}

enum Status {
    Any,
    Is(u16),
    Server,
    Client,
}

enum Code {
    Any,
    Is(&'static str),
    Starts(&'static str),
    /// Any code, and a message that holds this text.
    Says(&'static str),
}

type Row = (Status, Code, FailureKind, Again);

const TABLE: &[Row] = {
    use Again::{Never, NewToken, Throttled, Transient};
    use FailureKind as Kind;
    &[
        // Retryable by name, whatever the status: not a rate limit, although some come as 429.
        (
            Status::Any,
            Code::Starts("RetryableError"),
            Kind::Server,
            Transient,
        ),
        // The provider is switched off in the subscription, or this cloud lacks the API.
        (
            Status::Any,
            Code::Is("MissingSubscriptionRegistration"),
            Kind::NotRegistered,
            Never,
        ),
        (
            Status::Any,
            Code::Is("SubscriptionNotRegistered"),
            Kind::NotRegistered,
            Never,
        ),
        (
            Status::Any,
            Code::Is("MissingRegistrationForResourceProvider"),
            Kind::NotRegistered,
            Never,
        ),
        (
            Status::Any,
            Code::Is("NoRegisteredProviderFound"),
            Kind::NotAvailable,
            Never,
        ),
        (
            Status::Any,
            Code::Is("InvalidResourceType"),
            Kind::NotAvailable,
            Never,
        ),
        (
            Status::Any,
            Code::Is("InvalidResourceNamespace"),
            Kind::NotAvailable,
            Never,
        ),
        (
            Status::Any,
            Code::Is("DisallowedLogicalTableName"),
            Kind::NotAvailable,
            Never,
        ),
        (
            Status::Is(400),
            Code::Says("Resource not found for the segment"),
            Kind::NotAvailable,
            Never,
        ),
        (Status::Is(501), Code::Any, Kind::NotAvailable, Never),
        // Licences: the wording varies, the code does not.
        (
            Status::Any,
            Code::Is("Authentication_RequestFromNonPremiumTenantOrB2CTenant"),
            Kind::Unlicensed,
            Never,
        ),
        (
            Status::Any,
            Code::Is("AadPremiumLicenseRequired"),
            Kind::Unlicensed,
            Never,
        ),
        (
            Status::Any,
            Code::Is("TenantNotLicensed"),
            Kind::Unlicensed,
            Never,
        ),
        // Locks and disabled subscriptions refuse actions such as listing keys.
        (Status::Any, Code::Is("ScopeLocked"), Kind::Denied, Never),
        (
            Status::Any,
            Code::Is("ReadOnlyDisabledSubscription"),
            Kind::Denied,
            Never,
        ),
        (Status::Is(423), Code::Any, Kind::Denied, Never),
        // App Service says 401 for a quota. The token is fine, but nobody can be sure: one renewal.
        (
            Status::Is(401),
            Code::Says("quota"),
            Kind::Rejected,
            NewToken,
        ),
        (
            Status::Is(401),
            Code::Is("InvalidAuthenticationTokenTenant"),
            Kind::Denied,
            Never,
        ),
        (
            Status::Is(401),
            Code::Is("ExpiredAuthenticationToken"),
            Kind::SignIn,
            NewToken,
        ),
        (
            Status::Is(401),
            Code::Is("InvalidAuthenticationToken"),
            Kind::SignIn,
            NewToken,
        ),
        (Status::Is(401), Code::Any, Kind::Denied, NewToken),
        (Status::Is(403), Code::Any, Kind::Denied, Never),
        (Status::Is(404), Code::Any, Kind::NotFound, Never),
        (Status::Is(410), Code::Any, Kind::NotFound, Never),
        (Status::Is(429), Code::Any, Kind::Throttled, Throttled),
        (Status::Is(408), Code::Any, Kind::Server, Transient),
        (
            Status::Is(409),
            Code::Is("AnotherOperationInProgress"),
            Kind::Server,
            Transient,
        ),
        // Resource Graph and some providers throttle with another status.
        (
            Status::Is(503),
            Code::Is("TooManyRequests"),
            Kind::Throttled,
            Throttled,
        ),
        (Status::Server, Code::Any, Kind::Server, Transient),
        (Status::Client, Code::Any, Kind::Rejected, Never),
    ]
};

/// The meaning of a reply that is not a success.
pub(crate) fn classify(status: u16, envelope: &Envelope) -> Verdict {
    let code = envelope.code.as_deref().unwrap_or_default();
    let message = envelope.message.as_deref().unwrap_or_default();
    // A proxy's page with 404 says nothing about the resource: it must not count as absent.
    if status == 404 && !envelope.well_formed {
        return verdict(FailureKind::InvalidReply, Again::Unreadable, code);
    }
    TABLE
        .iter()
        .find(|(wanted, pattern, ..)| {
            status_matches(wanted, status) && code_matches(pattern, code, message)
        })
        .map_or_else(
            || verdict(FailureKind::InvalidReply, Again::Never, code),
            |(_, _, kind, again)| verdict(*kind, *again, code),
        )
}

fn verdict(kind: FailureKind, again: Again, code: &str) -> Verdict {
    Verdict {
        kind,
        again,
        whole_scope: !code.eq_ignore_ascii_case("ResourceRequestsThrottled"),
    }
}

fn status_matches(wanted: &Status, status: u16) -> bool {
    match wanted {
        Status::Any => true,
        Status::Is(exact) => *exact == status,
        Status::Server => (500..600).contains(&status),
        Status::Client => (400..500).contains(&status),
    }
}

fn code_matches(pattern: &Code, code: &str, message: &str) -> bool {
    match pattern {
        Code::Any => true,
        Code::Is(exact) => exact.eq_ignore_ascii_case(code),
        Code::Starts(prefix) => code
            .get(..prefix.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(prefix)),
        Code::Says(text) => message
            .to_ascii_lowercase()
            .contains(&text.to_ascii_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, code: &str) -> (FailureKind, Again) {
        let verdict = classify(
            status,
            &Envelope {
                code: Some(code.to_owned()),
                message: None,
                well_formed: true,
            },
        );
        (verdict.kind, verdict.again)
    }

    fn saying(status: u16, code: &str, message: &str) -> (FailureKind, Again) {
        let verdict = classify(
            status,
            &Envelope {
                code: Some(code.to_owned()),
                message: Some(message.to_owned()),
                well_formed: true,
            },
        );
        (verdict.kind, verdict.again)
    }

    #[test]
    fn statuses_without_a_known_code() {
        use FailureKind as Kind;
        for (status, kind, again) in [
            (400, Kind::Rejected, Again::Never),
            (401, Kind::Denied, Again::NewToken),
            (403, Kind::Denied, Again::Never),
            (404, Kind::NotFound, Again::Never),
            (405, Kind::Rejected, Again::Never),
            (408, Kind::Server, Again::Transient),
            (409, Kind::Rejected, Again::Never),
            (410, Kind::NotFound, Again::Never),
            (423, Kind::Denied, Again::Never),
            (429, Kind::Throttled, Again::Throttled),
            (500, Kind::Server, Again::Transient),
            (501, Kind::NotAvailable, Again::Never),
            (503, Kind::Server, Again::Transient),
            (302, Kind::InvalidReply, Again::Never),
        ] {
            assert_eq!(of(status, "Whatever"), (kind, again), "{status}");
        }
    }

    #[test]
    fn codes_decide_before_statuses() {
        use FailureKind as Kind;
        for (status, code, kind) in [
            (409, "MissingSubscriptionRegistration", Kind::NotRegistered),
            (404, "SubscriptionNotRegistered", Kind::NotRegistered),
            (400, "NoRegisteredProviderFound", Kind::NotAvailable),
            (404, "invalidresourcetype", Kind::NotAvailable),
            (400, "DisallowedLogicalTableName", Kind::NotAvailable),
            (
                403,
                "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
                Kind::Unlicensed,
            ),
            (403, "Authorization_RequestDenied", Kind::Denied),
            (409, "ScopeLocked", Kind::Denied),
            (401, "InvalidAuthenticationTokenTenant", Kind::Denied),
            (404, "ParentResourceNotFound", Kind::NotFound),
        ] {
            assert_eq!(of(status, code), (kind, Again::Never), "{code}");
        }
    }

    #[test]
    fn a_retryable_error_is_no_throttling() {
        for code in ["RetryableError", "RetryableErrorDueToAnotherOperation"] {
            assert_eq!(of(429, code), (FailureKind::Server, Again::Transient));
        }
        assert_eq!(of(429, "429"), (FailureKind::Throttled, Again::Throttled));
    }

    #[test]
    fn an_expired_token_is_renewed_and_a_quota_is_no_sign_in_failure() {
        assert_eq!(
            of(401, "ExpiredAuthenticationToken"),
            (FailureKind::SignIn, Again::NewToken)
        );
        assert_eq!(
            saying(401, "Unauthorized", "without additional 3 VMs AZ quota"),
            (FailureKind::Rejected, Again::NewToken)
        );
    }

    #[test]
    fn a_graph_segment_that_the_cloud_lacks() {
        assert_eq!(
            saying(
                400,
                "BadRequest",
                "Resource not found for the segment 'reports'."
            ),
            (FailureKind::NotAvailable, Again::Never)
        );
    }

    #[test]
    fn a_foreign_page_with_404_is_not_absent() {
        let verdict = classify(404, &Envelope::read(b"<html>captive portal</html>"));
        assert_eq!(verdict.kind, FailureKind::InvalidReply);
        assert_eq!(verdict.again, Again::Unreadable);
    }

    #[test]
    fn one_provider_throttled_leaves_the_others_alone() {
        let envelope = |code: &str| Envelope {
            code: Some(code.to_owned()),
            message: None,
            well_formed: true,
        };
        assert!(!classify(429, &envelope("ResourceRequestsThrottled")).whole_scope);
        assert!(classify(429, &envelope("SubscriptionRequestsThrottled")).whole_scope);
    }
}
