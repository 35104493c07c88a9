//! The role assignments of the tenant's file: whom they are for, and the documents that Azure would have of them.

use serde_json::{Value, json};

use crate::ids;
use crate::path;
use crate::principals::{self, PrincipalKind};
use crate::rbac::Identity;
use crate::roles::{self, DEFINITIONS};
use crate::tenant::Tenant;
use crate::tenant_file::RoleAssignment;

/// True when a role assignment is for the caller or one of its groups.
pub(crate) fn is_for(tenant: &Tenant, given: &RoleAssignment, caller: &Identity) -> bool {
    let application = given.application.as_str();
    let by_application = !application.is_empty() && caller.is_application(application);
    by_application || caller.is(&principal(tenant, given).0)
}

/// The object id that a role assignment is for, with the kind of object.
fn principal(tenant: &Tenant, given: &RoleAssignment) -> (String, PrincipalKind) {
    if let Some(id) = &given.principal_id {
        let kind = principals::kind_of(tenant, id);
        return (id.clone(), kind.unwrap_or(PrincipalKind::ServicePrincipal));
    }
    if let Some(name) = &given.user {
        let user = tenant.user(name);
        let id = user.map_or_else(|| name.clone(), |user| user.object_id.clone());
        return (id, PrincipalKind::User);
    }
    let application = tenant.application(&given.application);
    let id = application.map_or_else(|| given.application.clone(), |app| app.object_id.clone());
    (id, PrincipalKind::ServicePrincipal)
}

/// Every role assignment of the tenant's file, as a document at its own path.
pub(crate) fn documents(tenant: &Tenant) -> Vec<(String, Value)> {
    let given = tenant.role_assignments.iter();
    given
        .map(|given| document(tenant, given, &given.scope))
        .collect()
}

/// An assignment as it is seen from a scope, whose subscription is in the role's id.
pub(crate) fn document(
    tenant: &Tenant,
    given: &RoleAssignment,
    seen_from: &str,
) -> (String, Value) {
    let at = given.scope.trim_end_matches('/');
    let definition = roles::definition_guid(tenant, &given.role);
    let (principal, kind) = principal(tenant, given);
    let holder = if given.application.is_empty() {
        &principal
    } else {
        &given.application
    };
    let name = ids::guid_of(&format!("{holder} {definition} {at}"));
    let id = format!("{at}/providers/Microsoft.Authorization/roleAssignments/{name}");
    let home = path::subscription(seen_from);
    let home = home.map_or_else(String::new, |id| format!("/subscriptions/{id}"));
    let body = json!({
        "id": id,
        "name": name,
        "type": "Microsoft.Authorization/roleAssignments",
        "properties": {
            "roleDefinitionId": format!("{home}/{DEFINITIONS}/{definition}"),
            "principalId": principal,
            "principalType": kind.name(),
            "scope": if at.is_empty() { "/" } else { at },
            "condition": null,
            "conditionVersion": null,
        },
    });
    (id, body)
}

/// Where the assignment with a path stands in the tenant's file, with its document.
pub(crate) fn find(tenant: &Tenant, at: &str) -> Option<(usize, Value)> {
    let key = path::key(at);
    let all = documents(tenant).into_iter().enumerate();
    let mut found = all.filter(|(_, (path, _))| path::key(path) == key);
    found.next().map(|(place, (_, body))| (place, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    const YAML: &str = "
tenant_id: t
applications: [{ client_id: C, object_id: o }]
role_assignments:
  - { application: c, role: Reader, scope: /subscriptions/s/ }
  - { principal_id: G, role: Reader, scope: / }
";

    fn tenant() -> Tenant {
        let mut tenant = Tenant::new(serde_saphyr::from_str(YAML).unwrap());
        tenant.store.load("/v1.0/groups/g", json!({"id": "g"}));
        tenant
    }

    #[test]
    fn documents_name_their_principals() {
        let all = documents(&tenant());
        let of = |at: usize, member: &str| all[at].1["properties"][member].clone();
        assert_eq!(
            (of(0, "principalId"), of(0, "principalType")),
            (json!("o"), json!("ServicePrincipal"))
        );
        assert_eq!(
            (of(1, "principalId"), of(1, "principalType")),
            (json!("G"), json!("Group"))
        );
        assert_eq!(
            (of(0, "scope"), of(1, "scope")),
            (json!("/subscriptions/s"), json!("/"))
        );
    }

    #[test]
    fn an_assignment_is_found_by_its_path_without_case() {
        let tenant = tenant();
        let at = documents(&tenant)[1].0.to_uppercase();
        assert_eq!(find(&tenant, &at).unwrap().0, 1);
        assert!(find(&tenant, "/subscriptions/s").is_none());
    }
}
