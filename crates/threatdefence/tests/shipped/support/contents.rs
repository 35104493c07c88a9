//! Every document of a snapshot, and how those of two differ.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use catalog::{Catalog, DocumentType, Table};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

/// Documents by type, scope and id, all in lower case, with their parent's id.
pub struct Contents(BTreeMap<[String; 3], (String, Value)>);

impl Contents {
    /// Reads a snapshot that is whole.
    pub fn read(file: &Path) -> Self {
        let connection =
            Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let mut statement = connection
            .prepare("SELECT type, scope, key, parent, body FROM documents")
            .unwrap();
        let rows = statement.query_map([], |row| {
            let key = [row.get(0)?, row.get(1)?, row.get(2)?];
            Ok((key, row.get::<_, String>(3)?, row.get::<_, String>(4)?))
        });
        let documents = rows.unwrap().map(|row| {
            let (key, parent, body) = row.unwrap();
            (key, (parent, serde_json::from_str(&body).unwrap()))
        });
        Self(documents.collect())
    }

    /// Only the documents of types that are wanted.
    pub fn of_types(mut self, wanted: impl Fn(&DocumentType) -> bool) -> Self {
        self.0
            .retain(|[name, _, _], _| wanted(&DocumentType::new(name)));
        self
    }

    /// The types of which there is a document.
    pub fn types(&self) -> BTreeSet<DocumentType> {
        let names = self.0.keys().map(|[name, _, _]| DocumentType::new(name));
        names.collect()
    }

    /// The ids of a type's documents in a subscription.
    pub fn ids(&self, document_type: &str, subscription: &str) -> Vec<&str> {
        let wanted = document_type.to_lowercase();
        let here = self
            .0
            .keys()
            .filter(|[name, scope, _]| *name == wanted && scope.eq_ignore_ascii_case(subscription));
        here.map(|[_, _, id]| id.as_str()).collect()
    }

    /// How many documents there are of each type.
    pub fn counts(&self) -> BTreeMap<DocumentType, u64> {
        let mut counts = BTreeMap::new();
        for [name, _, _] in self.0.keys() {
            *counts.entry(DocumentType::new(name)).or_default() += 1;
        }
        counts
    }

    /// Where these differ from others, in words.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let catalog = Catalog::builtin().unwrap();
        let mut found = Vec::new();
        for (key, (parent, body)) in &self.0 {
            let Some((other_parent, other_body)) = other.0.get(key) else {
                found.push(format!("only in the first: {key:?}"));
                continue;
            };
            let entry = catalog.entry(&DocumentType::new(&key[0])).unwrap();
            let in_table = entry.resource_graph.is_some();
            let (one, other) = (comparable(body, in_table), comparable(other_body, in_table));
            if one != other || parent != other_parent {
                found.push(format!(
                    "differs: {key:?}\n  {parent} {one}\n  {other_parent} {other}"
                ));
            }
        }
        let only = other.0.keys().filter(|key| !self.0.contains_key(*key));
        found.extend(only.map(|key| format!("only in the second: {key:?}")));
        found
    }
}

/// What both Resource Graph and Resource Manager give of a document. They write types, and names of
/// places, each in their own way.
fn comparable(body: &Value, in_table: bool) -> Value {
    let mut body = body.clone();
    let Some(members) = body.as_object_mut().filter(|_| in_table) else {
        return body;
    };
    members.retain(|name, value| Table::carries(name) && !value.is_null() && *value != "");
    for name in ["type", "location"] {
        if let Some(Value::String(text)) = members.get_mut(name) {
            *text = text.to_lowercase().replace(' ', "");
        }
    }
    body
}

/// Fails with the first differences.
#[track_caller]
pub fn alike(one: &Contents, other: &Contents) {
    let found = one.differences(other);
    assert!(
        found.is_empty(),
        "{} differences\n{}",
        found.len(),
        found
            .iter()
            .take(5)
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join("\n")
    );
}
