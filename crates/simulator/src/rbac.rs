//! Azure role-based access control: what a principal may do at a scope.

use crate::path;
use crate::roles::{self, Permission};
use crate::tenant::Tenant;

/// A role held at a scope.
#[derive(Debug, Clone)]
struct Grant {
    /// In lower case; `/` is the whole tenant.
    scope: String,
    permissions: Vec<Permission>,
}

/// Everything that one principal was given.
#[derive(Debug, Clone, Default)]
pub(crate) struct Grants(Vec<Grant>);

impl Grants {
    /// Gathers the roles of a principal from the tenant's file and from stored role assignments.
    pub(crate) fn of(tenant: &Tenant, client_id: &str, object_id: &str) -> Self {
        let stated = tenant
            .role_assignments
            .iter()
            .filter(|given| given.application.eq_ignore_ascii_case(client_id))
            .map(|given| Grant {
                scope: path::key(&given.scope),
                permissions: roles::permissions(tenant, &given.role),
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
            Some(Grant {
                scope: scope_of(&document.path),
                permissions: roles::named_permissions(tenant, role),
            })
        });
        Self(stated.chain(stored).collect())
    }

    /// True when a role at the scope or above it permits the action.
    pub(crate) fn allow(&self, tenant: &Tenant, action: &str, scope: &str) -> bool {
        let scope = path::key(scope);
        let above = groups_above(tenant, &scope);
        self.0
            .iter()
            .filter(|grant| covers(&grant.scope, &scope, &above))
            .any(|grant| grant.permits(action))
    }

    /// True when a role at, above or beneath the scope permits the action: the caller sees part of a list.
    pub(crate) fn allow_some(&self, tenant: &Tenant, action: &str, scope: &str) -> bool {
        let key = path::key(scope);
        let beneath = |grant: &Grant| path_covers(&key, &grant.scope) && grant.permits(action);
        self.allow(tenant, action, scope) || self.0.iter().any(beneath)
    }

    /// The permission blocks that hold at a scope.
    pub(crate) fn permissions_at(&self, tenant: &Tenant, scope: &str) -> Vec<Permission> {
        let scope = path::key(scope);
        let above = groups_above(tenant, &scope);
        let grants = self.0.iter();
        grants
            .filter(|grant| covers(&grant.scope, &scope, &above))
            .flat_map(|grant| grant.permissions.clone())
            .collect()
    }

    /// True when the caller sees a subscription: any role that reads it, or anything in it.
    pub(crate) fn see_subscription(&self, tenant: &Tenant, id: &str) -> bool {
        let key = format!("/subscriptions/{}", id.to_lowercase());
        let above = groups_above(tenant, &key);
        self.0.iter().any(|grant| {
            !grant.permissions.is_empty()
                && (covers(&grant.scope, &key, &above) || path_covers(&key, &grant.scope))
        })
    }

    /// True when the caller sees a management group.
    pub(crate) fn see_group(&self, tenant: &Tenant, id: &str) -> bool {
        let scope = format!("/providers/Microsoft.Management/managementGroups/{id}");
        self.allow(tenant, "Microsoft.Management/managementGroups/read", &scope)
    }
}

impl Grant {
    fn permits(&self, action: &str) -> bool {
        self.permissions.iter().any(|block| block.allows(action))
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
        assert!(grants.see_subscription(&tenant, "b"));
    }

    #[test]
    fn nobody_sees_nothing() {
        let tenant = tenant();
        let grants = Grants::of(&tenant, "other", "o");
        assert!(!grants.see_subscription(&tenant, "a"));
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
