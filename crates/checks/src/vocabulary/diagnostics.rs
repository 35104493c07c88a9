//! Diagnostic settings: which logs leave a resource, and where to.

use serde_json::Value;

use super::json::{at, has, is, items, text};

/// The places a diagnostic setting can send logs to.
const DESTINATIONS: [&str; 5] = [
    "properties.workspaceId",
    "properties.storageAccountId",
    "properties.eventHubAuthorizationRuleId",
    "properties.marketplacePartnerId",
    "properties.serviceBusRuleId",
];

/// Categories of the `audit` group whose names do not say so: the data plane of storage
/// accounts, and what AKS logs of who was let in.
const AUDIT_BY_ANOTHER_NAME: [&str; 4] = ["StorageRead", "StorageWrite", "StorageDelete", "guard"];

/// Whether a diagnostic setting sends the log `category` to at least one destination.
///
/// A category goes out when an enabled entry of `logs` names it, or names a group that holds it:
/// `allLogs` holds every category, `audit` those that record what customers do with data and
/// settings (`AuditEvent` of key vaults, `kube-audit` of AKS, `SQLSecurityAuditEvents`, …). The
/// retention of the entry, which Azure has retired, is not looked at.
///
/// Source: <https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings#category-groups>
pub fn exports_log(setting: &Value, category: &str) -> bool {
    let category = category.trim();
    if category.is_empty() || !has_destination(setting) {
        return false;
    }
    items(at(setting, "properties.logs"))
        .iter()
        .any(|log| is_enabled(log) && names(log, category))
}

fn has_destination(setting: &Value) -> bool {
    DESTINATIONS
        .iter()
        .any(|destination| text(setting, destination).is_some())
}

fn is_enabled(log: &Value) -> bool {
    match at(log, "enabled") {
        Value::Bool(enabled) => *enabled,
        Value::String(enabled) => enabled.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

fn names(log: &Value, category: &str) -> bool {
    is(log, "category", category)
        || is(log, "categoryGroup", "allLogs")
        || (is(log, "categoryGroup", "audit") && is_audit(category))
}

fn is_audit(category: &str) -> bool {
    category.to_ascii_lowercase().contains("audit") || has(&AUDIT_BY_ANOTHER_NAME, category)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn setting(log: Value) -> Value {
        json!({"properties": {"workspaceId": "/w", "logs": [null, log]}})
    }

    #[test]
    fn a_category_by_name_in_any_case() {
        let log = json!({"category": "auditevent", "categoryGroup": null, "enabled": true});
        assert!(exports_log(&setting(log.clone()), "AuditEvent"));
        assert!(!exports_log(
            &setting(log.clone()),
            "AzurePolicyEvaluationDetails"
        ));
        assert!(!exports_log(&setting(log), ""));
    }

    #[test]
    fn groups_hold_categories() {
        let group =
            |name: &str| setting(json!({"category": null, "categoryGroup": name, "enabled": true}));
        assert!(exports_log(
            &group("ALLLOGS"),
            "AzurePolicyEvaluationDetails"
        ));
        for category in [
            "AuditEvent",
            "kube-audit",
            "SQLSecurityAuditEvents",
            "StorageRead",
            "Guard",
        ] {
            assert!(exports_log(&group("Audit"), category), "{category}");
        }
        assert!(!exports_log(
            &group("audit"),
            "AzurePolicyEvaluationDetails"
        ));
        assert!(!exports_log(&group("other"), "AuditEvent"));
    }

    #[test]
    fn only_enabled_entries_count() {
        for enabled in [json!(false), json!(null), json!("no"), json!(1)] {
            let log = json!({"categoryGroup": "allLogs", "enabled": enabled});
            assert!(!exports_log(&setting(log), "AuditEvent"), "{enabled}");
        }
        assert!(exports_log(
            &setting(json!({"category": "AuditEvent", "enabled": "True"})),
            "AuditEvent"
        ));
    }

    #[test]
    fn a_destination_is_needed() {
        let logs = json!([{"categoryGroup": "allLogs", "enabled": true}]);
        for destination in [
            "workspaceId",
            "storageAccountId",
            "eventHubAuthorizationRuleId",
            "marketplacePartnerId",
            "serviceBusRuleId",
        ] {
            let mut setting = json!({"properties": {"logs": logs, "workspaceId": null}});
            setting["properties"][destination] = json!("/destination");
            assert!(exports_log(&setting, "AuditEvent"), "{destination}");
            setting["properties"][destination] = json!(" ");
            assert!(!exports_log(&setting, "AuditEvent"), "{destination}");
        }
    }

    #[test]
    fn settings_without_logs_export_nothing() {
        for setting in [
            Value::Null,
            json!({}),
            json!({"properties": null}),
            json!({"properties": {"workspaceId": "/w", "logs": null}}),
            json!({"properties": {"workspaceId": "/w", "metrics": [{"enabled": true}]}}),
        ] {
            assert!(!exports_log(&setting, "AuditEvent"), "{setting}");
        }
    }
}
