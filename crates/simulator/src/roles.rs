//! Role definitions: Azure's own that scanners meet, ThreatDefenceRole, and those stored in the tenant.

use serde_json::{Value, json};

use crate::glob;
use crate::ids;
use crate::tenant::Tenant;
use crate::tenant_file::{RoleActions, RoleForm};

/// What one permission block of a role allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Permission {
    pub(crate) actions: Vec<String>,
    pub(crate) not_actions: Vec<String>,
}

impl Permission {
    /// True when an action is within the actions and outside the exclusions. No case.
    #[cfg(test)]
    pub(crate) fn allows(&self, action: &str) -> bool {
        self.lowered().fits(&action.to_lowercase())
    }

    /// As `allows`, where both this block and the action are in lower case already.
    pub(crate) fn fits(&self, action: &str) -> bool {
        let fits = |pattern: &String| glob::matches(pattern, action);
        self.actions.iter().any(fits) && !self.not_actions.iter().any(fits)
    }

    /// The block in lower case.
    pub(crate) fn lowered(&self) -> Self {
        let lower = |list: &[String]| list.iter().map(|action| action.to_lowercase()).collect();
        Self {
            actions: lower(&self.actions),
            not_actions: lower(&self.not_actions),
        }
    }

    fn of_actions(role: &RoleActions) -> Self {
        Self {
            actions: role.actions.clone(),
            not_actions: role.not_actions.clone(),
        }
    }

    /// The block as Azure writes it.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "actions": self.actions,
            "notActions": self.not_actions,
            "dataActions": [],
            "notDataActions": [],
        })
    }
}

/// A role that is there whatever the tenant stores.
#[derive(Debug)]
pub(crate) struct Known {
    /// The GUID of its definition; made from the name when empty.
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) actions: &'static [&'static str],
    pub(crate) not_actions: &'static [&'static str],
    pub(crate) custom: bool,
}

/// Ids: <https://learn.microsoft.com/azure/role-based-access-control/built-in-roles>
static KNOWN: [Known; 6] = [
    Known {
        id: "acdd72a7-3385-48ef-bd42-f606fba81ae7",
        name: "Reader",
        description: "View all resources, but does not allow you to make any changes.",
        actions: &["*/read"],
        not_actions: &[],
        custom: false,
    },
    Known {
        id: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
        name: "Owner",
        description: "Grants full access to manage all resources, including the ability to assign roles in Azure RBAC.",
        actions: &["*"],
        not_actions: &[],
        custom: false,
    },
    Known {
        id: "b24988ac-6180-42a0-ab88-20f7382dd24c",
        name: "Contributor",
        description: "Grants full access to manage all resources, but does not allow you to assign roles in Azure RBAC.",
        actions: &["*"],
        not_actions: &[
            "Microsoft.Authorization/*/Delete",
            "Microsoft.Authorization/*/Write",
            "Microsoft.Authorization/elevateAccess/Action",
        ],
        custom: false,
    },
    Known {
        id: "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        name: "User Access Administrator",
        description: "Lets you manage user access to Azure resources.",
        actions: &["*/read", "Microsoft.Authorization/*", "Microsoft.Support/*"],
        not_actions: &[],
        custom: false,
    },
    Known {
        id: "39bc4728-0917-49c7-9d2c-d95423bc2eb4",
        name: "Security Reader",
        description: "View permissions for Microsoft Defender for Cloud.",
        actions: &[
            "Microsoft.Authorization/*/read",
            "Microsoft.Insights/alertRules/read",
            "Microsoft.operationalInsights/workspaces/*/read",
            "Microsoft.Resources/deployments/*/read",
            "Microsoft.Resources/subscriptions/resourceGroups/read",
            "Microsoft.Security/*/read",
            "Microsoft.Management/managementGroups/read",
        ],
        not_actions: &[],
        custom: false,
    },
    Known {
        id: "",
        name: "ThreatDefenceRole",
        description: "Role used for checks that require read-only access to Azure resources and are not covered by the Reader role.",
        actions: &[
            "Microsoft.Web/sites/host/listkeys/action",
            "Microsoft.Web/sites/config/list/Action",
        ],
        not_actions: &[],
        custom: true,
    },
];

impl Known {
    fn guid(&self) -> String {
        if self.id.is_empty() {
            return ids::guid_of(self.name);
        }
        self.id.to_owned()
    }

    fn permission(&self) -> Permission {
        let owned = |list: &[&str]| list.iter().map(|&action| action.to_owned()).collect();
        Permission {
            actions: owned(self.actions),
            not_actions: owned(self.not_actions),
        }
    }

    fn is_called(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name) || self.guid().eq_ignore_ascii_case(name)
    }
}

/// The definitions that exist at a scope whatever the tenant stores, as documents. ThreatDefenceRole is among them only
/// where the tenant assigns it.
pub(crate) fn definitions(tenant: &Tenant, scope: &str) -> Vec<(String, Value)> {
    let assigned = |known: &Known| {
        tenant
            .role_assignments
            .iter()
            .any(|given| matches!(&given.role, RoleForm::Named(name) if known.is_called(name)))
    };
    KNOWN
        .iter()
        .chain(tenant.more_roles)
        .filter(|known| !known.custom || assigned(known))
        .map(|known| {
            let path = format!(
                "{}/providers/Microsoft.Authorization/roleDefinitions/{}",
                scope.trim_end_matches('/'),
                known.guid()
            );
            let body = document(tenant, known, &path);
            (path, body)
        })
        .collect()
}

fn document(tenant: &Tenant, known: &Known, path: &str) -> Value {
    let scopes: Vec<String> = if known.custom {
        let ids = tenant.subscriptions.iter();
        ids.map(|one| format!("/subscriptions/{}", one.id))
            .collect()
    } else {
        vec!["/".to_owned()]
    };
    let kind = if known.custom {
        "CustomRole"
    } else {
        "BuiltInRole"
    };
    json!({
        "id": path,
        "name": known.guid(),
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {
            "roleName": known.name,
            "type": kind,
            "description": known.description,
            "assignableScopes": scopes,
            "permissions": [known.permission().to_json()],
        },
    })
}

/// The GUID of the definition that a role of the tenant's file has.
pub(crate) fn definition_guid(tenant: &Tenant, role: &RoleForm) -> String {
    match role {
        RoleForm::Named(name) => {
            let known = called(tenant, name);
            known.map_or_else(|| stored_guid(tenant, name), Known::guid)
        }
        RoleForm::Actions(actions) => {
            ids::guid_of(&format!("{:?}{:?}", actions.actions, actions.not_actions))
        }
    }
}

fn stored_guid(tenant: &Tenant, name: &str) -> String {
    stored(tenant, name)
        .and_then(|definition| definition["name"].as_str().map(str::to_owned))
        .unwrap_or_else(|| ids::guid_of(name))
}

/// The permissions of a role of the tenant's file. A role that is neither known nor stored permits nothing.
pub(crate) fn permissions(tenant: &Tenant, role: &RoleForm) -> Vec<Permission> {
    match role {
        RoleForm::Named(name) => named_permissions(tenant, name),
        RoleForm::Actions(actions) => vec![Permission::of_actions(actions)],
    }
}

/// The permissions of a role by its name or the GUID of its definition. A stored definition goes before a built-in one.
pub(crate) fn named_permissions(tenant: &Tenant, name: &str) -> Vec<Permission> {
    if let Some(definition) = stored(tenant, name) {
        return blocks(&definition);
    }
    let known = called(tenant, name);
    known.map(Known::permission).into_iter().collect()
}

/// The built-in role with this name or GUID.
fn called<'a>(tenant: &Tenant, name: &str) -> Option<&'a Known> {
    let mut known = KNOWN.iter().chain(tenant.more_roles);
    known.find(|known| known.is_called(name))
}

fn stored(tenant: &Tenant, name: &str) -> Option<Value> {
    let called = |value: &Value| {
        value
            .as_str()
            .is_some_and(|have| have.eq_ignore_ascii_case(name))
    };
    tenant
        .store
        .role_definitions()
        .map(crate::store::Document::alone)
        .find(|body| called(&body["name"]) || called(&body["properties"]["roleName"]))
        .map(|body| body.as_ref().clone())
}

fn blocks(definition: &Value) -> Vec<Permission> {
    let strings = |list: &Value| -> Vec<String> {
        let items = list.as_array().map(Vec::as_slice).unwrap_or_default();
        items
            .iter()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect()
    };
    let blocks = definition["properties"]["permissions"].as_array();
    blocks
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .map(|block| Permission {
            actions: strings(&block["actions"]),
            not_actions: strings(&block["notActions"]),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant() -> Tenant {
        Tenant::new(serde_saphyr::from_str("{ tenant_id: t, subscriptions: [s] }").unwrap())
    }

    fn allows(role: &str, action: &str) -> bool {
        named_permissions(&tenant(), role)
            .iter()
            .any(|block| block.allows(action))
    }

    #[test]
    fn reader_reads_everything_and_posts_nothing() {
        assert!(allows("reader", "Microsoft.Web/sites/config/read"));
        assert!(!allows("Reader", "Microsoft.Web/sites/config/list/action"));
        assert!(allows(
            "ThreatDefenceRole",
            "microsoft.web/SITES/config/list/ACTION"
        ));
        assert!(!allows("ThreatDefenceRole", "Microsoft.Web/sites/read"));
    }

    #[test]
    fn exclusions_take_away() {
        assert!(allows("Contributor", "Microsoft.Web/sites/write"));
        assert!(!allows(
            "Contributor",
            "Microsoft.Authorization/roleAssignments/write"
        ));
    }

    #[test]
    fn a_stored_definition_is_found_by_name_and_an_unknown_role_permits_nothing() {
        let mut tenant = tenant();
        tenant.store.load(
            "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/g",
            json!({"name": "g", "properties": {"roleName": "Own", "permissions": [{"actions": ["A.B/c/read"]}]}}),
        );
        assert!(named_permissions(&tenant, "own")[0].allows("a.b/c/READ"));
        assert!(named_permissions(&tenant, "other").is_empty());
    }

    #[test]
    fn the_custom_role_is_defined_only_where_it_is_assigned() {
        let mut tenant = tenant();
        let before = definitions(&tenant, "/subscriptions/s").len();
        tenant
            .role_assignments
            .push(crate::tenant_file::RoleAssignment {
                application: "a".to_owned(),
                role: RoleForm::Named("ThreatDefenceRole".to_owned()),
                scope: "/".to_owned(),
            });
        assert_eq!(definitions(&tenant, "/subscriptions/s").len(), before + 1);
    }
}
