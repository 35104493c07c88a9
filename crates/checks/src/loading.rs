//! Loading the documents that a check joins.

use catalog::{Document, Documents, Scope, ScopeKind, Shape, SourceError};
use serde_json::{Map, Value};
use std::ops::ControlFlow;

use crate::gap::Gap;
use crate::reads::ResolvedRead;

/// Documents that were asked for: known, or why they are not.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Loaded {
    /// An object or null for a single document, else a list.
    Known(Value),
    Gap(Gap),
}

/// The child of a document of the check's own type.
pub(crate) fn own_child(
    source: &dyn Documents,
    read: &ResolvedRead,
    document: &Document,
) -> Result<Loaded, SourceError> {
    let children = source.children(&read.entry.name, document)?;
    if let Some(gap) = Gap::of(&read.label, &read.entry, &children.state) {
        return Ok(Loaded::Gap(gap));
    }
    match carry_children(source, read, children.documents)? {
        Err(gap) => Ok(Loaded::Gap(gap)),
        Ok(bodies) => Ok(Loaded::Known(shaped(read.entry.shape, bodies))),
    }
}

/// Every document of another type that belongs to the same subscription, or to the tenant.
pub(crate) fn joined(
    source: &dyn Documents,
    read: &ResolvedRead,
    scope: &Scope,
) -> Result<Loaded, SourceError> {
    let Some(root) = read.lineage.first() else {
        return Ok(Loaded::Gap(Gap::never_planned(&read.label)));
    };
    let reads = source.reads(&root.name)?;
    let belongs = |read_scope: &Scope| match (root.scope, scope) {
        (ScopeKind::Tenant, _) => *read_scope == Scope::Tenant,
        (ScopeKind::Subscription, Scope::Tenant) => true,
        (ScopeKind::Subscription, Scope::Subscription(_)) => read_scope == scope,
    };
    let states: Vec<_> = reads
        .into_iter()
        .filter(|state| belongs(&state.scope))
        .collect();
    if states.is_empty() {
        return Ok(Loaded::Gap(Gap::never_planned(&read.label)));
    }
    let mut documents = Vec::new();
    for state in &states {
        if let Some(gap) = Gap::of(&read.label, root, state) {
            return Ok(Loaded::Gap(gap));
        }
        for entry in &read.lineage[1..] {
            let gaps = source.child_gaps(&entry.name, &state.scope)?;
            if let Some(gap) = gaps
                .iter()
                .find_map(|(_, state)| Gap::of(&read.label, entry, state))
            {
                return Ok(Loaded::Gap(gap));
            }
        }
        source.visit(&read.entry.name, &state.scope, &mut |document| {
            documents.push(document);
            ControlFlow::Continue(())
        })?;
    }
    match carry_children(source, read, documents)? {
        Err(gap) => Ok(Loaded::Gap(gap)),
        Ok(bodies) => Ok(Loaded::Known(shaped(read.entry.shape, bodies))),
    }
}

/// The bodies of documents, each with its children under their keys.
fn carry_children(
    source: &dyn Documents,
    read: &ResolvedRead,
    documents: Vec<Document>,
) -> Result<Result<Vec<Value>, Gap>, SourceError> {
    let mut bodies = Vec::with_capacity(documents.len());
    for document in documents {
        let mut carried = Vec::new();
        for (key, entry) in &read.children {
            let children = source.children(&entry.name, &document)?;
            let label = format!("{}/{key}", read.label);
            if let Some(gap) = Gap::of(&label, entry, &children.state) {
                return Ok(Err(gap));
            }
            let list = children
                .documents
                .into_iter()
                .map(|child| child.body)
                .collect();
            carried.push((key.clone(), shaped(entry.shape, list)));
        }
        bodies.push(with_members(document.body, carried));
    }
    Ok(Ok(bodies))
}

fn with_members(body: Value, members: Vec<(String, Value)>) -> Value {
    if members.is_empty() {
        return body;
    }
    let mut object = match body {
        Value::Object(object) => object,
        _ => Map::new(),
    };
    object.extend(members);
    Value::Object(object)
}

fn shaped(shape: Shape, bodies: Vec<Value>) -> Value {
    match shape {
        Shape::List => Value::Array(bodies),
        Shape::Single => bodies.into_iter().next().unwrap_or(Value::Null),
    }
}
