//! Role definitions of Azure RBAC.
//!
//! Source: <https://learn.microsoft.com/azure/role-based-access-control/role-definitions>

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
    let action = action.trim().to_lowercase();
    if action.is_empty() {
        return false;
    }
    let listed = |block: &Value, list: &str| {
        texts(block, list)
            .iter()
            .any(|pattern| matches(&pattern.to_lowercase(), &action))
    };
    items(at(definition, "properties.permissions"))
        .iter()
        .any(|block| listed(block, "actions") && !listed(block, "notActions"))
}

/// Whether a role definition was made by the tenant rather than by Microsoft:
/// `properties.type` is `CustomRole`.
pub fn is_custom_role(definition: &Value) -> bool {
    is(definition, "properties.type", "CustomRole")
}

/// Whether `text` is of the form of `pattern`, where `*` is any text.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(start) else {
        return false;
    };
    let (middle, end) = rest
        .rsplit_once('*')
        .map_or(("", rest), |(middle, end)| (middle, end));
    for part in middle.split('*') {
        let Some(position) = text.find(part) else {
            return false;
        };
        text = &text[position + part.len()..];
    }
    text.ends_with(end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
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
    fn stars_stand_anywhere() {
        for pattern in [
            "*",
            "*/delete",
            "Microsoft.Authorization/*",
            "microsoft.authorization/LOCKS/*",
            "Microsoft.*/locks/*",
            "*/locks/*",
            "Microsoft.Authorization/*/delete",
            "**",
            DELETE,
            "*Authorization*delete*",
        ] {
            assert!(permits(json!([pattern]), json!([]), DELETE), "{pattern}");
        }
        for pattern in [
            "*/read",
            "Microsoft.Authorization/locks",
            "Microsoft.Auth",
            "*/locks",
            "locks/*",
            "",
            "Microsoft.Authorization/*/locks/delete",
            "*delete*delete",
        ] {
            assert!(!permits(json!([pattern]), json!([]), DELETE), "{pattern}");
        }
    }

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

    /// The plain recursive definition of the pattern language.
    fn by_definition(pattern: &[u8], text: &[u8]) -> bool {
        match (pattern.first(), text.first()) {
            (None, None) => true,
            (Some(b'*'), None) => by_definition(&pattern[1..], text),
            (Some(b'*'), Some(_)) => {
                by_definition(&pattern[1..], text) || by_definition(pattern, &text[1..])
            }
            (Some(a), Some(b)) if a == b => by_definition(&pattern[1..], &text[1..]),
            _ => false,
        }
    }

    proptest! {
        #[test]
        fn patterns_match_by_definition(pattern in "[ab/*]{0,8}", text in "[ab/]{0,10}") {
            prop_assert_eq!(
                matches(&pattern, &text),
                by_definition(pattern.as_bytes(), text.as_bytes())
            );
        }
    }
}
