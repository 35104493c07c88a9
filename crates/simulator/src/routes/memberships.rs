//! Who is in which group and directory role, directly or through groups.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::Value;

use crate::routes::graph_derived::typed;
use crate::routes::graph_lists::Directory;
use crate::store::Store;

/// The holders (groups and directory roles) of every member, by ids in lower case.
#[derive(Debug, Default)]
pub(crate) struct Memberships {
    holders: Vec<Arc<Value>>,
    of_member: HashMap<String, Vec<usize>>,
}

impl Memberships {
    /// Every membership of a directory, gathered once for each version of it.
    pub(super) fn of(directory: Directory<'_>) -> Arc<Self> {
        let version = directory.tenant.store.version();
        let made = || Arc::new(Self::read(&directory.tenant.store));
        directory.caches.memberships.always(version, "", made)
    }

    fn read(store: &Store) -> Self {
        let mut all = Self::default();
        for (list, kind) in [("groups", "group"), ("directoryroles", "directoryRole")] {
            for holder in store.collection(&format!("/v1.0/{list}")).items {
                let at = all.holders.len();
                for member in members(store, &format!("{list}/{}", id_of(&holder.body))) {
                    let of = all.of_member.entry(id_of(&member)).or_default();
                    if of.last() != Some(&at) {
                        of.push(at);
                    }
                }
                let holder = typed(holder.body.as_ref().clone(), kind);
                all.holders.push(Arc::new(holder));
            }
        }
        all
    }

    /// The groups and directory roles that an object is in; a circle of groups is walked once.
    pub(super) fn holders(&self, id: &str, transitive: bool) -> Vec<Arc<Value>> {
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![id.to_lowercase()];
        while let Some(member) = open.pop() {
            for &at in self.of_member.get(&member).into_iter().flatten() {
                if !seen.insert(at) {
                    continue;
                }
                let Some(holder) = self.holders.get(at) else {
                    continue;
                };
                found.push(Arc::clone(holder));
                if transitive {
                    open.push(id_of(holder));
                }
            }
        }
        found
    }
}

fn id_of(object: &Value) -> String {
    object["id"].as_str().unwrap_or_default().to_lowercase()
}

/// The direct members of a holder, such as `groups/{id}`.
pub(super) fn members(store: &Store, holder: &str) -> Vec<Arc<Value>> {
    let list = store.collection(&format!("/v1.0/{holder}/members"));
    list.items.into_iter().map(|item| item.body).collect()
}

/// Every member of a group, through nested groups; a group within itself is met once.
pub(super) fn transitive_members(store: &Store, id: &str) -> Vec<Arc<Value>> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut open = vec![id.to_lowercase()];
    while let Some(group) = open.pop() {
        for member in members(store, &format!("groups/{group}")) {
            let member_id = id_of(&member);
            if !seen.insert(member_id.clone()) {
                continue;
            }
            open.push(member_id);
            found.push(member);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn store() -> Store {
        let mut store = Store::default();
        store.load("/v1.0/groups", json!({"value": [{"id": "a"}, {"id": "b"}]}));
        store.load(
            "/v1.0/groups/a/members",
            json!({"value": [{"id": "b"}, {"id": "u"}]}),
        );
        store.load(
            "/v1.0/groups/b/members",
            json!({"value": [{"id": "a"}, {"id": "v"}]}),
        );
        store
    }

    #[test]
    fn circles_of_groups_end() {
        let ids: BTreeSet<String> = transitive_members(&store(), "A")
            .iter()
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(ids, BTreeSet::from(["a", "b", "u", "v"].map(str::to_owned)));
    }

    #[test]
    fn membership_is_direct_or_through_groups() {
        let known = Memberships::read(&store());
        assert_eq!(known.holders("v", false).len(), 1);
        assert_eq!(known.holders("v", true).len(), 2);
        assert!(known.holders("nobody", true).is_empty());
    }
}
