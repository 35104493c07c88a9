//! Attempts that brought no usable reply.

use std::time::Duration;

use crate::call::{Call, Write};
use crate::classify::{Again, CONCURRENCY_VIOLATION};
use crate::failure::{Failure, FailureKind};
use crate::limiter::Outcome;
use crate::transport::{TransportError, UNTRUSTED_HINT};

/// What helps when a write that is not repeated may have been done.
const MAYBE_DONE: &str = "Azure may have done it all the same: look before trying again";

/// An attempt that brought no usable reply.
pub(crate) struct Setback {
    pub failure: Failure,
    /// Whether asking again can help.
    pub again: Again,
    /// The pause that Azure asked for.
    pub named: Option<Duration>,
    /// Whether no connection came about, so that nothing was sent.
    pub unsent: bool,
}

impl Setback {
    /// The setback as it counts for this call: a write that may not be done twice is not repeated once
    /// Azure may have done it.
    pub fn for_call(mut self, call: &Call) -> Self {
        let repeatable = call.write.is_none_or(Write::is_repeatable);
        if !repeatable && !self.was_without_effect() {
            if self.again != Again::Never {
                self.failure.hint = self.failure.hint.or(Some(MAYBE_DONE));
            }
            self.again = Again::Never;
        }
        self
    }

    /// Whether Azure certainly did nothing.
    fn was_without_effect(&self) -> bool {
        match self.failure.status {
            // Refused before anything was done: for the token, for another change under way, for the rate.
            Some(401 | 409 | 429) => true,
            Some(503) => self.named.is_some() || self.met_another_change(),
            Some(_) => false,
            None => self.unsent,
        }
    }

    fn met_another_change(&self) -> bool {
        let code = self.failure.code.as_deref().unwrap_or_default();
        code.eq_ignore_ascii_case(CONCURRENCY_VIOLATION)
    }
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
        unsent: matches!(error, TransportError::Connect(_)),
    }
}
