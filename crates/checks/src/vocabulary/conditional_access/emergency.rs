//! The accounts that are kept for emergencies.

use serde_json::{Value, json};

use super::super::json::{at, is, items, key, text, texts};
use super::people::People;

/// The accounts that a configuration names for emergencies, one object each: `id` (`/users/…`), `type`, `displayName`,
/// `userPrincipalName`, `accountEnabled`, `userId`, and `named`, the entry that names it. Everybody in a group that is
/// named is one.
///
/// An entry that leads to no account has no `id` and says in `missing` why: nothing has that name, or the group has
/// nobody in it.
pub fn emergency_accounts(named: &Value, users: &Value, groups: &Value) -> Vec<Value> {
    let people = People::new(users, groups, &Value::Null);
    let mut accounts: Vec<Value> = Vec::new();
    for entry in texts(named, "") {
        let ids = people.emergency(&json!([entry]));
        let found: Vec<&Value> = items(users)
            .iter()
            .filter(|user| text(user, "id").is_some_and(|id| ids.contains(&key(id))))
            .collect();
        if found.is_empty() {
            let missing = if ids.is_empty() {
                "no user or group has this id or name"
            } else {
                "the group has no user in it"
            };
            accounts.push(json!({"displayName": entry, "named": entry, "missing": missing}));
        }
        for user in found {
            let id = text(user, "id").unwrap_or_default();
            if !accounts.iter().any(|known| is(known, "userId", id)) {
                accounts.push(account(user, id, entry));
            }
        }
    }
    accounts
}

fn account(user: &Value, id: &str, entry: &str) -> Value {
    let name = text(user, "displayName").or_else(|| text(user, "userPrincipalName"));
    json!({
        "id": format!("/users/{id}"),
        "type": "graph/users",
        "userId": id,
        "displayName": name.unwrap_or(id),
        "userPrincipalName": at(user, "userPrincipalName"),
        "accountEnabled": at(user, "accountEnabled"),
        "named": entry,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_account_is_told_once_and_what_is_missing_too() {
        let users = json!([
            {"id": "u1", "displayName": "One", "userPrincipalName": "one@x", "accountEnabled": true},
            {"id": "u2", "displayName": null, "userPrincipalName": "two@x", "accountEnabled": false},
        ]);
        let groups = json!([
            {"id": "g", "displayName": "Break glass", "isAssignableToRole": true, "transitiveMembers": [{"id": "u1"}, {"id": "u2"}]},
            {"id": "none", "securityEnabled": true, "members": []},
        ]);
        let accounts = emergency_accounts(&json!(["ONE@x", "g", "none", "gone"]), &users, &groups);
        let names: Vec<_> = accounts
            .iter()
            .filter_map(|account| text(account, "displayName"))
            .collect();
        assert_eq!(names, ["One", "two@x", "none", "gone"]);
        assert!(is(&accounts[0], "id", "/users/u1"));
        assert!(is(&accounts[2], "missing", "the group has no user in it"));
        assert!(is(
            &accounts[3],
            "missing",
            "no user or group has this id or name"
        ));
        assert!(emergency_accounts(&Value::Null, &users, &groups).is_empty());
    }
}
