//! Directory roles as role management tells of them, worked out from the members of the directory's roles.
//!
//! <https://learn.microsoft.com/graph/api/rbacapplication-list-roleassignments>

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use crate::directory_roles;
use crate::routes::graph::Address;
use crate::routes::graph_derived;
use crate::routes::memberships;
use crate::tenant::Tenant;

/// The assignments of roles: those stored, and one for each member of a directory role that no stored one stands for.
pub(in crate::routes) fn assignments(tenant: &Tenant) -> Vec<Arc<Value>> {
    let stored = tenant
        .store
        .collection("/v1.0/rolemanagement/directory/roleassignments");
    let complete = stored.stored;
    let mut all: Vec<Arc<Value>> = stored.items.into_iter().map(|item| item.body).collect();
    if complete {
        return all;
    }
    for role in roles(tenant) {
        let definition = template(&role);
        for member in memberships::members(
            &tenant.store,
            &format!("directoryroles/{}", text(&role, "id")),
        ) {
            let principal = text(&member, "id");
            let known = all.iter().any(|one| {
                text(one, "principalId").eq_ignore_ascii_case(principal)
                    && text(one, "roleDefinitionId").eq_ignore_ascii_case(definition)
                    && matches!(one["directoryScopeId"].as_str(), None | Some("/"))
            });
            if !known {
                all.push(Arc::new(json!({
                    "id": id_of(definition, principal),
                    "principalId": principal,
                    "directoryScopeId": "/",
                    "roleDefinitionId": definition,
                })));
            }
        }
    }
    all
}

/// The definitions of roles: those stored, or the built-in ones and those of the directory's roles.
pub(in crate::routes) fn definitions(tenant: &Tenant) -> Vec<Arc<Value>> {
    let stored = tenant
        .store
        .collection("/v1.0/rolemanagement/directory/roledefinitions");
    let complete = stored.stored;
    let mut all: Vec<Arc<Value>> = stored.items.into_iter().map(|item| item.body).collect();
    if complete {
        return all;
    }
    let roles = roles(tenant);
    let held = roles.iter().map(|role| {
        (
            template(role),
            text(role, "displayName"),
            &role["description"],
        )
    });
    let built_in = directory_roles::all()
        .iter()
        .map(|(name, id)| (*id, *name, &Value::Null));
    for (id, name, description) in held.chain(built_in) {
        if !all
            .iter()
            .any(|one| text(one, "id").eq_ignore_ascii_case(id))
        {
            all.push(Arc::new(json!({
                "id": id,
                "description": description,
                "displayName": name,
                "isBuiltIn": true,
                "isEnabled": true,
                "resourceScopes": ["/"],
                "templateId": id,
                "version": "1",
                "rolePermissions": [],
            })));
        }
    }
    all
}

/// The one object that an assignment is related to under a name: its role's definition, or who holds it.
pub(in crate::routes) fn related(
    tenant: &Tenant,
    list: &Address,
    item: &Value,
    what: &str,
) -> Option<Value> {
    if list.key() != "/rolemanagement/directory/roleassignments" {
        return None;
    }
    match what.to_lowercase().as_str() {
        "roledefinition" => {
            let wanted = text(item, "roleDefinitionId");
            let all = definitions(tenant);
            let found = all
                .iter()
                .find(|one| text(one, "id").eq_ignore_ascii_case(wanted))?;
            Some(found.as_ref().clone())
        }
        "principal" => graph_derived::object(tenant, text(item, "principalId")),
        _ => None,
    }
}

fn roles(tenant: &Tenant) -> Vec<Arc<Value>> {
    let roles = tenant.store.collection("/v1.0/directoryroles").items;
    roles.into_iter().map(|item| item.body).collect()
}

/// The id of a directory role's definition: its template's, which is the same in every tenant.
fn template(role: &Value) -> &str {
    role["roleTemplateId"]
        .as_str()
        .unwrap_or_else(|| text(role, "id"))
}

fn text<'a>(object: &'a Value, name: &str) -> &'a str {
    object[name].as_str().unwrap_or_default()
}

/// An id of the form that Microsoft Graph gives to assignments of roles, always the same for a role and who holds it.
fn id_of(definition: &str, principal: &str) -> String {
    let named = format!("{definition} {principal}").to_lowercase();
    let hash = digest(&SHA256, named.as_bytes());
    format!("{}-1", URL_SAFE_NO_PAD.encode(hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant() -> Tenant {
        let mut tenant = Tenant::new(serde_saphyr::from_str("{ tenant_id: t }").unwrap());
        let admin = directory_roles::GLOBAL_ADMINISTRATOR;
        let roles = json!({"value": [{"id": "r", "displayName": "Global Administrator", "roleTemplateId": admin}, {"id": "s", "displayName": "Own"}]});
        tenant.store.load("/v1.0/directoryRoles", roles);
        let members = json!({"value": [{"id": "U"}, {"id": "v"}]});
        tenant.store.load("/v1.0/directoryRoles/r/members", members);
        tenant
    }

    #[test]
    fn every_member_of_a_role_holds_an_assignment() {
        let mut tenant = tenant();
        let all = assignments(&tenant);
        assert_eq!(all.len(), 2);
        assert_eq!(
            (&all[0]["principalId"], &all[0]["roleDefinitionId"]),
            (&json!("U"), &json!(directory_roles::GLOBAL_ADMINISTRATOR))
        );
        let own = json!({"id": "x", "principalId": "u", "roleDefinitionId": directory_roles::GLOBAL_ADMINISTRATOR, "directoryScopeId": "/"});
        tenant
            .store
            .write("/v1.0/roleManagement/directory/roleAssignments/x", own);
        assert_eq!(assignments(&tenant).len(), 2);
        tenant.store.load(
            "/v1.0/roleManagement/directory/roleAssignments",
            json!({"value": []}),
        );
        assert_eq!(assignments(&tenant).len(), 1);
    }

    #[test]
    fn definitions_are_those_of_the_roles_and_the_built_in_ones() {
        let tenant = tenant();
        let names: Vec<String> = definitions(&tenant)
            .iter()
            .map(|one| text(one, "displayName").to_owned())
            .collect();
        assert_eq!(names.len(), directory_roles::all().len() + 1);
        assert!(names.contains(&"Own".to_owned()));
    }
}
