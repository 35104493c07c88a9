//! Scopes: which lies above which, and where a document of `Microsoft.Authorization` holds.

use crate::path;
use crate::tenant::Tenant;

/// What the scopes of management groups begin with, in lower case.
pub(crate) const GROUPS: &str = "/providers/microsoft.management/managementgroups/";

/// The scope that a path of `Microsoft.Authorization` names, in lower case; `/` is the tenant.
pub(crate) fn home_of(at: &str) -> String {
    let key = path::key(at);
    match key.rfind("/providers/microsoft.authorization/") {
        Some(0) | None => "/".to_owned(),
        Some(end) => key[..end].to_owned(),
    }
}

/// The id of the management group in a scope, in lower case as the scope is.
pub(crate) fn group_in(scope: &str) -> Option<&str> {
    scope.strip_prefix(GROUPS)?.split('/').next()
}

/// The scopes of the management groups at or above a scope, nearest first.
pub(crate) fn groups_above(tenant: &Tenant, scope: &str) -> Vec<String> {
    let start = match group_in(scope) {
        Some(group) => Some(group.to_owned()),
        None => path::subscription(scope)
            .and_then(|id| tenant.subscription(id))
            .map(|subscription| tenant.group_of(subscription)),
    };
    let chain = start.map_or_else(Vec::new, |group| tenant.ancestors(&group));
    chain
        .iter()
        .map(|group| format!("{GROUPS}{}", group.to_lowercase()))
        .collect()
}

/// The scopes that a scope inherits from, in lower case: every path above it, its management groups and the tenant.
/// A management group is among its own.
pub(crate) fn above(tenant: &Tenant, scope: &str) -> Vec<String> {
    let mut found = vec!["/".to_owned()];
    found.extend(groups_above(tenant, scope));
    let ends = scope.match_indices('/').map(|(at, _)| at).skip(1);
    found.extend(ends.map(|at| scope[..at].to_owned()));
    found
}

/// True when a scope is the other one or lies beneath it by its path. Both in lower case.
pub(crate) fn covers(outer: &str, inner: &str) -> bool {
    outer == "/"
        || inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// True when a scope lies beneath the other one by its path, and is not that one.
pub(crate) fn is_beneath(scope: &str, outer: &str) -> bool {
    scope != outer && covers(outer, scope)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_holds_at_the_scope_before_its_provider() {
        let home = |scope: &str| {
            home_of(&format!(
                "{scope}/providers/Microsoft.Authorization/roleAssignments/1"
            ))
        };
        assert_eq!(home(""), "/");
        assert_eq!(home("/Subscriptions/S"), "/subscriptions/s");
        let group = home("/providers/Microsoft.Management/managementGroups/G");
        assert_eq!(group_in(&group), Some("g"));
    }

    #[test]
    fn a_scope_whose_name_begins_alike_is_another() {
        assert!(covers(
            "/subscriptions/a",
            "/subscriptions/a/resourcegroups/g"
        ));
        assert!(!covers("/subscriptions/a", "/subscriptions/ab"));
        assert!(is_beneath("/subscriptions/a", "/"));
        assert!(!is_beneath("/", "/"));
    }
}
