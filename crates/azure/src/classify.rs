//! What an error reply means, by status, error code and message. The meanings stand in one table.

mod table;

use crate::envelope::Envelope;
use crate::failure::FailureKind;
pub(crate) use table::CONCURRENCY_VIOLATION;
use table::{Code, Status, TABLE};

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

/// What Resource Manager itself says when it throttles. Other codes come from a resource provider.
const WHOLE_SCOPE: &[&str] = &["SubscriptionRequestsThrottled", "TenantRequestsThrottled"];

/// What an error reply means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub kind: FailureKind,
    pub again: Again,
    /// Whether the whole subscription or tenant is throttled, or one resource provider only.
    pub whole_scope: bool,
}

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
        .find(|row| status_matches(&row.status, status) && code_matches(&row.code, code, message))
        .map_or_else(
            || verdict(FailureKind::InvalidReply, Again::Never, code),
            |row| verdict(row.kind, row.again, code),
        )
}

fn verdict(kind: FailureKind, again: Again, code: &str) -> Verdict {
    Verdict {
        kind,
        again,
        whole_scope: WHOLE_SCOPE
            .iter()
            .any(|whole| whole.eq_ignore_ascii_case(code)),
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
        Code::Holds(part) => holds(code, part),
        Code::Says(text) => holds(message, text),
    }
}

fn holds(text: &str, part: &str) -> bool {
    text.to_ascii_lowercase()
        .contains(&part.to_ascii_lowercase())
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
        for status in [409, 503] {
            assert_eq!(
                of(status, "Directory_ConcurrencyViolation"),
                (FailureKind::Server, Again::Transient)
            );
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
    fn a_page_link_that_died_starts_the_list_again() {
        use FailureKind as Kind;
        let expired = (Kind::ExpiredPage, Again::Never);
        for (status, code) in [
            (400, "Directory_ExpiredPageToken"),
            (400, "CouldNotDecodeSkipToken"),
            (400, "InvalidSkipToken"),
            (404, "InvalidSkipToken"),
            (400, "syncStateNotFound"),
            (410, "SyncStateInvalid"),
            (410, "resyncRequired"),
            (410, "resyncChangesApplyDifferences"),
        ] {
            assert_eq!(of(status, code), expired, "{status} {code}");
        }
        for (status, message) in [
            (400, "Invalid Skip Token"),
            (410, "Skip token has expired. Restart from the first page."),
            (404, "Token not found: token is either invalid or expired"),
        ] {
            assert_eq!(saying(status, "", message), expired, "{message}");
        }
        assert_eq!(
            saying(400, "", "Query option 'SkipToken' is not allowed."),
            (Kind::Rejected, Again::Never),
            "a list that does not take its own token would start again for ever"
        );
        assert_eq!(
            saying(401, "", "The token is either invalid or expired.").0,
            Kind::Denied,
            "an access token is no page token"
        );
        assert_eq!(
            of(503, "InvalidSkipToken"),
            (Kind::Server, Again::Transient)
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
        for code in ["ResourceRequestsThrottled", "TooManyRequests", "429"] {
            assert!(!classify(429, &envelope(code)).whole_scope, "{code}");
        }
        assert!(classify(429, &envelope("SubscriptionRequestsThrottled")).whole_scope);
    }
}
