//! Which permissions let something be changed in Microsoft Graph, by path. Any of a row will do, and no permission to
//! read ever does.
//!
//! Source: <https://learn.microsoft.com/graph/permissions-reference>.

use super::ask::{Ask, begins};
use super::owned;

const APP_ROLES: &[&str] = &["AppRoleAssignment.ReadWrite.All"];
const APPLICATIONS: &[&str] = &["Application.ReadWrite.All", "Directory.ReadWrite.All"];
const ROLE_MANAGEMENT: &[&str] = &["RoleManagement.ReadWrite.Directory"];
const OWNED_BY: &str = "Application.ReadWrite.OwnedBy";

/// The beginning of a path, the permissions of which one is enough.
#[rustfmt::skip]
const TABLE: [(&str, &[&str]); 32] = [
    ("/serviceprincipals/*/approleassign", APP_ROLES),
    ("/users/*/approleassignments", APP_ROLES),
    ("/groups/*/approleassignments", APP_ROLES),
    ("/applications", APPLICATIONS),
    ("/serviceprincipals", APPLICATIONS),
    ("/directory/deleteditems", APPLICATIONS),
    ("/oauth2permissiongrants", &["DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All"]),
    ("/users/*/authentication", &["UserAuthenticationMethod.ReadWrite.All"]),
    ("/users", &["User.ReadWrite.All", "Directory.ReadWrite.All"]),
    ("/groups/*/members", &["GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All"]),
    ("/groups", &["Group.ReadWrite.All", "Directory.ReadWrite.All"]),
    ("/devices", &["Device.ReadWrite.All", "Directory.ReadWrite.All"]),
    ("/directoryroles", ROLE_MANAGEMENT),
    ("/rolemanagement/directory/roleassignmentschedule", &["RoleAssignmentSchedule.ReadWrite.Directory", "RoleManagement.ReadWrite.Directory"]),
    ("/rolemanagement/directory/roleeligibilityschedule", &["RoleEligibilitySchedule.ReadWrite.Directory", "RoleManagement.ReadWrite.Directory"]),
    ("/rolemanagement", ROLE_MANAGEMENT),
    ("/policies/rolemanagementpolic", &["RoleManagementPolicy.ReadWrite.Directory", "RoleManagement.ReadWrite.Directory"]),
    ("/policies/authorizationpolicy", &["Policy.ReadWrite.Authorization"]),
    ("/policies/identitysecuritydefaults", &["Policy.ReadWrite.SecurityDefaults", "Policy.ReadWrite.ConditionalAccess"]),
    ("/policies/authenticationmethodspolicy", &["Policy.ReadWrite.AuthenticationMethod"]),
    ("/policies/permissiongrantpolicies", &["Policy.ReadWrite.PermissionGrant"]),
    ("/policies/crosstenantaccesspolicy", &["Policy.ReadWrite.CrossTenantAccess"]),
    ("/policies", &["Policy.ReadWrite.ApplicationConfiguration"]),
    ("/identity/conditionalaccess", &["Policy.ReadWrite.ConditionalAccess"]),
    ("/identityprotection", &["IdentityRiskyUser.ReadWrite.All"]),
    ("/organization", &["Organization.ReadWrite.All"]),
    ("/domains", &["Domain.ReadWrite.All"]),
    ("/devicemanagement", &["DeviceManagementConfiguration.ReadWrite.All"]),
    ("/security", &["SecurityEvents.ReadWrite.All"]),
    ("/administrativeunits", &["AdministrativeUnit.ReadWrite.All", "Directory.ReadWrite.All"]),
    ("/directory/administrativeunits", &["AdministrativeUnit.ReadWrite.All", "Directory.ReadWrite.All"]),
    ("", &["Directory.ReadWrite.All"]),
];

/// What an application must be able to read before it may assign app roles.
const READING_APPLICATIONS: [&str; 4] = [
    "Application.Read.All",
    "Application.ReadWrite.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
];

/// True when application permissions let a change be made.
pub(super) fn permit(held: &[String], ask: &Ask<'_>) -> bool {
    if owned::is_privileged_group(ask) {
        return has(held, ROLE_MANAGEMENT);
    }
    let needed = needed(ask.path);
    if needed == APP_ROLES {
        return has(held, APP_ROLES) && has(held, &READING_APPLICATIONS);
    }
    has(held, needed) || (has(held, &[OWNED_BY]) && owned_by_permits(ask))
}

/// True when permissions to change a path let it be read.
pub(super) fn lets_read(held: &[String], path: &str) -> bool {
    let own = ["/applications", "/serviceprincipals"];
    let owned = own.iter().any(|list| begins(path, list));
    has(held, needed(path)) || (owned && has(held, &[OWNED_BY]))
}

/// True when delegated permissions of the same names let a change be made.
pub(super) fn scopes_permit(scopes: &[String], path: &str) -> bool {
    has(scopes, needed(path))
}

fn needed(path: &str) -> &'static [&'static str] {
    let row = TABLE.iter().find(|(pattern, _)| begins(path, pattern));
    row.map_or(&[], |(_, permissions)| permissions)
}

fn has(held: &[String], any: &[&str]) -> bool {
    any.iter()
        .any(|wanted| held.iter().any(|have| have.eq_ignore_ascii_case(wanted)))
}

/// New applications, and those that the caller owns.
fn owned_by_permits(ask: &Ask<'_>) -> bool {
    ask.creates_in("applications") || owned::is_owner(ask) || owned::makes_principal_of_own(ask)
}
