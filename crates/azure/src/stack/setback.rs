//! Attempts that brought no usable reply.

use std::time::Duration;

use crate::call::Call;
use crate::classify::Again;
use crate::failure::{Failure, FailureKind};
use crate::limiter::Outcome;
use crate::transport::{TransportError, UNTRUSTED_HINT};

/// An attempt that brought no usable reply.
pub(crate) struct Setback {
    pub failure: Failure,
    /// Whether asking again can help.
    pub again: Again,
    /// The pause that Azure asked for.
    pub named: Option<Duration>,
}

/// What an attempt without a complete reply says about the service.
pub(super) fn outcome_of(error: &TransportError) -> Outcome {
    match error {
        TransportError::TimedOut(_) => Outcome::TimedOut,
        TransportError::Connect(_) | TransportError::Broken(_) => Outcome::Broken,
        TransportError::PlainHttp | TransportError::TooLarge | TransportError::Untrusted(_) => {
            Outcome::Refused
        }
    }
}

/// An attempt without a complete reply.
pub(super) fn unsent(call: &Call, error: &TransportError) -> Setback {
    let (kind, again) = match error {
        TransportError::PlainHttp => (FailureKind::Rejected, Again::Never),
        TransportError::TooLarge => (FailureKind::InvalidReply, Again::Never),
        TransportError::Untrusted(_) => (FailureKind::Network, Again::Never),
        TransportError::TimedOut(_) => (FailureKind::Deadline, Again::Transient),
        TransportError::Connect(_) | TransportError::Broken(_) => {
            (FailureKind::Network, Again::Transient)
        }
    };
    let mut failure = Failure::new(kind, call.shown_url(), error.to_string());
    if matches!(error, TransportError::Untrusted(_)) {
        failure.hint = Some(UNTRUSTED_HINT);
    }
    Setback {
        failure,
        again,
        named: None,
    }
}
