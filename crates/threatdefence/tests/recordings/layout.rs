//! Lays recorded documents out as one tenant, without losing one.
//!
//! The recordings come from few subscriptions, and many show one resource at different times. Where a place is taken by
//! another body, the whole recording moves to a further copy of its subscription; nothing but the subscription's id
//! changes in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use catalog::Entry;
use serde_json::{Map, Value, json};

use crate::form::Form;
use crate::found::{Found, TENANT, Unit};

/// Copies that recordings are dealt out to in turn: each subscription has its own limit of requests, which a scan keeps.
const DEALT: usize = 4;

/// A document in its place.
pub struct Placed {
    /// Its type.
    pub entry: Arc<Entry>,
    /// The path at which the simulator serves it.
    pub path: String,
    /// The document as it is served.
    pub body: Value,
    /// The recordings that show it; none for a parent that was never recorded.
    pub files: Vec<String>,
}

impl Placed {
    /// The id that the document says it has, else its path.
    pub fn id(&self) -> &str {
        let own = self.body["id"].as_str();
        own.unwrap_or(&self.path)
    }

    /// Whether a scan comes to it. It passes over subscriptions that are not enabled, and the system database's
    /// encryption decides no check.
    pub fn is_scanned(&self) -> bool {
        let of_master = self
            .path
            .to_lowercase()
            .ends_with("/databases/master/transparentdataencryption/current");
        !of_master && (!self.entry.from_scope || self.body["state"] == "Enabled")
    }

    /// The id of the subscription it lies in, in lower case.
    pub fn subscription(&self) -> String {
        subscription_of(&self.path).to_lowercase()
    }
}

/// The tenant.
pub struct Layout<'a> {
    forms: &'a [Form],
    /// By path in lower case.
    pub documents: BTreeMap<String, Placed>,
    /// How many copies of a subscription there are at most.
    copies: u32,
}

impl<'a> Layout<'a> {
    /// Lays out recordings; parents must come before their children.
    pub fn new(forms: &'a [Form], units: &[Unit<'_>]) -> Self {
        let mut layout = Self {
            forms,
            documents: BTreeMap::new(),
            copies: 0,
        };
        for (turn, unit) in units.iter().enumerate() {
            layout.place(unit, turn);
        }
        layout
    }

    /// Nothing of the recordings was lost.
    pub fn holds_everything(&self, units: &[Unit<'_>]) {
        let found: usize = units.iter().map(|unit| unit.documents.len()).sum();
        let placed = self.documents.values().map(|placed| placed.files.len());
        assert_eq!(placed.sum::<usize>(), found);
    }

    /// The ids of its subscriptions, as the paths spell them.
    pub fn subscriptions(&self) -> BTreeSet<String> {
        let placed = self.documents.values();
        placed.map(Placed::subscription).collect()
    }

    /// The tenant as one JSON file of the simulator's.
    pub fn to_file(&self, client_id: &str, graph: Map<String, Value>) -> Value {
        let arm: Map<String, Value> = self
            .documents
            .values()
            .map(|placed| (placed.path.clone(), placed.body.clone()))
            .collect();
        json!({
            "tenant": {"tenant_id": TENANT, "client_id": client_id, "subscriptions": self.subscriptions()},
            "hosts": {"management.azure.com": arm, "graph.microsoft.com": graph},
        })
    }

    /// Whether the catalogue asks for a document: its condition may rule the parent out.
    pub fn is_asked_for(&self, placed: &Placed) -> bool {
        let Some(when) = &placed.entry.when else {
            return true;
        };
        let parent = self.parent_of(placed).map(str::to_lowercase);
        let parent = parent.and_then(|path| self.documents.get(&path));
        parent.is_none_or(|parent| when.holds(&parent.body))
    }

    /// The path of the document that one lies below; `None` for a type without a parent.
    pub fn parent_of<'p>(&self, placed: &'p Placed) -> Option<&'p str> {
        placed.entry.parent.as_ref()?;
        let mut forms = self.forms.iter();
        let form = forms.find(|form| form.entry.name == placed.entry.name)?;
        Some(form.parent_of(&placed.path))
    }

    fn place(&mut self, unit: &Unit<'_>, turn: usize) {
        let entry = &unit.form.entry;
        let is_dealt = entry.parent.is_none() && !entry.from_scope;
        let first = if is_dealt { (turn % DEALT) as u32 } else { 0 };
        let copies = || {
            let rest = first..=self.copies.max(first);
            rest.chain(0..first).map(|copy| (copy, moved(unit, copy)))
        };
        let chosen = copies()
            .find(|(_, documents)| documents.iter().all(|found| self.is_there(found)))
            .or_else(|| {
                copies().find(|(_, documents)| {
                    self.fit(documents) && self.have_parents(unit, documents)
                })
            })
            .or_else(|| copies().find(|(_, documents)| self.fit(documents)));
        let (copy, documents) = chosen.unwrap_or_else(|| panic!("{} has a path twice", unit.file));
        self.copies = self.copies.max(copy + 1);
        for found in documents {
            self.put(unit.form, found, Some(unit.file));
        }
    }

    fn is_there(&self, found: &Found) -> bool {
        let there = self.documents.get(&found.path.to_lowercase());
        there.is_some_and(|placed| placed.body == found.body)
    }

    fn fit(&self, documents: &[Found]) -> bool {
        let free = |found: &Found| !self.documents.contains_key(&found.path.to_lowercase());
        documents
            .iter()
            .all(|found| free(found) || self.is_there(found))
    }

    fn have_parents(&self, unit: &Unit<'_>, documents: &[Found]) -> bool {
        unit.form.entry.parent.is_none()
            || documents.iter().all(|found| {
                let parent = unit.form.parent_of(&found.path);
                self.documents.contains_key(&parent.to_lowercase())
            })
    }

    fn put(&mut self, form: &Form, found: Found, file: Option<&str>) {
        if form.entry.parent.is_some() {
            self.ensure(form, form.parent_of(&found.path));
        }
        let placed = self
            .documents
            .entry(found.path.to_lowercase())
            .or_insert_with(|| Placed {
                entry: Arc::clone(&form.entry),
                path: found.path,
                body: found.body,
                files: Vec::new(),
            });
        placed.files.extend(file.map(str::to_owned));
    }

    /// A child is only asked for where its parent is: one that was not recorded gets the least body.
    fn ensure(&mut self, child: &Form, path: &str) {
        if self.documents.contains_key(&path.to_lowercase()) {
            return;
        }
        let form = self
            .forms
            .iter()
            .find(|form| Some(&form.entry.name) == child.entry.parent.as_ref())
            .expect("the catalogue knows a child's parent");
        let name = path.rsplit('/').next().unwrap_or_default();
        let mut body = json!({"id": path, "name": name, "type": form.entry.name.as_str()});
        if child
            .entry
            .when
            .as_ref()
            .is_some_and(|when| !when.holds(&body))
        {
            body["kind"] = json!("functionapp");
        }
        if form.entry.name.as_str() == "Microsoft.Resources/subscriptions" {
            return;
        }
        let path = path.to_owned();
        self.put(form, Found { path, body }, None);
    }
}

fn subscription_of(path: &str) -> &str {
    path.split('/').nth(2).unwrap_or_default()
}

/// The documents of a recording in a further copy of its subscription; copy 0 is the subscription itself.
fn moved(unit: &Unit<'_>, copy: u32) -> Vec<Found> {
    let moved = |found: &Found| {
        let subscription = subscription_of(&found.path);
        let to = copy_of(subscription, copy);
        let mut body = found.body.clone();
        if copy > 0 {
            rename(&mut body, subscription, &to);
        }
        Found {
            path: found.path.replacen(subscription, &to, 1),
            body,
        }
    };
    unit.documents.iter().map(moved).collect()
}

/// The id of a copy: the number in place of the first eight digits.
pub fn copy_of(id: &str, copy: u32) -> String {
    match id.get(8..) {
        Some(rest) if copy > 0 => format!("{copy:08x}{rest}"),
        _ => id.to_owned(),
    }
}

fn rename(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::String(text) if text.contains(from) => *text = text.replace(from, to),
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, from, to)),
        Value::Object(members) => members
            .values_mut()
            .for_each(|member| rename(member, from, to)),
        _ => {}
    }
}
