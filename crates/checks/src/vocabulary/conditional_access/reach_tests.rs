use proptest::prelude::*;
use proptest::sample::subsequence;
use serde_json::json;

use super::*;

const GLOBAL: &str = "62e90394-69f5-4237-9190-012177145e10";

fn users() -> Value {
    json!([
        {"id": "ann", "userPrincipalName": "ann@x", "accountEnabled": true, "userType": "Member"},
        {"id": "Bob", "userPrincipalName": "bob@x", "userType": null},
        {"id": "eve", "displayName": "Eve", "userPrincipalName": "eve_y#EXT#@x", "userType": "Guest"},
        {"id": "gil", "userPrincipalName": "gil@x", "userType": "Guest"},
        {"id": "off", "userPrincipalName": "off@x", "accountEnabled": false},
        {"id": "sync", "userPrincipalName": "sync@x"},
        {"id": "adm", "userPrincipalName": "adm@x"},
    ])
}

fn groups() -> Value {
    json!([
        {"id": "staff", "securityEnabled": true, "members": [{"id": "ann"}, {"id": "team"}]},
        {"id": "team", "securityEnabled": true, "members": [{"id": "bob"}]},
        {"id": "admins", "isAssignableToRole": true, "transitiveMembers": [{"id": "adm"}]},
        {"id": "list", "securityEnabled": false, "members": []},
    ])
}

fn roles() -> Value {
    json!([
        {"roleTemplateId": GLOBAL, "members": [{"id": "admins"}]},
        {"roleTemplateId": "d29b2b05-8046-44ba-8758-1e26182fcf32", "members": [{"id": "sync"}]},
    ])
}

fn policy(users: Value) -> Value {
    json!({"displayName": "p", "conditions": {"users": users}})
}

fn left(users_of: &[Value], whom: &str) -> Vec<String> {
    let policies = Value::from(users_of.iter().cloned().map(policy).collect::<Vec<_>>());
    left_out(
        &policies,
        whom,
        (&users(), &groups(), &roles()),
        &Value::Null,
    )
}

#[test]
fn all_users_leave_nobody_out() {
    assert!(left(&[json!({"includeUsers": ["All"]})], "everyone").is_empty());
    let everybody = ["ann@x", "bob@x", "eve_y#EXT#@x", "gil@x", "adm@x"];
    assert_eq!(left(&[], "everyone"), everybody);
    assert_eq!(
        left(&[json!({"includeUsers": ["None"]})], "everyone"),
        everybody
    );
    assert_eq!(left(&[json!({})], "everyone"), everybody);
}

#[test]
fn people_are_taken_in_by_every_kind_of_name() {
    for (named, covered) in [
        (json!({"includeUsers": ["ANN"]}), "ann@x"),
        (json!({"includeGroups": ["staff"]}), "bob@x"),
        (json!({"includeRoles": [GLOBAL]}), "adm@x"),
        (json!({"includeUsers": ["GuestsOrExternalUsers"]}), "gil@x"),
        (
            json!({"includeGuestsOrExternalUsers": {"guestOrExternalUserTypes": "internalGuest,serviceProvider"}}),
            "gil@x",
        ),
    ] {
        let left = left(std::slice::from_ref(&named), "everyone");
        assert!(!left.contains(&covered.to_owned()), "{named}: {left:?}");
        assert!(left.len() >= 2, "{named}: {left:?}");
    }
}

#[test]
fn exclusion_wins_and_another_policy_makes_up_for_it() {
    let without = |list: &str, value: Value| json!({"includeUsers": ["All"], list: value});
    assert_eq!(
        left(&[without("excludeGroups", json!(["staff"]))], "everyone"),
        ["ann@x", "bob@x"]
    );
    assert_eq!(
        left(&[without("excludeRoles", json!([GLOBAL]))], "everyone"),
        ["adm@x"]
    );
    let guests = json!({"guestOrExternalUserTypes": "b2bCollaborationGuest"});
    assert_eq!(
        left(
            &[without("excludeGuestsOrExternalUsers", guests)],
            "everyone"
        ),
        ["eve_y#EXT#@x"]
    );
    let both = [
        without("excludeGroups", json!(["staff"])),
        json!({"includeGroups": ["staff"]}),
    ];
    assert!(left(&both, "everyone").is_empty());
}

#[test]
fn the_question_is_about_some() {
    assert_eq!(left(&[], "members"), ["ann@x", "bob@x", "adm@x"]);
    assert_eq!(left(&[], "guests"), ["eve_y#EXT#@x", "gil@x"]);
    assert_eq!(left(&[], "administrators"), ["adm@x"]);
}

#[test]
fn what_is_not_known_is_neither_in_nor_out() {
    let policies = json!([policy(
        json!({"includeUsers": ["All"], "excludeGroups": ["list"]})
    )]);
    let (users, groups, roles) = (users(), groups(), roles());
    let directory = (&users, &groups, &roles);
    assert!(left_out(&policies, "everyone", directory, &Value::Null).is_empty());
    assert_eq!(
        perhaps_left_out(&policies, "everyone", directory, &Value::Null).len(),
        5
    );
    let tenants = json!([policy(json!({"includeGuestsOrExternalUsers": {
        "guestOrExternalUserTypes": "b2bCollaborationGuest", "externalTenants": {"membershipKind": "enumerated"},
    }}))]);
    assert_eq!(
        perhaps_left_out(&tenants, "everyone", directory, &Value::Null),
        ["eve_y#EXT#@x"]
    );
}

#[test]
fn emergency_accounts_are_not_asked_about() {
    let (users, groups, roles) = (users(), groups(), roles());
    let directory = (&users, &groups, &roles);
    let emergency = json!(["staff", "adm@x"]);
    assert_eq!(
        left_out(&json!([]), "members", directory, &emergency),
        Vec::<String>::new()
    );
}

#[test]
fn policies_are_named_for_one_person() {
    let policies = json!([
        {"displayName": "all", "conditions": {"users": {"includeUsers": ["All"], "excludeUsers": ["ann"]}}},
        {"displayName": "staff", "conditions": {"users": {"includeGroups": ["staff"]}}},
        {"displayName": "unsure", "conditions": {"users": {"includeUsers": ["All"], "excludeGroups": ["list"]}}},
    ]);
    let (users, groups, roles) = (users(), groups(), roles());
    let directory = (&users, &groups, &roles);
    assert_eq!(
        policies_for("ANN", &policies, directory),
        ["staff", "unsure"]
    );
    assert_eq!(
        policies_for("bob", &policies, directory),
        ["all", "staff", "unsure"]
    );
    assert!(policies_for("gone", &policies, directory).is_empty());
}

#[test]
fn kinds_of_guests_and_roles_are_covered_as_such() {
    let kinds = json!(["b2bCollaborationGuest", "serviceProvider"]);
    let of = |users: Value| guest_kinds_left_out(&json!([policy(users)]), &kinds);
    assert!(of(json!({"includeUsers": ["All"]})).is_empty());
    assert!(of(json!({"includeUsers": ["GuestsOrExternalUsers"]})).is_empty());
    let provider = json!({"guestOrExternalUserTypes": "serviceProvider", "externalTenants": {"membershipKind": "all"}});
    assert_eq!(
        of(json!({"includeUsers": ["All"], "excludeGuestsOrExternalUsers": provider.clone()})),
        ["serviceProvider"]
    );
    assert_eq!(
        of(json!({"includeGuestsOrExternalUsers": provider})),
        ["b2bCollaborationGuest"]
    );
    let some = json!({"guestOrExternalUserTypes": "serviceProvider", "externalTenants": {"membershipKind": "enumerated"}});
    assert_eq!(of(json!({"includeGuestsOrExternalUsers": some})).len(), 2);

    let roles = json!(["r1", "r2"]);
    let of = |users: Value| roles_left_out(&json!([policy(users)]), &roles);
    assert_eq!(of(json!({"includeRoles": ["R1"]})), ["r2"]);
    assert_eq!(
        of(json!({"includeUsers": ["All"], "excludeRoles": ["r1"]})),
        ["r1"]
    );
    assert_eq!(of(json!({"includeGroups": ["staff"]})), ["r1", "r2"]);
}

const NAMES: [&str; 8] = [
    "ann",
    "bob",
    "eve",
    "gil",
    "adm",
    "All",
    "None",
    "GuestsOrExternalUsers",
];

fn some_users() -> impl Strategy<Value = Value> {
    let names = || subsequence(NAMES.to_vec(), 0..=3);
    let groups = || subsequence(vec!["staff", "team", "admins", "list", "gone"], 0..=2);
    let roles = || subsequence(vec![GLOBAL], 0..=1);
    (names(), groups(), roles(), names(), groups(), roles()).prop_map(|(iu, ig, ir, eu, eg, er)| {
        json!({
            "includeUsers": iu, "includeGroups": ig, "includeRoles": ir,
            "excludeUsers": eu, "excludeGroups": eg, "excludeRoles": er,
        })
    })
}

fn both(policies: &[Value]) -> (Vec<String>, Vec<String>) {
    let policies = Value::from(policies.iter().cloned().map(policy).collect::<Vec<_>>());
    let (users, groups, roles) = (users(), groups(), roles());
    let directory = (&users, &groups, &roles);
    (
        left_out(&policies, "everyone", directory, &Value::Null),
        perhaps_left_out(&policies, "everyone", directory, &Value::Null),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn another_policy_leaves_out_nobody_more(
        policies in prop::collection::vec(some_users(), 0..4), added in some_users()
    ) {
        let (before, unsure_before) = both(&policies);
        let (after, unsure_after) = both(&[policies, vec![added]].concat());
        prop_assert!(after.iter().all(|name| before.contains(name)));
        prop_assert!(unsure_after.iter().all(|name| before.contains(name) || unsure_before.contains(name)));
    }

    #[test]
    fn nobody_is_both(policies in prop::collection::vec(some_users(), 0..4)) {
        let (out, unsure) = both(&policies);
        prop_assert!(out.iter().all(|name| !unsure.contains(name)));
    }

    #[test]
    fn an_exclusion_never_takes_anybody_in(mut users in some_users(), more in subsequence(NAMES.to_vec(), 1..=3)) {
        let (before, unsure_before) = both(&[users.clone()]);
        let mut excluded = users["excludeUsers"].as_array().cloned().unwrap_or_default();
        excluded.extend(more.into_iter().map(Value::from));
        users["excludeUsers"] = Value::from(excluded);
        let (after, unsure_after) = both(&[users]);
        prop_assert!(before.iter().all(|name| after.contains(name)));
        prop_assert!(unsure_before.iter().all(|name| after.contains(name) || unsure_after.contains(name)));
    }

    #[test]
    fn each_is_asked_about_alone(policies in prop::collection::vec(some_users(), 1..4)) {
        // Together, policies leave out exactly those whom each alone leaves out.
        let (together, _) = both(&policies);
        for name in &together {
            for alone in &policies {
                prop_assert!(both(std::slice::from_ref(alone)).0.contains(name));
            }
        }
    }

    #[test]
    fn policies_for_agrees(users_of in some_users()) {
        let (out, _) = both(std::slice::from_ref(&users_of));
        let (users, groups, roles) = (users(), groups(), roles());
        for (id, name) in [("ann", "ann@x"), ("bob", "bob@x"), ("gil", "gil@x"), ("adm", "adm@x")] {
            let named = policies_for(id, &json!([policy(users_of.clone())]), (&users, &groups, &roles));
            prop_assert_eq!(named.is_empty(), out.contains(&name.to_owned()));
        }
    }
}
