//! The documents of a tenant, in one map from lower-case path to JSON body.
//!
//! Lists are taken apart when they are stored, so that each of their items can be read alone, is found by every other
//! list it belongs to, and can be written to.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::path;

/// One document: what a list shows of it, what a read of it alone shows, or both.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    /// The path as it was first written, with its case.
    pub(crate) path: String,
    listed: Option<Arc<Value>>,
    single: Option<Arc<Value>>,
    /// Changes with every write.
    pub(crate) etag: String,
}

impl Document {
    /// The body that a read of this document alone gives.
    pub(crate) fn alone(&self) -> Arc<Value> {
        self.single
            .as_ref()
            .or(self.listed.as_ref())
            .map_or_else(|| Arc::new(Value::Null), Arc::clone)
    }

    /// The body that a list shows. Some services say less in a list than in the document itself.
    pub(crate) fn in_list(&self) -> Arc<Value> {
        self.listed
            .as_ref()
            .or(self.single.as_ref())
            .map_or_else(|| Arc::new(Value::Null), Arc::clone)
    }
}

#[derive(Debug, Clone)]
enum Member {
    Stored(String),
    Anonymous(Arc<Value>),
}

#[derive(Debug, Clone, Default)]
struct StoredList {
    members: Vec<Member>,
    envelope: Map<String, Value>,
}

/// An item of a collection.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// Where the item is found; empty for an item without id and name.
    pub(crate) path: String,
    /// Its body as lists show it.
    pub(crate) body: Arc<Value>,
}

/// What a collection holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Collection {
    /// The items in stored order.
    pub(crate) items: Vec<Item>,
    /// What the stored list has beside `value`.
    pub(crate) envelope: Map<String, Value>,
    /// True when a list was stored under exactly this path.
    pub(crate) stored: bool,
}

/// All documents of a tenant.
#[derive(Debug, Clone, Default)]
pub(crate) struct Store {
    documents: BTreeMap<String, Document>,
    lists: BTreeMap<String, StoredList>,
    role_assignments: BTreeSet<String>,
    role_definitions: BTreeSet<String>,
    writes: u64,
}

impl Store {
    /// Stores what a tenant's files hold under a URL path (already decoded).
    pub(crate) fn load(&mut self, at: &str, body: Value) {
        match list_parts(body) {
            Ok((items, envelope)) => self.load_list(at, items, envelope),
            Err(body) => self.put(at, body, false),
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
            let item_key = path::key(&home);
            self.put(&home, item, true);
            members.push(Member::Stored(item_key));
        }
        let list = self.lists.entry(key).or_default();
        list.members.extend(members);
        list.envelope = envelope;
    }

    fn put(&mut self, at: &str, body: Value, listed: bool) {
        let key = path::key(at);
        if key.contains("/providers/microsoft.authorization/roleassignments/") {
            self.role_assignments.insert(key.clone());
        }
        if key.contains("/providers/microsoft.authorization/roledefinitions/") {
            self.role_definitions.insert(key.clone());
        }
        self.writes += 1;
        let etag = format!("\"{:08x}\"", self.writes);
        let document = self.documents.entry(key).or_insert_with(|| Document {
            path: path::tidy(at),
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
        *slot = Some(Arc::new(body));
    }

    /// Replaces or creates a document; gives its new etag.
    pub(crate) fn write(&mut self, at: &str, body: Value) -> String {
        let key = path::key(at);
        self.put(at, body, false);
        let Some(document) = self.documents.get_mut(&key) else {
            return String::new();
        };
        document.listed = None;
        document.etag.clone()
    }

    /// Removes a document and everything beneath it; false when there was none.
    pub(crate) fn remove(&mut self, at: &str) -> bool {
        let key = path::key(at);
        let found = self.documents.remove(&key).is_some();
        let beneath = format!("{key}/");
        let keys: Vec<String> = self
            .range(&beneath)
            .map(|(below, _)| below.clone())
            .collect();
        for below in &keys {
            self.documents.remove(below);
            self.role_assignments.remove(below);
            self.role_definitions.remove(below);
        }
        self.role_assignments.remove(&key);
        self.role_definitions.remove(&key);
        self.lists
            .retain(|list, _| list != &key && !list.starts_with(&beneath));
        found || !keys.is_empty()
    }

    /// The document stored under a path.
    pub(crate) fn get(&self, at: &str) -> Option<&Document> {
        self.documents.get(&path::key(at))
    }

    /// True when something is stored under the path or beneath it.
    pub(crate) fn knows(&self, at: &str) -> bool {
        let key = path::key(at);
        let beneath = format!("{key}/");
        self.documents.contains_key(&key)
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
    ) -> impl Iterator<Item = (&'a String, &'a Document)> {
        self.documents
            .range::<str, _>((Bound::Included(prefix), Bound::Unbounded))
            .take_while(move |(key, _)| key.starts_with(prefix))
    }

    /// The role assignments that were stored as documents, at any scope.
    pub(crate) fn role_assignments(&self) -> impl Iterator<Item = &Document> {
        self.role_assignments
            .iter()
            .filter_map(|key| self.documents.get(key))
    }

    /// The role definitions that were stored as documents, at any scope.
    pub(crate) fn role_definitions(&self) -> impl Iterator<Item = &Document> {
        self.role_definitions
            .iter()
            .filter_map(|key| self.documents.get(key))
    }

    /// The items of a collection: those of a stored list, those stored one segment beneath, and for a type under a
    /// subscription those in every resource group.
    pub(crate) fn collection(&self, at: &str) -> Collection {
        let key = path::key(at);
        let mut found = Collection::default();
        let mut seen = BTreeSet::new();
        if let Some(list) = self.lists.get(&key) {
            found.stored = true;
            found.envelope = list.envelope.clone();
            for member in &list.members {
                self.push_member(member, &mut seen, &mut found.items);
            }
        }
        let beneath = format!("{key}/");
        for (item_key, document) in self.range(&beneath) {
            if !item_key[beneath.len()..].contains('/') {
                push(item_key, document, &mut seen, &mut found.items);
            }
        }
        self.in_resource_groups(&key, &mut seen, &mut found.items);
        found
    }

    fn push_member(&self, member: &Member, seen: &mut BTreeSet<String>, items: &mut Vec<Item>) {
        match member {
            Member::Anonymous(body) => items.push(Item {
                path: String::new(),
                body: Arc::clone(body),
            }),
            Member::Stored(key) => {
                if let Some(document) = self.documents.get(key) {
                    push(key, document, seen, items);
                }
            }
        }
    }

    fn in_resource_groups(&self, key: &str, seen: &mut BTreeSet<String>, items: &mut Vec<Item>) {
        let parts = path::segments(key);
        if parts.len() != 5 || parts[0] != "subscriptions" || parts[2] != "providers" {
            return;
        }
        let prefix = format!("/subscriptions/{}/resourcegroups/", parts[1]);
        let tail = format!("providers/{}/{}/", parts[3], parts[4]);
        for (item_key, document) in self.range(&prefix) {
            let within = &item_key[prefix.len()..];
            let in_group = within
                .split_once('/')
                .and_then(|(_, rest)| rest.strip_prefix(&tail));
            if in_group.is_some_and(|name| !name.contains('/')) {
                push(item_key, document, seen, items);
            }
        }
    }
}

fn push(key: &str, document: &Document, seen: &mut BTreeSet<String>, items: &mut Vec<Item>) {
    if seen.insert(key.to_owned()) {
        items.push(Item {
            path: document.path.clone(),
            body: document.in_list(),
        });
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const GROUP: &str = "/subscriptions/S/resourceGroups/R";

    fn account(name: &str) -> Value {
        let id = format!("{GROUP}/providers/Microsoft.Storage/storageAccounts/{name}");
        json!({"id": id, "name": name})
    }

    fn names(store: &Store, at: &str) -> Vec<String> {
        let found = store.collection(at).items;
        found
            .iter()
            .map(|item| item.body["name"].as_str().unwrap_or("-").to_owned())
            .collect()
    }

    #[test]
    fn items_of_a_list_are_found_alone_and_by_group() {
        let mut store = Store::default();
        store.load(
            "/subscriptions/S/providers/Microsoft.Storage/storageAccounts",
            json!({"value": [account("b"), account("a")]}),
        );
        let one = store
            .get("/subscriptions/s/resourcegroups/r/providers/microsoft.storage/storageaccounts/A");
        assert_eq!(one.unwrap().alone()["name"], "a");
        let by_group = format!("{GROUP}/providers/Microsoft.Storage/storageAccounts");
        assert_eq!(names(&store, &by_group), ["a", "b"]);
        let by_subscription = "/subscriptions/S/providers/microsoft.storage/storageAccounts";
        assert_eq!(names(&store, by_subscription), ["b", "a"]);
    }

    #[test]
    fn a_subscription_list_is_derived_from_single_documents() {
        let mut store = Store::default();
        let body = account("a");
        store.load(body["id"].as_str().unwrap(), body.clone());
        let at = "/subscriptions/s/providers/Microsoft.Storage/storageAccounts";
        assert_eq!(names(&store, at), ["a"]);
        assert!(!store.collection(at).stored);
    }

    #[test]
    fn a_list_and_a_single_document_may_say_different_things() {
        let mut store = Store::default();
        let mut full = account("a");
        full["properties"] = json!({"more": 1});
        store.load(
            "/subscriptions/S/providers/Microsoft.Storage/storageAccounts",
            json!({"value": [account("a")]}),
        );
        store.load(full["id"].as_str().unwrap(), full.clone());
        let document = store.get(full["id"].as_str().unwrap()).unwrap();
        assert_eq!(document.alone()["properties"]["more"], 1);
        assert!(document.in_list().get("properties").is_none());
    }

    #[test]
    fn items_without_id_and_name_stay_in_their_list() {
        let mut store = Store::default();
        store.load("/v1.0/things", json!({"value": [{"x": 1}, {"id": "7"}]}));
        assert_eq!(store.collection("/v1.0/Things").items.len(), 2);
        assert!(store.get("/v1.0/things/7").is_some());
    }

    #[test]
    fn recorded_links_are_dropped_and_other_members_kept() {
        let mut store = Store::default();
        store.load(
            "/v1.0/x",
            json!({"value": [], "nextLink": "https://a", "count": 3}),
        );
        let found = store.collection("/v1.0/x");
        assert_eq!(Value::Object(found.envelope), json!({"count": 3}));
    }

    #[test]
    fn writes_are_seen_by_lists_and_deletes_take_children_along() {
        let mut store = Store::default();
        let at = format!("{GROUP}/providers/Microsoft.Storage/storageAccounts/n");
        let first = store.write(&at, json!({"name": "n"}));
        let second = store.write(&at, json!({"name": "n", "v": 2}));
        assert_ne!(first, second);
        store.write(&format!("{at}/blobServices/default"), json!({}));
        let list = "/subscriptions/S/providers/Microsoft.Storage/storageAccounts";
        assert_eq!(names(&store, list), ["n"]);
        assert!(store.remove(&at));
        assert!(!store.remove(&at));
        assert!(!store.knows(&at));
    }

    #[test]
    fn an_array_of_plain_values_is_a_document() {
        let mut store = Store::default();
        store.load("/subscriptions/s/x", json!({"value": ["a"]}));
        assert_eq!(
            store.get("/subscriptions/s/x").unwrap().alone()["value"][0],
            "a"
        );
    }
}
