//! Alerts and diagnostic settings.

use expression::{Function, Value};

use super::argument::{text, text_or_null};
use crate::vocabulary::{alerts, diagnostics, service_health};

/// The functions on alerts and diagnostic settings.
pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "alert_covers",
        parameters: &["alert", "subscription"],
        optional: 0,
        summary: "Whether an activity log alert watches the whole subscription.",
        example: "alert_covers(alert, subscription)",
        call: |arguments| {
            Ok(Value::Bool(alerts::alert_covers(
                &arguments[0].to_json(),
                text_or_null(arguments, 1)?,
            )))
        },
    },
    Function {
        name: "alert_notifies",
        parameters: &["alert"],
        optional: 0,
        summary: "Whether an activity log alert has an action group.",
        example: "alert_notifies(alert)",
        call: |arguments| Ok(Value::Bool(alerts::alert_notifies(&arguments[0].to_json()))),
    },
    Function {
        name: "alert_health_limits",
        parameters: &["alert", "incident"],
        optional: 0,
        summary: "What limits an activity log alert on Service Health events of a type to some of them: `RegionName: West Europe`.",
        example: "size(alert_health_limits(alert, \"Incident\")) == 0",
        call: |arguments| {
            Ok(Value::texts(service_health::limits(
                &arguments[0].to_json(),
                text(arguments, 1)?,
            )))
        },
    },
    Function {
        name: "alert_watches_health",
        parameters: &["alert", "incident"],
        optional: 0,
        summary: "Whether an enabled activity log alert fires on Service Health events of a type, at least on some of them.",
        example: "alert_watches_health(alert, \"Incident\")",
        call: |arguments| {
            Ok(Value::Bool(service_health::watches(
                &arguments[0].to_json(),
                text(arguments, 1)?,
            )))
        },
    },
    Function {
        name: "alert_watches",
        parameters: &["alert", "operation"],
        optional: 0,
        summary: "Whether an enabled activity log alert fires on a successful operation.",
        example: "alert_watches(alert, \"Microsoft.Authorization/policyAssignments/write\")",
        call: |arguments| {
            Ok(Value::Bool(alerts::alert_watches(
                &arguments[0].to_json(),
                text(arguments, 1)?,
            )))
        },
    },
    Function {
        name: "exports_log",
        parameters: &["setting", "category"],
        optional: 0,
        summary: "Whether a diagnostic setting sends a log category somewhere, by itself or through a category group.",
        example: "exports_log(setting, \"AuditEvent\")",
        call: |arguments| {
            Ok(Value::Bool(diagnostics::exports_log(
                &arguments[0].to_json(),
                text(arguments, 1)?,
            )))
        },
    },
];
