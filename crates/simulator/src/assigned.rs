//! Roles, policies and the like, which hold beneath the scope that they are assigned at.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::ids;
use crate::path;
use crate::roles;
use crate::store::{Document, Item};
use crate::tenant::Tenant;
use crate::tenant_file::RoleAssignment;

const DEFINITIONS: &str = "providers/Microsoft.Authorization/roleDefinitions";

const GROUPS: &str = "/providers/microsoft.management/managementgroups/";

/// The scopes that a scope inherits from, in lower case: every path above it, its management groups and the tenant.
fn above(tenant: &Tenant, scope: &str) -> Vec<String> {
    let mut found = vec!["/".to_owned()];
    let group = match scope.strip_prefix(GROUPS) {
        Some(rest) => rest.split('/').next().map(str::to_owned),
        None => path::subscription(scope)
            .and_then(|id| tenant.subscription(id))
            .map(|subscription| tenant.group_of(subscription)),
    };
    let groups = group.map_or_else(Vec::new, |group| tenant.ancestors(&group));
    found.extend(
        groups
            .iter()
            .map(|id| format!("{GROUPS}{}", id.to_lowercase())),
    );
    let ends = scope.match_indices('/').map(|(at, _)| at).skip(1);
    found.extend(ends.map(|at| scope[..at].to_owned()));
    found
}

/// The scope that a path of `Microsoft.Authorization` names, in lower case.
fn scope_of(at: &str) -> String {
    let key = path::key(at);
    match key.rfind("/providers/microsoft.authorization/") {
        Some(0) | None => "/".to_owned(),
        Some(end) => key[..end].to_owned(),
    }
}

fn is_beneath(scope: &str, outer: &str) -> bool {
    outer == "/"
        || scope
            .strip_prefix(outer)
            .is_some_and(|rest| rest.starts_with('/'))
}

/// The stored documents of a type (in lower case) that a list at a scope shows beside those stored right there:
/// what is inherited from above and, of assignments, what lies beneath.
pub(crate) fn stored_around<'a>(
    tenant: &'a Tenant,
    kind: &'a str,
    scope: &str,
) -> impl Iterator<Item = &'a Document> + use<'a> {
    let scope = path::key(scope);
    let above: HashSet<String> = above(tenant, &scope).into_iter().collect();
    let shows_beneath = matches!(
        kind,
        "roleassignments" | "policyassignments" | "policyexemptions"
    );
    tenant.store.authorization(kind).filter(move |document| {
        let home = scope_of(&document.path);
        above.contains(&home)
            || (shows_beneath && is_beneath(&home, &scope))
            || (kind == "roledefinitions" && assignable(document, &scope, &above))
    })
}

fn assignable(definition: &Document, scope: &str, above: &HashSet<String>) -> bool {
    let body = definition.in_list();
    let scopes = body["properties"]["assignableScopes"].as_array();
    scopes.into_iter().flatten().any(|at| {
        let at = path::key(at.as_str().unwrap_or_default());
        at == scope || (at != "/" && above.contains(&at))
    })
}

/// The documents that a list of a type of `Microsoft.Authorization` shows at a scope beside those stored right there.
pub(crate) fn around(tenant: &Tenant, kind: &str, scope: &str) -> Vec<Item> {
    let home = home_of(scope);
    let stored = stored_around(tenant, kind, scope).map(|document| Item {
        path: document.path.clone(),
        body: seen_from(&home, kind, document.in_list()),
    });
    let derived = match kind {
        "roledefinitions" => roles::definitions(tenant, scope),
        "roleassignments" => role_assignments_at(tenant, scope),
        _ => Vec::new(),
    };
    let derived = derived.into_iter().map(|(at, body)| Item::at(&at, body));
    stored.chain(derived).collect()
}

/// The subscription of a scope as ids begin with it; nothing outside of any.
fn home_of(scope: &str) -> String {
    path::subscription(scope).map_or_else(String::new, |id| format!("/subscriptions/{id}"))
}

/// A document as a list in a subscription shows it: role definitions are named within the subscription that asks,
/// wherever they are stored.
fn seen_from(home: &str, kind: &str, mut body: Arc<Value>) -> Arc<Value> {
    let named = match kind {
        "roledefinitions" => "/id",
        "roleassignments" => "/properties/roleDefinitionId",
        _ => return body,
    };
    let id = body.pointer(named).and_then(Value::as_str);
    let name = id.and_then(|id| id.rsplit('/').next());
    if let Some(name) = name.filter(|_| !home.is_empty()) {
        let inside = json!(format!("{home}/{DEFINITIONS}/{name}"));
        if let Some(id) = Arc::make_mut(&mut body).pointer_mut(named) {
            *id = inside;
        }
    }
    body
}

/// The role assignments of the tenant's file.
pub(crate) fn role_assignments(tenant: &Tenant) -> Vec<(String, Value)> {
    let given = tenant.role_assignments.iter();
    given
        .map(|given| role_assignment(tenant, given, &given.scope))
        .collect()
}

/// Those that hold at a scope: there, above, or beneath it.
fn role_assignments_at(tenant: &Tenant, scope: &str) -> Vec<(String, Value)> {
    let wanted = path::key(scope);
    let above = above(tenant, &wanted);
    let given = tenant.role_assignments.iter().filter(|given| {
        let key = path::key(&given.scope);
        key == wanted || above.contains(&key) || is_beneath(&key, &wanted)
    });
    given
        .map(|given| role_assignment(tenant, given, scope))
        .collect()
}

/// An assignment as it is seen from a scope, whose subscription is in the role's id.
fn role_assignment(tenant: &Tenant, given: &RoleAssignment, seen_from: &str) -> (String, Value) {
    let at = given.scope.trim_end_matches('/');
    let definition = roles::definition_guid(tenant, &given.role);
    let name = ids::guid_of(&format!("{} {definition} {at}", given.application));
    let id = format!("{at}/providers/Microsoft.Authorization/roleAssignments/{name}");
    let principal = tenant
        .application(&given.application)
        .map_or_else(|| given.application.clone(), |app| app.object_id.clone());
    let role = format!("{}/{DEFINITIONS}/{definition}", home_of(seen_from));
    let body = json!({
        "id": id,
        "name": name,
        "type": "Microsoft.Authorization/roleAssignments",
        "properties": {
            "roleDefinitionId": role,
            "principalId": principal,
            "principalType": "ServicePrincipal",
            "scope": if at.is_empty() { "/" } else { at },
            "condition": null,
            "conditionVersion": null,
        },
    });
    (id, body)
}

#[cfg(test)]
mod tests {
    use super::*;

    const YAML: &str = "
tenant_id: t
subscriptions: [{ id: a, management_group: low }, { id: b }]
management_groups: [{ id: top }, { id: low, parent: top }]
role_assignments:
  - { application: x, role: Reader, scope: / }
  - { application: x, role: Reader, scope: /subscriptions/ab }
  - { application: x, role: Reader, scope: /subscriptions/a/resourceGroups/g }
";

    fn tenant() -> Tenant {
        let mut tenant = Tenant::new(serde_saphyr::from_str(YAML).unwrap());
        for (scope, name) in [
            (
                "/providers/Microsoft.Management/managementGroups/top",
                "top",
            ),
            ("/subscriptions/a", "own"),
            ("/subscriptions/a/resourceGroups/g", "within"),
            ("/subscriptions/b", "other"),
        ] {
            for kind in ["policyAssignments", "policyDefinitions"] {
                let at = format!("{scope}/providers/Microsoft.Authorization/{kind}/{name}");
                tenant.store.load(&at, json!({"name": name}));
            }
        }
        tenant
    }

    fn names(kind: &str, scope: &str) -> Vec<String> {
        let name = |item: &Item| item.body["name"].as_str().unwrap().to_owned();
        around(&tenant(), kind, scope).iter().map(name).collect()
    }

    #[test]
    fn assignments_come_from_above_and_from_beneath() {
        assert_eq!(
            names("policyassignments", "/subscriptions/a"),
            ["top", "within"]
        );
        assert_eq!(
            names("policyassignments", "/subscriptions/a/resourceGroups/g"),
            ["top", "own"]
        );
        assert_eq!(
            names("policyassignments", "/subscriptions/b"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn definitions_come_from_above_alone() {
        assert_eq!(names("policydefinitions", "/subscriptions/a"), ["top"]);
    }

    #[test]
    fn role_definitions_are_named_within_the_subscription_that_asks() {
        let mut tenant = tenant();
        let definition = format!("/subscriptions/a/{DEFINITIONS}/r");
        let scopes = json!({"assignableScopes": ["/subscriptions/a", "/subscriptions/b"]});
        tenant.store.load(
            &definition,
            json!({"id": definition, "name": "r", "properties": scopes}),
        );
        let assignment = "/providers/Microsoft.Authorization/roleAssignments/g";
        let role = json!({"roleDefinitionId": format!("/{DEFINITIONS}/r")});
        tenant
            .store
            .load(assignment, json!({"name": "g", "properties": role}));
        let listed = |kind: &str, name: &str| {
            let items = around(&tenant, kind, "/subscriptions/b").into_iter();
            let mut bodies = items.map(|item| item.body);
            bodies.find(|body| body["name"] == name).unwrap()
        };
        let expected = format!("/subscriptions/b/{DEFINITIONS}/r");
        assert_eq!(listed("roledefinitions", "r")["id"], expected);
        let assignment = listed("roleassignments", "g");
        assert_eq!(assignment["properties"]["roleDefinitionId"], expected);
    }

    #[test]
    fn a_scope_whose_name_begins_alike_is_another() {
        assert_eq!(names("roleassignments", "/subscriptions/a").len(), 2);
    }
}
