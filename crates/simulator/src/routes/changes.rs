//! Resource Graph's tables of changes: `resourcechanges` and `resourcecontainerchanges`.
//!
//! <https://learn.microsoft.com/azure/governance/resource-graph/changes/get-resource-changes>

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use crate::action;
use crate::document_type;
use crate::history::{ChangeKind, Entry, History};
use crate::history_diff::{self, Difference};
use crate::path;
use crate::rbac::Grants;
use crate::routes::writes;
use crate::tenant::Tenant;

/// How long Resource Graph keeps a change.
const KEPT: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The rows of a table of changes that a caller may read; `None` for any other table.
pub(super) fn rows(
    history: &History,
    tenant: &Tenant,
    grants: &Grants,
    table: &str,
    wanted: &[String],
) -> Option<Vec<Value>> {
    let of_containers = match table.to_lowercase().as_str() {
        "resourcechanges" => false,
        "resourcecontainerchanges" => true,
        _ => return None,
    };
    let oldest = Timestamp::now().checked_sub(KEPT).unwrap_or(Timestamp::MIN);
    let shown = |entry: &&Entry| {
        let subscription = path::subscription(&entry.path);
        let asked = subscription.is_some_and(|id| {
            wanted.is_empty() || wanted.iter().any(|one| one.eq_ignore_ascii_case(id))
        });
        let in_table = if of_containers {
            is_container(&entry.path)
        } else {
            writes::is_resource(&entry.path)
        };
        asked
            && in_table
            && entry.at >= oldest
            && action::of("GET", &entry.path)
                .is_none_or(|action| grants.allow(tenant, &action.name, &action.scope))
    };
    Some(history.read(|entries| {
        let entries = entries.iter().filter(shown);
        entries.filter_map(|entry| row(tenant, entry)).collect()
    }))
}

fn is_container(at: &str) -> bool {
    matches!(
        path::segments(&path::key(at)).as_slice(),
        ["subscriptions", _] | ["subscriptions", _, "resourcegroups", _]
    )
}

/// The row of a change; `None` for a write that changed nothing.
fn row(tenant: &Tenant, entry: &Entry) -> Option<Value> {
    let differences = match (entry.kind, &entry.before, &entry.after) {
        (ChangeKind::Action, ..) => return None,
        (ChangeKind::Update, Some(before), Some(after)) => history_diff::differences(before, after),
        _ => Vec::new(),
    };
    if entry.kind == ChangeKind::Update && differences.is_empty() {
        return None;
    }
    let name = format!("{}_{}", ticks_left(entry.at), entry.guid("change"));
    let target = &entry.path;
    Some(json!({
        "id": format!("{target}/providers/Microsoft.Resources/changes/{name}"),
        "name": name,
        "type": "microsoft.resources/changes",
        "tenantId": tenant.id,
        "kind": "",
        "location": "",
        "resourceGroup": path::resource_group(target).unwrap_or_default().to_lowercase(),
        "subscriptionId": path::subscription(target),
        "managedBy": "",
        "sku": null,
        "plan": null,
        "properties": {
            "targetResourceId": target,
            "targetResourceType": row_type(target),
            "changeType": entry.kind.name(),
            "changeAttributes": attributes(entry, differences.len()),
            "changes": differences.iter().map(change).collect::<Map<String, Value>>(),
        },
        "tags": null,
        "identity": null,
        "zones": null,
        "extendedLocation": null,
    }))
}

/// Resource Graph's own word for a resource group's type is longer.
fn row_type(target: &str) -> String {
    match document_type::of(target, |_| false).as_str() {
        "microsoft.resources/resourcegroups" => {
            "microsoft.resources/subscriptions/resourcegroups".to_owned()
        }
        other => other.to_owned(),
    }
}

fn attributes(entry: &Entry, count: usize) -> Value {
    let kind = if entry.author.is_user {
        "User"
    } else {
        "Application"
    };
    let snapshot = |part: &str| json!(format!("{}_{}", ticks_left(entry.at), entry.guid(part)));
    let mut attributes = Map::new();
    if entry.before.is_some() {
        attributes.insert("previousResourceSnapshotId".to_owned(), snapshot("before"));
    }
    if entry.after.is_some() {
        attributes.insert("newResourceSnapshotId".to_owned(), snapshot("after"));
    }
    for (name, value) in [
        ("correlationId", json!(entry.correlation)),
        ("changedByType", json!(kind)),
        ("changesCount", json!(count)),
        ("clientType", json!("Unspecified")),
        ("changedBy", json!(entry.author.name)),
        ("operation", json!(entry.operation.to_lowercase())),
        (
            "timestamp",
            json!(entry.at.strftime("%Y-%m-%dT%H:%M:%S.%6f0Z").to_string()),
        ),
    ] {
        attributes.insert(name.to_owned(), value);
    }
    Value::Object(attributes)
}

fn change(one: &Difference) -> (String, Value) {
    let text = |value: &Option<Value>| match value {
        None | Some(Value::Null) => Value::Null,
        Some(Value::String(text)) => json!(text),
        Some(other) => json!(other.to_string()),
    };
    let kind = match (&one.before, &one.after) {
        (None, _) => "Insert",
        (_, None) => "Remove",
        _ => "Update",
    };
    let body = json!({
        "previousValue": text(&one.before),
        "newValue": text(&one.after),
        "changeCategory": "User",
        "propertyChangeType": kind,
        "isTruncated": "false",
    });
    (one.path.clone(), body)
}

/// Names of changes count down, so that the newest sorts first.
fn ticks_left(at: Timestamp) -> String {
    let microseconds = 2_524_608_000_000_000_i64.saturating_sub(at.as_microsecond());
    format!("{:020}", microseconds.saturating_mul(10))
}
