//! What makes a role of Azure a privileged one.

use rbac::RoleDefinition;
use rbac::actions::{ASSIGN_ROLES, WRITE_ROLES};
use serde::Deserialize;
use serde_json::Value;

/// Changes resources of every provider.
pub(super) const CHANGE_EVERYTHING: &str = "change everything";
/// Gives roles to anybody.
pub(super) const ASSIGN: &str = "assign roles";
/// Makes and changes custom roles, also those that it holds itself.
pub(super) const DEFINE: &str = "define roles";

/// Whatever a role permits whose definition was not read.
pub(super) const UNKNOWN: &str = "unknown";

/// Actions on resources that no provider has: only wildcards over every provider permit them.
const ANYTHING: [&str; 2] = ["Any.Provider/things/write", "Any.Provider/things/delete"];

/// Built-in roles whose definition may be missing from what was read, with their powers.
///
/// Source: <https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/privileged>
const BUILT_IN: [(&str, &str, &[&str]); 4] = [
    (
        "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        "Owner",
        &[CHANGE_EVERYTHING, ASSIGN, DEFINE],
    ),
    (
        "b24988ac-6180-42a0-ab88-20f7382dd24c",
        "Contributor",
        &[CHANGE_EVERYTHING],
    ),
    (
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        "User Access Administrator",
        &[ASSIGN, DEFINE],
    ),
    (
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
        "Role Based Access Control Administrator",
        &[ASSIGN],
    ),
];

/// What a role definition allows that makes its holder an administrator: `change everything` (write or
/// delete resources of every provider), `assign roles`, `define roles`. None for any other role.
///
/// Told by what its actions permit, minus its `notActions`, whatever it is called. A role whose own
/// condition limits the assigning of roles does not `assign roles`.
pub fn role_powers(definition: &Value) -> Vec<&'static str> {
    match RoleDefinition::deserialize(definition) {
        Ok(role) => of_role(&role),
        Err(_) => Vec::new(),
    }
}

/// The powers of a role.
pub(super) fn of_role(role: &RoleDefinition) -> Vec<&'static str> {
    let mut powers = Vec::new();
    if ANYTHING.iter().any(|action| role.permits(action)) {
        powers.push(CHANGE_EVERYTHING);
    }
    let mut blocks = role.permissions.iter();
    if blocks.any(|block| block.permits(ASSIGN_ROLES) && block.condition.is_none()) {
        powers.push(ASSIGN);
    }
    if role.permits(WRITE_ROLES) {
        powers.push(DEFINE);
    }
    powers
}

/// The name and the powers of a built-in role by its GUID.
pub(super) fn built_in(guid: &str) -> Option<(&'static str, Vec<&'static str>)> {
    BUILT_IN
        .iter()
        .find(|(id, _, _)| id.eq_ignore_ascii_case(guid))
        .map(|(_, name, powers)| (*name, powers.to_vec()))
}
