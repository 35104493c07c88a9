//! Roles, policies and the like, which hold beneath the scope that they are assigned at.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::path;
use crate::rbac::{above, home_of, is_beneath};
use crate::roles::{DEFINITIONS, Definition};
use crate::stated_roles;
use crate::store::{Document, Item};
use crate::tenant::Tenant;

/// Types, in lower case, whose lists also show what is assigned beneath the scope.
const SHOWN_FROM_BENEATH: [&str; 5] = [
    "roleassignments",
    "denyassignments",
    "locks",
    "policyassignments",
    "policyexemptions",
];

/// The stored documents of a type (in lower case) that a list at a scope shows beside those stored right there:
/// what is inherited from above and, of assignments and locks, what lies beneath.
pub(crate) fn stored_around<'a>(
    tenant: &'a Tenant,
    kind: &'a str,
    scope: &str,
) -> impl Iterator<Item = &'a Document> + use<'a> {
    let scope = path::key(scope);
    let above: HashSet<String> = above(tenant, &scope).into_iter().collect();
    let shows_beneath = SHOWN_FROM_BENEATH.contains(&kind);
    tenant.store.authorization(kind).filter(move |document| {
        let home = home_of(&document.path);
        above.contains(&home) || (shows_beneath && is_beneath(&home, &scope))
    })
}

/// The documents that a list of a type of `Microsoft.Authorization` shows at a scope beside those stored right there.
/// Role definitions are complete, wherever they are stored.
pub(crate) fn around(tenant: &Tenant, kind: &str, scope: &str) -> Vec<Item> {
    if kind == "roledefinitions" {
        return definitions(tenant, scope);
    }
    let home = subscription_of(scope);
    let stored = stored_around(tenant, kind, scope).map(|document| Item {
        path: document.path.clone(),
        body: seen_from(&home, kind, document.in_list()),
    });
    let mut found: Vec<Item> = stored.collect();
    if kind == "roleassignments" {
        let stated = stated_at(tenant, scope).into_iter();
        found.extend(stated.map(|(at, body)| Item::at(&at, body)));
    }
    found
}

/// The role definitions that can be assigned at a scope.
fn definitions(tenant: &Tenant, scope: &str) -> Vec<Item> {
    let key = path::key(scope);
    let mut reach: HashSet<String> = above(tenant, &key).into_iter().collect();
    reach.insert(key);
    let home = subscription_of(scope);
    let all = Definition::all(tenant).into_iter();
    all.filter(|one| one.is_assignable(&reach))
        .map(|one| definition_item(&one, &home))
        .collect()
}

/// A role definition as an item that is seen from a home.
pub(crate) fn definition_item(one: &Definition, home: &str) -> Item {
    let body = one.seen_from(home);
    Item {
        path: body["id"].as_str().unwrap_or_default().into(),
        body,
    }
}

/// The subscription of a scope as ids begin with it; nothing outside of any.
pub(crate) fn subscription_of(scope: &str) -> String {
    path::subscription(scope).map_or_else(String::new, |id| format!("/subscriptions/{id}"))
}

/// A document as a list in a subscription shows it: role definitions are named within the subscription that asks,
/// wherever they are stored.
pub(crate) fn seen_from(home: &str, kind: &str, mut body: Arc<Value>) -> Arc<Value> {
    const NAMED: &str = "/properties/roleDefinitionId";
    if kind != "roleassignments" || home.is_empty() {
        return body;
    }
    let id = body.pointer(NAMED).and_then(Value::as_str);
    let name = id.and_then(|id| id.rsplit('/').next());
    if let Some(name) = name {
        let inside = json!(format!("{home}/{DEFINITIONS}/{name}"));
        if let Some(id) = Arc::make_mut(&mut body).pointer_mut(NAMED) {
            *id = inside;
        }
    }
    body
}

/// The role assignments of the tenant's file that hold at a scope: there, above, or beneath it.
fn stated_at(tenant: &Tenant, scope: &str) -> Vec<(String, Value)> {
    let wanted = path::key(scope);
    let above = above(tenant, &wanted);
    let given = tenant.role_assignments.iter().filter(|given| {
        let key = path::key(&given.scope);
        key == wanted || above.contains(&key) || is_beneath(&key, &wanted)
    });
    given
        .map(|given| stated_roles::document(tenant, given, scope))
        .collect()
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
