//! Role definitions: Microsoft's built-in roles and a tenant's own.
//!
//! <https://learn.microsoft.com/azure/role-based-access-control/role-definitions>

use serde::Deserialize;

use crate::actions::{ASSIGN_ROLES, WRITE_ROLES};
use crate::ancestry::Ancestry;
use crate::lenient::{self, last_segment};
use crate::permission::{Permission, permits};
use crate::scope::Scope;

/// A role definition, as Resource Manager and Resource Graph give it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Wire")]
pub struct RoleDefinition {
    /// The whole resource id, which begins with the scope that was asked.
    pub id: String,
    /// The role's GUID, the same at every scope.
    pub name: String,
    /// What people see, such as `Reader`.
    pub role_name: String,
    /// What it is for.
    pub description: String,
    /// Whether the tenant made it, rather than Microsoft.
    pub custom: bool,
    /// What it permits: what any of the blocks does.
    pub permissions: Vec<Permission>,
    /// The paths of the scopes, and so of those below, at which it may be assigned.
    pub assignable_scopes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Wire {
    #[serde(deserialize_with = "lenient::text")]
    id: String,
    #[serde(deserialize_with = "lenient::text")]
    name: String,
    properties: Option<Properties>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Properties {
    #[serde(deserialize_with = "lenient::text")]
    role_name: String,
    #[serde(deserialize_with = "lenient::text")]
    description: String,
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    kind: String,
    #[serde(deserialize_with = "lenient::items")]
    permissions: Vec<Permission>,
    #[serde(deserialize_with = "lenient::texts")]
    assignable_scopes: Vec<String>,
}

impl From<Wire> for RoleDefinition {
    fn from(wire: Wire) -> Self {
        let properties = wire.properties.unwrap_or_default();
        let name = match wire.name.is_empty() {
            true => last_segment(&wire.id).to_owned(),
            false => wire.name,
        };
        Self {
            id: wire.id,
            name,
            role_name: properties.role_name,
            description: properties.description,
            custom: properties.kind.eq_ignore_ascii_case("CustomRole"),
            permissions: properties.permissions,
            assignable_scopes: properties.assignable_scopes,
        }
    }
}

impl RoleDefinition {
    /// Whether it permits an operation of the control plane.
    pub fn permits(&self, action: &str) -> bool {
        permits(&self.permissions, action)
    }

    /// Whether it permits an operation on data.
    pub fn permits_data(&self, action: &str) -> bool {
        self.permissions
            .iter()
            .any(|block| block.permits_data(action))
    }

    /// Whether it allows assigning roles, if only some of them: see [`Grant::condition_on`].
    ///
    /// [`Grant::condition_on`]: crate::Grant::condition_on
    pub fn may_assign_roles(&self) -> bool {
        self.permits(ASSIGN_ROLES)
    }

    /// Whether it allows making and changing custom roles.
    pub fn may_write_roles(&self) -> bool {
        self.permits(WRITE_ROLES)
    }

    /// Whether it permits these operations of the control plane by name, no other, and nothing on data.
    pub fn permits_exactly<T: AsRef<str>>(&self, actions: &[T]) -> bool {
        let plain =
            |block: &Permission| block.not_actions.is_empty() && block.data_actions.is_empty();
        let listed = || self.permissions.iter().flat_map(|block| &block.actions);
        let wanted = |action: &String| {
            let mut actions = actions.iter();
            actions.any(|wanted| wanted.as_ref().eq_ignore_ascii_case(action))
        };
        self.permissions.iter().all(plain)
            && listed().all(wanted)
            && actions
                .iter()
                .all(|wanted| listed().any(|action| action.eq_ignore_ascii_case(wanted.as_ref())))
    }

    /// Whether it may be assigned at a scope.
    pub fn is_assignable_at(&self, scope: &Scope, ancestry: &Ancestry) -> bool {
        let mut scopes = self.assignable_scopes.iter();
        scopes.any(|path| Scope::parse(path).is_some_and(|above| above.covers(scope, ancestry)))
    }

    /// Whether an id, whole or its last segment alone, is that of this role.
    pub fn is(&self, role_definition_id: &str) -> bool {
        last_segment(role_definition_id).eq_ignore_ascii_case(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn role(value: Value) -> RoleDefinition {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn it_is_read_from_what_azure_gives() {
        let role = role(json!({
            "id": "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/ACDD",
            "type": "Microsoft.Authorization/roleDefinitions",
            "name": "acdd",
            "properties": {
                "roleName": "Reader", "type": "BuiltInRole", "description": null,
                "assignableScopes": ["/"],
                "permissions": [{"actions": ["*/read"], "notActions": []}, null]
            }
        }));
        assert_eq!(role.role_name, "Reader");
        assert!(!role.custom);
        assert!(role.permits("Microsoft.Web/sites/read"));
        assert!(!role.permits("Microsoft.Web/sites/write"));
        assert!(role.is("ACDD") && role.is("/x/roleDefinitions/acdd") && !role.is("acd"));
        assert!(role.is_assignable_at(&Scope::subscription("s"), &Ancestry::default()));
    }

    #[test]
    fn what_is_missing_reads_as_nothing() {
        for value in [
            json!({}),
            json!({"properties": null}),
            json!({"id": null, "properties": {"permissions": null}}),
        ] {
            assert_eq!(role(value), RoleDefinition::default());
        }
        assert_eq!(role(json!({"id": "/x/abc"})).name, "abc");
    }

    #[test]
    fn rights_over_access_are_told() {
        let with = |actions: Value, not: Value| {
            role(json!({"properties": {"permissions": [{"actions": actions, "notActions": not}]}}))
        };
        let owner = with(json!(["*"]), json!([]));
        assert!(owner.may_assign_roles() && owner.may_write_roles());
        let contributor = with(json!(["*"]), json!(["Microsoft.Authorization/*/Write"]));
        assert!(!contributor.may_assign_roles() && !contributor.may_write_roles());
        let administrator = with(
            json!(["Microsoft.Authorization/roleAssignments/*"]),
            Value::Null,
        );
        assert!(administrator.may_assign_roles() && !administrator.may_write_roles());
    }

    #[test]
    fn exactly_means_no_more_and_no_less() {
        let with = |block: Value| role(json!({"properties": {"permissions": [block]}}));
        let wanted = ["A/b/action", "A/c/action"];
        assert!(with(json!({"actions": ["a/C/action", "A/b/Action"]})).permits_exactly(&wanted));
        for block in [
            json!({"actions": ["A/b/action"]}),
            json!({"actions": ["A/b/action", "A/c/action", "A/d/read"]}),
            json!({"actions": ["A/*"]}),
            json!({"actions": wanted, "notActions": ["A/b/action"]}),
            json!({"actions": wanted, "dataActions": ["A/*"]}),
        ] {
            assert!(!with(block.clone()).permits_exactly(&wanted), "{block}");
        }
    }

    #[test]
    fn custom_roles_are_assignable_in_their_scopes_alone() {
        let role = role(json!({"properties": {
            "type": "customrole",
            "assignableScopes": ["/providers/Microsoft.Management/managementGroups/m", "/subscriptions/t"]
        }}));
        let ancestry = Ancestry::default().with(&Scope::subscription("s"), ["m"]);
        assert!(role.custom);
        assert!(role.is_assignable_at(&Scope::subscription("s"), &ancestry));
        assert!(role.is_assignable_at(&Scope::resource_group("T", "g"), &ancestry));
        assert!(!role.is_assignable_at(&Scope::subscription("u"), &ancestry));
    }
}
