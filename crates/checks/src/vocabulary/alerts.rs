//! Activity log alerts: what makes them fire, where, and whom they tell.
//!
//! Source: <https://learn.microsoft.com/rest/api/monitor/activity-log-alerts>

use serde_json::Value;

use super::json::{at, has, items, text, texts};

/// Whether an alert (`Microsoft.Insights/activityLogAlerts`) fires each time `operation` is
/// carried out, whoever does it and on whatever resource in the alert's scope.
///
/// An alert is enabled unless it says otherwise (the REST default is `true`). All conditions of
/// `condition.allOf` must hold for every such event; an `anyOf` holds when one of its members
/// does. A condition on:
///
/// * `operationName` holds when it names the operation, by `equals` or in `containsAny`;
/// * `category` holds for `Administrative`, under which every operation on a resource is logged, and
///   for `Security` when the operation is one of `Microsoft.Security`. What is logged under `Policy`
///   is what policies did to a request (`Microsoft.Authorization/policies/audit/action`), never the
///   request itself;
/// * `status` holds unless it names failures alone, `level` when it names `Informational`, the level
///   of what was carried out;
/// * `resourceType` and `resourceProvider` hold when they are those of the operation;
/// * anything else (`caller`, `resourceGroup`, `resourceId`, …) narrows the alert and fails.
///
/// So an alert on the whole `Administrative` category watches every operation. Scope and
/// recipients are the matter of [`alert_covers`] and [`alert_notifies`].
pub fn alert_watches(alert: &Value, operation: &str) -> bool {
    let operation = operation.trim();
    if operation.is_empty() || !is_enabled(alert) {
        return false;
    }
    let conditions = items(at(alert, "properties.condition.allOf"));
    !conditions.is_empty()
        && conditions
            .iter()
            .all(|condition| condition_holds(condition, operation))
}

/// Whether the alert's scopes include the subscription itself, not just a resource group or a
/// resource of it. `subscription_id` is the bare id or `/subscriptions/{id}`.
pub fn alert_covers(alert: &Value, subscription_id: &str) -> bool {
    let wanted = bare_id(subscription_id);
    !wanted.is_empty()
        && texts(alert, "properties.scopes")
            .into_iter()
            .filter(|scope| scope.contains('/'))
            .any(|scope| bare_id(scope).eq_ignore_ascii_case(wanted))
}

/// Whether the alert tells anyone: it has at least one action group.
pub fn alert_notifies(alert: &Value) -> bool {
    items(at(alert, "properties.actions.actionGroups"))
        .iter()
        .any(|group| text(group, "actionGroupId").is_some())
}

pub(super) fn is_enabled(alert: &Value) -> bool {
    match at(alert, "properties.enabled") {
        Value::Null => true,
        Value::Bool(enabled) => *enabled,
        Value::String(enabled) => enabled.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

fn condition_holds(condition: &Value, operation: &str) -> bool {
    let members = items(at(condition, "anyOf"));
    if members.is_empty() {
        return leaf_holds(condition, operation);
    }
    members.iter().any(|member| leaf_holds(member, operation))
}

fn leaf_holds(leaf: &Value, operation: &str) -> bool {
    let Some(field) = text(leaf, "field") else {
        return false;
    };
    let mut values = texts(leaf, "containsAny");
    values.extend(text(leaf, "equals"));
    match field.to_ascii_lowercase().as_str() {
        "operationname" => has(&values, operation),
        "category" => values.iter().any(|value| category_has(value, operation)),
        "status" => values
            .iter()
            .any(|value| !value.eq_ignore_ascii_case("Failed")),
        "level" => has(&values, "Informational"),
        "resourcetype" => values.iter().any(|value| is_under(operation, value)),
        "resourceprovider" => values.iter().any(|value| is_under(operation, value)),
        _ => false,
    }
}

fn category_has(category: &str, operation: &str) -> bool {
    if category.eq_ignore_ascii_case("Security") {
        return is_under(operation, "Microsoft.Security");
    }
    category.eq_ignore_ascii_case("Administrative")
}

/// Whether the operation's name begins with the given provider or resource type.
fn is_under(operation: &str, start: &str) -> bool {
    operation
        .get(..start.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(start))
        && operation[start.len()..].starts_with('/')
}

/// The id in `/subscriptions/{id}/`, whose slashes at the ends some documents leave out; text of
/// another form comes back as it is.
fn bare_id(scope: &str) -> &str {
    let scope = scope.trim().trim_matches('/');
    const PREFIX: &str = "subscriptions/";
    match scope.get(..PREFIX.len()) {
        Some(head) if head.eq_ignore_ascii_case(PREFIX) => &scope[PREFIX.len()..],
        _ => scope,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const WRITE: &str = "Microsoft.Authorization/policyAssignments/write";

    fn alert(all_of: Value) -> Value {
        json!({"properties": {"enabled": true, "condition": {"allOf": all_of}}})
    }

    fn field(name: &str, value: &str) -> Value {
        json!({"field": name, "equals": value, "containsAny": null})
    }

    #[test]
    fn an_alert_on_the_operation_watches_it() {
        let operation = field(
            "operationName",
            "microsoft.authorization/POLICYASSIGNMENTS/write",
        );
        let named = alert(json!([field("category", "Administrative"), operation]));
        assert!(alert_watches(&named, WRITE));
        assert!(alert_watches(&named, &WRITE.to_uppercase()));
        assert!(!alert_watches(
            &named,
            "Microsoft.Authorization/policyAssignments/delete"
        ));
        assert!(!alert_watches(&named, ""));
    }

    #[test]
    fn absent_enabled_means_enabled() {
        for (enabled, expected) in [
            (json!(null), true),
            (json!(true), true),
            (json!("True"), true),
            (json!(false), false),
            (json!("false"), false),
            (json!(1), false),
        ] {
            let mut alert = alert(json!([field("operationName", WRITE)]));
            alert["properties"]["enabled"] = enabled.clone();
            assert_eq!(alert_watches(&alert, WRITE), expected, "{enabled}");
        }
    }

    #[test]
    fn any_of_holds_when_one_member_does() {
        let other = field("operationName", "Microsoft.Sql/servers/write");
        let any = json!({"anyOf": [other.clone(), field("operationName", WRITE)]});
        assert!(alert_watches(&alert(json!([any])), WRITE));
        assert!(!alert_watches(&alert(json!([{"anyOf": [other]}])), WRITE));
        let narrow = json!({"anyOf": [field("caller", "a"), field("caller", "b")]});
        assert!(!alert_watches(
            &alert(json!([field("operationName", WRITE), narrow])),
            WRITE
        ));
    }

    #[test]
    fn contains_any_holds_when_one_value_does() {
        let list =
            json!({"field": "operationName", "containsAny": ["x", WRITE, null], "equals": null});
        assert!(alert_watches(&alert(json!([list])), WRITE));
        let empty = json!({"field": "operationName", "containsAny": []});
        assert!(!alert_watches(&alert(json!([empty])), WRITE));
    }

    #[test]
    fn other_conditions_must_not_narrow() {
        let both = |other: Value| {
            alert_watches(&alert(json!([field("operationName", WRITE), other])), WRITE)
        };
        for other in [
            field("category", "administrative"),
            field("status", "Succeeded"),
            field("status", "Started"),
            field("level", "Informational"),
            field("resourceType", "microsoft.authorization/policyassignments"),
            field("resourceProvider", "Microsoft.Authorization"),
            json!({"field": "status", "containsAny": ["Failed", "Succeeded"]}),
        ] {
            assert!(both(other.clone()), "{other}");
        }
        for other in [
            field("category", "ServiceHealth"),
            field("category", "Policy"),
            field("category", "Security"),
            field("status", "Failed"),
            field("level", "Error"),
            field("level", "Warning"),
            field("caller", "eve@contoso.com"),
            field("resourceGroup", "rg"),
            field("resourceId", "/subscriptions/s"),
            field("resourceType", "Microsoft.Authorization/policy"),
            field("resourceProvider", "Microsoft.Sql"),
            field("properties.incidentType", "Incident"),
            json!({"field": "status"}),
            json!({}),
            json!(null),
        ] {
            assert!(!both(other.clone()), "{other}");
        }
    }

    #[test]
    fn the_security_category_has_the_operations_of_defender() {
        let solution = "Microsoft.Security/securitySolutions/write";
        let alert = alert(json!([
            field("category", "Security"),
            field("operationName", solution)
        ]));
        assert!(alert_watches(&alert, solution));
    }

    #[test]
    fn an_alert_on_the_whole_category_watches_all_of_it() {
        assert!(alert_watches(
            &alert(json!([field("category", "Administrative")])),
            WRITE
        ));
        assert!(!alert_watches(&alert(json!([])), WRITE));
        assert!(!alert_watches(&alert(Value::Null), WRITE));
        assert!(!alert_watches(&json!({}), WRITE));
        assert!(!alert_watches(&Value::Null, WRITE));
    }

    #[test]
    fn only_the_subscription_itself_covers_it() {
        let scoped = |scopes: Value| json!({"properties": {"scopes": scopes}});
        for scope in [
            "/subscriptions/ABC-1",
            "/subscriptions/abc-1/",
            "subscriptions/abc-1",
            "/SUBSCRIPTIONS/abc-1",
        ] {
            assert!(
                alert_covers(&scoped(json!(["/x", scope])), "abc-1"),
                "{scope}"
            );
            assert!(
                alert_covers(&scoped(json!([scope])), "/subscriptions/ABC-1"),
                "{scope}"
            );
        }
        for scope in [
            "/subscriptions/abc-1/resourceGroups/rg",
            "/subscriptions/abc-12",
            "abc-1",
            "",
        ] {
            assert!(!alert_covers(&scoped(json!([scope])), "abc-1"), "{scope}");
        }
        assert!(!alert_covers(&scoped(Value::Null), "abc-1"));
        assert!(!alert_covers(&scoped(json!(["/subscriptions/"])), ""));
    }

    #[test]
    fn an_action_group_is_needed_to_notify() {
        let with = |groups: Value| json!({"properties": {"actions": {"actionGroups": groups}}});
        assert!(alert_notifies(&with(json!([{"actionGroupId": "/ag"}]))));
        for groups in [
            json!([]),
            json!([{"actionGroupId": ""}]),
            json!([null]),
            Value::Null,
        ] {
            assert!(!alert_notifies(&with(groups.clone())), "{groups}");
        }
        assert!(!alert_notifies(&json!({"properties": {"actions": null}})));
    }
}
