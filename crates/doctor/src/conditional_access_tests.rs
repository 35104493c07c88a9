use serde_json::json;

use super::*;

const ID: &str = "5b3f0c7e-0000-4000-8000-000000000001";

fn policy(state: &str, clients: Value, locations: Value) -> Value {
    json!({
        "id": "p", "displayName": "Robots from the office", "state": state,
        "conditions": {"clientApplications": clients, "locations": locations},
        "grantControls": {"builtInControls": ["block"]},
    })
}

fn all() -> Value {
    json!({"includeServicePrincipals": [ALL], "excludeServicePrincipals": []})
}

fn judged(policy: &Value) -> Option<AccessPolicy> {
    let locations = [json!({"id": "loc-1", "displayName": "Office"})];
    judge(policy, ID, false, &locations)
}

#[test]
fn a_policy_for_all_blocks_outside_of_its_places() {
    let places = json!({"includeLocations": ["All"], "excludeLocations": ["LOC-1", "AllTrusted"]});
    let found = judged(&policy("enabled", all(), places)).unwrap();
    assert_eq!(found.requires, ["block", "location"]);
    assert_eq!(
        found.meaning,
        "blocks its sign-ins from everywhere except from Office, trusted locations"
    );
}

#[test]
fn exclusions_and_others_are_left_alone() {
    let upper = ID.to_uppercase();
    for clients in [
        json!({"includeServicePrincipals": [ALL], "excludeServicePrincipals": [upper]}),
        json!({"includeServicePrincipals": ["another"]}),
        json!({}),
        json!({"includeServicePrincipals": null, "servicePrincipalFilter": null}),
    ] {
        assert_eq!(judged(&policy("enabled", clients, Value::Null)), None);
    }
    let off = policy("disabled", all(), Value::Null);
    assert_eq!(judged(&off), None);
    let users = json!({"state": "enabled", "conditions": {"clientApplications": null}});
    assert_eq!(judged(&users), None);
}

#[test]
fn report_only_is_told_apart() {
    let named = json!({"includeServicePrincipals": [ID]});
    let found = judged(&policy(
        "enabledForReportingButNotEnforced",
        named,
        json!({}),
    ))
    .unwrap();
    assert_eq!(found.state, PolicyState::ReportOnly);
    assert!(
        found.meaning.contains("only reports yet"),
        "{}",
        found.meaning
    );
    assert_eq!(found.requires, ["block"]);
}

#[test]
fn a_filter_leaves_it_open() {
    let clients = json!({"includeServicePrincipals": [ALL],
        "servicePrincipalFilter": {"mode": "exclude", "rule": "CustomSecurityAttribute.x -eq \"y\""}});
    let found = judged(&policy("enabled", clients, Value::Null)).unwrap();
    assert_eq!(found.applies, Applies::Maybe);
}

#[test]
fn a_guest_application_is_not_among_all() {
    let policy = policy("enabled", all(), Value::Null);
    assert_eq!(judge(&policy, ID, true, &[]), None);
}

#[test]
fn risk_is_named() {
    let mut policy = policy("enabled", all(), Value::Null);
    policy["conditions"]["servicePrincipalRiskLevels"] = json!(["high"]);
    let found = judged(&policy).unwrap();
    assert_eq!(found.requires, ["block", "risk"]);
    assert!(found.meaning.ends_with("at high risk"), "{}", found.meaning);
}
