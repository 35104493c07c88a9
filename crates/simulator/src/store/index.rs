//! Where the resources of one type in one subscription are, whatever resource group holds them.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::{Document, Store};
use crate::path;

/// Keys of documents by `{subscription}/{namespace}/{type}`, in lower case.
#[derive(Debug, Clone, Default)]
pub(super) struct TypeIndex(HashMap<String, BTreeSet<Arc<str>>>);

impl TypeIndex {
    pub(super) fn add(&mut self, key: &Arc<str>) {
        if let Some(place) = place(key) {
            self.0.entry(place).or_default().insert(Arc::clone(key));
        }
    }

    pub(super) fn remove(&mut self, key: &str) {
        if let Some(keys) = place(key).and_then(|place| self.0.get_mut(&place)) {
            keys.remove(key);
        }
    }
}

/// The place of `/subscriptions/{s}/resourcegroups/{g}/providers/{namespace}/{type}/{name}`.
fn place(key: &str) -> Option<String> {
    match path::segments(key).as_slice() {
        [
            "subscriptions",
            subscription,
            "resourcegroups",
            _,
            "providers",
            namespace,
            kind,
            _,
        ] => Some(format!("{subscription}/{namespace}/{kind}")),
        _ => None,
    }
}

/// The type in `…/providers/microsoft.authorization/{type}/{name}`.
pub(super) fn authorization_kind(key: &str) -> Option<&str> {
    const PROVIDER: &str = "/providers/microsoft.authorization/";
    let at = key.rfind(PROVIDER)? + PROVIDER.len();
    let (kind, name) = key[at..].split_once('/')?;
    (!name.contains('/')).then_some(kind)
}

impl Store {
    /// The resources in every resource group that a list by subscription shows.
    pub(super) fn of_type_in_groups<'a>(
        &'a self,
        list: &str,
    ) -> impl Iterator<Item = (&'a Arc<str>, &'a Document)> {
        let place = match path::segments(list).as_slice() {
            // A subscription's own deployments: those in its groups are listed there alone.
            [
                "subscriptions",
                _,
                "providers",
                "microsoft.resources",
                "deployments",
            ] => None,
            ["subscriptions", subscription, "providers", namespace, kind] => {
                Some(format!("{subscription}/{namespace}/{kind}"))
            }
            _ => None,
        };
        let keys = place.and_then(|place| self.types.0.get(&place));
        keys.into_iter()
            .flatten()
            .filter_map(|key| self.documents.get_key_value(key))
    }
}
