//! What a failed request means for the ledger.

use azure::{Failure, FailureKind};
use catalog::{Entry, Outcome, Shape};

/// The outcome of a read that ended in `failure`. What the catalogue says of an API's own error
/// codes comes first.
pub fn outcome_of(entry: &Entry, failure: &Failure) -> Outcome {
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

#[cfg(test)]
mod tests {
    use catalog::{Catalog, DocumentType};

    use super::*;

    fn outcome(of: &str, kind: FailureKind, code: Option<&str>) -> Outcome {
        let catalog = Catalog::builtin().unwrap();
        let mut failure = Failure::new(kind, String::new(), "");
        failure.code = code.map(str::to_owned);
        outcome_of(catalog.entry(&DocumentType::from(of)).unwrap(), &failure)
    }

    #[test]
    fn a_child_that_is_not_found_is_absent_and_a_list_that_is_not_found_is_a_gap() {
        let not_found = |of| outcome(of, FailureKind::NotFound, None);
        assert_eq!(not_found("Microsoft.Web/sites/config/web"), Outcome::Absent);
        assert_eq!(not_found("Microsoft.KeyVault/vaults/keys"), Outcome::Absent);
        assert_eq!(
            not_found("graph/policies/authorizationPolicy"),
            Outcome::Absent
        );
        assert_eq!(not_found("Microsoft.Web/sites"), Outcome::Failed);
    }

    #[test]
    fn the_catalogue_knows_an_apis_own_codes() {
        let blob = "Microsoft.Storage/storageAccounts/blobServices/default";
        let code = Some("FeatureNotSupportedForAccount");
        assert_eq!(outcome(blob, FailureKind::Rejected, code), Outcome::Absent);
        assert_eq!(
            outcome(blob, FailureKind::Rejected, Some("Other")),
            Outcome::Failed
        );
    }

    #[test]
    fn whatever_is_no_answer_is_a_gap() {
        for kind in [
            FailureKind::Server,
            FailureKind::Network,
            FailureKind::InvalidReply,
            FailureKind::ForeignLink,
        ] {
            assert!(
                outcome("Microsoft.Web/sites", kind, None).is_gap(),
                "{kind}"
            );
        }
        assert_eq!(
            outcome("Microsoft.Web/sites", FailureKind::Denied, None),
            Outcome::Denied
        );
    }
}
