//! What became of each object of a collection between two places in the history.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::history::Entry;
use crate::path;
use crate::routes::directory::hide_keys;
use crate::routes::graph_delta_token::DeltaToken;

/// What became of one object: only where it started and where it ended counts.
#[derive(Debug, Default)]
struct Net {
    id: String,
    object: Option<Ends>,
    members: BTreeMap<String, Ends>,
}

#[derive(Debug)]
struct Ends {
    before: Option<Arc<Value>>,
    after: Option<Arc<Value>>,
}

impl Ends {
    fn add(kept: &mut Option<Self>, entry: &Entry) {
        let after = entry.after.clone();
        match kept {
            Some(kept) => kept.after = after,
            None => {
                *kept = Some(Self {
                    before: entry.before.clone(),
                    after,
                });
            }
        }
    }
}

/// Every changed object with its id, in the order of ids. `minimal` leaves out properties that did not change.
pub(super) fn changed(
    entries: &[Entry],
    token: &DeltaToken,
    minimal: bool,
) -> Vec<(String, Value)> {
    let mut all: BTreeMap<String, Net> = BTreeMap::new();
    for entry in entries {
        let key = path::key(&entry.path);
        let parts = path::segments(&key);
        if parts.first() != Some(&"v1.0") || parts.get(1) != Some(&token.list.as_str()) {
            continue;
        }
        let shown = path::segments(&entry.path)
            .get(2)
            .copied()
            .unwrap_or_default();
        match parts.as_slice() {
            [_, _, id] => {
                let net = all.entry((*id).to_owned()).or_default();
                shown.clone_into(&mut net.id);
                Ends::add(&mut net.object, entry);
            }
            [_, "groups", id, "members", member] => {
                let net = all.entry((*id).to_owned()).or_default();
                shown.clone_into(&mut net.id);
                let mut ends = net.members.remove(*member);
                Ends::add(&mut ends, entry);
                if let Some(ends) = ends {
                    net.members.insert((*member).to_owned(), ends);
                }
            }
            _ => {}
        }
    }
    let told = all
        .into_iter()
        .filter_map(|(id, net)| Some((id, told(&net, token, minimal)?)));
    told.collect()
}

fn told(net: &Net, token: &DeltaToken, minimal: bool) -> Option<Value> {
    let mut shown = Map::from_iter([("id".to_owned(), json!(net.id))]);
    let mut any = false;
    if let Some(Ends { before, after }) = &net.object {
        match (before, after) {
            (None, None) => return None,
            (Some(before), None) => return Some(removed(&net.id, token, before)),
            (None, Some(after)) => {
                shown.extend(selected(after, token));
                any = true;
            }
            (Some(before), Some(after)) => {
                let changes = differing(before, after, token);
                any = !changes.is_empty();
                if any && !minimal {
                    shown.extend(selected(after, token));
                }
                shown.extend(changes);
            }
        }
    }
    let members: Vec<Value> = net.members.values().filter_map(member).collect();
    if !members.is_empty() && token.tracks("members") {
        shown.insert("members@delta".to_owned(), Value::Array(members));
        any = true;
    }
    any.then_some(Value::Object(shown))
}

/// An object that can be brought back from the recycle bin was «changed», one that cannot was «deleted».
/// <https://learn.microsoft.com/graph/delta-query-overview#resource-representation-in-the-delta-query-response>
fn removed(id: &str, token: &DeltaToken, before: &Value) -> Value {
    let unified = before["groupTypes"]
        .as_array()
        .is_some_and(|types| types.iter().any(|one| one == "Unified"));
    let kept = match token.list.as_str() {
        "users" | "applications" | "serviceprincipals" => true,
        "groups" => unified,
        _ => false,
    };
    let reason = if kept { "changed" } else { "deleted" };
    json!({"id": id, "@removed": {"reason": reason}})
}

/// The tracked properties that differ; null for those that are gone.
fn differing(before: &Value, after: &Value, token: &DeltaToken) -> Map<String, Value> {
    let empty = Map::new();
    let before = before.as_object().unwrap_or(&empty);
    let after = after.as_object().unwrap_or(&empty);
    let changed = after
        .iter()
        .filter(|(name, value)| before.get(*name) != Some(value))
        .map(|(name, value)| (name.clone(), value.clone()));
    let gone = before
        .keys()
        .filter(|name| !after.contains_key(*name))
        .map(|name| (name.clone(), Value::Null));
    let all = changed.chain(gone);
    all.filter(|(name, _)| token.tracks(name))
        .map(|(name, value)| shown(name, value))
        .collect()
}

/// The properties of an object that were asked for.
pub(super) fn selected(object: &Value, token: &DeltaToken) -> Map<String, Value> {
    let members = object.as_object().into_iter().flatten();
    members
        .filter(|(name, _)| *name == "id" || token.tracks(name))
        .map(|(name, value)| shown(name.clone(), value.clone()))
        .collect()
}

/// No feed shows the public keys of certificates.
fn shown(name: String, mut value: Value) -> (String, Value) {
    if name == "keyCredentials" {
        hide_keys(&mut value);
    }
    (name, value)
}

fn member(ends: &Ends) -> Option<Value> {
    match (&ends.before, &ends.after) {
        (None, Some(added)) => Some(reference(added)),
        (Some(gone), None) => {
            let mut reference = reference(gone);
            reference["@removed"] = json!({"reason": "deleted"});
            Some(reference)
        }
        _ => None,
    }
}

/// A member as `members@delta` names it.
pub(super) fn reference(member: &Value) -> Value {
    let kind = member["@odata.type"]
        .as_str()
        .unwrap_or("#microsoft.graph.user");
    json!({"@odata.type": kind, "id": member["id"]})
}
