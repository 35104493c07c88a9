//! Collections: what a list under a path shows.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Document, Store};
use crate::path;

#[derive(Debug, Clone)]
pub(super) enum Member {
    Stored(Arc<str>),
    Anonymous(Arc<Value>),
}

#[derive(Debug, Clone, Default)]
pub(super) struct StoredList {
    pub(super) members: Vec<Member>,
    pub(super) envelope: Map<String, Value>,
}

/// An item of a collection.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// Where the item is found; empty for an item without id and name.
    pub(crate) path: Arc<str>,
    /// Its body as lists show it.
    pub(crate) body: Arc<Value>,
}

impl Item {
    /// An item that no path leads to.
    pub(crate) fn anonymous(body: Value) -> Self {
        Self::at("", body)
    }

    /// An item with its path.
    pub(crate) fn at(path: &str, body: Value) -> Self {
        Self {
            path: path.into(),
            body: Arc::new(body),
        }
    }
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

impl Store {
    /// The items of a collection: those of a stored list, those stored one segment beneath, and for a type under a
    /// subscription those in every resource group.
    pub(crate) fn collection(&self, at: &str) -> Collection {
        let key = path::key(at);
        let mut found = Collection::default();
        let mut seen = HashSet::new();
        if let Some(list) = self.lists.get(&key) {
            found.stored = true;
            found.envelope = list.envelope.clone();
            for member in &list.members {
                match member {
                    Member::Anonymous(body) => found.items.push(Item {
                        path: "".into(),
                        body: Arc::clone(body),
                    }),
                    Member::Stored(key) => {
                        if let Some(document) = self.documents.get(key) {
                            push(key, document, &mut seen, &mut found.items);
                        }
                    }
                }
            }
        }
        for (item, document) in self.directly_beneath(&key) {
            push(item, document, &mut seen, &mut found.items);
        }
        for (item, document) in self.of_type_in_groups(&key) {
            push(item, document, &mut seen, &mut found.items);
        }
        found
    }

    /// The documents one segment beneath a key. What lies deeper is leapt over, not walked through.
    fn directly_beneath<'a>(
        &'a self,
        key: &str,
    ) -> impl Iterator<Item = (&'a Arc<str>, &'a Document)> {
        let beneath = format!("{key}/");
        let mut from = beneath.clone();
        std::iter::from_fn(move || {
            loop {
                let (item, document) = self.first_from(&from, &beneath)?;
                match item[beneath.len()..].split_once('/') {
                    // '0' follows '/': the first key past everything beneath this name.
                    Some((name, _)) => from = format!("{beneath}{name}0"),
                    None => {
                        from = format!("{item}\0");
                        return Some((item, document));
                    }
                }
            }
        })
    }
}

fn push<'a>(key: &'a str, document: &Document, seen: &mut HashSet<&'a str>, items: &mut Vec<Item>) {
    if seen.insert(key) {
        items.push(Item {
            path: Arc::clone(&document.path),
            body: document.in_list(),
        });
    }
}
