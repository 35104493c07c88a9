//! The simulated Azure and the snapshot have the same number of documents of each type.

use std::collections::BTreeMap;

use catalog::{Catalog, DocumentType, Entry, Method, Service, Shape};
use simulator::Options;

use crate::support::{Azure, LISTED, generated};

/// The type as the simulator counts it: a single child has no name of its own there.
fn counted_as(entry: &Entry) -> String {
    let name = entry.name.key();
    let is_named = entry.parent.is_some() && entry.shape == Shape::Single;
    match name.rsplit_once('/') {
        Some((types, _)) if is_named && entry.path.contains('/') => types.to_owned(),
        _ => name,
    }
}

/// Whether each of its documents is read once, in the one place where it is: not what counts in each
/// subscription below, hangs below resources of any type, is left out by a condition or a filter, or is
/// an answer to an action.
fn is_counted_once(entry: &Entry, catalog: &Catalog) -> bool {
    let conditional = |entry: &Entry| entry.when.is_some();
    let mut above = entry
        .parent
        .as_ref()
        .and_then(|parent| catalog.entry(parent));
    while let Some(entry) = above {
        if conditional(entry) {
            return false;
        }
        above = entry
            .parent
            .as_ref()
            .and_then(|parent| catalog.entry(parent));
    }
    let inherited = entry.name.key().starts_with("microsoft.authorization/");
    let extends = entry.parent.is_some() && entry.path.contains("providers/");
    let filtered = entry
        .query
        .as_ref()
        .is_some_and(|query| query.contains("$filter"));
    match entry.service {
        Service::Graph => entry.parent.is_none() && entry.shape == Shape::List && !filtered,
        Service::Arm => {
            !inherited
                && !extends
                && !filtered
                && !conditional(entry)
                && entry.method == Method::Get
                && !entry.path.is_empty()
                && !entry.from_scope
        }
    }
}

/// Collects everything and compares; returns how many types were compared.
#[track_caller]
fn agree(azure: &Azure, arguments: &[&str]) -> usize {
    let catalog = Catalog::builtin().unwrap();
    let in_azure = azure.server().counts();
    let collected = azure.collect(&[&["--everything"], arguments].concat());
    let in_snapshot: BTreeMap<DocumentType, u64> = collected.contents().counts();
    let mut compared = 0;
    let mut differ = Vec::new();
    for entry in catalog
        .entries()
        .filter(|entry| is_counted_once(entry, &catalog))
    {
        let name = counted_as(entry);
        let alone = catalog
            .entries()
            .filter(|other| counted_as(other) == name)
            .count()
            == 1;
        let Some(there) = in_azure.get(&name).copied().filter(|_| alone) else {
            continue;
        };
        compared += 1;
        let here = in_snapshot.get(&entry.name).copied().unwrap_or_default();
        if there != here {
            differ.push(format!("{name}: {there} in Azure, {here} in the snapshot"));
        }
    }
    assert!(differ.is_empty(), "{differ:#?}");
    compared
}

#[test]
fn counts_agree_type_by_type_before_and_after_changes() {
    let azure = generated(2, Options::default());
    let compared = agree(&azure, &[]);
    assert!(compared > 200, "{compared} types were compared");
    assert!(!azure.server().change(30, 2).is_empty());
    agree(&azure, &[]);
    agree(&azure, &LISTED);
}
