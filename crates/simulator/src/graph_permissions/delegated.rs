//! What the delegated permissions of a user's token let through, whatever the user itself may.
//!
//! `Directory.AccessAsUser.All` stands for everything in the directory proper, and for nothing in the services beside it
//! (Conditional Access, sign-in logs, authentication methods, risk, Privileged Identity Management).

use super::ask::{Ask, begins};
use super::{reading, writing};

const AS_USER: &str = "Directory.AccessAsUser.All";

/// Services beside the directory.
const BESIDE: [&str; 9] = [
    "/users/*/authentication",
    "/auditlogs",
    "/reports",
    "/identity",
    "/rolemanagement/directory/roleassignmentschedule",
    "/rolemanagement/directory/roleeligibilityschedule",
    "/policies/rolemanagementpolic",
    "/devicemanagement",
    "/security",
];

/// True when the delegated permissions cover what is asked for.
pub(super) fn permit(ask: &Ask<'_>, scopes: &[String]) -> bool {
    let beside = BESIDE.iter().any(|pattern| begins(ask.path, pattern));
    let as_user = scopes
        .iter()
        .any(|scope| scope.eq_ignore_ascii_case(AS_USER));
    if as_user && !beside {
        return true;
    }
    let writes = writing::scopes_permit(scopes, ask.path);
    writes || (ask.is_reading() && reading::permit(scopes, ask.path))
}
