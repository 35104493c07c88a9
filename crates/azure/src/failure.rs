//! A request that ended without a usable reply.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

/// Why a request failed, as far as a caller acts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FailureKind {
    /// Entra ID gave no token, or Azure does not accept the one it gave.
    SignIn,
    /// The identity may not do this.
    Denied,
    /// What was asked for does not exist.
    NotFound,
    /// The resource provider is not registered in the subscription.
    NotRegistered,
    /// The tenant lacks the licence.
    Unlicensed,
    /// This cloud or region does not have the API.
    NotAvailable,
    /// Azure kept throttling until the deadline.
    Throttled,
    /// The service failed (5xx) until the retries were used up.
    Server,
    /// No connection, or one that broke.
    Network,
    /// The reply is not what the protocol says: no JSON, no list, a loop of next links.
    InvalidReply,
    /// A next link points to another origin. Nothing was sent there.
    ForeignLink,
    /// The link or token of a page or a delta no longer leads anywhere. Asking again with it is of no
    /// use: the list has to be read from its first page.
    ExpiredPage,
    /// Any other 4xx.
    Rejected,
    /// No answer before the deadline.
    Deadline,
}

impl FailureKind {
    /// The kind in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in failed",
            Self::Denied => "denied",
            Self::NotFound => "not found",
            Self::NotRegistered => "resource provider not registered",
            Self::Unlicensed => "not licensed",
            Self::NotAvailable => "not available in this cloud",
            Self::Throttled => "throttled",
            Self::Server => "server error",
            Self::Network => "network error",
            Self::InvalidReply => "invalid reply",
            Self::ForeignLink => "next link to another host",
            Self::ExpiredPage => "page link expired",
            Self::Rejected => "rejected",
            Self::Deadline => "no answer in time",
        }
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A request that ended without a usable reply. Its parts are [`Details`], reached directly:
/// `failure.kind`. They are boxed, because a `Result` is moved far more often than it fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(Box<Details>);

/// What is known about a [`Failure`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// Why.
    pub kind: FailureKind,
    /// The HTTP status of the last reply, when there was one.
    pub status: Option<u16>,
    /// Azure's error code of the last reply (`AuthorizationFailed`, `AADSTS7000215`).
    pub code: Option<String>,
    /// What happened, in Azure's words where it said something.
    pub message: String,
    /// What the user can do about it.
    pub hint: Option<&'static str>,
    /// Retries that were made.
    pub retries: u32,
    /// The service's own id of the request, to quote to Microsoft's support.
    pub request_id: Option<String>,
    /// The time from the first attempt's start to the end of the last, waits included.
    pub elapsed: Duration,
    /// What was asked, without the query except for the api-version.
    pub url: String,
}

impl Failure {
    /// A failure without a reply; the other details are set on it where they are known.
    pub fn new(kind: FailureKind, url: String, message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            kind,
            status: None,
            code: None,
            message: message.into(),
            hint: None,
            retries: 0,
            request_id: None,
            elapsed: Duration::ZERO,
            url,
        }))
    }

    /// The details by value.
    pub fn into_details(self) -> Details {
        *self.0
    }
}

impl Deref for Failure {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

impl DerefMut for Failure {
    fn deref_mut(&mut self) -> &mut Details {
        &mut self.0
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        match (self.status, &self.code) {
            (Some(status), Some(code)) => write!(f, " ({status} {code})")?,
            (Some(status), None) => write!(f, " ({status})")?,
            (None, Some(code)) => write!(f, " ({code})")?,
            (None, None) => {}
        }
        write!(f, ": {} [{}", self.message, self.url)?;
        if let Some(id) = &self.request_id {
            write!(f, ", request {id}")?;
        }
        f.write_str("]")
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_names_kind_status_code_message_and_request() {
        let mut failure = Failure::new(FailureKind::Denied, "https://host/a".into(), "No.");
        assert_eq!(failure.to_string(), "denied: No. [https://host/a]");
        failure.status = Some(403);
        failure.code = Some("AuthorizationFailed".into());
        failure.request_id = Some("1-2".into());
        assert_eq!(
            failure.to_string(),
            "denied (403 AuthorizationFailed): No. [https://host/a, request 1-2]"
        );
    }
}
