//! Entra ID and Azure are many machines: what was just made is not known to all of them at once.
//!
//! <https://learn.microsoft.com/entra/architecture/architecture> and
//! <https://learn.microsoft.com/azure/role-based-access-control/troubleshooting#symptom---assigning-a-role-to-a-new-principal-sometimes-fails>.

use azure::{Failure, FailureKind};

/// Codes of errors that pass once everybody knows of what was made.
const CODES: [&str; 9] = [
    "Request_ResourceNotFound",
    "NoBackingApplicationObject",
    "PrincipalNotFound",
    "RoleDefinitionDoesNotExist",
    // The application, its secret, its certificate, its service principal.
    "AADSTS700016",
    "AADSTS7000215",
    "AADSTS700027",
    "AADSTS7000229",
    "AADSTS500011",
];

/// What Microsoft Graph says of a request that names an object it does not know yet; it has no code of its own.
const WORDS: [&str; 5] = [
    "does not exist",
    "does not reference a valid application object",
    "backing application",
    "not a valid reference",
    "could not be found",
];

/// Whether the failure names something that may only not be known everywhere yet.
pub(crate) fn is_lag(failure: &Failure) -> bool {
    let code = failure.code.as_deref().unwrap_or_default();
    if CODES.iter().any(|known| known.eq_ignore_ascii_case(code)) {
        return true;
    }
    let message = failure.message.to_lowercase();
    let is_request = ["Request_BadRequest", "BadRequest"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(code));
    failure.status == Some(400) && is_request && WORDS.iter().any(|words| message.contains(words))
}

/// Whether the thing is there already.
pub(crate) fn is_there_already(failure: &Failure) -> bool {
    if failure.status == Some(409) {
        return true;
    }
    let message = failure.message.to_lowercase();
    failure.status == Some(400)
        && ["already exist", "already present", "same key"]
            .iter()
            .any(|words| message.contains(words))
}

/// Whether Azure may have done what it was asked for, although no answer says so.
pub(crate) fn is_unclear(failure: &Failure) -> bool {
    matches!(
        failure.kind,
        FailureKind::Network
            | FailureKind::Server
            | FailureKind::Deadline
            | FailureKind::InvalidReply
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(status: u16, code: &str, message: &str) -> Failure {
        let mut failure = Failure::new(FailureKind::Rejected, "https://host/".to_owned(), message);
        failure.status = Some(status);
        failure.code = Some(code.to_owned());
        failure
    }

    #[test]
    fn what_is_not_known_yet_is_told_from_what_is_wrong() {
        for (status, code, message) in [
            (
                404,
                "Request_ResourceNotFound",
                "Resource 'x' does not exist or one of its queried reference-property objects are not present.",
            ),
            (
                400,
                "PrincipalNotFound",
                "Principal x does not exist in the directory y.",
            ),
            (
                404,
                "RoleDefinitionDoesNotExist",
                "The specified role definition with ID 'x' does not exist.",
            ),
            (
                400,
                "Request_BadRequest",
                "When using this permission, the backing application of the service principal being created must in the local tenant",
            ),
            (
                400,
                "NoBackingApplicationObject",
                "The appId 'x' of the service principal does not reference a valid application object.",
            ),
            (401, "AADSTS7000215", "the client secret is wrong"),
        ] {
            assert!(is_lag(&failure(status, code, message)), "{code}");
        }
        for (status, code, message) in [
            (
                403,
                "Authorization_RequestDenied",
                "Insufficient privileges to complete the operation.",
            ),
            (
                400,
                "Request_BadRequest",
                "Property displayName has an invalid value.",
            ),
            (
                403,
                "AuthorizationFailed",
                "The client does not have authorization over scope or the scope does not exist.",
            ),
            (
                404,
                "SubscriptionNotFound",
                "The subscription 'x' could not be found.",
            ),
        ] {
            assert!(!is_lag(&failure(status, code, message)), "{code}");
        }
    }

    #[test]
    fn what_is_there_already_is_no_failure() {
        assert!(is_there_already(&failure(
            409,
            "RoleAssignmentExists",
            "The role assignment already exists."
        )));
        assert!(is_there_already(&failure(
            400,
            "Request_BadRequest",
            "Permission being assigned already exists on the object"
        )));
        assert!(!is_there_already(&failure(
            400,
            "Request_BadRequest",
            "Invalid value"
        )));
    }
}
