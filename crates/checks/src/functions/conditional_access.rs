//! Whom Conditional Access policies reach, and what they leave open.

use expression::{Function, Value};

use super::argument::{made, text, text_or_null};
use crate::vocabulary::conditional_access::{self, Coverage};

/// The functions on policies, beside those on a single one's users and applications.
pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "blocks",
        parameters: &["policy"],
        optional: 0,
        summary: "Whether a Conditional Access policy is in force and blocks.",
        example: "blocks(policy)",
        call: |arguments| {
            Ok(Value::Bool(conditional_access::blocks(
                &arguments[0].to_json(),
            )))
        },
    },
    Function {
        name: "coverage",
        parameters: &[
            "resource",
            "policies",
            "application",
            "whom",
            "users",
            "groups",
            "roles",
            "emergency_accounts",
            "tolerated",
        ],
        optional: 1,
        summary: "What Conditional Access policies together come to, as a list of one object: policies, left_out (people, without emergency, disabled and synchronisation accounts), perhaps_left_out, applications_left_out. `application` is an id, `All` or empty; whom: everyone, members, guests or administrators. Several lists of policies must each cover everybody.",
        example: "coverage(resource, policies, \"All\", \"everyone\", users, groups, roles, [])",
        call: |arguments| {
            let tolerated = arguments.get(8).cloned().unwrap_or(Value::Null);
            let question = Coverage {
                subject: &arguments[0].to_json(),
                policies: &arguments[1].to_json(),
                application: text_or_null(arguments, 2)?,
                whom: text(arguments, 3)?,
                directory: (
                    &arguments[4].to_json(),
                    &arguments[5].to_json(),
                    &arguments[6].to_json(),
                ),
                emergency_accounts: &arguments[7].to_json(),
                tolerated: &tolerated.to_json(),
            };
            Ok(made(question.answer()))
        },
    },
    Function {
        name: "emergency_accounts",
        parameters: &["named", "users", "groups"],
        optional: 0,
        summary: "The emergency access accounts that settings name by id, user name or group, one object each; what leads to no account says why in `missing`.",
        example: "emergency_accounts([\"breakglass@contoso.com\"], users, groups)",
        call: |arguments| {
            let accounts = conditional_access::emergency_accounts(
                &arguments[0].to_json(),
                &arguments[1].to_json(),
                &arguments[2].to_json(),
            );
            Ok(made(accounts.into()))
        },
    },
    Function {
        name: "excluded_without_fallback",
        parameters: &[
            "policy",
            "policies",
            "users",
            "groups",
            "roles",
            "emergency_accounts",
        ],
        optional: 0,
        summary: "The people whom a Conditional Access policy leaves out and no other enforced policy reaches in its place.",
        example: "excluded_without_fallback(policy, policies, users, groups, roles, [])",
        call: |arguments| {
            Ok(Value::texts(conditional_access::excluded_without_fallback(
                &arguments[0].to_json(),
                &arguments[1].to_json(),
                (
                    &arguments[2].to_json(),
                    &arguments[3].to_json(),
                    &arguments[4].to_json(),
                ),
                &arguments[5].to_json(),
            )))
        },
    },
    Function {
        name: "guest_kinds_left_out",
        parameters: &["policies", "kinds"],
        optional: 0,
        summary: "The kinds of guests, as Conditional Access names them, that none of the policies covers.",
        example: "guest_kinds_left_out(policies, [\"b2bCollaborationGuest\"])",
        call: |arguments| {
            let kinds = conditional_access::guest_kinds_left_out(
                &arguments[0].to_json(),
                &arguments[1].to_json(),
            );
            Ok(Value::texts(kinds))
        },
    },
    Function {
        name: "leaves_out_trusted_places_only",
        parameters: &["policy", "named_locations"],
        optional: 0,
        summary: "Whether a Conditional Access policy leaves out no place but trusted ones.",
        example: "leaves_out_trusted_places_only(policy, locations)",
        call: |arguments| {
            Ok(Value::Bool(
                conditional_access::leaves_out_trusted_places_only(
                    &arguments[0].to_json(),
                    &arguments[1].to_json(),
                ),
            ))
        },
    },
    Function {
        name: "narrowed_by",
        parameters: &["policy"],
        optional: 0,
        summary: "The conditions that narrow a Conditional Access policy to some sign-ins, by their names in Graph.",
        example: "narrowed_by(policy).all(condition, condition == \"authenticationFlows\")",
        call: |arguments| {
            Ok(Value::texts(conditional_access::narrowed_by(
                &arguments[0].to_json(),
            )))
        },
    },
    Function {
        name: "policies_for",
        parameters: &["user", "policies", "users", "groups", "roles"],
        optional: 0,
        summary: "The names of the Conditional Access policies that apply to a user, or may.",
        example: "policies_for(user, policies, users, groups, roles)",
        call: |arguments| {
            Ok(Value::texts(conditional_access::policies_for(
                text_or_null(arguments, 0)?,
                &arguments[1].to_json(),
                (
                    &arguments[2].to_json(),
                    &arguments[3].to_json(),
                    &arguments[4].to_json(),
                ),
            )))
        },
    },
    Function {
        name: "reaches_client",
        parameters: &["policy", "client"],
        optional: 0,
        summary: "Whether a Conditional Access policy reaches sign-ins of a kind of client, such as `other` for old protocols.",
        example: "reaches_client(policy, \"other\")",
        call: |arguments| {
            Ok(Value::Bool(conditional_access::reaches_client(
                &arguments[0].to_json(),
                text(arguments, 1)?,
            )))
        },
    },
    Function {
        name: "requires_any",
        parameters: &["policy", "controls"],
        optional: 0,
        summary: "Whether a Conditional Access policy is in force and lets nobody in without one of these grant controls.",
        example: "requires_any(policy, [\"mfa\", \"compliantDevice\"])",
        call: |arguments| {
            Ok(Value::Bool(conditional_access::requires_any(
                &arguments[0].to_json(),
                &arguments[1].to_json(),
            )))
        },
    },
    Function {
        name: "requires_phishing_resistant",
        parameters: &["policy"],
        optional: 0,
        summary: "Whether a Conditional Access policy is in force and lets nobody in without a method that cannot be phished.",
        example: "requires_phishing_resistant(policy)",
        call: |arguments| {
            Ok(Value::Bool(
                conditional_access::requires_phishing_resistant(&arguments[0].to_json()),
            ))
        },
    },
    Function {
        name: "roles_left_out",
        parameters: &["policies", "roles"],
        optional: 0,
        summary: "The template ids among directory roles that none of the Conditional Access policies covers as roles.",
        example: "roles_left_out(policies, [\"62e90394-69f5-4237-9190-012177145e10\"])",
        call: |arguments| {
            let roles = conditional_access::roles_left_out(
                &arguments[0].to_json(),
                &arguments[1].to_json(),
            );
            Ok(Value::texts(roles))
        },
    },
    Function {
        name: "stands_in_the_way",
        parameters: &["policy"],
        optional: 0,
        summary: "Whether a Conditional Access policy is in force and blocks or asks for something before it lets a sign-in through.",
        example: "stands_in_the_way(policy)",
        call: |arguments| {
            Ok(Value::Bool(conditional_access::stands_in_the_way(
                &arguments[0].to_json(),
            )))
        },
    },
    Function {
        name: "unresolved_references",
        parameters: &[
            "policy",
            "users",
            "groups",
            "role_definitions",
            "named_locations",
        ],
        optional: 0,
        summary: "The users, groups, roles and locations that a Conditional Access policy names and that do not exist.",
        example: "unresolved_references(policy, users, groups, role_definitions, named_locations)",
        call: |arguments| {
            Ok(Value::texts(conditional_access::unresolved_references(
                &arguments[0].to_json(),
                &arguments[1].to_json(),
                &arguments[2].to_json(),
                &arguments[3].to_json(),
                &arguments[4].to_json(),
            )))
        },
    },
];
