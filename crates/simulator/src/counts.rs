//! How many documents a tenant holds, by type.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::caches::Caches;
use crate::document_type;
use crate::path;
use crate::routes::containers::groups_of;
use crate::routes::{collection_size, is_collection};
use crate::store::is_graph;
use crate::tenant::Tenant;

/// Graph's collections to which the tenant's file adds objects that are not stored.
const DERIVED: [&str; 4] = [
    "applications",
    "servicePrincipals",
    "organization",
    "domains",
];

/// Documents by type in lower case. Names are dropped from the types of children.
pub(crate) fn of(tenant: &Tenant, caches: &Caches) -> BTreeMap<String, u64> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    // Neighbours in the store are mostly in one collection.
    let mut neighbour: Option<(String, bool)> = None;
    for (key, document) in tenant.store.range("/") {
        if is_counted_apart(tenant, key) {
            continue;
        }
        let name = key.rsplit('/').next().unwrap_or_default();
        let body = document.in_list();
        let kind = document_type::of(key, |collection| {
            if let Some((known, is)) = &neighbour
                && known == collection
            {
                return *is;
            }
            let is = is_collection(collection) || is_object(&body, collection, name);
            neighbour = Some((collection.to_owned(), is));
            is
        });
        *counts.entry(kind).or_default() += 1;
    }
    for one in &tenant.subscriptions {
        let groups = groups_of(tenant, &one.id).len();
        *counts
            .entry("microsoft.resources/subscriptions".to_owned())
            .or_default() += 1;
        add(&mut counts, "microsoft.resources/resourcegroups", groups);
    }
    for list in DERIVED {
        let kind = format!("graph/{}", list.to_lowercase());
        counts.remove(&kind);
        add(&mut counts, &kind, collection_size(tenant, caches, list));
    }
    counts
}

fn add(counts: &mut BTreeMap<String, u64>, kind: &str, more: usize) {
    if more > 0 {
        *counts.entry(kind.to_owned()).or_default() += u64::try_from(more).unwrap_or(u64::MAX);
    }
}

/// What holds single documents, though their ids are their names.
const SINGLES: [&str; 8] = [
    "policies",
    "identity",
    "conditionalaccess",
    "directory",
    "security",
    "admin",
    "rolemanagement",
    "devicemanagement",
];

/// An object of a collection that only some tenants have: it has its id for a name.
fn is_object(body: &Value, collection: &str, name: &str) -> bool {
    let id = body["id"].as_str().unwrap_or_default();
    let holder = collection.rsplit('/').next().unwrap_or_default();
    id.eq_ignore_ascii_case(name) && !SINGLES.contains(&holder)
}

/// Subscriptions and resource groups, which are more than those stored, and what no list shows: events, what is stored
/// for a subscription that the tenant does not have, and what is stored twice, for `beta` too.
fn is_counted_apart(tenant: &Tenant, key: &str) -> bool {
    if let Some(rest) = key.strip_prefix("/beta/") {
        return tenant.store.get(&format!("/v1.0/{rest}")).is_some();
    }
    if is_graph(key) {
        return false;
    }
    let parts = path::segments(key);
    let is_container = matches!(
        parts.as_slice(),
        ["subscriptions", _] | ["subscriptions", _, "resourcegroups", _]
    );
    let is_event = matches!(parts.as_slice(), [.., "events", _, "ticks", _])
        || key.contains("/providers/microsoft.insights/eventtypes/");
    let is_astray = path::subscription(key).is_some_and(|id| tenant.subscription(id).is_none());
    is_container || is_event || is_astray
}
