//! What a policy leaves open: applications, the people it leaves out, names that stand for nothing.

use std::collections::HashSet;

use serde_json::Value;

use super::super::json::{at, has, is, items, key, member, text, texts};
use super::people::{People, name_of};
use super::reach::{Users, left_out};
use super::{covers_application, narrowed_by, reaches_client, stands_in_the_way};

/// The applications that policies for all applications except, where nothing else reaches everybody for them:
/// their ids as written. `tolerated` are not named.
///
/// Pass the policies that matter, by their controls and conditions. An application that one of them excepts and another
/// one covers for everybody is not named. The other parameters are those of [`left_out`].
pub fn applications_left_out(
    policies: &Value,
    tolerated: &Value,
    whom: &str,
    directory: (&Value, &Value, &Value),
    emergency_accounts: &Value,
) -> Vec<String> {
    let tolerated = texts(tolerated, "");
    let mut open: Vec<String> = Vec::new();
    for policy in items(policies) {
        let applications = at(policy, "conditions.applications");
        if !has(&texts(applications, "includeApplications"), "All") {
            continue;
        }
        for excepted in texts(applications, "excludeApplications") {
            if has(&tolerated, excepted) || open.iter().any(|known| is_same(known, excepted)) {
                continue;
            }
            let covering: Vec<Value> = items(policies)
                .iter()
                .filter(|policy| covers_application(policy, excepted))
                .cloned()
                .collect();
            let covering = Value::from(covering);
            if !left_out(&covering, whom, directory, emergency_accounts).is_empty() {
                open.push(excepted.to_owned());
            }
        }
    }
    open
}

/// The names of the people whom a policy leaves out, and whom no other enforced policy reaches in its place.
///
/// In its place stands another policy that is enforced and stands in the way of a sign-in, covers the applications
/// and clients of the first, and waits for no condition that the first does not wait for. Emergency accounts, disabled
/// accounts and those of the synchronisation may be left out. A guest whom a policy leaves out counts like anybody.
pub fn excluded_without_fallback(
    policy: &Value,
    policies: &Value,
    (users, groups, roles): (&Value, &Value, &Value),
    emergency_accounts: &Value,
) -> Vec<String> {
    let people = People::new(users, groups, roles);
    let emergency = people.emergency(emergency_accounts);
    let others: Vec<Users> = items(policies)
        .iter()
        .filter(|other| !is_same_policy(policy, other) && stands_in_for(other, policy))
        .map(|other| Users::of(other, &people))
        .collect();
    let own = Users::of(policy, &people);
    let asked = |user: &&Value| {
        let id = text(user, "id").unwrap_or_default();
        at(user, "accountEnabled").as_bool() != Some(false)
            && own.leaves_out(user)
            && !emergency.contains(&key(id))
            && !people.synchronises(id)
    };
    let reached = |user: &Value| {
        use super::reach::Reach;
        others.iter().any(|other| other.reach(user) != Reach::No)
    };
    people
        .users
        .iter()
        .filter(asked)
        .filter(|user| !reached(user))
        .map(name_of)
        .collect()
}

fn stands_in_for(other: &Value, policy: &Value) -> bool {
    let conditions = narrowed_by(policy);
    let applications = at(policy, "conditions.applications");
    let covered = |application: &&str| covers_or_includes(other, application);
    let actions = texts(at(other, "conditions.applications"), "includeUserActions");
    let clients = [
        "browser",
        "mobileAppsAndDesktopClients",
        "exchangeActiveSync",
        "other",
    ];
    stands_in_the_way(other)
        && texts(applications, "includeApplications")
            .iter()
            .all(covered)
        && texts(applications, "includeUserActions")
            .iter()
            .all(|action| has(&actions, action))
        && clients
            .iter()
            .all(|client| !reaches_client(policy, client) || reaches_client(other, client))
        && narrowed_by(other)
            .iter()
            .all(|condition| *condition == "clientAppTypes" || conditions.contains(condition))
}

/// Whether a policy is for an application. One for all of them stands in for another, whatever single ones it excepts.
fn covers_or_includes(policy: &Value, application: &str) -> bool {
    let included = texts(policy, "conditions.applications.includeApplications");
    if is_same(application, "All") {
        return has(&included, "All");
    }
    covers_application(policy, application)
}

/// A kind of object that policies name: its word, the condition and the lists in it that name it, the documents of that
/// kind, and the members that the names are those of.
type Named<'d> = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'d Value,
    &'static [&'static str],
);

/// What a policy names that is not there any more, each as `kind id`: users, groups, directory roles, named locations.
///
/// * `role_definitions`: roles with `templateId`, which is what policies name.
/// * Words such as `All` and `AllTrusted`, and the multifactor trusted addresses, name nothing that could be deleted.
///
/// Source: <https://learn.microsoft.com/graph/api/resources/conditionalaccessusers>
pub fn unresolved_references(
    policy: &Value,
    users: &Value,
    groups: &Value,
    role_definitions: &Value,
    named_locations: &Value,
) -> Vec<String> {
    let kinds: [Named<'_>; 4] = [
        (
            "user",
            "users",
            &["includeUsers", "excludeUsers"],
            users,
            &["id"],
        ),
        (
            "group",
            "users",
            &["includeGroups", "excludeGroups"],
            groups,
            &["id"],
        ),
        (
            "role",
            "users",
            &["includeRoles", "excludeRoles"],
            role_definitions,
            &["templateId", "id"],
        ),
        (
            "location",
            "locations",
            &["includeLocations", "excludeLocations"],
            named_locations,
            &["id"],
        ),
    ];
    let conditions = at(policy, "conditions");
    let mut gone = Vec::new();
    for (kind, part, lists, documents, members) in kinds {
        let named: Vec<&str> = lists
            .iter()
            .flat_map(|list| texts(member(conditions, part), list))
            .filter(|id| is_id(id))
            .collect();
        let mut missing: HashSet<String> = named.iter().map(|id| key(id)).collect();
        for document in items(documents) {
            if missing.is_empty() {
                break;
            }
            for id in members.iter().filter_map(|member| text(document, member)) {
                missing.remove(&key(id));
            }
        }
        for id in named {
            if missing.remove(&key(id)) {
                gone.push(format!("{kind} {id}"));
            }
        }
    }
    gone
}

/// Whether a text is an object's id, rather than a word or the id of the multifactor trusted addresses.
fn is_id(text: &str) -> bool {
    let hyphens = text.bytes().filter(|byte| *byte == b'-').count();
    text.len() == 36 && hyphens == 4 && text.bytes().any(|byte| !matches!(byte, b'0' | b'-'))
}

fn is_same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

fn is_same_policy(one: &Value, other: &Value) -> bool {
    text(one, "id").is_some_and(|id| is(other, "id", id))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn users() -> Value {
        json!([
            {"id": "ann", "userPrincipalName": "ann@x"}, {"id": "bob", "userPrincipalName": "bob@x"},
            {"id": "off", "userPrincipalName": "off@x", "accountEnabled": false},
        ])
    }

    fn policy(id: &str, users: Value, applications: Value, more: Value) -> Value {
        let mut conditions =
            json!({"users": users, "applications": applications, "clientAppTypes": ["all"]});
        if let (Some(conditions), Some(more)) = (conditions.as_object_mut(), more.as_object()) {
            conditions.extend(more.clone());
        }
        json!({"id": id, "state": "enabled", "conditions": conditions,
               "grantControls": {"operator": "OR", "builtInControls": ["mfa"]}})
    }

    fn all_apps() -> Value {
        json!({"includeApplications": ["All"]})
    }

    #[test]
    fn excepted_applications_are_named_unless_covered_elsewhere() {
        let users = users();
        let directory = (&users, &Value::Null, &Value::Null);
        let all = json!({"includeUsers": ["All"]});
        let except =
            json!({"includeApplications": ["All"], "excludeApplications": ["x", "y", "X"]});
        let alone = json!([policy("1", all.clone(), except.clone(), json!({}))]);
        let open = |policies: &Value, tolerated: Value| {
            applications_left_out(policies, &tolerated, "everyone", directory, &Value::Null)
        };
        assert_eq!(open(&alone, Value::Null), ["x", "y"]);
        assert_eq!(open(&alone, json!(["Y"])), ["x"]);
        let x = json!({"includeApplications": ["x"]});
        let with_x = json!([
            policy("1", all.clone(), except.clone(), json!({})),
            policy("2", all.clone(), x.clone(), json!({})),
        ]);
        assert_eq!(open(&with_x, Value::Null), ["y"]);
        let some = json!([
            policy("1", all, except, json!({})),
            policy("2", json!({"includeUsers": ["ann"]}), x, json!({})),
        ]);
        assert_eq!(open(&some, Value::Null), ["x", "y"]);
    }

    #[test]
    fn who_is_left_out_needs_another_policy_in_its_place() {
        let users = users();
        let directory = (&users, &Value::Null, &Value::Null);
        let own = policy(
            "1",
            json!({"includeUsers": ["All"], "excludeUsers": ["ann", "off", "bob"]}),
            all_apps(),
            json!({}),
        );
        let without = |others: Vec<Value>, emergency: Value| {
            let policies = Value::from([vec![own.clone()], others].concat());
            excluded_without_fallback(&own, &policies, directory, &emergency)
        };
        assert_eq!(without(vec![], Value::Null), ["ann@x", "bob@x"]);
        assert_eq!(without(vec![], json!(["bob@x"])), ["ann@x"]);
        let ann = json!({"includeUsers": ["ann"]});
        assert_eq!(
            without(
                vec![policy("2", ann.clone(), all_apps(), json!({}))],
                Value::Null
            ),
            ["bob@x"]
        );
        for weaker in [
            policy(
                "2",
                ann.clone(),
                json!({"includeApplications": ["Office365"]}),
                json!({}),
            ),
            policy(
                "2",
                ann.clone(),
                all_apps(),
                json!({"signInRiskLevels": ["high"]}),
            ),
            policy(
                "2",
                ann.clone(),
                all_apps(),
                json!({"clientAppTypes": ["browser"]}),
            ),
        ] {
            assert_eq!(without(vec![weaker], Value::Null), ["ann@x", "bob@x"]);
        }
        let mut off = policy("2", ann, all_apps(), json!({}));
        off["state"] = json!("enabledForReportingButNotEnforced");
        assert_eq!(without(vec![off], Value::Null), ["ann@x", "bob@x"]);
    }

    #[test]
    fn a_policy_on_the_same_condition_stands_in() {
        let users = users();
        let directory = (&users, &Value::Null, &Value::Null);
        let places = |id: &str| json!({"locations": {"includeLocations": ["All"], "excludeLocations": [id]}});
        let own = policy(
            "1",
            json!({"includeUsers": ["All"], "excludeUsers": ["ann"]}),
            all_apps(),
            places("eu"),
        );
        let other = policy(
            "2",
            json!({"includeUsers": ["ann"]}),
            all_apps(),
            places("us"),
        );
        let policies = json!([own, other]);
        assert!(excluded_without_fallback(&own, &policies, directory, &Value::Null).is_empty());
    }

    #[test]
    fn names_that_stand_for_nothing_are_told() {
        let id = |digit: char| digit.to_string().repeat(8) + "-1111-1111-1111-111111111111";
        let policy = json!({"conditions": {
            "users": {
                "includeUsers": ["All", "None", "GuestsOrExternalUsers", id('a').to_uppercase(), id('b')],
                "excludeUsers": [id('b')], "excludeGroups": [id('c'), id('d')],
                "includeRoles": [id('e'), id('f')],
            },
            "locations": {"includeLocations": ["AllTrusted", "00000000-0000-0000-0000-000000000000", id('1')],
                          "excludeLocations": [id('2')]},
        }});
        let list = |digit: char| json!([null, {"id": id(digit)}]);
        let roles = json!([{"id": "x", "templateId": id('e')}]);
        assert_eq!(
            unresolved_references(&policy, &list('a'), &list('c'), &roles, &list('1')),
            [
                format!("user {}", id('b')),
                format!("group {}", id('d')),
                format!("role {}", id('f')),
                format!("location {}", id('2')),
            ]
        );
        assert!(
            unresolved_references(
                &json!({}),
                &Value::Null,
                &Value::Null,
                &Value::Null,
                &Value::Null
            )
            .is_empty()
        );
    }
}
