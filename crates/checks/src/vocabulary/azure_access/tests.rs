use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";

fn role(actions: Value, not_actions: Value) -> Value {
    json!({"properties": {"type": "CustomRole", "permissions": [{"actions": actions, "notActions": not_actions}]}})
}

fn assignment(principal: &str, role: &str, scope: &str) -> Value {
    json!({
        "id": format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{principal}"),
        "type": "Microsoft.Authorization/roleAssignments",
        "properties": {"principalId": principal, "principalType": "User", "scope": scope,
            "roleDefinitionId": format!("/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/{role}")}
    })
}

#[test]
fn powers_follow_from_what_a_role_permits() {
    let all: &[&str] = &["change everything", "assign roles", "define roles"];
    assert_eq!(role_powers(&role(json!(["*"]), Value::Null)), all);
    assert_eq!(
        role_powers(&role(
            json!(["*"]),
            json!(["microsoft.authorization/*/Write"])
        )),
        ["change everything"]
    );
    assert_eq!(role_powers(&role(json!(["*/write"]), json!([]))), all);
    assert_eq!(
        role_powers(&role(json!(["*/delete"]), json!([]))),
        ["change everything"]
    );
    assert_eq!(
        role_powers(&role(
            json!(["*/read", "Microsoft.Authorization/roleAssignments/*"]),
            json!([])
        )),
        ["assign roles"]
    );
    assert_eq!(
        role_powers(&role(
            json!(["Microsoft.Authorization/roleDefinitions/write"]),
            json!([])
        )),
        ["define roles"]
    );
    for none in [
        role(json!(["*/read"]), json!([])),
        role(json!(["Microsoft.Compute/*"]), json!([])),
        role(json!(["*"]), json!(["*"])),
        role(Value::Null, Value::Null),
        json!({}),
        Value::Null,
    ] {
        assert!(role_powers(&none).is_empty(), "{none}");
    }
}

#[test]
fn a_condition_of_the_role_itself_limits_the_assigning() {
    let limited = json!({"properties": {"permissions": [{
        "actions": ["Microsoft.Authorization/roleAssignments/write"], "condition": "@Request[x] …"}]}});
    assert!(role_powers(&limited).is_empty());
}

#[test]
fn only_assignments_over_whole_subscriptions_count() {
    let assignments = json!([
        assignment("u1", OWNER, "/subscriptions/s"),
        assignment("u2", OWNER, "/providers/Microsoft.Management/managementGroups/m"),
        assignment("u3", OWNER, "/"),
        assignment("u4", OWNER, "/subscriptions/s/resourceGroups/g"),
        {"id": "/providers/Microsoft.Authorization/roleAssignments/x", "properties": {"principalId": "u5", "roleDefinitionId": OWNER}},
        {"id": "odd", "properties": {"principalId": "u6"}},
        {"properties": null},
        null,
    ]);
    let holders = role_holders(&assignments, &Value::Null, &Value::Null);
    let levels: Vec<_> = holders
        .iter()
        .map(|holder| (holder["principalId"].as_str(), holder["level"].as_str()))
        .collect();
    assert_eq!(
        levels,
        [
            (Some("u1"), Some("subscription")),
            (Some("u2"), Some("management group")),
            (Some("u3"), Some("tenant root")),
            (Some("u5"), Some("tenant root")),
        ]
    );
    // The definition was not read, but the role is a known one.
    assert_eq!(holders[0]["role"], "Owner");
    assert_eq!(holders[0]["powers"].as_array().map(Vec::len), Some(3));
}

#[test]
fn a_role_that_is_not_known_has_unknown_powers() {
    let holders = role_holders(
        &json!([assignment(
            "u1",
            "5e1f0001-0000-0000-0000-000000000009",
            "/subscriptions/s"
        )]),
        &Value::Null,
        &Value::Null,
    );
    assert_eq!(holders[0]["powers"], json!(["unknown"]));
}

#[test]
fn conditions_take_the_assigning_away_and_nothing_else() {
    let mut limited = assignment("u1", OWNER, "/subscriptions/s");
    limited["properties"]["condition"] = json!("((!(ActionMatches{…})))");
    let holders = role_holders(&json!([limited]), &Value::Null, &Value::Null);
    assert_eq!(
        holders[0]["powers"],
        json!(["change everything", "define roles"])
    );
}

#[test]
fn groups_are_followed_through_nesting_and_circles() {
    let groups = json!([
        {"id": "G1", "displayName": "Platform", "members": [
            {"@odata.type": "#microsoft.graph.user", "id": "u1"},
            {"@odata.type": "#microsoft.graph.group", "id": "g2"}]},
        {"id": "g2", "displayName": "Nested", "members": [
            {"@odata.type": "#microsoft.graph.servicePrincipal", "id": "s1"},
            {"@odata.type": "#microsoft.graph.user", "id": "U1"},
            {"@odata.type": "#microsoft.graph.group", "id": "g1"}, null, {"id": null}]},
        {"id": "g3", "displayName": "Empty", "members": null},
    ]);
    let assignments = json!([
        assignment("g1", OWNER, "/subscriptions/s"),
        assignment("g3", OWNER, "/subscriptions/s"),
        assignment("foreign", OWNER, "/subscriptions/s"),
    ]);
    let holders = role_holders(&assignments, &Value::Null, &groups);
    let seen: Vec<_> = holders
        .iter()
        .map(|holder| {
            (
                holder["principalId"].as_str(),
                holder["principalType"].as_str(),
                holder["via"].clone(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            (Some("u1"), Some("User"), json!(["Platform"])),
            (
                Some("s1"),
                Some("ServicePrincipal"),
                json!(["Platform", "Nested"])
            ),
            (Some("foreign"), Some("User"), json!([])),
        ]
    );
}

#[test]
fn the_directory_tells_what_a_principal_is() {
    let holders = json!([
        {"principalId": "U1", "role": "Owner"}, {"principalId": "u2"}, {"principalId": "u3"},
        {"principalId": "m1"}, {"principalId": "g1"}, {"principalId": "s1"}, {"principalId": "p1"}, {"principalId": "gone"}, 4,
    ]);
    let users = json!([
        {"id": "u1", "displayName": "Ada", "userType": "Member", "userPrincipalName": "ada@contoso.com"},
        {"id": "u2", "displayName": null, "userType": "Guest", "userPrincipalName": "b@c.com", "accountEnabled": false},
        {"id": "u3", "userType": "Member", "userPrincipalName": "x_y.com#ext#@contoso.onmicrosoft.com"},
    ]);
    let principals = json!([
        {"id": "m1", "servicePrincipalType": "ManagedIdentity"},
        {"id": "g1", "securityEnabled": true},
        {"id": "s1", "servicePrincipalType": "Application", "appOwnerOrganizationId": "7d1f6c1a-52a8-4b0e-9a3e-6b1c9f0e4d27"},
        {"id": "p1", "servicePrincipalType": "Application", "appOwnerOrganizationId": "F8CDEF31-a31e-4b4a-93e4-5f571e91255a"},
    ]);
    let described = with_principals(&holders, &users, &principals, &Value::Null);
    let kinds: Vec<_> = described
        .iter()
        .map(|holder| holder["kind"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(
        kinds,
        [
            "user",
            "guest",
            "guest",
            "managed identity",
            "group",
            "application",
            "microsoft",
            "unknown"
        ]
    );
    assert_eq!(described[0]["displayName"], "Ada: Owner");
    assert_eq!(described[1]["enabled"], false);
    assert_eq!(described[1]["principal"], "b@c.com");
    assert_eq!(described[7]["enabled"], true);
}

#[test]
fn orphans_are_deleted_or_disabled() {
    let mut foreign = assignment("f1", OWNER, "/subscriptions/s");
    foreign["properties"]["principalType"] = json!("ForeignGroup");
    let mut delegated = assignment("d1", OWNER, "/subscriptions/s");
    delegated["properties"]["delegatedManagedIdentityResourceId"] = json!("/subscriptions/x");
    let assignments = json!([
        assignment("U1", OWNER, "/subscriptions/s/resourceGroups/g"),
        assignment("u2", OWNER, "/subscriptions/s"),
        assignment("g1", OWNER, "/subscriptions/s"),
        assignment("s1", OWNER, "/subscriptions/s"),
        assignment("gone", OWNER, "/subscriptions/s"),
        foreign,
        delegated,
        null,
    ]);
    let orphans = orphaned_assignments(
        &assignments,
        &Value::Null,
        &json!([{"id": "u1"}, {"id": "u2", "accountEnabled": false, "displayName": "Jonas"}]),
        &json!([{"id": "G1"}]),
        &json!([{"id": "s1", "accountEnabled": true}]),
    );
    let seen: Vec<_> = orphans
        .iter()
        .map(|orphan| (orphan["displayName"].as_str(), orphan["state"].as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            (Some("Jonas: Owner"), Some("disabled")),
            (Some("gone: Owner"), Some("deleted"))
        ]
    );
}

#[test]
fn an_assignment_listed_twice_counts_once_and_members_have_ids_of_their_own() {
    let groups = json!([{"id": "g", "members": [{"id": "u"}, {"id": "v"}]}]);
    let assigned = assignment(
        "g",
        OWNER,
        "/providers/Microsoft.Management/managementGroups/m",
    );
    let holders = role_holders(&json!([assigned, assigned]), &Value::Null, &groups);
    let ids: Vec<_> = holders
        .iter()
        .filter_map(|holder| holder["id"].as_str()?.rsplit_once("/roleAssignments/"))
        .map(|(_, end)| end)
        .collect();
    assert_eq!(ids, ["g/members/u", "g/members/v"]);
}

/// Ids of few letters, so that groups meet and form circles.
fn id() -> impl Strategy<Value = String> {
    "[a-f]"
}

proptest! {
    /// However groups are nested, everybody who can be reached over members is a holder, once, and no group is.
    #[test]
    fn those_behind_a_group_are_all_who_can_be_reached(
        edges in prop::collection::vec((id(), id()), 0..30),
        users in prop::collection::vec((id(), "[u-z]"), 0..20),
        start in id(),
    ) {
        let members = |group: &str| -> Vec<Value> {
            let below = edges.iter().chain(&users).filter(|(from, _)| from == group);
            below.map(|(_, to)| json!({"id": to})).collect()
        };
        let groups: Vec<Value> = ["a", "b", "c", "d", "e", "f"]
            .iter()
            .map(|id| json!({"id": id, "members": members(id)}))
            .collect();
        let mut reached = std::collections::BTreeSet::from([start.clone()]);
        for _ in 0..6 {
            for (from, to) in &edges {
                if reached.contains(from) { reached.insert(to.clone()); }
            }
        }
        let mut expected: Vec<String> = users
            .iter()
            .filter(|(group, _)| reached.contains(group))
            .map(|(_, user)| user.clone())
            .collect();
        expected.sort();
        expected.dedup();
        let assignments = json!([assignment(&start, OWNER, "/subscriptions/s")]);
        let mut found: Vec<String> = role_holders(&assignments, &Value::Null, &json!(groups))
            .iter()
            .filter_map(|holder| holder["principalId"].as_str().map(str::to_owned))
            .collect();
        found.sort();
        prop_assert_eq!(found, expected);
    }

    /// What a role takes away with notActions never adds a power, and more actions never take one away.
    #[test]
    fn powers_grow_with_actions_and_shrink_with_exceptions(
        actions in prop::collection::vec("(\\*|Microsoft\\.(Authorization|Web)/(\\*|roleAssignments/write|roleDefinitions/\\*))(/write)?", 0..4),
        taken in prop::collection::vec("(\\*|\\*/write|Microsoft\\.Authorization/\\*|\\*/delete)", 0..3),
    ) {
        let whole = role_powers(&role(json!(actions), json!([])));
        let less = role_powers(&role(json!(actions), json!(taken)));
        prop_assert!(less.iter().all(|power| whole.contains(power)));
        let mut more = actions.clone();
        more.push("*".to_owned());
        let more = role_powers(&role(json!(more), json!(taken)));
        prop_assert!(less.iter().all(|power| more.contains(power)));
    }
}
