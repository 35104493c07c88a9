use serde_json::{Value, json};

use super::{Ask, allow};
use crate::directory_roles;
use crate::principal::{Principal, SignedInUser};
use crate::tenant::Tenant;

const GRAPH: &str = "99999999-0000-4000-8000-000000000001";
const OTHER: &str = "99999999-0000-4000-8000-000000000002";

fn tenant() -> Tenant {
    let mut tenant = Tenant::new(serde_saphyr::from_str("{ tenant_id: t }").unwrap());
    let list = |items: Value| json!({"value": items});
    for (at, items) in [
        (
            "servicePrincipals",
            json!([
                {"id": GRAPH, "appId": "00000003-0000-0000-c000-000000000000"},
                {"id": OTHER, "appId": "other"}
            ]),
        ),
        (
            "applications",
            json!([{"id": "a1", "appId": "c1"}, {"id": "a2", "appId": "c2"}]),
        ),
        ("applications/a1/owners", json!([{"id": "me"}])),
        (
            "groups",
            json!([{"id": "plain"}, {"id": "roles", "isAssignableToRole": true}]),
        ),
    ] {
        tenant.store.load(&format!("/v1.0/{at}"), list(items));
    }
    tenant
}

fn application(roles: &[&str]) -> Principal {
    Principal {
        object_id: "me".to_owned(),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        ..Principal::default()
    }
}

fn user(roles: &[&str]) -> Principal {
    let template = |name: &&str| match directory_roles::find(name) {
        Some((_, id)) => id.to_owned(),
        None => (*name).to_owned(),
    };
    Principal {
        object_id: "me".to_owned(),
        directory_roles: roles.iter().map(template).collect(),
        user: Some(SignedInUser {
            scopes: [
                "Directory.AccessAsUser.All".to_owned(),
                "AuditLog.Read.All".to_owned(),
            ]
            .into(),
            ..SignedInUser::default()
        }),
        ..Principal::default()
    }
}

fn may_in(tenant: &Tenant, principal: &Principal, method: &str, path: &str, body: &Value) -> bool {
    allow(&Ask {
        tenant,
        principal,
        method,
        path,
        body,
    })
}

fn may(principal: &Principal, method: &str, path: &str) -> bool {
    may_in(&tenant(), principal, method, path, &Value::Null)
}

fn may_assign(principal: &Principal, resource: &str) -> bool {
    let body = json!({"resourceId": resource});
    let path = "/serviceprincipals/x/approleassignments";
    may_in(&tenant(), principal, "POST", path, &body)
}

#[test]
fn no_permission_to_read_lets_anything_be_written() {
    let reader = application(&[
        "Directory.Read.All",
        "Application.Read.All",
        "Policy.Read.All",
        "RoleManagement.Read.Directory",
    ]);
    for path in [
        "/applications",
        "/users",
        "/policies/authorizationpolicy",
        "/rolemanagement/directory/roleassignments",
        "/serviceprincipals/x/approleassignments",
        "/directory/deleteditems/x",
        "/anything",
    ] {
        assert!(!may(&reader, "POST", path), "{path}");
    }
    assert!(may(&reader, "POST", "/directoryobjects/getbyids"));
}

#[test]
fn each_part_of_the_directory_has_its_own_permission_to_write() {
    for (permission, path) in [
        ("Application.ReadWrite.All", "/applications"),
        ("Application.ReadWrite.All", "/serviceprincipals/x"),
        ("Application.ReadWrite.All", "/directory/deleteditems/x"),
        ("Directory.ReadWrite.All", "/applications/a2"),
        ("User.ReadWrite.All", "/users/x"),
        (
            "RoleManagement.ReadWrite.Directory",
            "/rolemanagement/directory/roleassignments",
        ),
        (
            "RoleManagement.ReadWrite.Directory",
            "/groups/roles/members/$ref",
        ),
        ("GroupMember.ReadWrite.All", "/groups/plain/members/$ref"),
        (
            "Policy.ReadWrite.ConditionalAccess",
            "/identity/conditionalaccess/policies",
        ),
        (
            "Policy.ReadWrite.Authorization",
            "/policies/authorizationpolicy",
        ),
    ] {
        assert!(
            may(&application(&[permission]), "PATCH", path),
            "{permission} {path}"
        );
        assert!(may(&application(&["*"]), "PATCH", path), "{path}");
    }
    for (permission, path) in [
        (
            "Application.ReadWrite.All",
            "/serviceprincipals/x/approleassignments",
        ),
        (
            "Directory.ReadWrite.All",
            "/rolemanagement/directory/roleassignments",
        ),
        (
            "Directory.ReadWrite.All",
            "/serviceprincipals/x/approleassignedto",
        ),
        ("Directory.ReadWrite.All", "/policies/authorizationpolicy"),
        ("Group.ReadWrite.All", "/groups/roles/members/$ref"),
        ("User.ReadWrite.All", "/users/x/authentication/methods"),
    ] {
        assert!(
            !may(&application(&[permission]), "POST", path),
            "{permission} {path}"
        );
    }
}

#[test]
fn assigning_app_roles_needs_to_see_the_applications_too() {
    let assign = "AppRoleAssignment.ReadWrite.All";
    assert!(!may_assign(&application(&[assign]), GRAPH));
    assert!(may_assign(
        &application(&[assign, "Application.Read.All"]),
        GRAPH
    ));
    assert!(may_assign(
        &application(&[assign, "Directory.Read.All"]),
        GRAPH
    ));
}

#[test]
fn owned_by_covers_new_and_own_applications() {
    let owner = application(&["Application.ReadWrite.OwnedBy"]);
    assert!(may(&owner, "POST", "/applications"));
    assert!(may(&owner, "PATCH", "/applications/a1"));
    assert!(may(&owner, "POST", "/applications/c1/addpassword"));
    assert!(!may(&owner, "DELETE", "/applications/a2"));
    assert!(may(&owner, "GET", "/applications/a2"));
    let make = |app: &str| {
        may_in(
            &tenant(),
            &owner,
            "POST",
            "/serviceprincipals",
            &json!({"appId": app}),
        )
    };
    assert!(make("C1"));
    assert!(!make("c2"));
}

#[test]
fn directory_roles_count_for_applications_too() {
    let mut reader = application(&[]);
    assert!(!may(&reader, "GET", "/users"));
    reader.directory_roles = [directory_roles::GLOBAL_READER.to_owned()].into();
    assert!(may(&reader, "GET", "/users"));
    assert!(may(&reader, "GET", "/identity/conditionalaccess/policies"));
    assert!(!may(&reader, "POST", "/applications"));
}

#[test]
fn consent_to_microsoft_graph_is_for_the_privileged() {
    for role in ["Global Administrator", "Privileged Role Administrator"] {
        assert!(may_assign(&user(&[role]), GRAPH), "{role}");
        assert!(may_assign(&user(&[role]), OTHER), "{role}");
    }
    for role in [
        "Application Administrator",
        "Cloud Application Administrator",
    ] {
        assert!(!may_assign(&user(&[role]), GRAPH), "{role}");
        assert!(may_assign(&user(&[role]), OTHER), "{role}");
        let seen_from_graph = format!("/serviceprincipals/{GRAPH}/approleassignedto");
        assert!(!may(&user(&[role]), "POST", &seen_from_graph), "{role}");
        assert!(may(&user(&[role]), "POST", "/applications"), "{role}");
        assert!(may(&user(&[role]), "DELETE", "/applications/a2"), "{role}");
    }
    for role in [
        "Application Developer",
        "Global Reader",
        "User Administrator",
    ] {
        assert!(!may_assign(&user(&[role]), OTHER), "{role}");
    }
}

#[test]
fn taking_a_permission_on_microsoft_graph_away_is_guarded_alike() {
    let mut tenant = tenant();
    let at = "/v1.0/servicePrincipals/x/appRoleAssignments";
    let given =
        json!([{"id": "on-graph", "resourceId": GRAPH}, {"id": "on-other", "resourceId": OTHER}]);
    tenant.store.load(at, json!({"value": given}));
    let administrator = user(&["Application Administrator"]);
    let delete = |id: &str| {
        let path = format!("/serviceprincipals/x/approleassignments/{id}");
        may_in(&tenant, &administrator, "DELETE", &path, &Value::Null)
    };
    assert!(!delete("on-graph"));
    assert!(delete("on-other"));
}

#[test]
fn members_make_applications_unless_the_tenant_forbids_it() {
    let member = user(&[directory_roles::MEMBER]);
    assert!(may(&member, "POST", "/applications"));
    assert!(may(&member, "POST", "/applications/a1/addpassword"));
    assert!(!may(&member, "POST", "/applications/a2/addpassword"));
    let mut strict = tenant();
    let policy = json!({"defaultUserRolePermissions": {"allowedToCreateApps": false}});
    strict
        .store
        .load("/v1.0/policies/authorizationPolicy", policy);
    let make = |who: &Principal| may_in(&strict, who, "POST", "/applications", &Value::Null);
    assert!(!make(&member));
    assert!(make(&user(&["Application Developer"])));
}

#[test]
fn members_read_the_directory_and_guests_less() {
    let member = user(&[directory_roles::MEMBER]);
    let guest = user(&[directory_roles::GUEST]);
    for path in [
        "/users",
        "/applications",
        "/rolemanagement/directory/roleassignments",
    ] {
        assert!(may(&member, "GET", path), "{path}");
        assert!(!may(&guest, "GET", path), "{path}");
    }
    assert!(may(&guest, "GET", "/users/me"));
    assert!(may(&guest, "GET", "/users/me/memberof"));
    assert!(!may(&guest, "POST", "/applications"));
    assert!(!may(&member, "GET", "/auditlogs/signins"));
    assert!(may(
        &user(&["Security Reader"]),
        "GET",
        "/auditlogs/signins"
    ));
}

#[test]
fn a_user_needs_the_delegated_permission_too() {
    let mut administrator = user(&["Global Administrator"]);
    // The Azure CLI's token has no permission for Conditional Access, whoever uses it.
    assert!(!may(
        &administrator,
        "GET",
        "/identity/conditionalaccess/policies"
    ));
    assert!(may(&administrator, "GET", "/policies/authorizationpolicy"));
    administrator.user = Some(SignedInUser {
        scopes: ["User.Read.All".to_owned()].into(),
        ..SignedInUser::default()
    });
    assert!(may(&administrator, "GET", "/users"));
    assert!(!may(&administrator, "POST", "/applications"));
}
