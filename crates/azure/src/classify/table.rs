//! The rows of error classification; the first that matches wins.
//!
//! Sources: Microsoft's pages on
//! [common deployment errors](https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors),
//! [throttling](https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling)
//! and [Graph errors](https://learn.microsoft.com/graph/errors), and recorded replies.

use super::Again::{self, Never, NewToken, Throttled, Transient};
use crate::failure::FailureKind::{
    self, Denied, ExpiredPage, NotAvailable, NotFound, NotRegistered, Rejected, Server, SignIn,
    Unlicensed,
};

/// One row: which replies it is about, and what they mean.
pub(super) struct Row {
    pub status: Status,
    pub code: Code,
    pub kind: FailureKind,
    pub again: Again,
}

/// Which statuses a row is about.
pub(super) enum Status {
    Any,
    Is(u16),
    /// 500 to 599.
    Server,
    /// 400 to 499.
    Client,
}

/// Which error codes a row is about. They compare without case.
pub(super) enum Code {
    Any,
    Is(&'static str),
    Starts(&'static str),
    /// Any code that holds this text.
    Holds(&'static str),
    /// Any code, and a message that holds this text.
    Says(&'static str),
}

/// Graph's directory asks to come back in a moment.
pub(crate) const CONCURRENCY_VIOLATION: &str = "Directory_ConcurrencyViolation";

pub(super) const TABLE: &[Row] = &[
    // Retryable by name, whatever the status: not a rate limit, although some come as 429.
    row(
        Status::Any,
        Code::Starts("RetryableError"),
        Server,
        Transient,
    ),
    // Two changes of the directory met, and this one was not made; it comes as 409 and as 503
    // (<https://github.com/Azure/azure-cli/issues/23081>).
    row(
        Status::Any,
        Code::Is(CONCURRENCY_VIOLATION),
        Server,
        Transient,
    ),
    // The provider is switched off in the subscription.
    code("MissingSubscriptionRegistration", NotRegistered),
    code("SubscriptionNotRegistered", NotRegistered),
    code("MissingRegistrationForResourceProvider", NotRegistered),
    // This cloud or region lacks the API.
    code("NoRegisteredProviderFound", NotAvailable),
    code("InvalidResourceType", NotAvailable),
    code("InvalidResourceNamespace", NotAvailable),
    code("DisallowedLogicalTableName", NotAvailable),
    says(
        400,
        "Resource not found for the segment",
        NotAvailable,
        Never,
    ),
    status(501, NotAvailable, Never),
    // Licences: the wording varies, the code does not.
    code(
        "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
        Unlicensed,
    ),
    code("AadPremiumLicenseRequired", Unlicensed),
    code("TenantNotLicensed", Unlicensed),
    // Locks and disabled subscriptions refuse actions such as listing keys.
    code("ScopeLocked", Denied),
    code("ReadOnlyDisabledSubscription", Denied),
    status(423, Denied, Never),
    // App Service says 401 for a quota. The token is fine, but nobody can be sure: one renewal.
    says(401, "quota", Rejected, NewToken),
    both(401, "InvalidAuthenticationTokenTenant", Denied, Never),
    both(401, "ExpiredAuthenticationToken", SignIn, NewToken),
    both(401, "InvalidAuthenticationToken", SignIn, NewToken),
    status(401, Denied, NewToken),
    // Links to a next page and delta links die: in Graph's directory by a code of their own
    // (<https://learn.microsoft.com/graph/delta-query-overview#synchronization-reset>), in its sign-in
    // logs by the message alone, in Resource Graph as `CouldNotDecodeSkipToken`.
    row(Status::Client, Code::Holds("PageToken"), ExpiredPage, Never),
    row(Status::Client, Code::Holds("SkipToken"), ExpiredPage, Never),
    row(
        Status::Client,
        Code::Starts("SyncState"),
        ExpiredPage,
        Never,
    ),
    row(Status::Client, Code::Starts("Resync"), ExpiredPage, Never),
    row(Status::Client, Code::Says("skip token"), ExpiredPage, Never),
    row(
        Status::Client,
        Code::Says("token is either invalid or expired"),
        ExpiredPage,
        Never,
    ),
    status(403, Denied, Never),
    status(404, NotFound, Never),
    status(410, NotFound, Never),
    status(429, FailureKind::Throttled, Throttled),
    status(408, Server, Transient),
    both(409, "AnotherOperationInProgress", Server, Transient),
    // Some providers throttle with another status.
    both(503, "TooManyRequests", FailureKind::Throttled, Throttled),
    row(Status::Server, Code::Any, Server, Transient),
    row(Status::Client, Code::Any, Rejected, Never),
];

const fn row(status: Status, code: Code, kind: FailureKind, again: Again) -> Row {
    Row {
        status,
        code,
        kind,
        again,
    }
}

/// A code that is final whatever the status.
const fn code(code: &'static str, kind: FailureKind) -> Row {
    row(Status::Any, Code::Is(code), kind, Never)
}

const fn status(status: u16, kind: FailureKind, again: Again) -> Row {
    row(Status::Is(status), Code::Any, kind, again)
}

const fn both(status: u16, code: &'static str, kind: FailureKind, again: Again) -> Row {
    row(Status::Is(status), Code::Is(code), kind, again)
}

const fn says(status: u16, text: &'static str, kind: FailureKind, again: Again) -> Row {
    row(Status::Is(status), Code::Says(text), kind, again)
}
