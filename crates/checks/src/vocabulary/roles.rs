//! Role definitions of Azure RBAC.
//!
//! Source: <https://learn.microsoft.com/azure/role-based-access-control/role-definitions>

use rbac::Permission;
use serde_json::Value;

use super::json::{at, is, items, texts};

/// Whether a role definition permits the control-plane operation `action`, such as
/// `Microsoft.Authorization/locks/delete`.
///
/// Each block of `permissions` permits what its `actions` match and its `notActions` do not; the
/// role permits what any block does, so a `notActions` of one block takes nothing from another.
/// `*` stands for any text, slashes included, anywhere in a pattern. Case does not matter. Ask
/// for one operation: an `action` with a `*` of its own is compared as it stands.
pub fn role_permits(definition: &Value, action: &str) -> bool {
    items(at(definition, "properties.permissions"))
        .iter()
        .any(|block| permission(block).permits(action))
}

/// Whether a role definition permits the operation on data `action`, such as
/// `Microsoft.KeyVault/vaults/secrets/getSecret/action`: what `dataActions` match and `notDataActions` do not.
pub fn role_permits_data(definition: &Value, action: &str) -> bool {
    let list =
        |block: &Value, name: &str| texts(block, name).into_iter().map(str::to_owned).collect();
    items(at(definition, "properties.permissions"))
        .iter()
        .any(|block| {
            let permission = Permission {
                data_actions: list(block, "dataActions"),
                not_data_actions: list(block, "notDataActions"),
                ..Permission::default()
            };
            permission.permits_data(action)
        })
}

/// Whether a role definition was made by the tenant rather than by Microsoft:
/// `properties.type` is `CustomRole`.
pub fn is_custom_role(definition: &Value) -> bool {
    is(definition, "properties.type", "CustomRole")
}

/// What a block says of the control plane, however the service spelled it.
fn permission(block: &Value) -> Permission {
    let list = |name: &str| texts(block, name).into_iter().map(str::to_owned).collect();
    Permission {
        actions: list("actions"),
        not_actions: list("notActions"),
        ..Permission::default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn role(permissions: Value) -> Value {
        json!({"properties": {"type": "CustomRole", "permissions": permissions}})
    }

    fn permits(actions: Value, not_actions: Value, action: &str) -> bool {
        role_permits(
            &role(json!([{"actions": actions, "notActions": not_actions}])),
            action,
        )
    }

    const DELETE: &str = "Microsoft.Authorization/locks/delete";

    #[test]
    fn not_actions_take_away_within_their_block() {
        assert!(!permits(
            json!(["*"]),
            json!(["microsoft.authorization/*/Delete"]),
            DELETE
        ));
        assert!(permits(
            json!(["*"]),
            json!(["Microsoft.Authorization/*/write"]),
            DELETE
        ));
        let blocks = json!([
            {"actions": ["*"], "notActions": ["Microsoft.Authorization/*"]},
            {"actions": ["Microsoft.Authorization/locks/*"], "notActions": null},
        ]);
        assert!(role_permits(&role(blocks), DELETE));
    }

    #[test]
    fn absent_lists_permit_nothing() {
        assert!(!permits(Value::Null, Value::Null, DELETE));
        for definition in [
            Value::Null,
            json!({}),
            json!({"properties": {"permissions": null}}),
            json!({"properties": {"permissions": [null, {}, {"dataActions": ["*"]}]}}),
        ] {
            assert!(!role_permits(&definition, DELETE), "{definition}");
        }
        assert!(!permits(json!(["*"]), json!([]), " "));
    }

    #[test]
    fn data_is_permitted_by_data_actions_alone() {
        const SECRET: &str = "Microsoft.KeyVault/vaults/secrets/getSecret/action";
        let all = role(json!([{"actions": ["*"]}]));
        assert!(!role_permits_data(&all, SECRET));
        let reader = role(json!([{"dataActions": ["Microsoft.KeyVault/vaults/secrets/*"]}]));
        assert!(role_permits_data(&reader, SECRET));
        let without =
            role(json!([{"dataActions": ["*"], "notDataActions": ["*/getSecret/action"]}, null]));
        assert!(!role_permits_data(&without, SECRET));
        assert!(!role_permits_data(&Value::Null, SECRET));
    }

    #[test]
    fn custom_roles_say_so() {
        assert!(is_custom_role(
            &json!({"properties": {"type": "customrole"}})
        ));
        assert!(!is_custom_role(
            &json!({"properties": {"type": "BuiltInRole"}})
        ));
        assert!(!is_custom_role(
            &json!({"type": "CustomRole", "properties": {"type": null}})
        ));
    }
}
