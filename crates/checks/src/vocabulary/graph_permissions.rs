//! Permissions on Microsoft Graph and its neighbours, and what they amount to.
//!
//! Application permissions are told by the id of the app role, which is the same in every tenant; delegated ones by the
//! names in `scope`, which is all that a grant has.
//!
//! Source: <https://learn.microsoft.com/graph/permissions-reference>

use serde_json::Value;

use super::json::{at, has, is, items, text};

/// With each of these an application makes itself or somebody else Global Administrator: it gives roles or
/// permissions, takes over the credentials of administrators and applications, or removes what protects their sign-ins.
const TIER0: [(&str, &str); 20] = [
    (
        "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8",
        "RoleManagement.ReadWrite.Directory",
    ),
    (
        "06b708a9-e830-4db3-a914-8e69da51d44f",
        "AppRoleAssignment.ReadWrite.All",
    ),
    (
        "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9",
        "Application.ReadWrite.All",
    ),
    (
        "19dbc75e-c2e2-444c-a770-ec69d8559fc7",
        "Directory.ReadWrite.All",
    ),
    (
        "50483e42-d915-4231-9639-7fdb7fd190e5",
        "UserAuthenticationMethod.ReadWrite.All",
    ),
    (
        "01c0a623-fc9b-48e9-b794-0756f8e8f067",
        "Policy.ReadWrite.ConditionalAccess",
    ),
    (
        "dd199f4a-f148-40a4-a2ec-f0069cc799ec",
        "RoleAssignmentSchedule.ReadWrite.Directory",
    ),
    (
        "fee28b28-e1f3-4841-818e-2704dc62245f",
        "RoleEligibilitySchedule.ReadWrite.Directory",
    ),
    (
        "31e08e0a-d3f7-4ca2-ac39-7343fb83e8ad",
        "RoleManagementPolicy.ReadWrite.Directory",
    ),
    (
        "2f6817f8-7b12-4f0f-bc18-eeaf60705a9e",
        "PrivilegedAccess.ReadWrite.AzureADGroup",
    ),
    (
        "41202f2c-f7ab-45be-b001-85c9728b9d69",
        "PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup",
    ),
    (
        "618b6020-bca8-4de6-99f6-ef445fa4d857",
        "PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup",
    ),
    (
        "7e05723c-0bb0-42da-be95-ae9f08a6e53c",
        "Domain.ReadWrite.All",
    ),
    (
        "292d869f-3427-49a8-9dab-8c70152b74e9",
        "Organization.ReadWrite.All",
    ),
    (
        "90db2b9a-d928-4d33-a4dd-8442ae3d41e4",
        "IdentityProvider.ReadWrite.All",
    ),
    (
        "a402ca1c-2696-4531-972d-6e5ee4aa11ea",
        "Policy.ReadWrite.PermissionGrant",
    ),
    (
        "fb221be6-99f2-473f-bd32-01c6a0e9ca3b",
        "Policy.ReadWrite.Authorization",
    ),
    (
        "29c18626-4985-4dcd-85c0-193eef327366",
        "Policy.ReadWrite.AuthenticationMethod",
    ),
    (
        "8e8e4742-1d95-4f68-9d56-6ee75648c72a",
        "DelegatedPermissionGrant.ReadWrite.All",
    ),
    (
        "c22a92cc-79bf-4bb1-8b6c-e0a05d3d80ce",
        "OnPremDirectorySynchronization.ReadWrite.All",
    ),
];

/// Permissions over every account, mailbox, file or device of the tenant.
const HIGH: [(&str, &str); 19] = [
    (
        "18a4783c-866b-4cc7-a460-3d5e5662c884",
        "Application.ReadWrite.OwnedBy",
    ),
    ("741f803b-c850-494e-b5df-cde7c675a1ca", "User.ReadWrite.All"),
    (
        "cc117bb9-00cf-4eb8-b580-ea2a878fe8f7",
        "User-PasswordProfile.ReadWrite.All",
    ),
    (
        "62a82d76-70ea-41e2-9197-370581804d09",
        "Group.ReadWrite.All",
    ),
    (
        "dbaae8cf-10b5-4b86-a4a1-f871c94c6695",
        "GroupMember.ReadWrite.All",
    ),
    (
        "338163d7-f101-4c92-94ba-ca46fe52447c",
        "Policy.ReadWrite.CrossTenantAccess",
    ),
    (
        "9b50c33d-700f-43b1-b2eb-87e89b703581",
        "Synchronization.ReadWrite.All",
    ),
    (
        "9acd699f-1e81-4958-b001-93b1d2506e19",
        "EntitlementManagement.ReadWrite.All",
    ),
    (
        "9241abd9-d0e6-425a-bd4f-47ba86e767a4",
        "DeviceManagementConfiguration.ReadWrite.All",
    ),
    (
        "e330c4f0-4170-414e-a55a-2f022ec2b57b",
        "DeviceManagementRBAC.ReadWrite.All",
    ),
    (
        "243333ab-4d21-40cb-a475-36241daa0842",
        "DeviceManagementManagedDevices.ReadWrite.All",
    ),
    ("810c84a8-4a9e-49e6-bf7d-12d183f40d01", "Mail.Read"),
    ("e2a3a72e-5f79-4c64-b1b1-878b674786c9", "Mail.ReadWrite"),
    ("b633e1c5-b582-4048-a93e-9f11b44c7e96", "Mail.Send"),
    ("01d4889c-1287-42c6-ac1f-5d1e02578ef6", "Files.Read.All"),
    (
        "75359482-378d-4052-8f01-80520e7db3cd",
        "Files.ReadWrite.All",
    ),
    (
        "9492366f-7969-46a4-8d15-ed1a20078fff",
        "Sites.ReadWrite.All",
    ),
    (
        "a82116e5-55eb-4c41-a434-62fe8a61c773",
        "Sites.FullControl.All",
    ),
    // Of Exchange Online: every mailbox.
    ("dc890d15-9560-4a4c-9b7f-a736ec74ec40", "full_access_as_app"),
];

/// Delegated permissions that reach beyond what is the signed-in user's own, or that stand for the user altogether.
const SCOPES_BEYOND_NAMES: [&str; 15] = [
    "Directory.AccessAsUser.All",
    "EAS.AccessAsUser.All",
    "EWS.AccessAsUser.All",
    "IMAP.AccessAsUser.All",
    "POP.AccessAsUser.All",
    "SMTP.Send",
    "Mail.ReadWrite",
    "Mail.Send",
    "Mail.ReadWrite.Shared",
    "Mail.Send.Shared",
    "MailboxSettings.ReadWrite",
    "Sites.Manage.All",
    "RoleManagement.ReadWrite.Exchange",
    "RoleManagement.ReadWrite.Defender",
    "AdministrativeUnit.ReadWrite.All",
];

/// Azure Resource Manager, whose only delegated permission is all that the user may do in Azure, and Key Vault's.
const AZURE_RESOURCES: [&str; 2] = [
    "797f4846-ba00-4fd7-ba43-dac1f8f63013",
    "cfa8b339-82a2-471a-a3c9-0fc0be7a4093",
];

/// The names of the application permissions of a grade that a service principal was granted, each once.
///
/// * `service_principals`: with `appRoleAssignedTo`, the list of everybody who was granted a permission of one API.
/// * `grade`: `tier0` for permissions that lead to Global Administrator; `high` for those and the ones over every
///   account, mailbox, file or device.
pub fn graph_permissions_of(
    principal: &str,
    service_principals: &Value,
    grade: &str,
) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let principal = principal.trim();
    if principal.is_empty() {
        return names;
    }
    let granted = items(service_principals)
        .iter()
        .flat_map(|api| items(at(api, "appRoleAssignedTo")))
        .filter(|grant| is(grant, "principalId", principal));
    for grant in granted {
        let name = text(grant, "appRoleId").and_then(|id| graded(id, grade));
        if let Some(name) = name.filter(|name| !names.iter().any(|known| known == name)) {
            names.push(name.to_owned());
        }
    }
    names
}

/// Whether a service principal was granted any application permission of the APIs whose lists are read.
pub fn has_graph_permission(principal: &str, service_principals: &Value) -> bool {
    items(service_principals)
        .iter()
        .flat_map(|api| items(at(api, "appRoleAssignedTo")))
        .any(|grant| is(grant, "principalId", principal.trim()))
}

fn graded(id: &str, grade: &str) -> Option<&'static str> {
    let also: &[(&str, &str)] = if grade.eq_ignore_ascii_case("high") {
        &HIGH
    } else {
        &[]
    };
    let known = TIER0
        .iter()
        .chain(also)
        .find(|(known, _)| known.eq_ignore_ascii_case(id));
    known.map(|(_, name)| *name)
}

/// The delegated permissions in `scope` (`"User.Read Mail.Send"`) that let a client change the directory, act as the
/// user, or reach mail, files and devices beyond what it shows; each once, as written.
///
/// `resource_app_id` is the API's application id: for Azure Resource Manager and Key Vault, `user_impersonation` is
/// everything that the user may do.
pub fn risky_scopes(scope: &str, resource_app_id: &str) -> Vec<String> {
    let azure = has(&AZURE_RESOURCES, resource_app_id.trim());
    let by_name = |name: &str| {
        let listed = |list: &[(&str, &str)]| {
            list.iter()
                .any(|(_, known)| known.eq_ignore_ascii_case(name))
        };
        listed(&TIER0)
            || HIGH
                .iter()
                .any(|(_, known)| is_beyond(known) && known.eq_ignore_ascii_case(name))
    };
    let mut names: Vec<String> = Vec::new();
    for name in scope.split_whitespace() {
        let risky = by_name(name)
            || has(&SCOPES_BEYOND_NAMES, name)
            || (azure && name.eq_ignore_ascii_case("user_impersonation"));
        if risky && !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            names.push(name.to_owned());
        }
    }
    names
}

/// `Mail.Read` of a user is that user's own mail.
fn is_beyond(name: &str) -> bool {
    name != "Mail.Read"
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn permissions_are_graded_by_id() {
        let apis = json!([
            {"appId": "00000003-0000-0000-c000-000000000000", "appRoleAssignedTo": [
                {"principalId": "SP", "appRoleId": TIER0[0].0.to_uppercase()},
                {"principalId": "sp", "appRoleId": TIER0[0].0},
                {"principalId": "sp", "appRoleId": HIGH[1].0},
                {"principalId": "sp", "appRoleId": "7ab1d382-f21e-4acd-a863-ba3e13f7da61"},
                {"principalId": "reader", "appRoleId": "7ab1d382-f21e-4acd-a863-ba3e13f7da61"},
                null,
            ]},
            {"appId": "x", "appRoleAssignedTo": []},
        ]);
        let of = |who: &str, grade: &str| graph_permissions_of(who, &apis, grade);
        assert_eq!(of("sp", "tier0"), ["RoleManagement.ReadWrite.Directory"]);
        assert_eq!(
            of("sp", "high"),
            ["RoleManagement.ReadWrite.Directory", "User.ReadWrite.All"]
        );
        assert!(of("reader", "high").is_empty());
        assert!(of("", "high").is_empty());
        assert!(has_graph_permission("READER", &apis));
        assert!(!has_graph_permission("other", &apis));
        assert!(graph_permissions_of("sp", &Value::Null, "high").is_empty());
    }

    #[test]
    fn scopes_are_graded_by_name() {
        let graph = "00000003-0000-0000-c000-000000000000";
        assert_eq!(
            risky_scopes(
                " User.Read directory.readwrite.all  Mail.Read Mail.Send Mail.Send ",
                graph
            ),
            ["directory.readwrite.all", "Mail.Send"]
        );
        assert!(
            risky_scopes(
                "openid profile offline_access User.Read user_impersonation",
                graph
            )
            .is_empty()
        );
        assert_eq!(
            risky_scopes("user_impersonation", AZURE_RESOURCES[0]),
            ["user_impersonation"]
        );
        assert!(risky_scopes("", "").is_empty());
    }

    #[test]
    fn ids_are_guids_and_none_stands_twice() {
        let all: Vec<&str> = TIER0.iter().chain(&HIGH).map(|(id, _)| *id).collect();
        for (index, id) in all.iter().enumerate() {
            let lengths: Vec<usize> = id.split('-').map(str::len).collect();
            assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
            assert!(!all[..index].contains(id), "{id}");
        }
    }
}
