//! Everything that a caller is to Azure's roles: itself, and every group that it is in.

use std::collections::{BTreeSet, HashSet};

use crate::store::Store;
use crate::tokens::Principal;

/// A caller with its groups.
#[derive(Debug, Clone, Default)]
pub(crate) struct Identity {
    /// The application's client id; none for a user, who is not the application that signs in for it.
    client_id: Option<String>,
    /// Object ids in lower case.
    ids: HashSet<String>,
}

impl Identity {
    /// The caller and the groups that hold it, directly or through groups.
    pub(crate) fn of(store: &Store, principal: &Principal) -> Self {
        Self {
            client_id: (!principal.is_user()).then(|| principal.client_id.to_lowercase()),
            ids: with_groups(store, &principal.object_id),
        }
    }

    /// True for the caller's own object id and for those of its groups.
    pub(crate) fn is(&self, id: &str) -> bool {
        self.ids.contains(&id.to_lowercase())
    }

    /// True for the caller's client id, where it is an application.
    pub(crate) fn is_application(&self, client_id: &str) -> bool {
        let own = self.client_id.as_deref();
        own.is_some_and(|own| own.eq_ignore_ascii_case(client_id))
    }
}

/// An object's id and those of the groups that hold it, directly or through groups, in lower case.
///
/// Groups are asked for their members by path, so that none of them is read.
pub(crate) fn with_groups(store: &Store, id: &str) -> HashSet<String> {
    let groups = group_ids(store);
    let mut found = HashSet::from([id.to_lowercase()]);
    let mut open = vec![id.to_lowercase()];
    while let Some(member) = open.pop() {
        for group in &groups {
            let holds = |list: &str| {
                let link = format!("{PREFIX}{group}/{list}/{member}");
                store.get(&link).is_some()
            };
            if !found.contains(group) && (holds("members") || holds("transitivemembers")) {
                found.insert(group.clone());
                open.push(group.clone());
            }
        }
    }
    found
}

const PREFIX: &str = "/v1.0/groups/";

/// The ids of all groups that are stored or have anything stored beneath them.
fn group_ids(store: &Store) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut from = PREFIX.to_owned();
    while let Some((key, _)) = store.first_from(&from, PREFIX) {
        let id = key[PREFIX.len()..].split('/').next().unwrap_or_default();
        // '0' follows '/': the first key past everything in this group.
        from = if key.len() == PREFIX.len() + id.len() {
            format!("{key}\0")
        } else {
            format!("{PREFIX}{id}0")
        };
        found.insert(id.to_owned());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::SignedInUser;
    use serde_json::json;

    fn store() -> Store {
        let mut store = Store::default();
        store.load(
            "/v1.0/groups",
            json!({"value": [{"id": "A"}, {"id": "b"}, {"id": "ab"}]}),
        );
        for (group, members) in [
            ("A", json!(["b"])),
            ("b", json!(["a", "u"])),
            ("ab", json!(["x"])),
        ] {
            let members: Vec<_> = members
                .as_array()
                .unwrap()
                .iter()
                .map(|id| json!({"id": id}))
                .collect();
            store.load(
                &format!("/v1.0/groups/{group}/members"),
                json!({"value": members}),
            );
        }
        store
    }

    #[test]
    fn groups_are_followed_upwards_and_circles_end() {
        let ids = with_groups(&store(), "U");
        let expected = ["u", "a", "b"].map(str::to_owned);
        assert_eq!(ids, HashSet::from(expected));
        assert_eq!(with_groups(&store(), "nobody").len(), 1);
    }

    #[test]
    fn groups_that_only_their_members_speak_of_count() {
        let mut store = Store::default();
        let members = json!({"value": [{"id": "u"}]});
        store.load("/v1.0/groups/g/members", members);
        assert!(with_groups(&store, "u").contains("g"));
    }

    #[test]
    fn a_user_is_not_the_application_it_signs_in_with() {
        let mut principal = Principal {
            client_id: "C".to_owned(),
            object_id: "u".to_owned(),
            ..Principal::default()
        };
        assert!(Identity::of(&store(), &principal).is_application("c"));
        principal.user = Some(SignedInUser::default());
        let user = Identity::of(&store(), &principal);
        assert!(!user.is_application("c"));
        assert!(user.is("B"));
    }
}
