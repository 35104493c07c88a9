//! Every row of Resource Graph's tables, made once for each version of the documents.

mod builder;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use builder::Builder;
use serde_json::Value;

use crate::kql::Row;
use crate::roles::Definition;
use crate::tenant::Tenant;
use crate::{containers_rows, stated_roles};

/// The columns that every table has.
pub(crate) const COLUMNS: [&str; 16] = [
    "id",
    "name",
    "type",
    "tenantId",
    "kind",
    "location",
    "resourceGroup",
    "subscriptionId",
    "managedBy",
    "sku",
    "plan",
    "properties",
    "tags",
    "identity",
    "zones",
    "extendedLocation",
];

/// Where a row belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Home {
    /// The subscription at this place in the tenant.
    Subscription(usize),
    /// The management group with this id, in lower case.
    Group(String),
    /// The tenant itself.
    Root,
    /// Azure's own, which is the same everywhere.
    Everywhere,
}

/// A row and who may see it where.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) row: Row,
    pub(crate) home: Home,
    /// Other homes, for what is one row though it holds in several places.
    pub(crate) also: Vec<Home>,
    /// True when it is assigned to its home itself, not to something in it.
    pub(crate) direct: bool,
    /// The action that reads it, in lower case, by its place in the index.
    pub(crate) action: usize,
    /// The path that roles must cover.
    pub(crate) scope: Arc<str>,
}

/// The rows of a table.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) entries: Vec<Entry>,
    by_type: HashMap<String, Vec<usize>>,
    by_id: OnceLock<HashMap<String, usize>>,
}

impl Table {
    /// The places of the rows of some types (in lower case), in their order.
    pub(crate) fn of_types(&self, types: &[String]) -> Vec<usize> {
        let mut found: Vec<usize> = types
            .iter()
            .filter_map(|kind| self.by_type.get(kind))
            .flatten()
            .copied()
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The places of the rows with some ids (in lower case), in their order.
    pub(crate) fn of_ids(&self, ids: &[String]) -> Vec<usize> {
        let by_id = self.by_id.get_or_init(|| {
            let ids = self.entries.iter().map(|entry| &entry.row[0]);
            let lowered = ids.map(|id| id.value().as_str().unwrap_or_default().to_lowercase());
            lowered.zip(0..).collect()
        });
        let mut found: Vec<usize> = ids.iter().filter_map(|id| by_id.get(id)).copied().collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    fn push(&mut self, kind: &str, entry: Entry) {
        let at = self.entries.len();
        match self.by_type.get_mut(kind) {
            Some(places) => places.push(at),
            None => {
                self.by_type.insert(kind.to_owned(), vec![at]);
            }
        }
        self.entries.push(entry);
    }
}

/// All tables.
#[derive(Debug, Default)]
pub(crate) struct Index {
    tables: HashMap<&'static str, Table>,
    /// The actions that read rows, in lower case.
    pub(crate) actions: Vec<String>,
}

impl Index {
    /// Reads every document of a tenant.
    pub(crate) fn of(tenant: &Tenant) -> Self {
        let mut builder = Builder::new(tenant);
        for prefix in ["/subscriptions/", "/providers/"] {
            for (_, document) in tenant.store.range(prefix) {
                builder.document(&document.path, document.in_list());
            }
        }
        for (path, body) in stated_roles::documents(tenant) {
            builder.document(&path, Arc::new(body));
        }
        for derived in Definition::all(tenant) {
            if derived.stored.is_none() {
                let body = derived.seen_from("");
                builder.document(body["id"].as_str().unwrap_or_default(), Arc::clone(&body));
            }
        }
        for container in containers_rows::all(tenant) {
            builder.container(&container);
        }
        builder.index
    }

    /// A table by its name in lower case.
    pub(crate) fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }
}

/// A document in `resourcecontainers`.
pub(crate) struct Container {
    pub(crate) path: String,
    pub(crate) kind: &'static str,
    pub(crate) action: &'static str,
    pub(crate) home: Home,
    pub(crate) body: Value,
}
