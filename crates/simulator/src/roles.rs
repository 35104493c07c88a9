//! Role definitions: Azure's own that scanners meet, ThreatDefenceRole, and those stored in the tenant.

mod built_in;
mod definition;
mod permission;

pub(crate) use built_in::Known;
pub(crate) use definition::Definition;
pub(crate) use permission::Permission;

use serde_json::{Value, json};

use crate::ids;
use crate::tenant::Tenant;
use crate::tenant_file::{RoleActions, RoleForm};
use built_in::KNOWN;

/// The path of role definitions beneath a scope.
pub(crate) const DEFINITIONS: &str = "providers/Microsoft.Authorization/roleDefinitions";

/// The definitions that exist whatever the tenant stores, as documents at a scope. Custom roles are among them only
/// where the tenant's file assigns them.
pub(crate) fn definitions(tenant: &Tenant, scope: &str) -> Vec<(String, Value)> {
    let at = |guid: &str| format!("{}/{DEFINITIONS}/{guid}", scope.trim_end_matches('/'));
    let known = known(tenant)
        .filter(|known| !known.custom || is_assigned(tenant, known))
        .map(|known| {
            let path = at(&known.guid());
            let body = document(tenant, known, &path);
            (path, body)
        });
    let inline = tenant.role_assignments.iter().filter_map(|given| {
        let RoleForm::Actions(actions) = &given.role else {
            return None;
        };
        let guid = inline_guid(actions);
        let path = at(&guid);
        let body = inline_document(tenant, actions, &guid, &path);
        Some((path, body))
    });
    let mut found: Vec<(String, Value)> = known.collect();
    for (path, body) in inline {
        if !found.iter().any(|(have, _)| *have == path) {
            found.push((path, body));
        }
    }
    found
}

/// The roles that are there whatever the tenant stores; one that is listed twice counts once.
fn known(tenant: &Tenant) -> impl Iterator<Item = &'static Known> {
    let more = tenant
        .more_roles
        .iter()
        .filter(|more| !KNOWN.iter().any(|known| known.is_called(more.id)));
    KNOWN.iter().chain(more)
}

fn is_assigned(tenant: &Tenant, known: &Known) -> bool {
    tenant
        .role_assignments
        .iter()
        .any(|given| matches!(&given.role, RoleForm::Named(name) if known.is_called(name)))
}

fn document(tenant: &Tenant, known: &Known, path: &str) -> Value {
    let scopes = if known.custom {
        own_scopes(tenant)
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

/// The definition of a role that the tenant's file gives by its actions alone.
fn inline_document(tenant: &Tenant, actions: &RoleActions, guid: &str, path: &str) -> Value {
    json!({
        "id": path,
        "name": guid,
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {
            "roleName": format!("Role {guid}"),
            "type": "CustomRole",
            "description": "",
            "assignableScopes": own_scopes(tenant),
            "permissions": [of_actions(actions).to_json()],
        },
    })
}

fn own_scopes(tenant: &Tenant) -> Vec<String> {
    let ids = tenant.subscriptions.iter();
    ids.map(|one| format!("/subscriptions/{}", one.id))
        .collect()
}

fn of_actions(role: &RoleActions) -> Permission {
    Permission {
        actions: role.actions.clone(),
        not_actions: role.not_actions.clone(),
        ..Permission::default()
    }
}

fn inline_guid(actions: &RoleActions) -> String {
    ids::guid_of(&format!("{:?}{:?}", actions.actions, actions.not_actions))
}

/// The GUID of the definition that a role of the tenant's file has.
pub(crate) fn definition_guid(tenant: &Tenant, role: &RoleForm) -> String {
    match role {
        RoleForm::Named(name) => {
            let known = called(tenant, name);
            known.map_or_else(|| stored_guid(tenant, name), Known::guid)
        }
        RoleForm::Actions(actions) => inline_guid(actions),
    }
}

fn stored_guid(tenant: &Tenant, name: &str) -> String {
    definition::stored(tenant, name).map_or_else(|| ids::guid_of(name), |found| found.name)
}

/// The permissions of a role of the tenant's file. A role that is neither known nor stored permits nothing.
pub(crate) fn permissions(tenant: &Tenant, role: &RoleForm) -> Vec<Permission> {
    match role {
        RoleForm::Named(name) => named_permissions(tenant, name),
        RoleForm::Actions(actions) => vec![of_actions(actions)],
    }
}

/// The permissions of a role by its name or the GUID of its definition. A stored definition goes before a built-in one.
pub(crate) fn named_permissions(tenant: &Tenant, name: &str) -> Vec<Permission> {
    if let Some(found) = definition::stored(tenant, name) {
        return found.permissions();
    }
    if let Some(known) = called(tenant, name) {
        return vec![known.permission()];
    }
    let derived = Definition::find(tenant, name);
    derived.map_or_else(Vec::new, |found| found.permissions())
}

/// The built-in role with this name or GUID.
fn called(tenant: &Tenant, name: &str) -> Option<&'static Known> {
    known(tenant).find(|known| known.is_called(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant(given: &str) -> Tenant {
        let file = format!("{{ tenant_id: t, subscriptions: [s], role_assignments: [{given}] }}");
        Tenant::new(serde_saphyr::from_str(&file).unwrap())
    }

    fn allows(role: &str, action: &str) -> bool {
        named_permissions(&tenant(""), role)
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
        let assign = "Microsoft.Authorization/roleAssignments/write";
        assert!(allows("Contributor", "Microsoft.Web/sites/write"));
        assert!(!allows("Contributor", assign));
        let administrator = "Role Based Access Control Administrator";
        assert!(allows(administrator, assign));
        assert!(!allows(
            administrator,
            "Microsoft.Authorization/roleDefinitions/write"
        ));
    }

    #[test]
    fn a_stored_definition_is_found_by_name_and_an_unknown_role_permits_nothing() {
        let mut tenant = tenant("");
        tenant.store.load(
            "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/g",
            json!({"name": "g", "properties": {"roleName": "Own", "permissions": [{"actions": ["A.B/c/read"]}]}}),
        );
        assert!(named_permissions(&tenant, "own")[0].allows("a.b/c/READ"));
        assert!(named_permissions(&tenant, "other").is_empty());
    }

    #[test]
    fn custom_roles_are_defined_only_where_they_are_assigned() {
        let names = |tenant: &Tenant| -> Vec<String> {
            let found = definitions(tenant, "/subscriptions/s").into_iter();
            let custom = found.filter(|(_, body)| body["properties"]["type"] == "CustomRole");
            custom
                .map(|(_, body)| body["properties"]["roleName"].to_string())
                .collect()
        };
        assert_eq!(names(&tenant("")).len(), 0);
        let given = "{ application: a, role: ThreatDefenceRole, scope: / }, { application: a, role: { actions: ['A.B/*'] }, scope: / }, { application: b, role: { actions: ['A.B/*'] }, scope: / }";
        let given = tenant(given);
        assert_eq!(names(&given).len(), 2);
        let inline = definition_guid(&given, &given.role_assignments[1].role);
        assert!(named_permissions(&given, &inline)[0].allows("A.B/c/delete"));
    }
}
