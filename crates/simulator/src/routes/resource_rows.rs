//! The rows that a query to Resource Graph runs over: those of its table, within its scope, that the caller may read.

use std::collections::HashMap;
use std::sync::Arc;

use crate::kql::{KqlQuery, Rows};
use crate::rbac::Grants;
use crate::resource_index::{COLUMNS, Entry, Home, Index};
use crate::routes::resource_scope::Scope;
use crate::tenant::Tenant;

/// The columns of every table.
pub(super) fn columns() -> Vec<Arc<str>> {
    COLUMNS.iter().map(|name| Arc::from(*name)).collect()
}

/// Selects the rows that a query can give: by its own first test on types or ids where it has one.
pub(super) fn select(
    tenant: &Tenant,
    grants: &Grants,
    index: &Index,
    scope: &Scope,
    query: &KqlQuery,
) -> Rows {
    let name = query.table.to_lowercase();
    let mut found = Rows {
        columns: columns(),
        rows: Vec::new(),
    };
    let Some(table) = index.table(&name) else {
        return found;
    };
    let mut reader = Reader {
        tenant,
        grants,
        index,
        scope,
        known: HashMap::new(),
        inherited: HashMap::new(),
    };
    let mut take = |entry: &Entry| {
        if scope.holds(&name, entry) && reader.may(entry) {
            found.rows.push(Arc::clone(&entry.row));
        }
    };
    let places = match (query.wanted("id"), query.wanted("type")) {
        (Some(ids), _) => table.of_ids(&ids),
        (None, Some(types)) => table.of_types(&types),
        (None, None) => {
            table.entries.iter().for_each(take);
            return found;
        }
    };
    places
        .iter()
        .filter_map(|&at| table.entries.get(at))
        .for_each(&mut take);
    found
}

/// Decides whether a caller may read rows: once for a type in a subscription where one answer holds for all of it.
struct Reader<'a> {
    tenant: &'a Tenant,
    grants: &'a Grants,
    index: &'a Index,
    scope: &'a Scope,
    known: HashMap<(usize, usize), Option<bool>>,
    inherited: HashMap<usize, bool>,
}

impl Reader<'_> {
    fn may(&mut self, entry: &Entry) -> bool {
        let Some(action) = self.index.actions.get(entry.action) else {
            return false;
        };
        if let Home::Subscription(at) = entry.home {
            let known = self.known.entry((at, entry.action)).or_insert_with(|| {
                let id = self.tenant.subscriptions.get(at)?.id.to_lowercase();
                if action == "microsoft.resources/subscriptions/read" {
                    return Some(self.grants.see_subscription(&id));
                }
                self.grants.everywhere(&id, action)
            });
            return known.unwrap_or_else(|| self.grants.allow(self.tenant, action, &entry.scope));
        }
        // Whoever reads assignments in a subscription reads those it inherits too.
        let inherited = *self.inherited.entry(entry.action).or_insert_with(|| {
            let mut ids = self.scope.ids(self.tenant);
            ids.any(|id| self.grants.everywhere(&id.to_lowercase(), action) == Some(true))
        });
        let is_group = action == "microsoft.management/managementgroups/read";
        (inherited && !is_group) || self.grants.allow(self.tenant, action, &entry.scope)
    }
}
