//! Microsoft Graph as every tenant knows it: its application's id, and the permissions it offers.
//!
//! Ids: <https://learn.microsoft.com/graph/permissions-reference>. One that could not be found in two places is left out.

use serde_json::{Value, json};

/// The client id of Microsoft Graph, the same in every tenant.
pub(crate) const APP_ID: &str = "00000003-0000-0000-c000-000000000000";

/// The tenant that owns Microsoft's own applications.
pub(crate) const OWNER: &str = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";

/// A permission: its id, its name, and what it allows.
type Permission = (&'static str, &'static str, &'static str);

/// What an application may be given to use by itself.
#[rustfmt::skip]
const APPLICATION: [Permission; 58] = [
    ("d07a8cc0-3d51-4b77-b3b0-32704d1f69fa", "AccessReview.Read.All", "Read access reviews"),
    ("134fd756-38ce-4afd-ba33-e9623dbe66c2", "AdministrativeUnit.Read.All", "Read administrative units"),
    ("9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30", "Application.Read.All", "Read applications"),
    ("1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9", "Application.ReadWrite.All", "Read and write applications"),
    ("18a4783c-866b-4cc7-a460-3d5e5662c884", "Application.ReadWrite.OwnedBy", "Manage the applications that it owns"),
    ("06b708a9-e830-4db3-a914-8e69da51d44f", "AppRoleAssignment.ReadWrite.All", "Manage app role assignments"),
    ("b0afded3-3588-46d8-8b3d-9842eff778da", "AuditLog.Read.All", "Read all audit log data"),
    ("81b4724a-58aa-41c1-8a55-84ef97466587", "DelegatedPermissionGrant.Read.All", "Read delegated permission grants"),
    ("8e8e4742-1d95-4f68-9d56-6ee75648c72a", "DelegatedPermissionGrant.ReadWrite.All", "Manage delegated permission grants"),
    ("7438b122-aefc-4978-80ed-43db9fcc7715", "Device.Read.All", "Read devices"),
    ("1138cb37-bd11-4084-a2b7-9f71582aeddb", "Device.ReadWrite.All", "Read and write devices"),
    ("dc377aa6-52d8-4e23-b271-2a7ae04cedf3", "DeviceManagementConfiguration.Read.All", "Read device configuration"),
    ("2f51be20-0bb4-4fed-bf7b-db946066c75e", "DeviceManagementManagedDevices.Read.All", "Read managed devices"),
    ("7ab1d382-f21e-4acd-a863-ba3e13f7da61", "Directory.Read.All", "Read directory data"),
    ("19dbc75e-c2e2-444c-a770-ec69d8559fc7", "Directory.ReadWrite.All", "Read and write directory data"),
    ("dbb9058a-0e50-45d7-ae91-66909b5d4664", "Domain.Read.All", "Read domains"),
    ("7e05723c-0bb0-42da-be95-ae9f08a6e53c", "Domain.ReadWrite.All", "Read and write domains"),
    ("5b567255-7703-4780-807c-7be8301ae99b", "Group.Read.All", "Read groups"),
    ("62a82d76-70ea-41e2-9197-370581804d09", "Group.ReadWrite.All", "Read and write groups"),
    ("98830695-27a2-44f7-8c18-0c3ebc9698f6", "GroupMember.Read.All", "Read the members of groups"),
    ("dbaae8cf-10b5-4b86-a4a1-f871c94c6695", "GroupMember.ReadWrite.All", "Read and write the members of groups"),
    ("6e472fd1-ad78-48da-a0f0-97ab2c6b769e", "IdentityRiskEvent.Read.All", "Read risk detections"),
    ("dc5007c0-2d7d-4c42-879c-2dab87571379", "IdentityRiskyUser.Read.All", "Read risky users"),
    ("656f6061-f9fe-4807-9708-6a2e0934df76", "IdentityRiskyUser.ReadWrite.All", "Read and write risky users"),
    ("810c84a8-4a9e-49e6-bf7d-12d183f40d01", "Mail.Read", "Read mail in every mailbox"),
    ("b633e1c5-b582-4048-a93e-9f11b44c7e96", "Mail.Send", "Send mail as anybody"),
    ("bb70e231-92dc-4729-aff5-697b3f04be95", "OnPremDirectorySynchronization.Read.All", "Read how the directory is synchronised"),
    ("498476ce-e0fe-48b0-b801-37ba7e2685c6", "Organization.Read.All", "Read the organization"),
    ("246dd0d5-5bd0-4def-940b-0421030a5b68", "Policy.Read.All", "Read your organization's policies"),
    ("37730810-e9ba-4e46-b07e-8ca78d182097", "Policy.Read.ConditionalAccess", "Read Conditional Access policies"),
    ("bdba4817-6ba1-4a7c-8a01-be9bc7c242dd", "Policy.Read.DeviceConfiguration", "Read device configuration policies"),
    ("9e640839-a198-48fb-8b9a-013fd6f6cbcd", "Policy.Read.PermissionGrant", "Read consent and permission grant policies"),
    ("be74164b-cff1-491c-8741-e671cb536e13", "Policy.ReadWrite.ApplicationConfiguration", "Read and write application policies"),
    ("29c18626-4985-4dcd-85c0-193eef327366", "Policy.ReadWrite.AuthenticationMethod", "Read and write authentication method policies"),
    ("fb221be6-99f2-473f-bd32-01c6a0e9ca3b", "Policy.ReadWrite.Authorization", "Read and write the authorization policy"),
    ("01c0a623-fc9b-48e9-b794-0756f8e8f067", "Policy.ReadWrite.ConditionalAccess", "Read and write Conditional Access policies"),
    ("a402ca1c-2696-4531-972d-6e5ee4aa11ea", "Policy.ReadWrite.PermissionGrant", "Manage consent and permission grant policies"),
    ("1c6e93a6-28e2-4cbb-9f64-1a46a821124d", "Policy.ReadWrite.SecurityDefaults", "Read and write security defaults"),
    ("230c1aed-a721-4c5d-9cb4-a90514e508ef", "Reports.Read.All", "Read usage reports"),
    ("d5fe8ce8-684c-4c83-a52c-46e882ce4be1", "RoleAssignmentSchedule.Read.Directory", "Read active role assignments and their schedules"),
    ("dd199f4a-f148-40a4-a2ec-f0069cc799ec", "RoleAssignmentSchedule.ReadWrite.Directory", "Manage active role assignments and their schedules"),
    ("ff278e11-4a33-4d0c-83d2-d01dc58929a5", "RoleEligibilitySchedule.Read.Directory", "Read eligible role assignments and their schedules"),
    ("fee28b28-e1f3-4841-818e-2704dc62245f", "RoleEligibilitySchedule.ReadWrite.Directory", "Manage eligible role assignments and their schedules"),
    ("c7fbd983-d9aa-4fa7-84b8-17382c103bc4", "RoleManagement.Read.All", "Read role management of every provider"),
    ("483bed4a-2ad3-4361-a73b-c83ccdbdc53c", "RoleManagement.Read.Directory", "Read directory role management"),
    ("9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8", "RoleManagement.ReadWrite.Directory", "Read and write directory role management"),
    ("fdc4c997-9942-4479-bfcb-75a36d1138df", "RoleManagementPolicy.Read.Directory", "Read the policies of directory roles"),
    ("31e08e0a-d3f7-4ca2-ac39-7343fb83e8ad", "RoleManagementPolicy.ReadWrite.Directory", "Manage the policies of directory roles"),
    ("472e4a4d-bb4a-4026-98d1-0b0d74cb74a5", "SecurityAlert.Read.All", "Read security alerts"),
    ("bf394140-e372-4bf9-a898-299cfc7564e5", "SecurityEvents.Read.All", "Read security events"),
    ("d903a879-88e0-4c09-b0c9-82f6a1333f84", "SecurityEvents.ReadWrite.All", "Read and write security events"),
    ("c529cfca-c91b-489c-af2b-d92990b66ce6", "User.ManageIdentities.All", "Manage users' identities"),
    ("df021288-bdef-4463-88db-98f22de89214", "User.Read.All", "Read full profiles of users"),
    ("741f803b-c850-494e-b5df-cde7c675a1ca", "User.ReadWrite.All", "Read and write full profiles of users"),
    ("77f3a031-c388-4f99-b373-dc68676a979e", "User.RevokeSessions.All", "Revoke users' sessions"),
    ("3011c876-62b7-4ada-afa2-506cbbecc68c", "User.EnableDisableAccount.All", "Enable and disable accounts"),
    ("38d9df27-64da-44fd-b7c5-a6fbac20248f", "UserAuthenticationMethod.Read.All", "Read all users' authentication methods"),
    ("50483e42-d915-4231-9639-7fdb7fd190e5", "UserAuthenticationMethod.ReadWrite.All", "Read and write all users' authentication methods"),
];

/// What an application may be given to use on behalf of a user.
#[rustfmt::skip]
const DELEGATED: [Permission; 18] = [
    ("c79f8feb-a9db-4090-85f9-90d820caa0eb", "Application.Read.All", "Read applications"),
    ("bdfbf15f-ee85-4955-8675-146e8e5296b5", "Application.ReadWrite.All", "Read and write applications"),
    ("84bccea3-f856-4a8a-967b-dbe0a3d53a64", "AppRoleAssignment.ReadWrite.All", "Manage app role assignments"),
    ("e4c9e354-4dc5-45b8-9e7c-e1393b0b1a20", "AuditLog.Read.All", "Read all audit log data"),
    ("0e263e50-5827-48a4-b97c-d940288653c7", "Directory.AccessAsUser.All", "Use the directory as the user may"),
    ("06da0dbc-49e2-44d2-8312-53f166ab848a", "Directory.Read.All", "Read directory data"),
    ("c5366453-9fb0-48a5-a156-24f0c49a4b84", "Directory.ReadWrite.All", "Read and write directory data"),
    ("64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0", "email", "See the user's email address"),
    ("5f8c59db-677d-491f-a6b8-5f174b11ec1d", "Group.Read.All", "Read groups"),
    ("7427e0e9-2fba-42fe-b0c0-848c9e6a8182", "offline_access", "Keep the access it was given"),
    ("37f7f235-527c-4136-accd-4a02d197296e", "openid", "Sign the user in"),
    ("572fea84-0151-49b2-9301-11cb16974376", "Policy.Read.All", "Read your organization's policies"),
    ("ad902697-1014-4ef5-81ef-2b4301988e8c", "Policy.ReadWrite.ConditionalAccess", "Read and write Conditional Access policies"),
    ("14dad69e-099b-42c9-810b-d002981feec1", "profile", "See the user's basic profile"),
    ("741c54c3-0c1e-44a1-818b-3f97ab4e8c83", "RoleManagement.Read.Directory", "Read directory role management"),
    ("d01b97e9-cbc0-49fe-810a-750afd5527a3", "RoleManagement.ReadWrite.Directory", "Read and write directory role management"),
    ("e1fe6dd8-ba31-4d61-89e7-88639da4683d", "User.Read", "Sign in and read the user's profile"),
    ("a154be20-db9c-4678-8ab7-66f6cc099a59", "User.Read.All", "Read full profiles of users"),
];

/// Delegated permissions that a user may consent to without an administrator.
const BY_USERS: [&str; 5] = ["email", "offline_access", "openid", "profile", "User.Read"];

/// `appRoles` of its service principal.
pub(crate) fn app_roles() -> Vec<Value> {
    let role = |(id, value, what): &Permission| {
        json!({
            "allowedMemberTypes": ["Application"],
            "description": format!("{what}, without a signed-in user."),
            "displayName": what,
            "id": id,
            "isEnabled": true,
            "origin": "Application",
            "value": value,
        })
    };
    APPLICATION.iter().map(role).collect()
}

/// `oauth2PermissionScopes` of its service principal.
pub(crate) fn scopes() -> Vec<Value> {
    let scope = |(id, value, what): &Permission| {
        let kind = if BY_USERS.contains(value) {
            "User"
        } else {
            "Admin"
        };
        json!({
            "adminConsentDescription": format!("{what}, on behalf of the signed-in user."),
            "adminConsentDisplayName": what,
            "id": id,
            "isEnabled": true,
            "type": kind,
            "userConsentDescription": format!("{what}, on your behalf."),
            "userConsentDisplayName": what,
            "value": value,
        })
    };
    DELEGATED.iter().map(scope).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn names() -> BTreeSet<&'static str> {
        APPLICATION.iter().map(|(_, name, _)| *name).collect()
    }

    #[test]
    fn ids_and_names_are_unique_and_ids_are_guids() {
        for table in [APPLICATION.as_slice(), DELEGATED.as_slice()] {
            let ids: BTreeSet<&str> = table.iter().map(|(id, _, _)| *id).collect();
            let names: BTreeSet<&str> = table.iter().map(|(_, name, _)| *name).collect();
            assert_eq!((ids.len(), names.len()), (table.len(), table.len()));
            assert!(
                ids.iter()
                    .all(|id| id.len() == 36 && id.to_lowercase() == **id)
            );
        }
    }

    #[test]
    fn every_permission_that_the_catalogue_reads_with_is_offered() {
        let contract = include_str!("../../../content/permissions.yaml");
        let known = names();
        let named = contract.lines().filter_map(|line| {
            let name = line.trim().strip_suffix(':')?;
            (name.contains(".Read.") && !name.contains('/')).then_some(name)
        });
        let named: Vec<&str> = named.collect();
        assert!(named.len() > 8, "{named:?}");
        let missing: Vec<&str> = named
            .into_iter()
            .filter(|name| !known.contains(name))
            .collect();
        assert_eq!(missing, Vec::<&str>::new());
    }

    #[test]
    fn an_administrators_permissions_are_offered() {
        for name in [
            "Application.ReadWrite.All",
            "Application.ReadWrite.OwnedBy",
            "AppRoleAssignment.ReadWrite.All",
            "Directory.ReadWrite.All",
            "RoleManagement.ReadWrite.Directory",
            "Policy.ReadWrite.ConditionalAccess",
        ] {
            assert!(names().contains(name), "{name}");
        }
    }
}
