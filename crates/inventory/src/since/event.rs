//! One event of the activity log, as far as it tells what changed.
//!
//! <https://learn.microsoft.com/azure/azure-monitor/essentials/activity-log-schema>

use serde::Deserialize;
use serde_json::Value;

use super::ids;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Deed {
    /// It was made or changed, or an action on it that may change it.
    Written,
    /// It is gone, or was for a while.
    Deleted,
    /// Resources of this group went to another group, maybe of another subscription.
    MovedAway,
    /// The configuration of a site changed places with that of one of its slots, or was put back.
    Swapped,
}

/// A change that an event tells of. Ids and types in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) deed: Deed,
    /// What it was done to.
    pub(super) resource: String,
    /// The type that the operation names; some name a child and give the parent's id.
    pub(super) document_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Form {
    resource_id: Option<String>,
    operation_name: Option<Value>,
    status: Option<Value>,
    sub_status: Option<Value>,
}

/// A word of the log, in lower case. Azure writes most of them with a translation beside them.
fn word(of: Option<&Value>) -> String {
    let word = of.and_then(|of| of.as_str().or_else(|| of.get("value")?.as_str()));
    word.unwrap_or_default().to_lowercase()
}

/// Statuses that are not an end: what comes of the request is told by a later event.
const BEGINNINGS: [&str; 2] = ["started", "start"];

/// How a request is refused before anything is done. A request that failed otherwise (a conflict in
/// the middle of a deployment) may have changed something.
const REFUSALS: [&str; 6] = [
    "badrequest",
    "unauthorized",
    "forbidden",
    "notfound",
    "methodnotallowed",
    "preconditionfailed",
];

/// Events that judge or announce instead of changing: policy verdicts, health, advice, alerts.
const JUDGEMENTS: [&str; 6] = [
    "microsoft.authorization/policies/",
    "microsoft.resourcehealth/",
    "microsoft.servicehealth/",
    "microsoft.advisor/",
    "microsoft.insights/alertrules/",
    "microsoft.insights/autoscalesettings/scale",
];

/// How the names of actions begin that only read. A collection itself asks for the names of keys.
const READING: [&str; 15] = [
    "list", "get", "read", "query", "check", "validate", "export", "download", "view", "search",
    "evaluate", "preview", "test", "whatif", "generate",
];

/// Actions that leave every setting as it is.
const KEEPING: [&str; 14] = [
    "start",
    "restart",
    "stop",
    "poweroff",
    "deallocate",
    "hibernate",
    "redeploy",
    "performmaintenance",
    "join",
    "deploy",
    "login",
    "ping",
    "retrieve",
    "backup",
];

/// Actions on sites that exchange or put back configuration.
/// <https://learn.microsoft.com/azure/app-service/deploy-staging-slots>
const SWAPPING: [&str; 4] = ["slotsswap", "applyslotconfig", "resetslotconfig", "restore"];

impl Event {
    /// Reads an event; `None` when it tells of no change.
    pub(super) fn read(item: &str) -> Option<Self> {
        let form: Form = serde_json::from_str(item).ok()?;
        let status = word(form.status.as_ref());
        if BEGINNINGS.contains(&status.as_str()) {
            return None;
        }
        let sub_status = word(form.sub_status.as_ref());
        if status == "failed"
            && REFUSALS
                .iter()
                .any(|refusal| sub_status.starts_with(refusal))
        {
            return None;
        }
        let operation = word(form.operation_name.as_ref());
        if JUDGEMENTS
            .iter()
            .any(|prefix| operation.starts_with(prefix))
        {
            return None;
        }
        let named = ids::normal(form.resource_id.as_deref()?)?;
        let resource = ids::without_tags(&named).to_owned();
        let (rest, verb) = operation.rsplit_once('/')?;
        let (deed, mut document_type) = match verb {
            "write" => (Deed::Written, rest.to_owned()),
            "delete" => (Deed::Deleted, rest.to_owned()),
            "action" => action(rest)?,
            _ => return None,
        };
        if resource.len() != named.len() {
            document_type = ids::type_of(&resource);
            return Some(Self {
                deed: Deed::Written,
                resource,
                document_type,
            });
        }
        Some(Self {
            deed,
            resource,
            document_type,
        })
    }
}

/// What an action does, and to which type; `None` when it changes nothing.
fn action(operation: &str) -> Option<(Deed, String)> {
    let (document_type, name) = operation.rsplit_once('/')?;
    if KEEPING.contains(&name) || READING.iter().any(|begin| name.starts_with(begin)) {
        return None;
    }
    let deed = if name == "moveresources" {
        Deed::MovedAway
    } else if document_type.starts_with("microsoft.web/sites")
        && SWAPPING.iter().any(|begin| name.starts_with(begin))
    {
        Deed::Swapped
    } else {
        Deed::Written
    };
    Some((deed, document_type.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(operation: &str, status: &str, sub_status: &str) -> Option<Event> {
        let item = json!({
            "resourceId": "/subscriptions/S/resourceGroups/G/providers/Microsoft.Web/sites/X",
            "operationName": {"value": operation, "localizedValue": "Something"},
            "status": {"value": status, "localizedValue": status},
            "subStatus": {"value": sub_status},
            "eventTimestamp": "2026-03-02T10:00:00.1234567Z"
        });
        Event::read(&item.to_string())
    }

    fn deed(operation: &str) -> Option<Deed> {
        event(operation, "Succeeded", "").map(|event| event.deed)
    }

    #[test]
    fn writes_and_deletes_are_changes_in_any_case() {
        let written = event("MICROSOFT.WEB/SITES/WRITE", "Succeeded", "OK").unwrap();
        assert_eq!(written.deed, Deed::Written);
        assert_eq!(written.document_type, "microsoft.web/sites");
        assert_eq!(
            written.resource,
            "/subscriptions/s/resourcegroups/g/providers/microsoft.web/sites/x"
        );
        assert_eq!(deed("Microsoft.Web/sites/Delete"), Some(Deed::Deleted));
    }

    #[test]
    fn what_only_begins_or_was_refused_changes_nothing_and_what_broke_off_may_have() {
        let write = "Microsoft.Web/sites/write";
        assert!(event(write, "Accepted", "Accepted").is_some());
        assert!(event(write, "Started", "").is_none());
        assert!(event(write, "Failed", "Forbidden (HTTP Status Code: 403)").is_none());
        assert!(event(write, "Failed", "Conflict (HTTP Status Code: 409)").is_some());
    }

    #[test]
    fn actions_that_read_change_nothing() {
        for reading in [
            "Microsoft.Web/sites/host/listkeys/action",
            "Microsoft.Web/sites/config/list/Action",
            "Microsoft.Storage/storageAccounts/listKeys/action",
            "Microsoft.Compute/virtualMachines/restart/action",
            "Microsoft.Authorization/policies/audit/action",
            "Microsoft.ResourceHealth/healthevent/Activated/action",
            "Microsoft.Web/sites/read",
        ] {
            assert_eq!(deed(reading), None, "{reading}");
        }
    }

    #[test]
    fn other_actions_may_change_what_they_are_done_to() {
        assert_eq!(
            deed("Microsoft.Storage/storageAccounts/regenerateKey/action"),
            Some(Deed::Written)
        );
        assert_eq!(
            deed("Microsoft.Web/sites/slotsswap/action"),
            Some(Deed::Swapped)
        );
        assert_eq!(
            deed("Microsoft.Resources/subscriptions/resourceGroups/moveResources/action"),
            Some(Deed::MovedAway)
        );
    }

    #[test]
    fn tags_are_a_change_of_what_they_tag() {
        let item = json!({
            "resourceId": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/x/providers/Microsoft.Resources/tags/default",
            "operationName": "Microsoft.Resources/tags/delete",
            "status": "Succeeded",
        });
        let event = Event::read(&item.to_string()).unwrap();
        assert_eq!(event.deed, Deed::Written);
        assert_eq!(event.document_type, "microsoft.web/sites");
        assert!(event.resource.ends_with("/sites/x"));
    }

    #[test]
    fn an_event_without_a_resource_tells_nothing() {
        for item in [
            "{}",
            "17",
            r#"{"resourceId":"","operationName":"a/b/write"}"#,
            r#"{"resourceId":"/x","operationName":7}"#,
        ] {
            assert_eq!(Event::read(item), None, "{item}");
        }
    }
}
