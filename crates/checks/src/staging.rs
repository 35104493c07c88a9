//! A test's documents, set up as a tenant in memory.

use std::sync::Arc;

use catalog::{Catalog, Document, DocumentType, Entry, Outcome, Scope, ScopeKind, Service};
use serde_json::{Map, Value};

use crate::Memory;
use crate::check::{Check, Test};
use crate::reads::{ResolvedRead, resolve};

const TENANT: &str = "11111111-1111-1111-1111-111111111111";
const SUBSCRIPTION: &str = "22222222-2222-2222-2222-222222222222";

/// Sets a test's documents up. What the check reads and the test does not mention is known to be
/// absent: a list is empty, a single document does not exist.
pub(crate) fn stage(check: &Check, test: &Test, catalog: &Catalog) -> Result<Memory, String> {
    let judged = judged(check, test);
    let resolved = resolve(check, judged, catalog).map_err(|error| error.to_string())?;
    let (Some(root), Some(entry)) = (resolved.lineage.first(), resolved.lineage.last()) else {
        return Err(format!("{judged} is listed nowhere"));
    };
    let outcome = |name: &str| {
        test.unreadable
            .iter()
            .find(|(read, _)| read == name)
            .map(|(_, outcome)| *outcome)
    };
    let mut stage = Stage {
        subscription: subscription_of(&test.resource),
        memory: Memory::new(TENANT),
    };
    for other in check.resources.iter().filter(|other| *other != judged) {
        stage.nothing_of(check, other, catalog)?;
    }
    let listed = outcome("resource").unwrap_or(Outcome::Read);
    stage
        .memory
        .read(&root.name, stage.scope(root), listed, None);
    let resource = stage.document(entry, test.resource.clone(), 0);
    if listed.is_known() {
        stage.memory.insert(resource.clone());
    }
    // The document is one of those that such a read joins, and has no children unless the test says so.
    for read in resolved
        .reads
        .iter()
        .filter(|read| !read.own_child && read.entry.name == entry.name)
    {
        for (_, child) in &read.children {
            stage
                .memory
                .add_children(&resource, &child.name, Outcome::Read, Vec::new());
        }
    }
    for read in &resolved.reads {
        let given = test
            .with
            .iter()
            .find(|(name, _)| *name == read.name)
            .map(|(_, value)| value);
        stage.place(&resource, read, given, outcome(&read.name));
    }
    Ok(stage.memory)
}

/// The type that a test's document says it is of; the first that the check judges when it says none of them.
fn judged<'c>(check: &'c Check, test: &Test) -> &'c DocumentType {
    let named = test.resource.get("type").and_then(Value::as_str);
    let named = named.map(DocumentType::from);
    let mut resources = check.resources.iter();
    resources
        .find(|resource| named.as_ref() == Some(resource))
        .unwrap_or(&check.resources[0])
}

/// The subscription that a test's document says it is in.
fn subscription_of(resource: &Value) -> String {
    let id = resource
        .get("id")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let mut segments = id
        .split('/')
        .skip_while(|segment| !segment.eq_ignore_ascii_case("subscriptions"));
    segments.nth(1).unwrap_or(SUBSCRIPTION).to_owned()
}

/// A tenant that is being set up.
struct Stage {
    subscription: String,
    memory: Memory,
}

impl Stage {
    /// Of a type that the check judges too there is no document.
    fn nothing_of(
        &mut self,
        check: &Check,
        other: &DocumentType,
        catalog: &Catalog,
    ) -> Result<(), String> {
        let resolved = resolve(check, other, catalog).map_err(|error| error.to_string())?;
        if let Some(root) = resolved.lineage.first() {
            self.memory
                .read(&root.name, self.scope(root), Outcome::Read, None);
        }
        Ok(())
    }

    fn place(
        &mut self,
        resource: &Document,
        read: &ResolvedRead,
        given: Option<&Value>,
        unreadable: Option<Outcome>,
    ) {
        let bodies = bodies(given.cloned());
        let known = if bodies.is_empty() {
            Outcome::Absent
        } else {
            Outcome::Read
        };
        let outcome = unreadable.unwrap_or(known);
        let mut documents = Vec::new();
        for (index, body) in bodies.into_iter().enumerate() {
            documents.push(self.with_children(read, body, index));
        }
        if read.own_child {
            self.memory
                .add_children(resource, &read.entry.name, outcome, documents);
            return;
        }
        if let Some(root) = read.lineage.first() {
            self.memory
                .read(&root.name, self.scope(root), outcome, None);
        }
        for document in documents {
            self.memory.insert(document);
        }
    }

    /// Makes a joined document of a body that carries its children along.
    fn with_children(&mut self, read: &ResolvedRead, mut body: Value, index: usize) -> Document {
        let mut carried = Vec::new();
        for (key, entry) in &read.children {
            let children = body.as_object_mut().and_then(|members| members.remove(key));
            carried.push((Arc::clone(entry), bodies(children)));
        }
        let parent = self.document(&read.entry, body, index);
        for (entry, bodies) in carried {
            let children = bodies.into_iter().enumerate();
            let children = children
                .map(|(index, body)| self.document(&entry, body, index))
                .collect();
            self.memory
                .add_children(&parent, &entry.name, Outcome::Read, children);
        }
        parent
    }

    fn scope(&self, entry: &Entry) -> Scope {
        match entry.scope {
            ScopeKind::Tenant => Scope::Tenant,
            ScopeKind::Subscription => Scope::subscription(&self.subscription),
        }
    }

    /// A document with what every document of its type has.
    fn document(&self, entry: &Entry, body: Value, index: usize) -> Document {
        let (document_type, scope) = (entry.name.clone(), self.scope(entry));
        let Value::Object(mut members) = body else {
            return Document {
                document_type,
                id: format!("/odd/{index}"),
                scope,
                body,
            };
        };
        let id = match entry.service {
            Service::Graph => graph_identity(entry, &mut members, index),
            Service::Arm => self.arm_identity(entry, &mut members, index),
        };
        Document {
            document_type,
            id,
            scope,
            body: Value::Object(members),
        }
    }

    fn arm_identity(
        &self,
        entry: &Entry,
        members: &mut Map<String, Value>,
        index: usize,
    ) -> String {
        let name = entry.name.as_str();
        let subscription = &self.subscription;
        if name.eq_ignore_ascii_case("Microsoft.Resources/tenants") {
            fill(members, "tenantId", || TENANT.to_owned());
            return fill(members, "id", || format!("/tenants/{TENANT}"));
        }
        if name.eq_ignore_ascii_case("Microsoft.Resources/subscriptions") {
            fill(members, "subscriptionId", || subscription.clone());
            fill(members, "displayName", || "Test".to_owned());
            return fill(members, "id", || format!("/subscriptions/{subscription}"));
        }
        let own_name = fill(members, "name", || {
            if index == 0 {
                "test".to_owned()
            } else {
                format!("test-{index}")
            }
        });
        fill(members, "type", || name.to_owned());
        if in_resource_group(name) {
            fill(members, "location", || "westeurope".to_owned());
        }
        fill(members, "id", || arm_id(subscription, name, &own_name))
    }
}

/// The bodies that a test gives for a read: none, one or a list of them.
fn bodies(given: Option<Value>) -> Vec<Value> {
    match given {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) => items,
        Some(body) => vec![body],
    }
}

/// Whether documents of a type live in resource groups. Roles, policies and Defender plans belong
/// to the subscription itself.
fn in_resource_group(document_type: &str) -> bool {
    let provider = document_type.split('/').next().unwrap_or_default();
    !["Microsoft.Authorization", "Microsoft.Security"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(provider))
}

/// The id of a document of that type and name; its parents are all called `test`.
fn arm_id(subscription: &str, document_type: &str, name: &str) -> String {
    let (provider, types) = document_type
        .split_once('/')
        .unwrap_or((document_type, "things"));
    let group = if in_resource_group(document_type) {
        "/resourceGroups/test"
    } else {
        ""
    };
    let types: Vec<&str> = types.split('/').collect();
    let mut id = format!("/subscriptions/{subscription}{group}/providers/{provider}");
    for (level, segment) in types.iter().enumerate() {
        let own = if level + 1 == types.len() {
            name
        } else {
            "test"
        };
        id.push_str(&format!("/{segment}/{own}"));
    }
    id
}

fn graph_identity(entry: &Entry, members: &mut Map<String, Value>, index: usize) -> String {
    let id = fill(members, "id", || {
        format!("33333333-3333-3333-3333-{index:012}")
    });
    let collection = entry.name.as_str().trim_start_matches("graph/");
    format!("/{collection}/{id}")
}

/// The text of a member, which is set first when it is missing. A test may say that a member is
/// null; only what it leaves out is filled in.
fn fill(members: &mut Map<String, Value>, name: &str, default: impl FnOnce() -> String) -> String {
    if let Some(text) = members.get(name).and_then(Value::as_str) {
        return text.to_owned();
    }
    let value = default();
    members
        .entry(name)
        .or_insert_with(|| Value::String(value.clone()));
    value
}
