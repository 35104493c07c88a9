//! Azure role-based access control: what a principal may do at a scope.

use std::collections::HashMap;

use crate::path;
use crate::roles::{self, Permission};
use crate::tenant::Tenant;

/// A role held at a scope.
#[derive(Debug, Clone)]
struct Grant {
    /// In lower case; `/` is the whole tenant.
    scope: String,
    permissions: Vec<Permission>,
    /// The same in lower case, which is how actions are compared.
    lowered: Vec<Permission>,
}

/// The grants that matter in one subscription, by their place among all.
#[derive(Debug, Clone, Default)]
struct Reach {
    /// Those that hold in all of it.
    whole: Vec<usize>,
    /// Those that hold in a part of it.
    part: Vec<usize>,
}

/// Everything that one principal was given.
#[derive(Debug, Clone, Default)]
pub(crate) struct Grants {
    all: Vec<Grant>,
    /// By the subscription's id in lower case.
    subscriptions: HashMap<String, Reach>,
}

impl Grants {
    /// Gathers the roles of a principal from the tenant's file and from stored role assignments.
    pub(crate) fn of(tenant: &Tenant, client_id: &str, object_id: &str) -> Self {
        let stated = tenant
            .role_assignments
            .iter()
            .filter(|given| given.application.eq_ignore_ascii_case(client_id))
            .map(|given| {
                Grant::new(
                    path::key(&given.scope),
                    roles::permissions(tenant, &given.role),
                )
            });
        let stored = tenant.store.role_assignments().filter_map(|document| {
            let body = document.alone();
            let properties = &body["properties"];
            let principal = properties["principalId"].as_str()?;
            if !principal.eq_ignore_ascii_case(object_id) {
                return None;
            }
            let role = properties["roleDefinitionId"].as_str()?;
            let role = role.rsplit('/').next().unwrap_or(role);
            let permissions = roles::named_permissions(tenant, role);
            Some(Grant::new(scope_of(&document.path), permissions))
        });
        let all: Vec<Grant> = stated
            .chain(stored)
            .filter(|grant| !grant.permissions.is_empty())
            .collect();
        let ids = tenant.subscriptions.iter().map(|one| one.id.to_lowercase());
        let subscriptions = ids
            .map(|id| {
                let reach = reach(tenant, &all, &format!("/subscriptions/{id}"));
                (id, reach)
            })
            .collect();
        Self { all, subscriptions }
    }

    /// True when a role at the scope or above it permits the action.
    pub(crate) fn allow(&self, tenant: &Tenant, action: &str, scope: &str) -> bool {
        let (scope, action) = (path::key(scope), action.to_lowercase());
        let permits = |at: &&usize| self.all[**at].permits(&action);
        if let Some(reach) = path::subscription(&scope).and_then(|id| self.subscriptions.get(id)) {
            return reach.whole.iter().any(|at| permits(&at))
                || reach
                    .part
                    .iter()
                    .filter(|at| path_covers(&self.all[**at].scope, &scope))
                    .any(|at| permits(&at));
        }
        let above = groups_above(tenant, &scope);
        self.all
            .iter()
            .filter(|grant| covers(&grant.scope, &scope, &above))
            .any(|grant| grant.permits(&action))
    }

    /// True when a role at, above or beneath the scope permits the action: the caller sees part of a list.
    pub(crate) fn allow_some(&self, tenant: &Tenant, action: &str, scope: &str) -> bool {
        let (key, lowered) = (path::key(scope), action.to_lowercase());
        let beneath = |grant: &Grant| path_covers(&key, &grant.scope) && grant.permits(&lowered);
        self.allow(tenant, action, scope) || self.all.iter().any(beneath)
    }

    /// What one answer decides for all of a subscription's documents of a type: `None` when it depends on where each
    /// of them lies. The action in lower case, the subscription's id too.
    pub(crate) fn everywhere(&self, subscription: &str, action: &str) -> Option<bool> {
        let Some(reach) = self.subscriptions.get(subscription) else {
            return Some(false);
        };
        if reach.whole.iter().any(|&at| self.all[at].permits(action)) {
            return Some(true);
        }
        let somewhere = reach.part.iter().any(|&at| self.all[at].permits(action));
        (!somewhere).then_some(false)
    }

    /// The permission blocks that hold at a scope.
    pub(crate) fn permissions_at(&self, tenant: &Tenant, scope: &str) -> Vec<Permission> {
        let scope = path::key(scope);
        let above = groups_above(tenant, &scope);
        let grants = self.all.iter();
        grants
            .filter(|grant| covers(&grant.scope, &scope, &above))
            .flat_map(|grant| grant.permissions.clone())
            .collect()
    }

    /// True when the caller sees a subscription: any role that reads it, or anything in it.
    pub(crate) fn see_subscription(&self, id: &str) -> bool {
        let reach = self.subscriptions.get(&id.to_lowercase());
        reach.is_some_and(|reach| !reach.whole.is_empty() || !reach.part.is_empty())
    }

    /// True when the caller sees a management group.
    pub(crate) fn see_group(&self, tenant: &Tenant, id: &str) -> bool {
        let scope = format!("/providers/Microsoft.Management/managementGroups/{id}");
        self.allow(tenant, "Microsoft.Management/managementGroups/read", &scope)
    }
}

fn reach(tenant: &Tenant, all: &[Grant], subscription: &str) -> Reach {
    let above = groups_above(tenant, subscription);
    let mut reach = Reach::default();
    for (at, grant) in all.iter().enumerate() {
        if covers(&grant.scope, subscription, &above) {
            reach.whole.push(at);
        } else if path_covers(subscription, &grant.scope) {
            reach.part.push(at);
        }
    }
    reach
}

impl Grant {
    fn new(scope: String, permissions: Vec<Permission>) -> Self {
        Self {
            scope,
            lowered: permissions.iter().map(Permission::lowered).collect(),
            permissions,
        }
    }

    /// The action in lower case.
    fn permits(&self, action: &str) -> bool {
        self.lowered.iter().any(|block| block.fits(action))
    }
}

const GROUPS: &str = "/providers/microsoft.management/managementgroups/";

/// The scope that a role assignment's own path names.
fn scope_of(assignment: &str) -> String {
    let key = path::key(assignment);
    let at = key.rfind("/providers/microsoft.authorization/");
    match at {
        Some(0) | None => "/".to_owned(),
        Some(at) => key[..at].to_owned(),
    }
}

/// The scopes of the management groups at or above a scope.
fn groups_above(tenant: &Tenant, scope: &str) -> Vec<String> {
    let start = if let Some(rest) = scope.strip_prefix(GROUPS) {
        rest.split('/').next().map(str::to_owned)
    } else {
        path::subscription(scope)
            .and_then(|id| tenant.subscription(id))
            .map(|subscription| tenant.group_of(subscription))
    };
    let chain = start.map_or_else(Vec::new, |group| tenant.ancestors(&group));
    chain
        .iter()
        .map(|group| format!("{GROUPS}{}", group.to_lowercase()))
        .collect()
}

fn covers(granted: &str, scope: &str, groups: &[String]) -> bool {
    path_covers(granted, scope) || groups.iter().any(|group| group == granted)
}

/// True when a path is the other one or lies beneath it.
fn path_covers(outer: &str, inner: &str) -> bool {
    outer == "/"
        || inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const YAML: &str = "
tenant_id: t
subscriptions:
  - { id: a, management_group: child }
  - { id: b }
management_groups:
  - { id: top }
  - { id: child, parent: top }
role_assignments:
  - { application: app, role: Reader, scope: /providers/Microsoft.Management/managementGroups/TOP }
  - { application: app, role: Reader, scope: /subscriptions/b/resourceGroups/G }
";
    const READ: &str = "Microsoft.Storage/storageAccounts/read";

    fn tenant() -> Tenant {
        Tenant::new(serde_saphyr::from_str(YAML).unwrap())
    }

    #[test]
    fn roles_come_down_from_management_groups() {
        let tenant = tenant();
        let grants = Grants::of(&tenant, "APP", "o");
        assert!(grants.allow(&tenant, READ, "/subscriptions/A"));
        assert!(!grants.allow(&tenant, READ, "/subscriptions/b"));
        assert!(grants.see_group(&tenant, "child"));
        assert!(!grants.see_group(&tenant, "t"));
        assert!(!grants.allow(&tenant, READ, "/"));
    }

    #[test]
    fn a_role_on_a_group_shows_part_of_a_subscription() {
        let tenant = tenant();
        let grants = Grants::of(&tenant, "app", "o");
        assert!(grants.allow_some(&tenant, READ, "/subscriptions/b"));
        assert!(grants.allow(
            &tenant,
            READ,
            "/subscriptions/B/resourcegroups/g/providers/X.Y/z/n"
        ));
        assert!(!grants.allow(&tenant, READ, "/subscriptions/b/resourcegroups/g2"));
        assert!(grants.see_subscription("b"));
    }

    #[test]
    fn one_answer_may_decide_for_a_whole_subscription() {
        let tenant = tenant();
        let grants = Grants::of(&tenant, "app", "o");
        let read = READ.to_lowercase();
        assert_eq!(grants.everywhere("a", &read), Some(true));
        assert_eq!(grants.everywhere("b", &read), None);
        assert_eq!(grants.everywhere("b", "a.b/c/write"), Some(false));
        assert_eq!(grants.everywhere("unknown", &read), Some(false));
    }

    #[test]
    fn nobody_sees_nothing() {
        let tenant = tenant();
        let grants = Grants::of(&tenant, "other", "o");
        assert!(!grants.see_subscription("a"));
        assert!(!grants.allow_some(&tenant, READ, "/subscriptions/a"));
    }

    #[test]
    fn stored_assignments_count() {
        let mut tenant = tenant();
        tenant.store.load(
            "/subscriptions/b/providers/Microsoft.Authorization/roleAssignments/1",
            json!({"properties": {"principalId": "O",
                "roleDefinitionId": "/providers/x/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"}}),
        );
        let grants = Grants::of(&tenant, "other", "o");
        assert!(grants.allow(&tenant, READ, "/subscriptions/b"));
        assert_eq!(grants.permissions_at(&tenant, "/subscriptions/b").len(), 1);
    }
}
