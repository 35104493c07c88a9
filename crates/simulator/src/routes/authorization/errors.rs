//! The refusals of `Microsoft.Authorization`.
//!
//! Codes and words: <https://learn.microsoft.com/azure/role-based-access-control/troubleshooting>

use crate::reply::{self, Reply};
use crate::request::Request;
use crate::tokens::Principal;

/// A refusal in the provider's own form: without the header of ARM's front door.
fn refusal(status: u16, code: &str, message: impl Into<String>) -> Reply {
    let mut reply = reply::arm(status, code, message);
    reply
        .headers
        .retain(|(name, _)| name != "x-ms-failure-cause");
    reply
}

/// A GUID as the provider's messages write it.
fn undashed(id: &str) -> String {
    id.replace('-', "")
}

/// What may not be written in this way.
pub(super) fn method(request: &Request) -> Reply {
    let (method, path) = (&request.method, &request.path);
    let message = format!("The HTTP method '{method}' is not supported at '{path}'.");
    refusal(405, "MethodNotAllowed", message)
}

/// A body that is no JSON object, or that lacks something or says it wrongly.
pub(super) fn content(what: &str) -> Reply {
    let message = format!("The request content was invalid: {what}");
    refusal(400, "InvalidRequestContent", message)
}

/// A name that is no GUID.
pub(super) fn definition_name(name: &str) -> Reply {
    let message = format!(
        "The role definition ID '{name}' is not valid. The role definition ID must be a GUID."
    );
    refusal(400, "InvalidRoleDefinitionId", message)
}

/// A name that is no GUID.
pub(super) fn assignment_name(name: &str) -> Reply {
    let message = format!(
        "The role assignment ID '{name}' is not valid. The role assignment ID must be a GUID."
    );
    refusal(400, "InvalidRoleAssignmentId", message)
}

/// A principal's id that is no GUID.
pub(super) fn principal_id(id: &str) -> Reply {
    let message = format!("The Principal ID '{id}' is not valid. Principal ID must be a GUID.");
    refusal(400, "InvalidPrincipalId", message)
}

/// A role that does not exist, or not at the scope.
pub(super) fn no_definition(id: &str) -> Reply {
    let message = format!("The specified role definition with ID '{id}' does not exist.");
    refusal(404, "RoleDefinitionDoesNotExist", message)
}

/// A role assignment that does not exist.
pub(super) fn no_assignment(name: &str) -> Reply {
    let message = format!("The role assignment '{name}' is not found.");
    refusal(404, "RoleAssignmentNotFound", message)
}

/// A deny assignment that does not exist.
pub(super) fn no_denial(name: &str) -> Reply {
    let message = format!("The deny assignment '{name}' is not found.");
    refusal(404, "DenyAssignmentNotFound", message)
}

/// A lock that does not exist.
pub(super) fn no_lock(name: &str) -> Reply {
    let message = format!("The lock '{name}' could not be found.");
    refusal(404, "LockNotFound", message)
}

/// A role of Azure's own, which nobody may change.
pub(super) fn built_in(name: &str) -> Reply {
    let message = format!("The role '{name}' is built in: only custom roles can be changed.");
    refusal(400, "InvalidRoleDefinitionType", message)
}

/// A name that another role has.
pub(super) fn same_name() -> Reply {
    let message =
        "A custom role with the same name already exists in this directory. Use a different name";
    refusal(409, "RoleDefinitionWithSameNameExists", message)
}

/// A role that somebody still holds.
pub(super) fn has_assignments() -> Reply {
    let message = "There are existing role assignments referencing role (code: RoleDefinitionHasAssignments).";
    refusal(400, "RoleDefinitionHasAssignments", message)
}

/// An assignable scope that no custom role can have.
pub(super) fn assignable_scope(what: &str) -> Reply {
    refusal(400, "InvalidAssignableScope", what)
}

/// What is no action of any provider.
pub(super) fn action(action: &str) -> Reply {
    let message =
        format!("'{action}' does not match any of the actions supported by the providers.");
    refusal(400, "InvalidActionOrNotAction", message)
}

/// Assignable scopes that do not exist, or at which the caller may not act.
pub(super) fn linked(principal: &Principal, action: &str, scope: &str, linked: &[String]) -> Reply {
    let message = format!(
        "The client '{}' with object id '{}' has permission to perform action '{action}' on scope '{scope}'; however, it does not have permission to perform action '{action}' on the linked scope(s) '{}' or the linked scope(s) are invalid.",
        principal.shown(),
        principal.object_id,
        linked.join(",")
    );
    reply::arm(403, "LinkedAuthorizationFailed", message)
}

/// A principal that the directory does not have, or not everywhere yet.
pub(super) fn no_principal(id: &str, tenant: &str) -> Reply {
    let message = format!(
        "Principal {} does not exist in the directory {tenant}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype",
        undashed(id)
    );
    refusal(400, "PrincipalNotFound", message)
}

/// A principal of another type than the request says. The spelling is Azure's.
pub(super) fn principal_type(id: &str, is: &str, said: &str) -> Reply {
    let message = format!(
        "The PrincipalId '{}' has type '{is}' , which is different from specified PrinciaplType '{said}'.",
        undashed(id)
    );
    refusal(400, "UnmatchedPrincipalType", message)
}

/// The same role for the same principal at the same scope.
pub(super) fn assignment_exists() -> Reply {
    let message = "The role assignment already exists.";
    refusal(409, "RoleAssignmentExists", message)
}

/// Another role, principal or scope under a name that is taken.
pub(super) fn assignment_update() -> Reply {
    let message =
        "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.";
    refusal(400, "RoleAssignmentUpdateNotPermitted", message)
}
