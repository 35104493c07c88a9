//! Writes of documents: every one is noted in the history, with what it takes along.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use crate::action;
use crate::change::Change;
use crate::document_type;
use crate::history::{Author, ChangeKind, Entry, History};
use crate::path::{self, ProviderPath};
use crate::resource_tables;
use crate::routes::{arm_containers, graph_lists, transitive};
use crate::store::is_graph;
use crate::tenant::Tenant;

/// Changes a tenant on somebody's behalf. Everything that one writer does has one correlation id.
pub(crate) struct Writer<'a> {
    pub(crate) tenant: &'a mut Tenant,
    history: &'a History,
    author: Author,
    correlation: String,
    changes: Vec<Change>,
}

impl<'a> Writer<'a> {
    pub(crate) fn new(
        tenant: &'a mut Tenant,
        history: &'a History,
        author: Author,
        correlation: String,
    ) -> Self {
        Self {
            tenant,
            history,
            author,
            correlation,
            changes: Vec::new(),
        }
    }

    /// What was changed so far, without what went along.
    pub(crate) fn changes(self) -> Vec<Change> {
        self.changes
    }

    /// Stores a resource group that only its resources speak of, so that it can be written to.
    pub(crate) fn keep_group(&mut self, at: &str) {
        keep_group(self.tenant, at);
    }

    fn note(&mut self, entries: Vec<Entry>) {
        let own = entries.iter().filter(|entry| !entry.along);
        self.changes.extend(own.map(|entry| Change {
            path: entry.path.clone(),
            type_name: document_type::of(&entry.path, graph_lists::is_collection),
            kind: entry.kind,
            operation: entry.operation.clone(),
        }));
        self.history.add(entries);
    }

    /// Replaces or creates a document; gives its new etag.
    pub(crate) fn write(&mut self, at: &str, body: Value) -> String {
        self.put(at, body, false)
    }

    /// Creates what comes into being with the document above it.
    pub(crate) fn write_along(&mut self, at: &str, body: Value) {
        self.put(at, body, true);
    }

    fn put(&mut self, at: &str, body: Value, along: bool) -> String {
        keep_group(self.tenant, at);
        let existing = self.tenant.store.get(at);
        let before = existing.map(crate::store::Document::alone);
        let shown = existing.map_or_else(|| path::tidy(at), |found| found.path.to_string());
        let etag = self.tenant.store.write(at, body.clone());
        transitive::follow(&mut self.tenant.store, at, &body);
        let kind = if before.is_some() {
            ChangeKind::Update
        } else {
            ChangeKind::Create
        };
        let entry = Entry {
            before,
            after: Some(Arc::new(body)),
            along,
            ..self.entry(shown, kind)
        };
        self.note(vec![entry]);
        etag
    }

    /// Notes the end of a document that was never stored: one that the tenant's file stands for.
    pub(crate) fn forget(&mut self, at: &str, before: Arc<Value>) {
        // What was worked out from the documents so far does not hold any longer.
        self.tenant.store.remove(at);
        let entry = self.deletion(at, before, false);
        self.note(vec![entry]);
    }

    /// Removes a document and everything that ends with it; false when there was none.
    pub(crate) fn remove(&mut self, at: &str) -> bool {
        keep_group(self.tenant, at);
        let gone = self.going(at);
        if gone.is_empty() && !self.tenant.store.knows(at) {
            return false;
        }
        self.tenant.store.remove(at);
        for entry in gone.iter().filter(|entry| entry.along) {
            self.tenant.store.remove(&entry.path);
        }
        for (entry, before) in gone
            .iter()
            .filter_map(|entry| entry.before.as_ref().map(|before| (entry, before)))
        {
            transitive::follow(&mut self.tenant.store, &entry.path, before);
        }
        self.note(gone);
        true
    }

    /// The entries of everything that a removal ends: what is removed first, then what goes along.
    fn going(&self, at: &str) -> Vec<Entry> {
        let store = &self.tenant.store;
        let itself = store.get(at);
        let mut gone: Vec<Entry> = itself
            .map(|document| self.deletion(&document.path, document.alone(), false))
            .into_iter()
            .collect();
        if is_graph(at) {
            gone.extend(self.places_of(at));
            return gone;
        }
        let beneath = format!("{}/", path::key(at));
        for (_, document) in store.range(&beneath) {
            if is_resource(&document.path) {
                gone.push(self.deletion(&document.path, document.alone(), true));
            }
        }
        gone
    }

    /// Where a directory object is a member or an owner: those links end with it.
    fn places_of(&self, at: &str) -> Vec<Entry> {
        let key = path::key(at);
        let parts = path::segments(&key);
        let [_, "users" | "groups" | "serviceprincipals" | "devices", id] = parts.as_slice() else {
            return Vec::new();
        };
        let holders = [
            "groups",
            "directoryroles",
            "applications",
            "serviceprincipals",
        ];
        let mut links = Vec::new();
        for holder in holders {
            for (link, document) in self.tenant.store.range(&format!("/v1.0/{holder}/")) {
                let parts = path::segments(link);
                if parts.len() == 5 && parts[4] == *id {
                    links.push(self.deletion(&document.path, document.alone(), true));
                }
            }
        }
        links
    }

    /// Notes an action that was posted; it changes nothing.
    pub(crate) fn act(history: &History, author: Author, correlation: String, at: &str) {
        history.add(vec![Entry {
            at: Timestamp::now(),
            author,
            path: path::tidy(at),
            operation: operation("POST", at),
            kind: ChangeKind::Action,
            before: None,
            after: None,
            along: false,
            correlation,
        }]);
    }

    fn deletion(&self, at: &str, before: Arc<Value>, along: bool) -> Entry {
        Entry {
            before: Some(before),
            along,
            ..self.entry(at.to_owned(), ChangeKind::Delete)
        }
    }

    fn entry(&self, at: String, kind: ChangeKind) -> Entry {
        let method = if kind == ChangeKind::Delete {
            "DELETE"
        } else {
            "PUT"
        };
        Entry {
            at: Timestamp::now(),
            author: self.author.clone(),
            operation: operation(method, &at),
            path: at,
            kind,
            before: None,
            after: None,
            along: false,
            correlation: self.correlation.clone(),
        }
    }
}

/// The operation's name, as the activity log has it.
fn operation(method: &str, at: &str) -> String {
    if let Some(action) = action::of(method, at).filter(|_| !is_graph(at)) {
        return action.name;
    }
    let verb = if method == "DELETE" {
        "delete"
    } else {
        "write"
    };
    format!(
        "{}/{verb}",
        document_type::of(at, graph_lists::is_collection)
    )
}

/// True for what Resource Graph keeps in `resources`, whose changes it therefore reports.
pub(crate) fn is_resource(at: &str) -> bool {
    ProviderPath::parse(at).is_some_and(|provider| {
        let kind = provider.type_name().to_lowercase();
        let in_group = provider.scope.len() == 4;
        !provider.ends_on_type() && resource_tables::table_of(&kind, in_group) == Some("resources")
    })
}

/// True for a path within a resource group that does not exist.
pub(crate) fn is_homeless(tenant: &Tenant, at: &str) -> bool {
    path::segments(at).len() > 4
        && path::resource_group(at).is_some()
        && !arm_containers::group_exists(tenant, at)
}

/// Stores a resource group that only its resources speak of, so that it outlives them unchanged.
pub(crate) fn keep_group(tenant: &mut Tenant, at: &str) {
    let group = path::resource_group(at).map(|_| path::segments(at)[..4].join("/"));
    let missing = group.filter(|group| tenant.store.get(group).is_none());
    let (Some(group), Some(subscription)) = (missing, path::subscription(at)) else {
        return;
    };
    let key = path::key(&group);
    let implied = arm_containers::groups_of(tenant, subscription)
        .into_iter()
        .find(|one| path::key(&one.path) == key);
    if let Some(implied) = implied {
        tenant
            .store
            .write(&implied.path, implied.body.as_ref().clone());
    }
}
