//! What the activity log says of one change: several events, as an operation starts, is accepted and ends.
//!
//! <https://learn.microsoft.com/azure/azure-monitor/platform/activity-log-schema>

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::history::{ChangeKind, Entry};
use crate::path::{self, ProviderPath};
use crate::tenant::Tenant;

/// A stage of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Started,
    Accepted,
    Succeeded,
}

/// The events of a change, in the order of time. What went along with a parent has none, except for the resources of a
/// deleted resource group.
pub(super) fn of(tenant: &Tenant, entry: &Entry) -> Vec<Value> {
    let top_level = ProviderPath::parse(&entry.path)
        .is_some_and(|provider| provider.rest.len() == 2 && provider.scope.len() == 4);
    if entry.along && !(entry.kind == ChangeKind::Delete && top_level) {
        return Vec::new();
    }
    let is_group = path::segments(&entry.path).len() == 4;
    let long = match entry.kind {
        ChangeKind::Create => top_level,
        ChangeKind::Delete => is_group,
        ChangeKind::Update | ChangeKind::Action => false,
    };
    let stages: &[(Stage, i64)] = if long {
        &[
            (Stage::Started, 300),
            (Stage::Accepted, 150),
            (Stage::Succeeded, 0),
        ]
    } else {
        &[(Stage::Started, 300), (Stage::Succeeded, 0)]
    };
    // The change itself is when the operation ended; what came before it bears an earlier time.
    let events = stages.iter().map(|(stage, before)| {
        let before = SignedDuration::from_millis(*before);
        let at = entry.at.checked_sub(before).unwrap_or(entry.at);
        event(tenant, entry, *stage, at)
    });
    events.collect()
}

fn event(tenant: &Tenant, entry: &Entry, stage: Stage, at: Timestamp) -> Value {
    let resource = resource_id(entry);
    let kind = resource_type(&entry.operation);
    let provider = kind.split('/').next().unwrap_or_default();
    let guid = entry.guid(status(stage));
    let (code, shown) = sub_status(entry, stage);
    let application = (!entry.author.is_user).then_some(&entry.author.name);
    json!({
        "authorization": {"action": entry.operation, "scope": resource},
        "caller": entry.author.name,
        "channels": "Operation",
        "claims": {
            "http://schemas.microsoft.com/identity/claims/objectidentifier": application,
            "http://schemas.microsoft.com/identity/claims/tenantid": tenant.id,
        },
        "correlationId": entry.correlation,
        "description": "",
        "eventDataId": guid,
        "eventName": match stage {
            Stage::Started => named("BeginRequest", "Begin request"),
            _ => named("EndRequest", "End request"),
        },
        "category": named("Administrative", "Administrative"),
        "id": format!("{resource}/events/{guid}/ticks/{}", ticks(at)),
        "level": "Informational",
        "resourceGroupName": path::resource_group(&entry.path).unwrap_or_default(),
        "resourceProviderName": named(provider, provider),
        "resourceId": resource,
        "resourceType": named(&kind, &kind),
        "operationId": entry.guid("operation"),
        "operationName": named(&entry.operation, &entry.operation),
        "properties": {
            "statusCode": code,
            "eventCategory": "Administrative",
            "entity": resource,
            "message": entry.operation,
            "hierarchy": hierarchy(tenant, &entry.path),
        },
        "status": named(status(stage), status(stage)),
        "subStatus": named(code, &shown),
        "eventTimestamp": written(at),
        "submissionTimestamp": written(entry.at),
        "subscriptionId": path::subscription(&entry.path).unwrap_or_default(),
        "tenantId": tenant.id,
    })
}

fn named(value: &str, localized: &str) -> Value {
    json!({"value": value, "localizedValue": localized})
}

fn status(stage: Stage) -> &'static str {
    match stage {
        Stage::Started => "Started",
        Stage::Accepted => "Accepted",
        Stage::Succeeded => "Succeeded",
    }
}

fn sub_status(entry: &Entry, stage: Stage) -> (&'static str, String) {
    let (code, number) = match (stage, entry.kind) {
        (Stage::Started, _) => return ("", String::new()),
        (Stage::Accepted, _) => ("Accepted", 202),
        (Stage::Succeeded, ChangeKind::Create) => ("Created", 201),
        (Stage::Succeeded, _) => ("OK", 200),
    };
    (code, format!("{code} (HTTP Status Code: {number})"))
}

/// An action is told of the resource that it was asked of.
fn resource_id(entry: &Entry) -> &str {
    match entry.path.rsplit_once('/') {
        Some((resource, _)) if entry.kind == ChangeKind::Action => resource,
        _ => &entry.path,
    }
}

/// The type in an operation: `Microsoft.Web/sites/write` and `Microsoft.Web/sites/restart/action` are both of sites.
fn resource_type(operation: &str) -> String {
    let (without_verb, verb) = operation.rsplit_once('/').unwrap_or((operation, ""));
    let kind = match without_verb.rsplit_once('/') {
        Some((kind, _)) if verb == "action" => kind,
        _ => without_verb,
    };
    kind.to_owned()
}

/// The tenant, the management groups from the top, and the subscription.
fn hierarchy(tenant: &Tenant, at: &str) -> String {
    let subscription = path::subscription(at).and_then(|id| tenant.subscription(id));
    let Some(subscription) = subscription else {
        return tenant.id.clone();
    };
    let mut chain = tenant.ancestors(&tenant.group_of(subscription));
    chain.reverse();
    chain.push(subscription.id.clone());
    chain.join("/")
}

fn written(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%6f0Z").to_string()
}

/// Tenths of microseconds since the year 1.
fn ticks(at: Timestamp) -> i64 {
    at.as_microsecond()
        .saturating_mul(10)
        .saturating_add(621_355_968_000_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::tests::entry;

    fn statuses(kind: ChangeKind, at: &str, along: bool) -> Vec<String> {
        let tenant =
            Tenant::new(serde_saphyr::from_str("{ tenant_id: t, subscriptions: [s] }").unwrap());
        let entry = Entry {
            kind,
            along,
            ..entry(at, Timestamp::now())
        };
        let events = of(&tenant, &entry);
        events
            .iter()
            .map(|event| event["status"]["value"].as_str().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn an_operation_has_as_many_events_as_stages() {
        let group = "/subscriptions/s/resourceGroups/g";
        let resource = format!("{group}/providers/A.B/c/n");
        let child = format!("{resource}/d/m");
        let three = ["Started", "Accepted", "Succeeded"];
        assert_eq!(statuses(ChangeKind::Create, &resource, false), three);
        assert_eq!(statuses(ChangeKind::Delete, group, false), three);
        assert_eq!(
            statuses(ChangeKind::Create, &child, false),
            ["Started", "Succeeded"]
        );
        assert!(statuses(ChangeKind::Delete, &child, true).is_empty());
        assert_eq!(statuses(ChangeKind::Delete, &resource, true).len(), 2);
    }

    #[test]
    fn types_are_read_out_of_operations() {
        assert_eq!(resource_type("A.B/c/d/write"), "A.B/c/d");
        assert_eq!(resource_type("A.B/c/listKeys/action"), "A.B/c");
    }

    #[test]
    fn ticks_count_from_the_year_one() {
        let at: Timestamp = "2023-08-23T13:01:07.826686Z".parse().unwrap();
        assert_eq!(ticks(at), 638_283_924_678_266_860);
    }
}
