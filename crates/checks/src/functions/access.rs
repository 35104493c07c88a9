//! Roles, authentication and Conditional Access.

use expression::{Function, Value};

use super::argument::{made, text};
use crate::vocabulary::{authentication, conditional_access, directory, roles};

/// The functions on identities and what they may do.
pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "applies_everywhere",
        parameters: &["policy"],
        optional: 0,
        summary: "Whether no platform, location, client, device or risk condition narrows a Conditional Access policy.",
        example: "applies_everywhere(policy)",
        call: |arguments| {
            Ok(Value::Bool(conditional_access::applies_everywhere(
                &arguments[0].to_json(),
            )))
        },
    },
    Function {
        name: "covers_application",
        parameters: &["policy", "application"],
        optional: 0,
        summary: "Whether a Conditional Access policy is for an application, given by its application id.",
        example: "covers_application(policy, \"797f4846-ba00-4fd7-ba43-dac1f8f63013\")",
        call: |arguments| {
            Ok(Value::Bool(conditional_access::covers_application(
                &arguments[0].to_json(),
                text(arguments, 1)?,
            )))
        },
    },
    Function {
        name: "covers_every_user",
        parameters: &["policy", "emergency_accounts", "excluded_at_most"],
        optional: 1,
        summary: "Whether a Conditional Access policy is for all users, apart from emergency accounts and a few single users (2 unless given).",
        example: "covers_every_user(policy, [])",
        call: |arguments| {
            let at_most = excluded_at_most(arguments.get(2))?;
            let (policy, accounts) = (arguments[0].to_json(), arguments[1].to_json());
            Ok(Value::Bool(conditional_access::covers_every_user(
                &policy, &accounts, at_most,
            )))
        },
    },
    Function {
        name: "directory_role_holders",
        parameters: &["roles", "groups"],
        optional: 0,
        summary: "Who holds privileged directory roles, directly or through a group: a table for `roles_of`, made once for all users.",
        example: "roles_of(user, directory_role_holders(roles, groups)) == []",
        call: |arguments| {
            let holders =
                directory::directory_role_holders(&arguments[0].to_json(), &arguments[1].to_json());
            Ok(made(holders.into()))
        },
    },
    Function {
        name: "enforces_mfa",
        parameters: &[
            "policy",
            "application",
            "emergency_accounts",
            "excluded_at_most",
        ],
        optional: 1,
        summary: "Whether a Conditional Access policy makes everyone use a second factor for an application, apart from emergency accounts and a few single users (2 unless given).",
        example: "enforces_mfa(policy, \"797f4846-ba00-4fd7-ba43-dac1f8f63013\", [])",
        call: |arguments| {
            let Some(application) = arguments[1].as_text() else {
                return Ok(Value::Bool(false));
            };
            let at_most = excluded_at_most(arguments.get(3))?;
            let (policy, accounts) = (arguments[0].to_json(), arguments[2].to_json());
            Ok(Value::Bool(conditional_access::enforces_mfa(
                &policy,
                application,
                &accounts,
                at_most,
            )))
        },
    },
    Function {
        name: "excluded_groups",
        parameters: &["policy"],
        optional: 0,
        summary: "The ids of the groups that a Conditional Access policy leaves out.",
        example: "size(excluded_groups(policy)) == 0",
        call: |arguments| {
            Ok(Value::texts(conditional_access::excluded_groups(
                &arguments[0].to_json(),
            )))
        },
    },
    Function {
        name: "is_custom_role",
        parameters: &["definition"],
        optional: 0,
        summary: "Whether a role definition was made by the tenant rather than by Microsoft.",
        example: "is_custom_role(definition)",
        call: |arguments| Ok(Value::Bool(roles::is_custom_role(&arguments[0].to_json()))),
    },
    Function {
        name: "privileged_role",
        parameters: &["role"],
        optional: 0,
        summary: "Whether a directory role is one that Microsoft marks as privileged.",
        example: "privileged_role(role)",
        call: |arguments| {
            Ok(Value::Bool(directory::privileged_role(
                &arguments[0].to_json(),
            )))
        },
    },
    Function {
        name: "requires_mfa",
        parameters: &["policy"],
        optional: 0,
        summary: "Whether a Conditional Access policy is in force and lets nobody in without a second factor.",
        example: "requires_mfa(policy)",
        call: |arguments| {
            Ok(Value::Bool(conditional_access::requires_mfa(
                &arguments[0].to_json(),
            )))
        },
    },
    Function {
        name: "role_permits",
        parameters: &["definition", "action"],
        optional: 0,
        summary: "Whether a role definition permits an action, with its wildcards and minus its notActions.",
        example: "role_permits(definition, \"Microsoft.Authorization/locks/delete\")",
        call: |arguments| {
            Ok(Value::Bool(roles::role_permits(
                &arguments[0].to_json(),
                text(arguments, 1)?,
            )))
        },
    },
    Function {
        name: "strong_methods",
        parameters: &["methods"],
        optional: 0,
        summary: "The authentication methods of a user that count as a second factor.",
        example: "size(strong_methods(methods)) == 0",
        call: |arguments| {
            Ok(Value::texts(authentication::strong_methods(
                &arguments[0].to_json(),
            )))
        },
    },
    Function {
        name: "unresolved_exclusions",
        parameters: &["policy", "emergency_accounts"],
        optional: 0,
        summary: "The ids of the groups that a Conditional Access policy leaves out and that are no emergency group.",
        example: "size(unresolved_exclusions(policy, [])) == 0",
        call: |arguments| {
            let (policy, accounts) = (arguments[0].to_json(), arguments[1].to_json());
            Ok(Value::texts(conditional_access::unresolved_exclusions(
                &policy, &accounts,
            )))
        },
    },
];

/// How many single users a policy may leave out.
fn excluded_at_most(argument: Option<&Value<'_>>) -> Result<usize, String> {
    match argument {
        None | Some(Value::Null) => Ok(conditional_access::USERS_EXCLUDED_AT_MOST),
        Some(value) => {
            let most = value.as_int().and_then(|most| usize::try_from(most).ok());
            most.ok_or_else(|| "needs a number of users".to_owned())
        }
    }
}
