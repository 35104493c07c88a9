//! Whom a policy is for, and whom it leaves out.

use serde_json::Value;

use super::super::json::{at, has, texts};

/// How many single users a policy for everyone may leave out unless a check says otherwise:
/// Microsoft recommends two emergency accounts.
///
/// Source: <https://learn.microsoft.com/entra/identity/role-based-access-control/security-emergency-access>
pub const USERS_EXCLUDED_AT_MOST: usize = 2;

/// Whether a policy is for all users, apart from emergency accounts.
///
/// * `includeUsers` has `All`, which guests are part of.
/// * `emergency_accounts` lists the ids of users and groups that may be left out, as the policy
///   writes them: object ids, or user names where a document has those. Null means none.
/// * At most `excluded_at_most` other single users may be left out
///   ([`USERS_EXCLUDED_AT_MOST`] unless a check says otherwise).
/// * No role may be, no guests in either form (`GuestsOrExternalUsers` among the users,
///   `excludeGuestsOrExternalUsers`), and no other group: its members can be anyone.
///
/// State and other conditions are not looked at.
///
/// Source: <https://learn.microsoft.com/graph/api/resources/conditionalaccessusers>
pub fn covers_every_user(
    policy: &Value,
    emergency_accounts: &Value,
    excluded_at_most: usize,
) -> bool {
    let users = at(policy, "conditions.users");
    if !has(&texts(users, "includeUsers"), "All")
        || !texts(users, "excludeRoles").is_empty()
        || excludes_guests(users)
    {
        return false;
    }
    let single = not_emergency(policy, "excludeUsers", emergency_accounts);
    let single: Vec<&str> = single.iter().map(String::as_str).collect();
    ["All", "GuestsOrExternalUsers"]
        .iter()
        .all(|word| !has(&single, word))
        && single.len() <= excluded_at_most
        && unresolved_exclusions(policy, emergency_accounts).is_empty()
}

/// The ids of all groups that a policy leaves out, as written.
pub fn excluded_groups(policy: &Value) -> Vec<String> {
    not_emergency(policy, "excludeGroups", &Value::Null)
}

/// The ids of the excluded groups that are no named emergency group. Who is in them decides
/// whether the policy still covers everyone, so a person must look.
pub fn unresolved_exclusions(policy: &Value, emergency_accounts: &Value) -> Vec<String> {
    not_emergency(policy, "excludeGroups", emergency_accounts)
}

/// What an exclusion list holds besides emergency accounts, each once.
fn not_emergency(policy: &Value, list: &str, emergency_accounts: &Value) -> Vec<String> {
    let emergency = texts(emergency_accounts, "");
    let mut others: Vec<String> = Vec::new();
    for id in texts(at(policy, "conditions.users"), list) {
        let seen = others.iter().any(|other| other.eq_ignore_ascii_case(id));
        if !seen && !has(&emergency, id) {
            others.push(id.to_owned());
        }
    }
    others
}

/// An object that names no type excludes whatever Graph may mean by it; `none` excludes nobody.
fn excludes_guests(users: &Value) -> bool {
    let guests = at(users, "excludeGuestsOrExternalUsers");
    let types = texts(guests, "guestOrExternalUserTypes");
    !guests.is_null() && (types.is_empty() || types.iter().any(|kind| !has(&["none"], kind)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn covers(users: Value) -> bool {
        let policy = json!({"conditions": {"users": users}});
        covers_every_user(&policy, &json!(["E-1", "g-1"]), USERS_EXCLUDED_AT_MOST)
    }

    #[test]
    fn all_users_are_everyone() {
        assert!(covers(json!({"includeUsers": ["All"]})));
        assert!(covers(json!({
            "includeUsers": ["all"], "excludeUsers": null, "excludeGroups": null, "excludeRoles": null,
            "excludeGuestsOrExternalUsers": null,
        })));
        for included in [
            json!(["None"]),
            json!(["u"]),
            json!(["GuestsOrExternalUsers"]),
            json!([]),
            Value::Null,
        ] {
            assert!(
                !covers(
                    json!({"includeUsers": included, "includeRoles": ["r"], "includeGroups": ["g"]})
                ),
                "{included}"
            );
        }
    }

    #[test]
    fn few_single_users_may_be_left_out() {
        let without =
            |users: Value| covers(json!({"includeUsers": ["All"], "excludeUsers": users}));
        assert!(without(json!(["u-1", "u-2"])));
        assert!(without(json!(["u-1", "U-1", "u-2"])));
        assert!(!without(json!(["u-1", "u-2", "u-3"])));
        assert!(without(json!(["u-1", "u-2", "e-1"])));
        assert!(!without(json!(["GuestsOrExternalUsers"])));
        assert!(!without(json!(["all"])));
    }

    #[test]
    fn the_number_of_single_users_is_a_parameter() {
        let policy = json!({"conditions": {"users": {"includeUsers": ["All"], "excludeUsers": ["u-1", "e@x.com"]}}});
        assert!(!covers_every_user(&policy, &Value::Null, 0));
        assert!(!covers_every_user(&policy, &Value::Null, 1));
        assert!(covers_every_user(&policy, &json!(["E@X.com"]), 1));
        assert!(covers_every_user(
            &policy,
            &json!(["E@X.com", "u-1", null]),
            0
        ));
    }

    #[test]
    fn roles_guests_and_groups_may_not_be_left_out() {
        for (list, value) in [
            ("excludeRoles", json!(["r"])),
            ("excludeGroups", json!(["g-2"])),
            ("excludeGroups", json!(["g-1", "g-2"])),
            (
                "excludeGuestsOrExternalUsers",
                json!({"guestOrExternalUserTypes": "internalGuest,serviceProvider"}),
            ),
            (
                "excludeGuestsOrExternalUsers",
                json!({"guestOrExternalUserTypes": null}),
            ),
            ("excludeGuestsOrExternalUsers", json!({})),
        ] {
            let mut users = json!({"includeUsers": ["All"]});
            users[list] = value;
            assert!(!covers(users.clone()), "{users}");
        }
        assert!(covers(
            json!({"includeUsers": ["All"], "excludeGroups": ["G-1"]})
        ));
        assert!(covers(json!({
            "includeUsers": ["All"], "excludeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "none"},
        })));
    }

    #[test]
    fn excluded_groups_are_listed() {
        let policy =
            json!({"conditions": {"users": {"excludeGroups": ["G-1", "g-2", "G-2", null]}}});
        assert_eq!(excluded_groups(&policy), ["G-1", "g-2"]);
        assert_eq!(unresolved_exclusions(&policy, &json!(["g-1"])), ["g-2"]);
        assert_eq!(unresolved_exclusions(&policy, &Value::Null), ["G-1", "g-2"]);
        assert!(excluded_groups(&Value::Null).is_empty());
    }

    #[test]
    fn absent_conditions_cover_nobody() {
        for policy in [
            Value::Null,
            json!({}),
            json!({"conditions": null}),
            json!({"conditions": {"users": null}}),
        ] {
            assert!(!covers_every_user(&policy, &Value::Null, 2), "{policy}");
        }
    }
}
