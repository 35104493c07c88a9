//! Which application permissions Microsoft Graph asks for, by path. Any of them will do.
//!
//! Source: the permission tables of <https://learn.microsoft.com/graph/api/overview>.

use std::collections::BTreeSet;

/// Path without its version, the permissions of which one is enough.
const TABLE: [(&str, &[&str]); 24] = [
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

/// True when the roles in a token permit the request. `path` has no version and is in lower case.
pub(crate) fn permit(roles: &[String], method: &str, path: &str) -> bool {
    let writes = method != "GET" && method != "HEAD" && !reads_by_post(path);
    needed(path)
        .iter()
        .any(|permission| roles.iter().any(|role| gives(role, permission, writes)))
}

/// The permissions of which one is enough to read a path.
pub(crate) fn needed(path: &str) -> &'static [&'static str] {
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

fn reads_by_post(path: &str) -> bool {
    [
        "getbyids",
        "getmembergroups",
        "checkmembergroups",
        "getmemberobjects",
    ]
    .iter()
    .any(|action| path.ends_with(action))
}

fn gives(role: &str, permission: &str, writes: bool) -> bool {
    if role == "*" {
        return true;
    }
    let for_writing = permission.replace(".Read.", ".ReadWrite.");
    role.eq_ignore_ascii_case(&for_writing) || (!writes && role.eq_ignore_ascii_case(permission))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(role: &str, method: &str, path: &str) -> bool {
        permit(&[role.to_owned()], method, path)
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
            assert!(may("Directory.Read.All", "GET", path), "{path}");
        }
        for path in [
            "/users/1/authentication/methods",
            "/policies/authorizationpolicy",
            "/identity/conditionalaccess/policies",
            "/reports/authenticationmethods/userregistrationdetails",
        ] {
            assert!(!may("Directory.Read.All", "GET", path), "{path}");
        }
    }

    #[test]
    fn writing_needs_the_writing_permission() {
        assert!(!may("Application.Read.All", "POST", "/applications"));
        assert!(may("Application.ReadWrite.All", "POST", "/applications"));
        assert!(may("Application.ReadWrite.All", "GET", "/applications"));
        assert!(may(
            "Directory.Read.All",
            "POST",
            "/directoryobjects/getbyids"
        ));
    }

    #[test]
    fn no_role_permits_nothing() {
        assert!(!permit(&[], "GET", "/users"));
    }
}
