//! A test's documents, set up as a tenant in memory.

use std::sync::Arc;

use catalog::{Catalog, Document, Entry, Outcome, Scope, ScopeKind, Service};
use serde_json::{Map, Value};

use crate::Memory;
use crate::check::{Check, Test};
use crate::reads::{ResolvedRead, resolve};

const TENANT: &str = "11111111-1111-1111-1111-111111111111";
const SUBSCRIPTION: &str = "22222222-2222-2222-2222-222222222222";

/// Sets a test's documents up. What the check reads and the test does not mention is known to be
/// absent: a list is empty, a single document does not exist.
pub(crate) fn stage(check: &Check, test: &Test, catalog: &Catalog) -> Result<Memory, String> {
    let (lineage, reads) = resolve(check, catalog).map_err(|error| error.to_string())?;
    let outcome = |name: &str| {
        test.unreadable
            .iter()
            .find(|(read, _)| read == name)
            .map(|(_, outcome)| *outcome)
    };
    let mut memory = Memory::new(TENANT);
    let (Some(root), Some(entry)) = (lineage.first(), lineage.last()) else {
        return Err(format!("{} is listed nowhere", check.resource));
    };
    let listed = outcome("resource").unwrap_or(Outcome::Read);
    memory.read(&root.name, scope(root), listed, None);
    let resource = document(entry, test.resource.clone(), 0);
    if listed.is_known() {
        memory.insert(resource.clone());
    }
    for read in &reads {
        let given = test
            .with
            .iter()
            .find(|(name, _)| *name == read.name)
            .map(|(_, value)| value);
        place(&mut memory, &resource, read, given, outcome(&read.name));
    }
    Ok(memory)
}

fn place(
    memory: &mut Memory,
    resource: &Document,
    read: &ResolvedRead,
    given: Option<&Value>,
    unreadable: Option<Outcome>,
) {
    let bodies: Vec<Value> = match given {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) => items.clone(),
        Some(body) => vec![body.clone()],
    };
    let known = if bodies.is_empty() {
        Outcome::Absent
    } else {
        Outcome::Read
    };
    let outcome = unreadable.unwrap_or(known);
    let mut documents = Vec::new();
    for (index, body) in bodies.into_iter().enumerate() {
        documents.push(with_children(memory, read, body, index));
    }
    if read.own_child {
        memory.add_children(resource, &read.entry.name, outcome, documents);
        return;
    }
    if let Some(root) = read.lineage.first() {
        memory.read(&root.name, scope(root), outcome, None);
    }
    for document in documents {
        memory.insert(document);
    }
}

/// Makes a joined document of a body that carries its children along.
fn with_children(
    memory: &mut Memory,
    read: &ResolvedRead,
    mut body: Value,
    index: usize,
) -> Document {
    let mut carried = Vec::new();
    for (key, entry) in &read.children {
        let children = body.as_object_mut().and_then(|members| members.remove(key));
        let bodies = match children {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(items)) => items,
            Some(single) => vec![single],
        };
        carried.push((Arc::clone(entry), bodies));
    }
    let parent = document(&read.entry, body, index);
    for (entry, bodies) in carried {
        let children = bodies
            .into_iter()
            .enumerate()
            .map(|(index, body)| document(&entry, body, index))
            .collect();
        memory.add_children(&parent, &entry.name, Outcome::Read, children);
    }
    parent
}

fn scope(entry: &Entry) -> Scope {
    match entry.scope {
        ScopeKind::Tenant => Scope::Tenant,
        ScopeKind::Subscription => Scope::subscription(SUBSCRIPTION),
    }
}

/// A document with what every document of its type has.
fn document(entry: &Entry, body: Value, index: usize) -> Document {
    let Value::Object(mut members) = body else {
        return Document {
            document_type: entry.name.clone(),
            id: format!("/odd/{index}"),
            scope: scope(entry),
            body,
        };
    };
    let id = match entry.service {
        Service::Graph => graph_identity(entry, &mut members, index),
        Service::Arm => arm_identity(entry, &mut members, index),
    };
    Document {
        document_type: entry.name.clone(),
        id,
        scope: scope(entry),
        body: Value::Object(members),
    }
}

fn graph_identity(entry: &Entry, members: &mut Map<String, Value>, index: usize) -> String {
    let id = fill(members, "id", || {
        format!("33333333-3333-3333-3333-{index:012}")
    });
    let collection = entry.name.as_str().trim_start_matches("graph/");
    format!("/{collection}/{id}")
}

fn arm_identity(entry: &Entry, members: &mut Map<String, Value>, index: usize) -> String {
    let name = entry.name.as_str();
    if name.eq_ignore_ascii_case("Microsoft.Resources/tenants") {
        fill(members, "tenantId", || TENANT.to_owned());
        return fill(members, "id", || format!("/tenants/{TENANT}"));
    }
    if name.eq_ignore_ascii_case("Microsoft.Resources/subscriptions") {
        fill(members, "subscriptionId", || SUBSCRIPTION.to_owned());
        fill(members, "displayName", || "Test".to_owned());
        return fill(members, "id", || format!("/subscriptions/{SUBSCRIPTION}"));
    }
    let own_name = fill(members, "name", || {
        if index == 0 {
            "test".to_owned()
        } else {
            format!("test-{index}")
        }
    });
    fill(members, "type", || name.to_owned());
    fill(members, "location", || "westeurope".to_owned());
    fill(members, "id", || {
        let (provider, types) = name.split_once('/').unwrap_or((name, "things"));
        let mut path =
            format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/test/providers/{provider}");
        let types: Vec<&str> = types.split('/').collect();
        for (level, segment) in types.iter().enumerate() {
            let last = level + 1 == types.len();
            path.push_str(&format!(
                "/{segment}/{}",
                if last { own_name.as_str() } else { "test" }
            ));
        }
        path
    })
}

/// The text of a member, set first when it is missing.
fn fill(members: &mut Map<String, Value>, name: &str, default: impl FnOnce() -> String) -> String {
    if let Some(text) = members.get(name).and_then(Value::as_str) {
        return text.to_owned();
    }
    let value = default();
    // A test may say that a member is null; only what it leaves out is filled in.
    members
        .entry(name)
        .or_insert_with(|| Value::String(value.clone()));
    value
}
