//! Activity log alerts on Service Health: which of Azure's own troubles make them fire.
//!
//! Source: <https://learn.microsoft.com/azure/service-health/service-notifications>,
//! <https://learn.microsoft.com/azure/service-health/resource-health-alert-arm-template-guide>

use serde_json::Value;

use super::alerts::is_enabled;
use super::json::{at, has, items, text, texts};

/// The category of such events.
const CATEGORY: &str = "ServiceHealth";

/// What a condition does to the events of one type.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Effect {
    /// It holds for every one.
    Holds,
    /// It holds for some only.
    Limits(String),
    /// It holds for none.
    Fails,
}

/// Whether an alert (`Microsoft.Insights/activityLogAlerts`) fires on Service Health events of a
/// type (`Incident`, `Maintenance`, `Informational`, `ActionRequired`, `Security`), at least on
/// those of some services or regions. [`limits`] says which.
///
/// An alert is enabled unless it says otherwise. All conditions of `condition.allOf` must hold; an
/// `anyOf` holds when one of its members does. A condition on:
///
/// * `category` holds when it names `ServiceHealth`, and one must;
/// * `properties.incidentType` holds when it names the type; an alert without one fires on all types;
/// * `operationName` holds when it is the operation of the type;
/// * `status` holds when it names `Active`, with which every event begins;
/// * any other member of `properties`, and `level`, limits the alert;
/// * anything else (`resourceGroup`, `caller`, …) never holds, as such events have none.
pub fn watches(alert: &Value, incident: &str) -> bool {
    effects(alert, incident).is_some()
}

/// The conditions that limit an alert on Service Health to some services, regions or levels, each
/// as `ServiceName: Azure DNS, Storage`. None for an alert on everything, and none for an alert
/// that does not fire at all.
pub fn limits(alert: &Value, incident: &str) -> Vec<String> {
    effects(alert, incident).unwrap_or_default()
}

/// The limits of an alert that fires; `None` when it does not.
fn effects(alert: &Value, incident: &str) -> Option<Vec<String>> {
    let incident = incident.trim();
    let conditions = items(at(alert, "properties.condition.allOf"));
    if incident.is_empty() || !is_enabled(alert) || !conditions.iter().any(names_category) {
        return None;
    }
    let mut limits = Vec::new();
    for condition in conditions {
        match effect(condition, incident) {
            Effect::Holds => {}
            Effect::Limits(limit) => limits.push(limit),
            Effect::Fails => return None,
        }
    }
    Some(limits)
}

fn names_category(condition: &Value) -> bool {
    leaves(condition)
        .iter()
        .any(|leaf| is_field(leaf, "category") && has(&values(leaf), CATEGORY))
}

fn leaves(condition: &Value) -> &[Value] {
    let members = items(at(condition, "anyOf"));
    if members.is_empty() {
        std::slice::from_ref(condition)
    } else {
        members
    }
}

fn effect(condition: &Value, incident: &str) -> Effect {
    let effects: Vec<Effect> = leaves(condition)
        .iter()
        .map(|leaf| leaf_effect(leaf, incident))
        .collect();
    if effects.contains(&Effect::Holds) {
        return Effect::Holds;
    }
    let limits: Vec<String> = effects
        .into_iter()
        .filter_map(|effect| match effect {
            Effect::Limits(limit) => Some(limit),
            Effect::Holds | Effect::Fails => None,
        })
        .collect();
    if limits.is_empty() {
        Effect::Fails
    } else {
        Effect::Limits(limits.join(" or "))
    }
}

fn leaf_effect(leaf: &Value, incident: &str) -> Effect {
    let Some(field) = text(leaf, "field") else {
        return Effect::Fails;
    };
    let values = values(leaf);
    let holds = |holds: bool| if holds { Effect::Holds } else { Effect::Fails };
    match field.to_ascii_lowercase().as_str() {
        "category" => holds(has(&values, CATEGORY)),
        "properties.incidenttype" => holds(has(&values, incident)),
        "operationname" => holds(has(
            &values,
            &format!("Microsoft.ServiceHealth/{incident}/action"),
        )),
        "status" => holds(has(&values, "Active")),
        other if values.is_empty() || !(other == "level" || other.starts_with("properties.")) => {
            Effect::Fails
        }
        _ => {
            let name = field.rsplit('.').next().unwrap_or(field);
            Effect::Limits(format!("{name}: {}", values.join(", ")))
        }
    }
}

fn is_field(leaf: &Value, name: &str) -> bool {
    text(leaf, "field").is_some_and(|field| field.eq_ignore_ascii_case(name))
}

fn values(leaf: &Value) -> Vec<&str> {
    let mut values = texts(leaf, "containsAny");
    values.extend(text(leaf, "equals"));
    values
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn alert(all_of: Value) -> Value {
        json!({"properties": {"enabled": true, "condition": {"allOf": all_of}}})
    }

    fn field(name: &str, value: &str) -> Value {
        json!({"field": name, "equals": value, "containsAny": null})
    }

    fn health() -> Value {
        field("category", "servicehealth")
    }

    #[test]
    fn an_alert_without_a_type_watches_every_type() {
        let broad = alert(json!([health()]));
        for incident in ["Incident", "Maintenance", "Security"] {
            assert!(watches(&broad, incident), "{incident}");
            assert!(limits(&broad, incident).is_empty());
        }
        assert!(!watches(&broad, " "));
    }

    #[test]
    fn the_type_by_equals_contains_any_and_any_of() {
        let type_field = "properties.incidentType";
        for condition in [
            field(type_field, "incident"),
            json!({"field": type_field, "containsAny": ["Maintenance", "Incident"]}),
            json!({"anyOf": [field(type_field, "Security"), field(type_field, "Incident")]}),
            field("operationName", "Microsoft.ServiceHealth/incident/action"),
            field("status", "Active"),
        ] {
            assert!(
                watches(&alert(json!([health(), condition.clone()])), "Incident"),
                "{condition}"
            );
        }
        for condition in [
            field(type_field, "Maintenance"),
            json!({"anyOf": [field(type_field, "Security"), field(type_field, "Maintenance")]}),
            field(
                "operationName",
                "Microsoft.ServiceHealth/maintenance/action",
            ),
            field("status", "Resolved"),
            field("category", "Administrative"),
            field("caller", "eve@contoso.com"),
            json!({"field": type_field}),
            json!({"field": "level"}),
            json!({}),
            json!(null),
        ] {
            assert!(
                !watches(&alert(json!([health(), condition.clone()])), "Incident"),
                "{condition}"
            );
        }
    }

    #[test]
    fn two_types_at_once_never_come() {
        let both = alert(json!([
            health(),
            field("properties.incidentType", "Incident"),
            field("properties.incidentType", "Security")
        ]));
        assert!(!watches(&both, "Incident"));
    }

    #[test]
    fn services_and_regions_limit_an_alert() {
        let regions = "properties.impactedServices[*].ImpactedRegions[*].RegionName";
        let narrow = alert(json!([
            health(),
            {"field": "properties.impactedServices[*].ServiceName", "containsAny": ["Azure DNS", "Storage"]},
            {"field": regions, "containsAny": ["West Europe", "Global"]},
            {"anyOf": [field("level", "Error"), field("level", "Warning")]},
        ]));
        assert!(watches(&narrow, "Incident"));
        assert_eq!(
            limits(&narrow, "Incident"),
            [
                "ServiceName: Azure DNS, Storage",
                "RegionName: West Europe, Global",
                "level: Error or level: Warning"
            ]
        );
    }

    #[test]
    fn an_alert_must_be_enabled_and_name_the_category() {
        let mut off = alert(json!([health()]));
        off["properties"]["enabled"] = json!(false);
        assert!(!watches(&off, "Incident"));
        for all_of in [
            json!([]),
            json!(null),
            json!([field("properties.incidentType", "Incident")]),
            json!([field("category", "ResourceHealth")]),
        ] {
            assert!(!watches(&alert(all_of.clone()), "Incident"), "{all_of}");
            assert!(limits(&alert(all_of), "Incident").is_empty());
        }
        assert!(!watches(&Value::Null, "Incident"));
    }

    fn condition() -> impl Strategy<Value = Value> {
        let leaf = (
            prop::sample::select(vec![
                "category",
                "properties.incidentType",
                "status",
                "level",
                "properties.impactedServices[*].ServiceName",
                "caller",
            ]),
            prop::sample::select(vec!["ServiceHealth", "Incident", "Active", "Storage"]),
        )
            .prop_map(|(name, value)| field(name, value));
        prop_oneof![
            leaf.clone(),
            prop::collection::vec(leaf, 0..3).prop_map(|members| json!({ "anyOf": members })),
            Just(Value::Null),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn another_condition_never_widens_an_alert(conditions in prop::collection::vec(condition(), 0..5), more in condition()) {
            let narrower: Vec<Value> = [vec![health(), more], conditions.clone()].concat();
            let before = alert(json!([vec![health()], conditions].concat()));
            let after = alert(json!(narrower));
            if watches(&after, "Incident") {
                prop_assert!(watches(&before, "Incident"));
                prop_assert!(limits(&after, "Incident").len() >= limits(&before, "Incident").len());
            }
        }
    }
}
