//! The activity log of a subscription: what the history tells, and the events that a tenant's file holds.
//!
//! <https://learn.microsoft.com/rest/api/monitor/activity-logs/list>

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::paging;
use crate::path;
use crate::reply::Reply;
use crate::routes::activity_events;
use crate::routes::activity_filter::ActivityFilter;
use crate::routes::arm::Context;
use crate::store::is_graph;

/// Azure gives about this many events a page.
const PAGE: usize = 200;

/// Answers the log's path; `None` for any other.
pub(super) fn read(context: &Context<'_>) -> Option<Reply> {
    let key = path::key(&context.request.path);
    let log = "/providers/microsoft.insights/eventtypes/management/values";
    let scope = key.strip_suffix(log)?;
    let parts = path::segments(scope);
    let subscription = match parts.as_slice() {
        [] => None,
        ["subscriptions", id] => Some(*id),
        _ => return None,
    };
    let filter = context.request.query.get("$filter").unwrap_or_default();
    Some(match ActivityFilter::parse(filter, Timestamp::now()) {
        Ok(filter) => page(context, subscription, &filter),
        Err(message) => refusal(&message),
    })
}

/// The log's refusals are flatter than those of Resource Manager.
fn refusal(message: &str) -> Reply {
    Reply::json(400, json!({"code": "BadRequest", "message": message}))
}

fn page(context: &Context<'_>, subscription: Option<&str>, filter: &ActivityFilter) -> Reply {
    let query = &context.request.query;
    let from = match query.get("$skiptoken").map(place) {
        None => (usize::MAX, 0),
        Some(Some(place)) => place,
        Some(None) => return refusal("The skip token is not valid."),
    };
    let (known, mut events) = told(context, subscription, from.0);
    events.retain(|event| filter.fits(event));
    events.sort_by(|a, b| {
        let at = |event: &Value| event["eventTimestamp"].as_str().map(str::to_owned);
        at(b).cmp(&at(a))
    });
    let size = context.page_size.map_or(PAGE, |most| most.min(PAGE)).max(1);
    let start = from.1.min(events.len());
    let end = start.saturating_add(size).min(events.len());
    let select = query.get("$select");
    let shown = events[start..end].iter().map(|event| chosen(event, select));
    let mut body = json!({"value": shown.collect::<Vec<Value>>()});
    if end < events.len() {
        body["nextLink"] = json!(paging::link(context.request, &token(known, end)));
    }
    Reply::json(200, body)
}

/// All events of a subscription, and how many changes they are told from: later pages are cut from the same ones.
fn told(context: &Context<'_>, subscription: Option<&str>, most: usize) -> (usize, Vec<Value>) {
    let tenant = context.tenant;
    let (known, mut events) = context.history.read(|entries| {
        let known = entries.len().min(most);
        let of_scope = entries[..known].iter().filter(|entry| {
            !is_graph(&entry.path)
                && match (path::subscription(&entry.path), subscription) {
                    (Some(have), Some(wanted)) => have.eq_ignore_ascii_case(wanted),
                    (None, None) => true,
                    _ => false,
                }
        });
        let events: Vec<Value> = of_scope
            .flat_map(|entry| activity_events::of(tenant, entry))
            .collect();
        (known, events)
    });
    let stored = tenant.store.collection(&context.request.path).items;
    events.extend(stored.iter().map(|item| item.body.as_ref().clone()));
    (known, events)
}

/// The members that were asked for. The id is always among them.
fn chosen(event: &Value, select: Option<&str>) -> Value {
    let (Some(select), Some(members)) = (select, event.as_object()) else {
        return event.clone();
    };
    let wanted: Vec<&str> = select.split(',').map(str::trim).collect();
    let kept = members.iter().filter(|(name, _)| {
        *name == "id"
            || wanted
                .iter()
                .any(|wanted| wanted.eq_ignore_ascii_case(name))
    });
    let kept = kept.map(|(name, value)| (name.clone(), value.clone()));
    Value::Object(kept.collect::<Map<String, Value>>())
}

fn token(known: usize, offset: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("events:{known}:{offset}"))
}

fn place(token: &str) -> Option<(usize, usize)> {
    let decoded = URL_SAFE_NO_PAD.decode(token).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    let (known, offset) = text.strip_prefix("events:")?.split_once(':')?;
    Some((known.parse().ok()?, offset.parse().ok()?))
}
