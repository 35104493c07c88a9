//! The scopes at which a custom role may be assigned, and who may have a say in them.
//!
//! <https://learn.microsoft.com/azure/role-based-access-control/custom-roles#custom-role-limits>

use super::{Writing, errors};
use crate::path;
use crate::rbac::group_in;
use crate::reply::Reply;
use crate::tenant::Tenant;

/// Checks the form of the assignable scopes of a custom role.
///
/// # Errors
/// The root, something that is no scope, more than one management group, or one beside data actions.
pub(super) fn check_form(scopes: &[String], has_data_actions: bool) -> Result<(), Reply> {
    for scope in scopes {
        let key = path::key(scope);
        if key == "/" {
            let message = "The root scope '/' cannot be an assignable scope of a custom role.";
            return Err(errors::assignable_scope(message));
        }
        if path::subscription(&key).is_none() && group_in(&key).is_none_or(str::is_empty) {
            let message = format!(
                "'{scope}' is not valid: assignable scopes are subscriptions, resource groups and management groups."
            );
            return Err(errors::assignable_scope(&message));
        }
    }
    let groups = scopes
        .iter()
        .filter(|scope| group_in(&path::key(scope)).is_some());
    let groups = groups.count();
    if groups > 1 {
        let message =
            "Only one management group can be among the assignable scopes of a custom role.";
        return Err(errors::assignable_scope(message));
    }
    if groups == 1 && has_data_actions {
        let message = "You cannot add data action permissions when you have a management group as an assignable scope";
        return Err(errors::assignable_scope(message));
    }
    Ok(())
}

/// Checks that every assignable scope exists and that the caller may do to the role there what it does here.
///
/// # Errors
/// Azure's refusal, which names the scopes.
pub(super) fn check_rights(
    writing: &Writing<'_>,
    scopes: &[String],
    action: &str,
    scope: &str,
) -> Result<(), Reply> {
    let tenant: &Tenant = writing.tenant;
    let linked: Vec<String> = scopes
        .iter()
        .filter(|scope| !exists(tenant, scope) || !writing.grants.allow(tenant, action, scope))
        .cloned()
        .collect();
    if linked.is_empty() {
        return Ok(());
    }
    let principal = &writing.caller.principal;
    Err(errors::linked(principal, action, scope, &linked))
}

fn exists(tenant: &Tenant, scope: &str) -> bool {
    let key = path::key(scope);
    if let Some(group) = group_in(&key) {
        return tenant.management_group(group).is_some();
    }
    let known = path::subscription(&key).is_some_and(|id| tenant.subscription(id).is_some());
    known && (path::segments(&key).len() == 2 || tenant.store.knows(&key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(scopes: &[&str], has_data_actions: bool) -> Result<(), String> {
        let scopes: Vec<String> = scopes.iter().map(|&scope| scope.to_owned()).collect();
        check_form(&scopes, has_data_actions)
            .map_err(|reply| reply.value()["error"]["message"].to_string())
    }

    const GROUP: &str = "/providers/Microsoft.Management/managementGroups/g";

    #[test]
    fn one_management_group_beside_any_subscriptions() {
        assert_eq!(
            form(&["/subscriptions/a", GROUP, "/subscriptions/b"], false),
            Ok(())
        );
        let two = form(&[GROUP, &GROUP.to_uppercase()], false).unwrap_err();
        assert!(two.contains("Only one management group"), "{two}");
    }

    #[test]
    fn data_actions_and_management_groups_exclude_each_other() {
        assert!(form(&[GROUP], true).is_err());
        assert_eq!(form(&["/subscriptions/a/resourceGroups/g"], true), Ok(()));
    }

    #[test]
    fn the_root_and_what_is_no_scope_are_refused() {
        for odd in [
            "/",
            "//",
            "subscriptions",
            "/providers/Microsoft.Capacity",
            "everywhere",
        ] {
            assert!(form(&[odd], false).is_err(), "{odd}");
        }
    }
}
