//! Which permissions let something be read in Microsoft Graph, by path. Any of them will do.
//!
//! Source: the permission tables of <https://learn.microsoft.com/graph/api/overview>.

use std::collections::BTreeSet;

/// Path without its version, the permissions of which one is enough.
const TABLE: [(&str, &[&str]); 26] = [
    (
        "/users/*/authentication",
        &["UserAuthenticationMethod.Read.All"],
    ),
    ("/reports/authenticationmethods", &["AuditLog.Read.All"]),
    ("/reports", &["Reports.Read.All", "AuditLog.Read.All"]),
    ("/auditlogs", &["AuditLog.Read.All"]),
    (
        "/policies/rolemanagementpolic",
        &[
            "RoleManagementPolicy.Read.Directory",
            "RoleManagement.Read.Directory",
            "RoleManagement.Read.All",
        ],
    ),
    ("/policies", &["Policy.Read.All"]),
    (
        "/identity/conditionalaccess",
        &["Policy.Read.All", "Policy.Read.ConditionalAccess"],
    ),
    (
        "/identityprotection",
        &["IdentityRiskyUser.Read.All", "IdentityRiskEvent.Read.All"],
    ),
    (
        "/rolemanagement/directory/role*schedule",
        &[
            "RoleManagement.Read.Directory",
            "RoleManagement.Read.All",
            "RoleEligibilitySchedule.Read.Directory",
            "RoleAssignmentSchedule.Read.Directory",
        ],
    ),
    (
        "/rolemanagement",
        &[
            "RoleManagement.Read.Directory",
            "RoleManagement.Read.All",
            "Directory.Read.All",
        ],
    ),
    ("/users", &["User.Read.All", "Directory.Read.All"]),
    (
        "/groups",
        &[
            "Group.Read.All",
            "GroupMember.Read.All",
            "Directory.Read.All",
        ],
    ),
    (
        "/applications",
        &["Application.Read.All", "Directory.Read.All"],
    ),
    (
        "/serviceprincipals",
        &["Application.Read.All", "Directory.Read.All"],
    ),
    (
        "/directoryroles",
        &["RoleManagement.Read.Directory", "Directory.Read.All"],
    ),
    ("/directoryobjects", &["Directory.Read.All"]),
    (
        "/directory/onpremisessynchronization",
        &["OnPremDirectorySynchronization.Read.All"],
    ),
    (
        "/directory/deleteditems",
        &["Application.Read.All", "Directory.Read.All"],
    ),
    (
        "/organization",
        &[
            "Organization.Read.All",
            "Directory.Read.All",
            "User.Read.All",
        ],
    ),
    ("/domains", &["Domain.Read.All", "Directory.Read.All"]),
    ("/devices", &["Device.Read.All", "Directory.Read.All"]),
    (
        "/devicemanagement",
        &[
            "DeviceManagementConfiguration.Read.All",
            "DeviceManagementManagedDevices.Read.All",
        ],
    ),
    (
        "/oauth2permissiongrants",
        &["DelegatedPermissionGrant.Read.All", "Directory.Read.All"],
    ),
    (
        "/security",
        &["SecurityEvents.Read.All", "SecurityAlert.Read.All"],
    ),
    (
        "/subscribedskus",
        &["Organization.Read.All", "Directory.Read.All"],
    ),
    ("", &["Directory.Read.All"]),
];

/// True when permissions let a path be read. It has no version and is in lower case.
pub(super) fn permit(held: &[String], path: &str) -> bool {
    needed(path)
        .iter()
        .any(|permission| held.iter().any(|have| gives(have, permission)))
}

/// The permissions of which one is enough to read a path.
fn needed(path: &str) -> &'static [&'static str] {
    let row = TABLE
        .iter()
        .find(|(prefix, _)| crate::glob::matches(&format!("{prefix}*"), path));
    row.map_or(&[], |(_, permissions)| permissions)
}

/// The roles as a token names them: beside `*`, which stands for everything, every permission that a
/// path here may ask for, because clients look for those by name.
pub(crate) fn spelled_out(roles: &[String]) -> Vec<String> {
    let mut named = roles.to_vec();
    if roles.iter().any(|role| role == "*") {
        let all: BTreeSet<&str> = TABLE
            .iter()
            .flat_map(|(_, permissions)| *permissions)
            .copied()
            .collect();
        named.extend(all.into_iter().map(str::to_owned));
    }
    named
}

/// Whoever may write may read.
fn gives(held: &str, permission: &str) -> bool {
    let for_writing = permission.replace(".Read.", ".ReadWrite.");
    held == "*" || held.eq_ignore_ascii_case(permission) || held.eq_ignore_ascii_case(&for_writing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(role: &str, path: &str) -> bool {
        permit(&[role.to_owned()], path)
    }

    #[test]
    fn everything_is_spelled_out_for_clients_that_look_for_names() {
        let all = spelled_out(&["*".to_owned()]);
        for name in [
            "Directory.Read.All",
            "Policy.Read.All",
            "UserAuthenticationMethod.Read.All",
        ] {
            assert!(all.iter().any(|role| role == name), "{name}");
        }
        assert_eq!(
            spelled_out(&["Policy.Read.All".to_owned()]),
            ["Policy.Read.All"]
        );
    }

    #[test]
    fn directory_read_covers_the_directory_but_not_methods_and_policies() {
        for path in ["/users", "/groups/1/members", "/organization", "/anything"] {
            assert!(may("Directory.Read.All", path), "{path}");
        }
        for path in [
            "/users/1/authentication/methods",
            "/policies/authorizationpolicy",
            "/identity/conditionalaccess/policies",
            "/reports/authenticationmethods/userregistrationdetails",
            "/directory/onpremisessynchronization",
        ] {
            assert!(!may("Directory.Read.All", path), "{path}");
        }
    }

    #[test]
    fn whoever_may_write_may_read() {
        assert!(may("Application.ReadWrite.All", "/applications"));
        assert!(!may("Application.ReadWrite.All", "/policies/x"));
        assert!(may("*", "/policies/x"));
        assert!(!permit(&[], "/users"));
    }
}
