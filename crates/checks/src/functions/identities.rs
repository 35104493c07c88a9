//! Holders of roles and permissions, credentials, licences.

use expression::{Function, Value};

use super::argument::{made, text, text_or_null};
use crate::vocabulary::{
    application_credentials, directory_roles, graph_permissions, licences, machine_access,
};

/// The functions on identities.
pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "application_owners",
        parameters: &["applications", "users"],
        optional: 0,
        summary: "The users that own applications, one object each, with the names of what they own.",
        example: "application_owners(applications, users)",
        call: |arguments| {
            let owners = application_credentials::application_owners(
                &arguments[0].to_json(),
                &arguments[1].to_json(),
            );
            Ok(made(owners.into()))
        },
    },
    Function {
        name: "assigned_role_holders",
        parameters: &["assignments", "groups", "tier"],
        optional: 1,
        summary: "Who holds privileged directory roles by assignments, groups resolved: a table for `roles_of`, made once for all users; with `tier0` only roles that lead to Global Administrator.",
        example: "roles_of(id, assigned_role_holders(assignments, groups, \"tier0\")) == []",
        call: |arguments| {
            let tier = if arguments.len() > 2 {
                text(arguments, 2)?
            } else {
                "privileged"
            };
            let holders = directory_roles::assigned_role_holders(
                &arguments[0].to_json(),
                &arguments[1].to_json(),
                tier,
            );
            Ok(made(holders.into()))
        },
    },
    Function {
        name: "credentials_of",
        parameters: &["application"],
        optional: 0,
        summary: "The secrets and certificates of an application, one object each with an id of its own, kind and endDateTime.",
        example: "credentials_of(application)",
        call: |arguments| {
            let credentials = application_credentials::credentials_of(&arguments[0].to_json());
            Ok(made(credentials.into()))
        },
    },
    Function {
        name: "graph_permissions_of",
        parameters: &["principal", "service_principals", "grade"],
        optional: 0,
        summary: "The application permissions of a grade (`tier0`, or `high` which holds it) that a service principal was granted.",
        example: "graph_permissions_of(principal, service_principals, \"tier0\")",
        call: |arguments| {
            Ok(Value::texts(graph_permissions::graph_permissions_of(
                text_or_null(arguments, 0)?,
                &arguments[1].to_json(),
                text(arguments, 2)?,
            )))
        },
    },
    Function {
        name: "has_graph_permission",
        parameters: &["principal", "service_principals"],
        optional: 0,
        summary: "Whether a service principal was granted any application permission of Microsoft Graph or its neighbours.",
        example: "has_graph_permission(principal, service_principals)",
        call: |arguments| {
            Ok(Value::Bool(graph_permissions::has_graph_permission(
                text_or_null(arguments, 0)?,
                &arguments[1].to_json(),
            )))
        },
    },
    Function {
        name: "has_service_plan",
        parameters: &["skus", "plan"],
        optional: 0,
        summary: "Whether the tenant has a service plan, such as AAD_PREMIUM_P2, in an active subscription.",
        example: "has_service_plan(skus, \"AAD_PREMIUM_P2\")",
        call: |arguments| {
            Ok(Value::Bool(licences::has_service_plan(
                &arguments[0].to_json(),
                text(arguments, 1)?,
            )))
        },
    },
    Function {
        name: "holders_of",
        parameters: &["role", "assignments", "groups"],
        optional: 0,
        summary: "The ids of the users and service principals that hold a directory role by assignments, groups resolved.",
        example: "size(holders_of(\"62e90394-69f5-4237-9190-012177145e10\", assignments, groups)) < 5",
        call: |arguments| {
            Ok(Value::texts(directory_roles::holders_of(
                text_or_null(arguments, 0)?,
                &arguments[1].to_json(),
                &arguments[2].to_json(),
            )))
        },
    },
    Function {
        name: "people_with_machine_access",
        parameters: &["assignments", "definitions", "machines", "users", "groups"],
        optional: 0,
        summary: "The users that roles in Azure let into virtual machines, one object each, with the names of the roles.",
        example: "people_with_machine_access(assignments, definitions, machines, users, groups)",
        call: |arguments| {
            let people = machine_access::people_with_machine_access(
                &arguments[0].to_json(),
                &arguments[1].to_json(),
                &arguments[2].to_json(),
                &arguments[3].to_json(),
                &arguments[4].to_json(),
            );
            Ok(made(people.into()))
        },
    },
    Function {
        name: "risky_scopes",
        parameters: &["scope", "resource_app_id"],
        optional: 0,
        summary: "The delegated permissions in a scope that change the directory, act as the user, or reach mail, files and devices.",
        example: "risky_scopes(\"User.Read Mail.Send\", \"00000003-0000-0000-c000-000000000000\")",
        call: |arguments| {
            Ok(Value::texts(graph_permissions::risky_scopes(
                text_or_null(arguments, 0)?,
                text_or_null(arguments, 1)?,
            )))
        },
    },
    Function {
        name: "roles_of",
        parameters: &["id", "holders"],
        optional: 0,
        summary: "The names of the roles of one holder, by a table such as `assigned_role_holders` makes; an empty list for who holds none.",
        example: "roles_of(id, assigned_role_holders(assignments, groups)) == []",
        call: |arguments| {
            // Tables have ids in lower case.
            let id = text_or_null(arguments, 0)?.trim().to_ascii_lowercase();
            let roles = arguments[1].member(&id);
            Ok(match roles.is_null() {
                true => Value::list(Vec::new()),
                false => roles,
            })
        },
    },
    Function {
        name: "some_of",
        parameters: &["list", "most"],
        optional: 1,
        summary: "The first elements of a list, 5 unless given, and how many more there are.",
        example: "some_of(['a', 'b', 'c'], 2) == 'a, b and 1 more'",
        call: |arguments| {
            let most = arguments.get(1).and_then(Value::as_int).unwrap_or(5);
            let most = usize::try_from(most).unwrap_or_default();
            let Some(elements) = arguments[0].elements() else {
                return Ok(Value::text(""));
            };
            let names: Vec<String> = elements.map(|element| element.to_string()).collect();
            let first = names
                .iter()
                .take(most)
                .cloned()
                .collect::<Vec<_>>()
                .join(", ");
            Ok(Value::text(match names.len().saturating_sub(most) {
                0 => first,
                more => format!("{first} and {more} more"),
            }))
        },
    },
    Function {
        name: "tier0_role",
        parameters: &["definition"],
        optional: 0,
        summary: "Whether a directory role, by the id of its definition, leads to Global Administrator.",
        example: "tier0_role(\"62e90394-69f5-4237-9190-012177145e10\")",
        call: |arguments| {
            Ok(Value::Bool(directory_roles::tier0_role(text_or_null(
                arguments, 0,
            )?)))
        },
    },
    Function {
        name: "usable_credentials",
        parameters: &["document", "now"],
        optional: 0,
        summary: "The secrets and certificates with which somebody can sign in as an application or service principal: not expired, and not what signs SAML tokens.",
        example: "size(usable_credentials(document, now)) == 0",
        call: |arguments| {
            Ok(Value::texts(application_credentials::usable_credentials(
                &arguments[0].to_json(),
                text_or_null(arguments, 1)?,
            )))
        },
    },
    Function {
        name: "with_id",
        parameters: &["list", "id"],
        optional: 0,
        summary: "The document with that id in a list; null when there is none.",
        example: "with_id(users, id).displayName",
        call: |arguments| {
            let Value::Array(list) = &arguments[0] else {
                return Ok(Value::Null);
            };
            let found = crate::vocabulary::with_id(list, text_or_null(arguments, 1)?);
            Ok(found.map_or(Value::Null, Value::from))
        },
    },
];
