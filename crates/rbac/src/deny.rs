//! Deny assignments, which Azure itself makes to protect what it manages.
//!
//! <https://learn.microsoft.com/azure/role-based-access-control/deny-assignments>

use serde::Deserialize;

use crate::ancestry::Ancestry;
use crate::lenient::{self, last_segment};
use crate::permission::Permission;
use crate::principal::{Principal, Via};
use crate::scope::Scope;

/// The id of all principals of the directory.
const ALL: &str = "00000000-0000-0000-0000-000000000000";

/// Operations that principals may not do at a scope, whatever their roles.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Wire")]
pub struct DenyAssignment {
    /// The whole resource id, which begins with the scope.
    pub id: String,
    /// What people see.
    pub name: String,
    /// Why it was made.
    pub description: String,
    /// Where it was made.
    pub scope: Scope,
    /// Whether it holds at its scope alone, not below.
    pub only_here: bool,
    /// What is denied: what any of the blocks has.
    pub permissions: Vec<Permission>,
    /// Whom it is for.
    pub principals: Vec<Subject>,
    /// Whom it is not for, though they are among the others.
    pub excluded: Vec<Subject>,
    /// What limits it. It counts as denying all the same: what a condition leaves is not known here.
    pub condition: Option<String>,
}

/// A principal that a deny assignment names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Subject {
    /// The object id.
    #[serde(deserialize_with = "lenient::text")]
    pub id: String,
    /// `User`, `Group`, `ServicePrincipal`, or `SystemDefined` (everyone, with an id of zeros).
    #[serde(rename = "type", deserialize_with = "lenient::text")]
    pub kind: String,
}

#[derive(Deserialize)]
struct Wire {
    #[serde(default, deserialize_with = "lenient::text")]
    id: String,
    #[serde(default)]
    properties: Option<Properties>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Properties {
    #[serde(deserialize_with = "lenient::text")]
    deny_assignment_name: String,
    #[serde(deserialize_with = "lenient::text")]
    description: String,
    #[serde(deserialize_with = "lenient::items")]
    permissions: Vec<Permission>,
    #[serde(deserialize_with = "lenient::some_text")]
    scope: Option<String>,
    #[serde(deserialize_with = "lenient::flag")]
    do_not_apply_to_child_scopes: bool,
    #[serde(deserialize_with = "lenient::items")]
    principals: Vec<Subject>,
    #[serde(deserialize_with = "lenient::items")]
    exclude_principals: Vec<Subject>,
    #[serde(deserialize_with = "lenient::some_text")]
    condition: Option<String>,
}

impl TryFrom<Wire> for DenyAssignment {
    type Error = &'static str;

    fn try_from(wire: Wire) -> Result<Self, Self::Error> {
        let properties = wire.properties.unwrap_or_default();
        let scope = Scope::of_assignment(properties.scope.as_deref(), &wire.id)
            .ok_or("a deny assignment without a scope")?;
        let name = match properties.deny_assignment_name.is_empty() {
            true => last_segment(&wire.id).to_owned(),
            false => properties.deny_assignment_name,
        };
        Ok(Self {
            id: wire.id,
            name,
            description: properties.description,
            scope,
            only_here: properties.do_not_apply_to_child_scopes,
            permissions: properties.permissions,
            principals: properties.principals,
            excluded: properties.exclude_principals,
            condition: properties.condition,
        })
    }
}

impl DenyAssignment {
    /// Whether it holds for a principal, whatever the scope.
    pub fn is_for(&self, principal: &Principal) -> bool {
        let among = |subjects: &[Subject]| subjects.iter().any(|one| one.via(principal).is_some());
        among(&self.principals) && !among(&self.excluded)
    }

    /// Whether it holds at a scope.
    pub fn holds_at(&self, scope: &Scope, ancestry: &Ancestry) -> bool {
        match self.only_here {
            true => self.scope == *scope,
            false => self.scope.covers(scope, ancestry),
        }
    }

    /// Whether it denies an operation of the control plane.
    pub fn denies(&self, action: &str) -> bool {
        self.permissions.iter().any(|block| block.permits(action))
    }

    /// Whether it denies an operation on data.
    pub fn denies_data(&self, action: &str) -> bool {
        let mut blocks = self.permissions.iter();
        blocks.any(|block| block.permits_data(action))
    }
}

impl Subject {
    /// How a principal is this one; not at all when it is somebody else.
    pub fn via<'a>(&self, principal: &'a Principal) -> Option<Via<'a>> {
        if self.id == ALL || self.kind.eq_ignore_ascii_case("Everyone") {
            return Some(Via::Everyone);
        }
        principal.via(&self.id)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn deny(properties: Value) -> DenyAssignment {
        let id = "/subscriptions/s/providers/Microsoft.Authorization/denyAssignments/d";
        serde_json::from_value(json!({"id": id, "properties": properties})).unwrap()
    }

    #[test]
    fn everyone_is_denied_but_the_excluded() {
        for everyone in [
            json!({"id": ALL, "type": "SystemDefined"}),
            json!({"type": "everyone"}),
        ] {
            let deny = deny(json!({
                "principals": [everyone],
                "excludePrincipals": [{"id": "G", "type": "Group"}, {"id": "P", "type": "ServicePrincipal"}]
            }));
            assert!(deny.is_for(&Principal::new("x")));
            assert!(!deny.is_for(&Principal::new("p")));
            assert!(!deny.is_for(&Principal::new("x").in_groups(["g"])));
        }
    }

    #[test]
    fn groups_are_denied_as_well() {
        let deny = deny(json!({"principals": [{"id": "g"}], "excludePrincipals": null}));
        assert!(deny.is_for(&Principal::new("x").in_groups(["G"])));
        assert!(!deny.is_for(&Principal::new("x")));
    }

    #[test]
    fn it_may_stop_at_its_own_scope() {
        let group = Scope::resource_group("s", "g");
        let none = Ancestry::default();
        let below = deny(json!({"scope": "/subscriptions/S"}));
        assert!(below.holds_at(&group, &none));
        let here = deny(json!({"scope": "/subscriptions/S", "doNotApplyToChildScopes": true}));
        assert!(!here.holds_at(&group, &none));
        assert!(here.holds_at(&Scope::subscription("s"), &none));
    }

    #[test]
    fn not_actions_are_not_denied() {
        let deny = deny(json!({
            "denyAssignmentName": "Managed",
            "permissions": [{"actions": ["*"], "notActions": ["*/read"], "dataActions": ["*/delete"]}]
        }));
        assert_eq!(deny.name, "Managed");
        assert!(deny.denies("Microsoft.Web/sites/write"));
        assert!(!deny.denies("Microsoft.Web/sites/read"));
        assert!(deny.denies_data("Microsoft.Storage/x/delete"));
    }
}
