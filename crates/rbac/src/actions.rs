//! The actions that administrators of access need, and what a condition can limit.
//!
//! <https://learn.microsoft.com/azure/role-based-access-control/permissions/management-and-governance#microsoftauthorization>

/// Assigning a role.
pub const ASSIGN_ROLES: &str = "Microsoft.Authorization/roleAssignments/write";
/// Taking an assigned role away.
pub const UNASSIGN_ROLES: &str = "Microsoft.Authorization/roleAssignments/delete";
/// Making and changing a custom role.
pub const WRITE_ROLES: &str = "Microsoft.Authorization/roleDefinitions/write";
/// Deleting a custom role.
pub const DELETE_ROLES: &str = "Microsoft.Authorization/roleDefinitions/delete";

/// Every read of the control plane.
pub const READS: &str = "*/read";

/// Whether the condition of a role assignment can limit this control-plane action: only the assigning
/// of roles can be delegated under conditions.
///
/// <https://learn.microsoft.com/azure/role-based-access-control/delegate-role-assignments-overview>
pub fn can_be_conditional(action: &str) -> bool {
    [ASSIGN_ROLES, UNASSIGN_ROLES]
        .iter()
        .any(|conditional| conditional.eq_ignore_ascii_case(action.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_assigning_roles_is_conditional() {
        assert!(can_be_conditional(
            "microsoft.authorization/ROLEASSIGNMENTS/write"
        ));
        assert!(can_be_conditional(UNASSIGN_ROLES));
        assert!(!can_be_conditional(WRITE_ROLES));
        assert!(!can_be_conditional(
            "Microsoft.Storage/storageAccounts/write"
        ));
    }
}
