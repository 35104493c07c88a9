//! The documents of a tenant, in one map from lower-case path to JSON body.
//!
//! Lists are taken apart when they are stored, so that each of their items can be read alone, is found by every other
//! list it belongs to, and can be written to.

mod collection;
mod document;
mod index;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use serde_json::{Map, Value};

pub(crate) use collection::{Collection, Item};
use document::Body;
pub(crate) use document::Document;

use crate::path;
use collection::{Member, StoredList};
use index::TypeIndex;

/// All documents of a tenant.
#[derive(Debug, Clone, Default)]
pub(crate) struct Store {
    documents: BTreeMap<Arc<str>, Document>,
    lists: BTreeMap<String, StoredList>,
    types: TypeIndex,
    authorization: BTreeMap<String, BTreeSet<Arc<str>>>,
    writes: u64,
    as_text: bool,
}

impl Store {
    /// Stores what a tenant's files hold under a URL path (already decoded).
    pub(crate) fn load(&mut self, at: &str, body: Value) {
        match list_parts(body) {
            Ok((items, envelope)) => self.load_list(at, items, envelope),
            Err(body) => {
                self.put(at, body, false);
            }
        }
    }

    fn load_list(&mut self, at: &str, items: Vec<Value>, envelope: Map<String, Value>) {
        let key = path::key(at);
        let mut members = Vec::with_capacity(items.len());
        for item in items {
            let Some(home) = home_of(at, &item) else {
                members.push(Member::Anonymous(Arc::new(item)));
                continue;
            };
            members.push(Member::Stored(self.put(&home, item, true)));
        }
        self.writes += 1;
        let list = self.lists.entry(key).or_default();
        list.members.extend(members);
        list.envelope = envelope;
    }

    fn put(&mut self, at: &str, body: Value, listed: bool) -> Arc<str> {
        let key: Arc<str> = path::key(at).into();
        if let Some(kind) = index::authorization_kind(&key) {
            let of_kind = self.authorization.entry(kind.to_owned()).or_default();
            of_kind.insert(Arc::clone(&key));
        }
        self.types.add(&key);
        self.writes += 1;
        let etag = format!("\"{:08x}\"", self.writes);
        let document = self
            .documents
            .entry(Arc::clone(&key))
            .or_insert_with(|| Document {
                path: path::tidy(at).into(),
                listed: None,
                single: None,
                etag: String::new(),
            });
        document.etag = etag;
        let slot = if listed {
            &mut document.listed
        } else {
            &mut document.single
        };
        *slot = Some(Body::new(body, self.as_text));
        key
    }

    /// Keeps what is loaded from now on as text: large tenants take a sixth of the room.
    pub(crate) fn keep_text(&mut self, as_text: bool) {
        self.as_text = as_text;
    }

    /// How often the store was written to: what was worked out from it holds as long as this stays the same.
    pub(crate) fn version(&self) -> u64 {
        self.writes
    }

    /// Replaces or creates a document; gives its new etag.
    pub(crate) fn write(&mut self, at: &str, body: Value) -> String {
        let key = self.put(at, body, false);
        let Some(document) = self.documents.get_mut(&key) else {
            return String::new();
        };
        document.listed = None;
        document.etag.clone()
    }

    /// Removes a document and everything beneath it; false when there was none.
    pub(crate) fn remove(&mut self, at: &str) -> bool {
        let key = path::key(at);
        let beneath = format!("{key}/");
        let itself = self.documents.get_key_value(key.as_str());
        let keys: Vec<Arc<str>> = itself
            .into_iter()
            .chain(self.range(&beneath))
            .map(|(key, _)| Arc::clone(key))
            .collect();
        for gone in &keys {
            self.documents.remove(gone);
            self.types.remove(gone);
            let kind = index::authorization_kind(gone);
            if let Some(of_kind) = kind.and_then(|kind| self.authorization.get_mut(kind)) {
                of_kind.remove(gone);
            }
        }
        self.lists.remove(&key);
        let lists: Vec<String> = self
            .lists
            .range::<str, _>((Bound::Included(beneath.as_str()), Bound::Unbounded))
            .map(|(list, _)| list)
            .take_while(|list| list.starts_with(&beneath))
            .cloned()
            .collect();
        for list in &lists {
            self.lists.remove(list);
        }
        self.writes += 1;
        !keys.is_empty()
    }

    /// The document stored under a path.
    pub(crate) fn get(&self, at: &str) -> Option<&Document> {
        self.documents.get(path::key(at).as_str())
    }

    /// True when something is stored under the path or beneath it.
    pub(crate) fn knows(&self, at: &str) -> bool {
        let key = path::key(at);
        let beneath = format!("{key}/");
        self.documents.contains_key(key.as_str())
            || self.lists.contains_key(&key)
            || self.range(&beneath).next().is_some()
            || self
                .lists
                .range::<str, _>((Bound::Included(beneath.as_str()), Bound::Unbounded))
                .next()
                .is_some_and(|(list, _)| list.starts_with(&beneath))
    }

    /// Every document whose key starts with a prefix, in the order of keys.
    pub(crate) fn range<'a>(
        &'a self,
        prefix: &'a str,
    ) -> impl Iterator<Item = (&'a Arc<str>, &'a Document)> {
        self.documents
            .range::<str, _>((Bound::Included(prefix), Bound::Unbounded))
            .take_while(move |(key, _)| key.starts_with(prefix))
    }

    /// The first document at or past a key that still starts with a prefix.
    pub(crate) fn first_from(&self, key: &str, prefix: &str) -> Option<(&Arc<str>, &Document)> {
        self.documents
            .range::<str, _>((Bound::Included(key), Bound::Unbounded))
            .next()
            .filter(|(found, _)| found.starts_with(prefix))
    }

    /// The role assignments that were stored as documents, at any scope.
    pub(crate) fn role_assignments(&self) -> impl Iterator<Item = &Document> {
        self.authorization("roleassignments")
    }

    /// The role definitions that were stored as documents, at any scope.
    pub(crate) fn role_definitions(&self) -> impl Iterator<Item = &Document> {
        self.authorization("roledefinitions")
    }

    /// The documents of one of `Microsoft.Authorization`'s types (in lower case), at any scope.
    pub(crate) fn authorization(&self, kind: &str) -> impl Iterator<Item = &Document> {
        let keys = self.authorization.get(kind).into_iter().flatten();
        keys.filter_map(|key| self.documents.get(key))
    }
}

/// Takes `{"value": [objects]}` apart; gives anything else back.
fn list_parts(body: Value) -> Result<(Vec<Value>, Map<String, Value>), Value> {
    let Value::Object(mut envelope) = body else {
        return Err(body);
    };
    let is_list = envelope
        .get("value")
        .and_then(Value::as_array)
        .is_some_and(|items| items.iter().all(Value::is_object));
    if !is_list {
        return Err(Value::Object(envelope));
    }
    let Some(Value::Array(items)) = envelope.remove("value") else {
        return Err(Value::Object(envelope));
    };
    // Links of a recorded page would lead out of the simulator; paging makes its own.
    envelope.retain(|name, _| name != "nextLink" && name != "@odata.nextLink");
    Ok((items, envelope))
}

/// Where a list's item is found when it is asked for alone.
fn home_of(list: &str, item: &Value) -> Option<String> {
    let id = item.get("id").and_then(Value::as_str);
    if let Some(id) = id.filter(|id| id.starts_with('/')) {
        return Some(id.to_owned());
    }
    let is_graph = is_graph(list);
    let name = if is_graph {
        id
    } else {
        item.get("name").and_then(Value::as_str)
    };
    name.filter(|name| !name.is_empty())
        .map(|name| format!("{}/{name}", path::tidy(list)))
}

/// True for paths that Microsoft Graph serves.
pub(crate) fn is_graph(at: &str) -> bool {
    let first = path::segments(at).first().map(|part| part.to_lowercase());
    matches!(first.as_deref(), Some("v1.0" | "beta"))
}
