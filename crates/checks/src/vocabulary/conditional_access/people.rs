//! The people of a directory, as policies name them: by id, group, role or kind of guest.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::super::directory::privileged_role;
use super::super::json::{at, is, items, key, text, texts};

/// Accounts that Microsoft's synchronisation signs in with. They answer no second factor, and Microsoft's own templates
/// leave them out.
///
/// Source: <https://learn.microsoft.com/entra/identity/conditional-access/policy-all-users-mfa-strength#user-exclusions>
const SYNCHRONISATION_ROLES: [&str; 2] = [
    "d29b2b05-8046-44ba-8758-1e26182fcf32", // Directory Synchronization Accounts
    "a92aed5d-d78a-4d16-b381-09adb37eb3b0", // On Premises Directory Sync Account
];

/// Users, groups with their members, and directory roles with theirs.
pub(super) struct People<'a> {
    pub(super) users: &'a [Value],
    groups: Groups<'a>,
    roles: HashMap<String, HashSet<String>>,
    privileged: HashSet<String>,
}

/// Who is in a group.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Membership {
    /// The ids of members at any depth, groups among them.
    pub(super) ids: HashSet<String>,
    /// Whether the members of some group in it were not read.
    pub(super) unread: bool,
}

/// Groups with their members, by their id.
pub(in super::super) struct Groups<'a>(HashMap<String, &'a Value>);

impl<'a> Groups<'a> {
    pub(in super::super) fn new(groups: &'a Value) -> Self {
        let by_id = items(groups)
            .iter()
            .filter_map(|group| Some((key(text(group, "id")?), group)));
        Self(by_id.collect())
    }

    /// The ids of the members of a group at any depth.
    pub(in super::super) fn members(&self, group: &str) -> Vec<String> {
        self.membership(group).ids.into_iter().collect()
    }

    /// The members of a group at any depth; none if there is no such group.
    ///
    /// A role-assignable group comes with its `transitiveMembers`, another security group with its `members`. Those of
    /// groups that are neither, such as Microsoft 365 groups and distribution lists, are not read.
    fn membership(&self, group: &str) -> Membership {
        let mut membership = Membership::default();
        let mut open = vec![key(group)];
        let mut seen = HashSet::new();
        while let Some(id) = open.pop() {
            let Some(group) = self.0.get(&id) else {
                continue;
            };
            if !seen.insert(id) {
                continue;
            }
            let listed: Vec<String> = ["transitiveMembers", "members"]
                .iter()
                .flat_map(|list| items(at(group, list)))
                .filter_map(|member| text(member, "id").map(key))
                .collect();
            membership.unread |= listed.is_empty() && !is_read(group);
            open.extend(listed.iter().cloned());
            membership.ids.extend(listed);
        }
        membership
    }
}

impl<'a> People<'a> {
    pub(super) fn new(users: &'a Value, groups: &'a Value, roles: &'a Value) -> Self {
        let mut people = Self {
            users: items(users),
            groups: Groups::new(groups),
            roles: HashMap::new(),
            privileged: HashSet::new(),
        };
        for role in items(roles) {
            let mut holders = HashSet::new();
            for member in items(at(role, "members")) {
                let Some(id) = text(member, "id") else {
                    continue;
                };
                holders.insert(key(id));
                holders.extend(people.membership(id).ids);
            }
            if privileged_role(role) {
                people.privileged.extend(holders.iter().cloned());
            }
            let template = key(text(role, "roleTemplateId").unwrap_or_default());
            people.roles.entry(template).or_default().extend(holders);
        }
        people
    }

    /// Who is in a group.
    pub(super) fn membership(&self, group: &str) -> Membership {
        self.groups.membership(group)
    }

    /// The ids of those who hold a directory role, given by its template, in the whole tenant.
    pub(super) fn holders(&self, template: &str) -> Option<&HashSet<String>> {
        self.roles.get(&key(template))
    }

    pub(super) fn is_privileged(&self, id: &str) -> bool {
        self.privileged.contains(&key(id))
    }

    pub(super) fn synchronises(&self, id: &str) -> bool {
        let id = key(id);
        SYNCHRONISATION_ROLES.iter().any(|role| {
            self.holders(role)
                .is_some_and(|holders| holders.contains(&id))
        })
    }

    /// The ids of the emergency accounts: what is named by id or user name, and everybody in a group that is named
    /// by id or display name.
    pub(super) fn emergency(&self, named: &Value) -> HashSet<String> {
        let named: HashSet<String> = texts(named, "").into_iter().map(key).collect();
        let mut ids = HashSet::new();
        if named.is_empty() {
            return ids;
        }
        for user in self.users {
            let is_named = ["id", "userPrincipalName"]
                .iter()
                .any(|member| text(user, member).is_some_and(|text| named.contains(&key(text))));
            if let (true, Some(id)) = (is_named, text(user, "id")) {
                ids.insert(key(id));
            }
        }
        for (id, group) in &self.groups.0 {
            if named.contains(id)
                || text(group, "displayName").is_some_and(|name| named.contains(&key(name)))
            {
                ids.insert(id.clone());
                ids.extend(self.membership(id).ids);
            }
        }
        ids
    }
}
/// Whether the members of a group are among what a scan reads.
fn is_read(group: &Value) -> bool {
    ["isAssignableToRole", "securityEnabled"]
        .iter()
        .any(|member| at(group, member).as_bool() == Some(true))
}

/// What Conditional Access calls a user that comes from elsewhere; `None` for an ordinary member.
///
/// The kinds `b2bDirectConnectUser`, `serviceProvider` and `otherExternalUser` have no user object.
///
/// Source: <https://learn.microsoft.com/entra/identity/conditional-access/concept-conditional-access-users-groups>
pub(super) fn external_kind(user: &Value) -> Option<&'static str> {
    let invited = text(user, "userPrincipalName")
        .is_some_and(|name| name.to_ascii_uppercase().contains("#EXT#"));
    match (is(user, "userType", "Guest"), invited) {
        (true, true) => Some("b2bCollaborationGuest"),
        (true, false) => Some("internalGuest"),
        (false, true) => Some("b2bCollaborationMember"),
        (false, false) => None,
    }
}

/// How a finding calls a user.
pub(super) fn name_of(user: &Value) -> String {
    ["userPrincipalName", "displayName", "id"]
        .iter()
        .find_map(|member| text(user, member))
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ids(list: &[&str]) -> HashSet<String> {
        list.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn groups_nest_and_may_go_in_circles() {
        let groups = json!([
            {"id": "A", "securityEnabled": true, "members": [{"id": "b"}, {"id": "U1"}]},
            {"id": "b", "securityEnabled": true, "members": [{"id": "a"}, {"id": "c"}, {"id": "u2"}]},
            {"id": "c", "isAssignableToRole": true, "transitiveMembers": [{"id": "u3"}, null]},
            {"id": "m365", "securityEnabled": false, "members": []},
            {"id": "d", "securityEnabled": true, "members": [{"id": "m365"}]},
            {"id": "empty", "securityEnabled": true, "members": []},
        ]);
        let people = People::new(&Value::Null, &groups, &Value::Null);
        let a = people.membership("a");
        assert_eq!(a.ids, ids(&["a", "b", "c", "u1", "u2", "u3"]));
        assert!(!a.unread);
        assert!(people.membership("D").unread);
        assert!(people.membership("m365").unread);
        assert_eq!(people.membership("empty"), Membership::default());
        assert_eq!(people.membership("gone"), Membership::default());
    }

    #[test]
    fn roles_are_held_through_groups() {
        let groups =
            json!([{"id": "g", "isAssignableToRole": true, "transitiveMembers": [{"id": "u"}]}]);
        let roles = json!([
            {"roleTemplateId": SYNCHRONISATION_ROLES[0], "members": [{"id": "Sync"}]},
            {"roleTemplateId": "62e90394-69f5-4237-9190-012177145e10", "members": [{"id": "g"}]},
        ]);
        let people = People::new(&Value::Null, &groups, &roles);
        assert!(people.synchronises("sync") && !people.synchronises("u"));
        assert!(people.is_privileged("U") && !people.is_privileged("sync"));
    }

    #[test]
    fn emergency_accounts_are_named_in_many_ways() {
        let users = json!([
            {"id": "U1", "userPrincipalName": "One@contoso.com"}, {"id": "u2"}, {"id": "u3"}, {"id": "u4"}, null,
        ]);
        let groups = json!([
            {"id": "g1", "displayName": "Break glass", "members": [{"id": "u3"}]},
            {"id": "g2", "displayName": "Other", "members": [{"id": "u4"}]},
        ]);
        let people = People::new(&users, &groups, &Value::Null);
        let named = |named: Value| people.emergency(&named);
        assert_eq!(named(json!(["one@CONTOSO.com", "U2"])), ids(&["u1", "u2"]));
        assert_eq!(named(json!(["break GLASS"])), ids(&["g1", "u3"]));
        assert_eq!(named(json!(["G2"])), ids(&["g2", "u4"]));
        assert!(named(Value::Null).is_empty());
    }

    #[test]
    fn guests_are_told_by_type_and_name() {
        for (kind, name, expected) in [
            (
                "Guest",
                "a_b.example#EXT#@c.example",
                Some("b2bCollaborationGuest"),
            ),
            ("guest", "a@c.example", Some("internalGuest")),
            (
                "Member",
                "a_b.example#ext#@c.example",
                Some("b2bCollaborationMember"),
            ),
            ("Member", "a@c.example", None),
        ] {
            let user = json!({"userType": kind, "userPrincipalName": name});
            assert_eq!(external_kind(&user), expected, "{kind} {name}");
        }
        assert_eq!(external_kind(&json!({"userType": null})), None);
    }
}
