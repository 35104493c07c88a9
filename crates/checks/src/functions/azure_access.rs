//! Who holds which power over Azure.

use expression::{Function, Value};
use serde_json::Value as Json;

use super::argument::text;
use crate::vocabulary::{azure_access, roles};

/// The functions on role assignments and those behind them.
pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "orphaned_assignments",
        parameters: &[
            "assignments",
            "definitions",
            "users",
            "groups",
            "principals",
        ],
        optional: 0,
        summary: "The role assignments of Azure whose principal is deleted or disabled, with `role`, `principal` and `state`.",
        example: "size(orphaned_assignments(assignments, roles, users, groups, principals)) == 0",
        call: |arguments| {
            let [assignments, definitions, users, groups, principals] = arguments else {
                return Err("needs five lists".to_owned());
            };
            Ok(owned_list(&azure_access::orphaned_assignments(
                &assignments.to_json(),
                &definitions.to_json(),
                &users.to_json(),
                &groups.to_json(),
                &principals.to_json(),
            )))
        },
    },
    Function {
        name: "role_holders",
        parameters: &["assignments", "definitions", "groups"],
        optional: 0,
        summary: "Everybody who holds a role over the whole subscription or above it, groups expanded, each with `role`, `powers`, `level`, `principalId`, `via`.",
        example: "role_holders(assignments, roles, groups).exists(holder, 'assign roles' in holder.powers)",
        call: |arguments| {
            Ok(owned_list(&azure_access::role_holders(
                &arguments[0].to_json(),
                &arguments[1].to_json(),
                &arguments[2].to_json(),
            )))
        },
    },
    Function {
        name: "role_permits_data",
        parameters: &["definition", "action"],
        optional: 0,
        summary: "Whether a role definition permits an operation on data, with its wildcards and minus its notDataActions.",
        example: "role_permits_data(definition, \"Microsoft.KeyVault/vaults/secrets/getSecret/action\")",
        call: |arguments| {
            Ok(Value::Bool(roles::role_permits_data(
                &arguments[0].to_json(),
                text(arguments, 1)?,
            )))
        },
    },
    Function {
        name: "role_powers",
        parameters: &["definition"],
        optional: 0,
        summary: "What makes a role of Azure an administrator's: `change everything`, `assign roles`, `define roles`.",
        example: "size(role_powers(definition)) == 0",
        call: |arguments| {
            Ok(Value::texts(azure_access::role_powers(
                &arguments[0].to_json(),
            )))
        },
    },
    Function {
        name: "with_principals",
        parameters: &["holders", "users", "principals", "groups"],
        optional: 1,
        summary: "Holders of roles with what the directory says of them, groups that were not expanded by the fourth list: `principal`, `kind` (user, guest, application, managed identity, microsoft, group, unknown), `enabled`.",
        example: "with_principals(holders, users, principals).exists(holder, holder.kind == 'guest')",
        call: |arguments| {
            Ok(owned_list(&azure_access::with_principals(
                &arguments[0].to_json(),
                &arguments[1].to_json(),
                &arguments[2].to_json(),
                &arguments.get(3).map(Value::to_json).unwrap_or_default(),
            )))
        },
    },
];

fn owned_list<'a>(items: &[Json]) -> Value<'a> {
    Value::list(items.iter().map(owned).collect())
}

/// A value that the vocabulary made, which no document holds.
pub(super) fn owned<'a>(json: &Json) -> Value<'a> {
    match json {
        Json::Array(items) => owned_list(items),
        Json::Object(members) => Value::Map(
            members
                .iter()
                .map(|(name, value)| (name.clone(), owned(value)))
                .collect::<Vec<_>>()
                .into(),
        ),
        Json::String(text) => Value::text(text.clone()),
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => number.as_i64().map_or(Value::Null, Value::Int),
        Json::Null => Value::Null,
    }
}
