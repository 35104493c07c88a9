//! A check's reads, looked up in the catalogue.

use std::sync::Arc;

use catalog::{Catalog, DocumentType, Entry, ScopeKind};

use crate::{Check, Read};

/// A document type that a check names and the catalogue lacks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{check} reads `{name}`, which the catalogue does not have")]
pub struct UnknownType {
    /// The check.
    pub check: String,
    /// The type or child key as the check writes it.
    pub name: String,
}

/// A read of a check, looked up.
#[derive(Debug, Clone)]
pub(crate) struct ResolvedRead {
    /// The name that expressions use.
    pub(crate) name: String,
    /// What is read, as the check writes it.
    pub(crate) label: String,
    /// What is read and how.
    pub(crate) entry: Arc<Entry>,
    /// The types from the one that is listed by itself down to `entry`.
    pub(crate) lineage: Vec<Arc<Entry>>,
    /// Whether it is a child of the check's own resource.
    pub(crate) own_child: bool,
    /// The children that each document carries along, by key.
    pub(crate) children: Vec<(String, Arc<Entry>)>,
    /// The index of the read that this one stands in for.
    pub(crate) fallback_for: Option<usize>,
}

impl ResolvedRead {
    /// Whether it joins a list that the whole tenant has in common.
    pub(crate) fn is_of_tenant(&self) -> bool {
        let root = self.lineage.first();
        root.is_some_and(|root| root.scope == ScopeKind::Tenant)
    }
}

/// What a check reads when it judges documents of one of its types, looked up.
#[derive(Debug)]
pub(crate) struct Resolved {
    /// The types from the one that is listed by itself down to the judged one.
    pub(crate) lineage: Vec<Arc<Entry>>,
    /// The reads that the type has.
    pub(crate) reads: Vec<ResolvedRead>,
    /// The names of the reads that the type lacks and another of the check's types has: null for expressions.
    pub(crate) lacking: Vec<String>,
}

/// Looks up what a check reads when it judges documents of one of its types.
pub(crate) fn resolve(
    check: &Check,
    resource: &DocumentType,
    catalog: &Catalog,
) -> Result<Resolved, UnknownType> {
    let unknown = |name: &str| UnknownType {
        check: check.id.clone(),
        name: name.to_owned(),
    };
    let own = catalog
        .entry(resource)
        .ok_or_else(|| unknown(resource.as_str()))?;
    if let Some(read) = check
        .reads
        .iter()
        .find(|read| !is_known(check, read, catalog))
    {
        return Err(unknown(&read.read));
    }
    let here: Vec<_> = check
        .reads
        .iter()
        .filter_map(|read| Some((read, catalog.resolve(resource, &read.read)?)))
        .collect();
    let mut reads = Vec::new();
    for (read, entry) in here.iter().copied() {
        let mut children = Vec::new();
        for child in &read.children {
            let child_entry = catalog
                .entry(&entry.name.child(child))
                .ok_or_else(|| unknown(child))?;
            children.push((child.clone(), Arc::clone(child_entry)));
        }
        // What it stands in for may be a read that this type lacks: then it stands by itself.
        let stands_for = |name: &String| here.iter().position(|(other, _)| other.name == *name);
        let fallback_for = read.fallback_for.as_ref().and_then(stands_for);
        reads.push(ResolvedRead {
            name: read.name.clone(),
            label: read.read.clone(),
            entry: Arc::clone(entry),
            lineage: lineage(entry, catalog),
            own_child: is_own_child(resource, &read.read, entry),
            children,
            fallback_for,
        });
    }
    let names = check.reads.iter().map(|read| &read.name);
    let is_lacking = |name: &&String| !reads.iter().any(|read| read.name == **name);
    Ok(Resolved {
        lineage: lineage(own, catalog),
        lacking: names.filter(is_lacking).cloned().collect(),
        reads,
    })
}

/// Whether some type that the check judges has the read.
fn is_known(check: &Check, read: &Read, catalog: &Catalog) -> bool {
    let mut resources = check.resources.iter();
    resources.any(|resource| catalog.resolve(resource, &read.read).is_some())
}

/// Whether a read is a child of the judged resource rather than a type of its own. A type that is
/// listed below the resource but was asked for by its full name is joined like any other.
pub(crate) fn is_own_child(resource: &DocumentType, read: &str, entry: &Entry) -> bool {
    entry.name == resource.child(read) && entry.parent.as_ref() == Some(resource)
}

/// The entries from the one that is listed by itself down to `entry`.
fn lineage(entry: &Arc<Entry>, catalog: &Catalog) -> Vec<Arc<Entry>> {
    let mut lineage = vec![Arc::clone(entry)];
    let mut parent: Option<&DocumentType> = entry.parent.as_ref();
    while let Some(found) = parent.and_then(|name| catalog.entry(name)) {
        lineage.push(Arc::clone(found));
        parent = found.parent.as_ref();
    }
    lineage.reverse();
    lineage
}
