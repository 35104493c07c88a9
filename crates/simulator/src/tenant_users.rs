//! The users of `tenant.yaml`: their documents and directory roles, where the tenant does not hold them.

use serde_json::{Value, json};

use crate::directory_roles;
use crate::ids;
use crate::tenant::Tenant;
use crate::tenant_file::User;

const TOP: &str = "/v1.0";

/// Completes a tenant whose documents are all loaded.
///
/// # Errors
/// A directory role that does not exist, or a role given to a user that the file does not name; in words.
pub(crate) fn settle(tenant: &mut Tenant) -> Result<(), String> {
    for at in 0..tenant.users.len() {
        let Some(mut user) = tenant.users.get(at).cloned() else {
            break;
        };
        admit(tenant, &mut user)?;
        tenant.users[at] = user;
    }
    for given in &tenant.role_assignments {
        if let Some(name) = given
            .user
            .as_deref()
            .filter(|name| tenant.user(name).is_none())
        {
            return Err(format!(
                "a role is assigned to `{name}`, who is not among `users`"
            ));
        }
    }
    Ok(())
}

fn admit(tenant: &mut Tenant, user: &mut User) -> Result<(), String> {
    let stored = stored(tenant, &user.user_principal_name);
    if let Some(id) = stored.as_ref().and_then(|body| body["id"].as_str()) {
        user.object_id = id.to_owned();
    }
    if user.object_id.is_empty() {
        user.object_id = ids::guid_of(&format!("user {}", user.user_principal_name));
    }
    let body = stored.unwrap_or_else(|| document(tenant, user));
    let at = format!("{TOP}/users/{}", user.object_id);
    if tenant.store.get(&at).is_none() {
        tenant.store.load(&at, body.clone());
    }
    for name in &user.directory_roles {
        let (name, template) = directory_roles::find(name).ok_or_else(|| {
            format!(
                "unknown directory role `{name}` of {}",
                user.user_principal_name
            )
        })?;
        hold(tenant, &body, name, template);
    }
    Ok(())
}

/// The stored user with a name.
fn stored(tenant: &Tenant, name: &str) -> Option<Value> {
    let users = tenant.store.collection("/v1.0/users").items;
    let named = |body: &Value| {
        let have = body["userPrincipalName"].as_str();
        have.is_some_and(|have| have.eq_ignore_ascii_case(name))
    };
    let found = users.into_iter().find(|item| named(&item.body))?;
    Some(found.body.as_ref().clone())
}

fn document(tenant: &Tenant, user: &User) -> Value {
    let name = user.user_principal_name.as_str();
    let (before, _) = name.split_once('@').unwrap_or((name, ""));
    json!({
        "id": user.object_id,
        "userPrincipalName": name,
        "displayName": user.display_name.as_deref().unwrap_or(before),
        "mail": name,
        "mailNickname": before,
        "accountEnabled": true,
        "userType": "Member",
        "createdDateTime": "2026-01-05T08:00:00Z",
        "onPremisesSyncEnabled": null,
        "assignedLicenses": [],
        "creationType": null,
        "usageLocation": tenant.domains.first().map(|_| "DE"),
    })
}

/// Makes a user a member of a directory role; role management is told from that.
fn hold(tenant: &mut Tenant, user: &Value, name: &str, template: &str) {
    let Some(user_id) = user["id"].as_str() else {
        return;
    };
    let role = activated(tenant, name, template);
    let member = format!("{TOP}/directoryRoles/{role}/members/{user_id}");
    if tenant.store.get(&member).is_none() {
        let mut link = user.clone();
        link["@odata.type"] = json!("#microsoft.graph.user");
        tenant.store.load(&member, link);
    }
}

/// The id of the directory role with a template, which is made where nobody holds it yet.
fn activated(tenant: &mut Tenant, name: &str, template: &str) -> String {
    let roles = tenant.store.collection("/v1.0/directoryRoles").items;
    let is_it = |body: &Value| {
        let have = |member: &str, wanted: &str| {
            let have = body[member].as_str();
            have.is_some_and(|have| have.eq_ignore_ascii_case(wanted))
        };
        have("roleTemplateId", template) || have("displayName", name)
    };
    let known = roles.iter().find(|item| is_it(&item.body));
    if let Some(id) = known.and_then(|item| item.body["id"].as_str()) {
        return id.to_owned();
    }
    let id = ids::guid_of(&format!("directory role {template}"));
    let body = json!({"id": id, "displayName": name, "roleTemplateId": template});
    tenant
        .store
        .load(&format!("{TOP}/directoryRoles/{id}"), body);
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    const YAML: &str = "
tenant_id: t
subscriptions: [s]
users:
  - { user_principal_name: ada@t.example, password: p, directory_roles: [Global Administrator] }
  - { user_principal_name: ben@t.example, password: p, object_id: b }
role_assignments:
  - { user: ADA@t.example, role: Owner, scope: /subscriptions/s }
";

    fn tenant(yaml: &str) -> Tenant {
        Tenant::new(serde_saphyr::from_str(yaml).unwrap())
    }

    #[test]
    fn users_get_documents_and_roles() {
        let mut tenant = tenant(YAML);
        settle(&mut tenant).unwrap();
        let ada = tenant.user("ada@T.example").unwrap().object_id.clone();
        assert!(tenant.store.get("/v1.0/users/b").is_some());
        assert!(tenant.store.get(&format!("/v1.0/users/{ada}")).is_some());
        let role = tenant.store.collection("/v1.0/directoryRoles").items;
        let role = role[0].body["id"].as_str().unwrap().to_owned();
        let member = format!("/v1.0/directoryRoles/{role}/members/{ada}");
        assert!(tenant.store.get(&member).is_some());
    }

    #[test]
    fn what_is_stored_stays() {
        let mut tenant = tenant(YAML);
        let ada = json!({"id": "a", "userPrincipalName": "Ada@t.example", "accountEnabled": false});
        tenant.store.load("/v1.0/users", json!({"value": [ada]}));
        let role = json!({"id": "r", "displayName": "Global Administrator"});
        tenant
            .store
            .load("/v1.0/directoryRoles", json!({"value": [role]}));
        settle(&mut tenant).unwrap();
        assert_eq!(tenant.user("ada@t.example").unwrap().object_id, "a");
        let stored = tenant.store.get("/v1.0/users/a").unwrap().alone();
        assert_eq!(stored["accountEnabled"], false);
        assert!(
            tenant
                .store
                .get("/v1.0/directoryroles/r/members/a")
                .is_some()
        );
        assert_eq!(
            tenant.store.collection("/v1.0/directoryRoles").items.len(),
            1
        );
    }

    #[test]
    fn mistakes_are_named() {
        let fails = |yaml: &str| settle(&mut tenant(yaml)).unwrap_err();
        let role =
            fails("{ tenant_id: t, users: [{ user_principal_name: a, directory_roles: [Cook] }] }");
        assert_eq!(role, "unknown directory role `Cook` of a");
        let user =
            fails("{ tenant_id: t, role_assignments: [{ user: x, role: Reader, scope: / }] }");
        assert!(user.contains("`x`"), "{user}");
    }
}
