//! Stored transitive members: a tenant's file may hold them, and then they follow its groups' members.
//!
//! Where none are stored they are derived, and nothing is to be done.

use std::sync::Arc;

use serde_json::Value;

use crate::path;
use crate::routes::memberships;
use crate::store::Store;

/// Follows the link at a path that was just written or removed; other paths than those of members change nothing.
pub(super) fn follow(store: &mut Store, link: &str, member: &Value) {
    let key = path::key(link);
    let parts = path::segments(&key);
    let [_, "groups", group, "members", id] = parts.as_slice() else {
        return;
    };
    let is_there = store.get(&key).is_some();
    let mut moved = vec![Arc::new(member.clone())];
    moved.extend(memberships::transitive_members(store, id));
    for holder in holders(store, group) {
        let list = format!("/v1.0/groups/{holder}/transitivemembers");
        let reached = memberships::transitive_members(store, &holder);
        for one in &moved {
            let Some(id) = one["id"].as_str() else {
                continue;
            };
            let at = format!("{list}/{id}");
            let stays = reached.iter().any(|other| other["id"] == one["id"]);
            if is_there && store.get(&at).is_none() {
                store.write(&at, one.as_ref().clone());
            } else if !is_there && !stays {
                store.remove(&at);
            }
        }
    }
}

/// The groups with stored transitive members that a group is, or is in.
fn holders(store: &Store, group: &str) -> Vec<String> {
    let suffix = format!("/transitivemembers/{group}");
    let prefix = "/v1.0/groups/";
    let mut found: Vec<String> = store
        .range(prefix)
        .filter_map(|(key, _)| key.strip_prefix(prefix)?.strip_suffix(&suffix))
        .map(str::to_owned)
        .collect();
    let own = format!("{prefix}{group}/transitivemembers");
    if store.collection(&own).stored {
        found.push(group.to_owned());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn ids(store: &Store, group: &str) -> Vec<String> {
        let items = store.collection(&format!("/v1.0/groups/{group}/transitiveMembers"));
        let ids = items.items.iter().map(|one| one.body["id"].to_string());
        ids.map(|id| id.trim_matches('"').to_owned()).collect()
    }

    #[test]
    fn stored_transitive_members_follow_the_members() {
        let mut store = Store::default();
        for (at, list) in [
            ("groups/a/members", json!([{"id": "b"}, {"id": "u"}])),
            ("groups/b/members", json!([{"id": "u"}])),
            (
                "groups/a/transitiveMembers",
                json!([{"id": "b"}, {"id": "u"}]),
            ),
        ] {
            store.load(&format!("/v1.0/{at}"), json!({"value": list}));
        }
        let (new, old) = ("/v1.0/groups/b/members/v", "/v1.0/groups/b/members/u");
        store.write(new, json!({"id": "v"}));
        follow(&mut store, new, &json!({"id": "v"}));
        assert_eq!(ids(&store, "a"), ["b", "u", "v"]);
        store.remove(old);
        follow(&mut store, old, &json!({"id": "u"}));
        // It is in the upper group by itself, too.
        assert_eq!(ids(&store, "a"), ["b", "u", "v"]);
        store.remove(new);
        follow(&mut store, new, &json!({"id": "v"}));
        assert_eq!(ids(&store, "a"), ["b", "u"]);
        assert!(!store.collection("/v1.0/groups/b/transitiveMembers").stored);
    }
}
