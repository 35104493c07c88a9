//! What a failed request means for the ledger.

use azure::{Failure, FailureKind};
use catalog::{Entry, Outcome, Shape};

/// The outcome of a read that ended in `failure`. What the catalogue says of an API's own error
/// codes comes first.
pub(crate) fn outcome_of(entry: &Entry, failure: &Failure) -> Outcome {
    if let Some(outcome) = failure
        .code
        .as_ref()
        .and_then(|code| entry.errors.get(code))
    {
        return *outcome;
    }
    match failure.kind {
        FailureKind::Denied => Outcome::Denied,
        FailureKind::NotFound if entry.parent.is_some() || entry.shape == Shape::Single => {
            Outcome::Absent
        }
        FailureKind::NotRegistered => Outcome::NotRegistered,
        FailureKind::Unlicensed => Outcome::Unlicensed,
        FailureKind::NotAvailable => Outcome::NotAvailable,
        FailureKind::Throttled => Outcome::Throttled,
        // A list that is not found means that its subscription is gone or the path is wrong: in
        // neither case does it say that there is nothing.
        _ => Outcome::Failed,
    }
}
