//! A check's reads, looked up in the catalogue.

use std::sync::Arc;

use catalog::{Catalog, DocumentType, Entry};

use crate::Check;

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

/// Looks up what a check judges and reads.
pub(crate) fn resolve(
    check: &Check,
    catalog: &Catalog,
) -> Result<(Vec<Arc<Entry>>, Vec<ResolvedRead>), UnknownType> {
    let unknown = |name: &str| UnknownType {
        check: check.id.clone(),
        name: name.to_owned(),
    };
    let resource = catalog
        .entry(&check.resource)
        .ok_or_else(|| unknown(check.resource.as_str()))?;
    let mut reads = Vec::new();
    for read in &check.reads {
        let entry = catalog
            .resolve(&check.resource, &read.read)
            .ok_or_else(|| unknown(&read.read))?;
        let mut children = Vec::new();
        for child in &read.children {
            let child_entry = catalog
                .entry(&entry.name.child(child))
                .ok_or_else(|| unknown(child))?;
            children.push((child.clone(), Arc::clone(child_entry)));
        }
        let fallback_for = match &read.fallback_for {
            None => None,
            Some(name) => Some(
                check
                    .reads
                    .iter()
                    .position(|other| other.name == *name)
                    .ok_or_else(|| unknown(name))?,
            ),
        };
        reads.push(ResolvedRead {
            name: read.name.clone(),
            label: read.read.clone(),
            entry: Arc::clone(entry),
            lineage: lineage(entry, catalog),
            own_child: is_own_child(check, &read.read, entry),
            children,
            fallback_for,
        });
    }
    Ok((lineage(resource, catalog), reads))
}

/// Whether a read is a child of the check's resource rather than a type of its own. A type that is
/// listed below the resource but was asked for by its full name is joined like any other.
pub(crate) fn is_own_child(check: &Check, read: &str, entry: &Entry) -> bool {
    entry.name == check.resource.child(read) && entry.parent.as_ref() == Some(&check.resource)
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
