//! Everything that a running server works out once for each version of its documents.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::cache::Cache;
use crate::kql::Rows;
use crate::rbac::{Grants, Locks};
use crate::resource_index::Index;
use crate::routes::Memberships;
use crate::store::Item;

/// A list as one caller sees it.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    pub(crate) items: Vec<Item>,
    /// What the list has beside its items.
    pub(crate) envelope: Map<String, Value>,
}

/// The items of a collection of Microsoft Graph; `None` where there is no such collection.
pub(crate) type Objects = Option<Arc<Vec<Arc<Value>>>>;

/// The caches of a server.
#[derive(Debug)]
pub(crate) struct Caches {
    /// By principal.
    pub(crate) grants: Cache<Arc<Grants>>,
    /// Of the whole tenant.
    pub(crate) locks: Cache<Arc<Locks>>,
    /// ARM's lists, by principal, path and filter.
    pub(crate) lists: Cache<Arc<Listed>>,
    /// Microsoft Graph's collections, by path and filter.
    pub(crate) objects: Cache<Objects>,
    /// Resource Graph's tables.
    pub(crate) rows: Cache<Arc<Index>>,
    /// What Resource Graph's queries give, by principal, scope and query.
    pub(crate) queries: Cache<Arc<Rows>>,
    /// How many users the directory has.
    pub(crate) users: Cache<usize>,
    /// Of the whole directory.
    pub(crate) memberships: Cache<Arc<Memberships>>,
}

impl Default for Caches {
    fn default() -> Self {
        Self {
            grants: Cache::new(64),
            locks: Cache::new(1),
            lists: Cache::new(512),
            objects: Cache::new(512),
            rows: Cache::new(1),
            queries: Cache::new(64),
            users: Cache::new(1),
            memberships: Cache::new(1),
        }
    }
}
