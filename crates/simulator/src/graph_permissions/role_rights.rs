//! What directory roles let their holders do, and what every member and guest may.
//!
//! Sources: <https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference> and
//! <https://learn.microsoft.com/entra/fundamentals/users-default-permissions>.

use serde_json::Value;

use super::ask::Ask;
use super::owned;
use crate::directory_roles::{
    APPLICATION_ADMINISTRATOR, APPLICATION_DEVELOPER, AUTHENTICATION_ADMINISTRATOR,
    CLOUD_APPLICATION_ADMINISTRATOR, CONDITIONAL_ACCESS_ADMINISTRATOR, DIRECTORY_READERS,
    DIRECTORY_WRITERS, GLOBAL_ADMINISTRATOR, GLOBAL_READER, GROUPS_ADMINISTRATOR, GUEST,
    INTUNE_ADMINISTRATOR, PRIVILEGED_AUTHENTICATION_ADMINISTRATOR, PRIVILEGED_ROLE_ADMINISTRATOR,
    REPORTS_READER, SECURITY_ADMINISTRATOR, SECURITY_READER, USER_ADMINISTRATOR,
};
use crate::microsoft_graph;
use crate::routes::directory_object;

type Roles = &'static [&'static str];

/// Microsoft's older directory interface, whose permissions are guarded like Microsoft Graph's.
const OLD_GRAPH: &str = "00000002-0000-0000-c000-000000000000";

const APPLICATION_ADMINISTRATORS: Roles =
    &[APPLICATION_ADMINISTRATOR, CLOUD_APPLICATION_ADMINISTRATOR];
const PRIVILEGED: Roles = &[PRIVILEGED_ROLE_ADMINISTRATOR];
const CONSENTING: Roles = &[
    PRIVILEGED_ROLE_ADMINISTRATOR,
    APPLICATION_ADMINISTRATOR,
    CLOUD_APPLICATION_ADMINISTRATOR,
];
const SECURITY_READING: Roles = &[GLOBAL_READER, SECURITY_READER, SECURITY_ADMINISTRATOR];

/// What only some may read, by the beginning of the path. All else every member may read.
const READING: [(&str, Roles); 9] = [
    (
        "/users/*/authentication",
        &[
            AUTHENTICATION_ADMINISTRATOR,
            PRIVILEGED_AUTHENTICATION_ADMINISTRATOR,
            GLOBAL_READER,
        ],
    ),
    (
        "/auditlogs",
        &[
            GLOBAL_READER,
            SECURITY_READER,
            SECURITY_ADMINISTRATOR,
            REPORTS_READER,
        ],
    ),
    (
        "/reports",
        &[
            GLOBAL_READER,
            SECURITY_READER,
            SECURITY_ADMINISTRATOR,
            REPORTS_READER,
        ],
    ),
    (
        "/identity/conditionalaccess",
        &[
            GLOBAL_READER,
            SECURITY_READER,
            SECURITY_ADMINISTRATOR,
            CONDITIONAL_ACCESS_ADMINISTRATOR,
        ],
    ),
    ("/identityprotection", SECURITY_READING),
    (
        "/rolemanagement/directory/roleassignmentschedule",
        &[
            GLOBAL_READER,
            SECURITY_READER,
            PRIVILEGED_ROLE_ADMINISTRATOR,
        ],
    ),
    (
        "/rolemanagement/directory/roleeligibilityschedule",
        &[
            GLOBAL_READER,
            SECURITY_READER,
            PRIVILEGED_ROLE_ADMINISTRATOR,
        ],
    ),
    ("/security", SECURITY_READING),
    ("/devicemanagement", &[GLOBAL_READER, INTUNE_ADMINISTRATOR]),
];

/// Who may change what, by the beginning of the path; a Global Administrator always.
const WRITING: [(&str, Roles); 12] = [
    ("/applications", APPLICATION_ADMINISTRATORS),
    ("/serviceprincipals", APPLICATION_ADMINISTRATORS),
    ("/directory/deleteditems", APPLICATION_ADMINISTRATORS),
    ("/oauth2permissiongrants", CONSENTING),
    (
        "/users/*/authentication",
        &[
            AUTHENTICATION_ADMINISTRATOR,
            PRIVILEGED_AUTHENTICATION_ADMINISTRATOR,
        ],
    ),
    ("/users", &[USER_ADMINISTRATOR, DIRECTORY_WRITERS]),
    (
        "/groups",
        &[GROUPS_ADMINISTRATOR, USER_ADMINISTRATOR, DIRECTORY_WRITERS],
    ),
    ("/directoryroles", PRIVILEGED),
    ("/rolemanagement", PRIVILEGED),
    ("/policies/authorizationpolicy", PRIVILEGED),
    ("/policies/rolemanagementpolic", PRIVILEGED),
    (
        "/identity/conditionalaccess",
        &[SECURITY_ADMINISTRATOR, CONDITIONAL_ACCESS_ADMINISTRATOR],
    ),
];

/// True when a user may: by a role, as a member, or as an owner.
pub(super) fn user_may(ask: &Ask<'_>) -> bool {
    if roles_suffice(ask) {
        return true;
    }
    if holds(ask, &[GUEST]) {
        return guest_may(ask);
    }
    if ask.is_reading() {
        return !READING.iter().any(|(pattern, _)| ask.is_at(pattern));
    }
    member_may(ask)
}

/// True when the caller's directory roles suffice by themselves.
pub(super) fn roles_suffice(ask: &Ask<'_>) -> bool {
    if holds(ask, &[GLOBAL_ADMINISTRATOR]) {
        return true;
    }
    if ask.is_reading() {
        let restricted = READING.iter().find(|(pattern, _)| ask.is_at(pattern));
        return match restricted {
            Some((_, roles)) => holds(ask, roles),
            None => holds(ask, &[GLOBAL_READER, DIRECTORY_READERS, DIRECTORY_WRITERS]),
        };
    }
    holds(ask, needed(ask))
}

/// The roles of which one lets a change be made.
fn needed(ask: &Ask<'_>) -> Roles {
    if let Some(guarded) = app_role_assignment(ask) {
        return if guarded { PRIVILEGED } else { CONSENTING };
    }
    if owned::is_privileged_group(ask) {
        return PRIVILEGED;
    }
    if ask.creates_in("applications") || ask.creates_in("serviceprincipals") {
        const CREATING: Roles = &[
            APPLICATION_ADMINISTRATOR,
            CLOUD_APPLICATION_ADMINISTRATOR,
            APPLICATION_DEVELOPER,
        ];
        return CREATING;
    }
    let row = WRITING.iter().find(|(pattern, _)| ask.is_at(pattern));
    row.map_or(&[], |(_, roles)| roles)
}

/// Whether an app role assignment is one that application administrators may not make or take away: of a permission on
/// Microsoft Graph. `None` for anything else than an app role assignment.
fn app_role_assignment(ask: &Ask<'_>) -> Option<bool> {
    let parts = ask.parts();
    let [list, holder, side, rest @ ..] = parts.as_slice() else {
        return None;
    };
    let resource = match (*list, *side) {
        ("serviceprincipals", "approleassignedto") => Some((*holder).to_owned()),
        (_, "approleassignments") => resource_of(ask, list, holder, rest),
        _ => return None,
    };
    let object = resource.and_then(|id| directory_object(ask.tenant, &id));
    let app_id = object.as_ref().and_then(|object| object["appId"].as_str());
    let guarded = [microsoft_graph::APP_ID, OLD_GRAPH];
    Some(app_id.is_some_and(|id| guarded.contains(&id)))
}

/// The resource of a new assignment, or of the stored one that is taken away.
fn resource_of(ask: &Ask<'_>, list: &str, holder: &str, rest: &[&str]) -> Option<String> {
    let text = |value: &Value| value["resourceId"].as_str().map(str::to_owned);
    let Some(id) = rest.first() else {
        return text(ask.body);
    };
    let at = format!("/v1.0/{list}/{holder}/approleassignments/{id}");
    text(&ask.tenant.store.get(&at)?.alone())
}

/// Members manage what they own, and make applications and groups where the tenant lets them.
fn member_may(ask: &Ask<'_>) -> bool {
    if app_role_assignment(ask).is_some() || owned::is_privileged_group(ask) {
        return false;
    }
    if ask.creates_in("applications") {
        return members_may(ask, "allowedToCreateApps");
    }
    if ask.creates_in("groups") {
        return members_may(ask, "allowedToCreateSecurityGroups");
    }
    owned::is_owner(ask) || owned::makes_principal_of_own(ask)
}

/// What the authorization policy lets members do; whatever it does not forbid.
fn members_may(ask: &Ask<'_>, what: &str) -> bool {
    let policy = ask.tenant.store.get("/v1.0/policies/authorizationPolicy");
    policy.is_none_or(|policy| policy.alone()["defaultUserRolePermissions"][what] != false)
}

/// Guests see themselves, the organization, and what they know the id of.
fn guest_may(ask: &Ask<'_>) -> bool {
    if !ask.is_reading() {
        return false;
    }
    match ask.parts().as_slice() {
        ["organization" | "domains", ..] | ["users" | "groups", _] => true,
        ["users", id, rest @ ..] => {
            let own = id.eq_ignore_ascii_case(&ask.principal.object_id);
            own && rest.first() != Some(&"authentication")
        }
        _ => false,
    }
}

fn holds(ask: &Ask<'_>, any: &[&str]) -> bool {
    let held = &ask.principal.directory_roles;
    any.iter()
        .any(|wanted| held.iter().any(|have| have.eq_ignore_ascii_case(wanted)))
}
