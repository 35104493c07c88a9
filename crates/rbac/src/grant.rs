//! An assignment that holds for a principal at a scope.

use crate::actions::can_be_conditional;
use crate::assignment::Assignment;
use crate::permission::Permission;
use crate::principal::Via;
use crate::role::RoleDefinition;

/// A role assignment that holds for the principal at the scope that was asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant<'a> {
    /// What was assigned.
    pub assignment: &'a Assignment,
    /// The role; `None` when its definition is not known.
    pub role: Option<&'a RoleDefinition>,
    /// Whether it is the principal's own or that of a group.
    pub via: Via<'a>,
    /// Whether it was made above the scope that was asked about.
    pub inherited: bool,
}

impl<'a> Grant<'a> {
    /// The condition of the assignment, whatever it limits.
    pub fn condition(&self) -> Option<&'a str> {
        self.assignment.condition.as_deref()
    }

    /// The condition that may limit this operation of the control plane, of the assignment or of the
    /// role itself. Conditions limit no other than the assigning of roles.
    pub fn condition_on(&self, action: &str) -> Option<&'a str> {
        if !can_be_conditional(action) {
            return None;
        }
        self.condition_of(|block| block.permits(action))
    }

    /// The condition that may limit this operation on data.
    pub fn condition_on_data(&self, action: &str) -> Option<&'a str> {
        self.condition_of(|block| block.permits_data(action))
    }

    /// The assignment's condition, or that of the blocks concerned when none of them goes without.
    fn condition_of(&self, concerns: impl Fn(&Permission) -> bool) -> Option<&'a str> {
        if let Some(condition) = self.condition() {
            return Some(condition);
        }
        let blocks = self.role?.permissions.iter();
        let mut conditions = blocks
            .filter(|block| concerns(block))
            .map(|block| block.condition.as_deref());
        let first = conditions.next()??;
        conditions
            .all(|condition| condition.is_some())
            .then_some(first)
    }

    /// What people see of the role: its name, or its GUID where the definition is not known.
    pub fn role_name(&self) -> &'a str {
        match self.role.map(|role| role.role_name.as_str()) {
            Some(name) if !name.is_empty() => name,
            _ => self.assignment.role(),
        }
    }

    pub(crate) fn permits(&self, action: &str) -> bool {
        self.role.is_some_and(|role| role.permits(action))
    }

    pub(crate) fn permits_data(&self, action: &str) -> bool {
        self.role.is_some_and(|role| role.permits_data(action))
    }

    pub(crate) fn any_block(&self, is: impl Fn(&Permission) -> bool) -> bool {
        self.role
            .is_some_and(|role| role.permissions.iter().any(is))
    }
}
