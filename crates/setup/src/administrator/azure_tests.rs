//! Who may do what at a scope of Azure.

use rbac::{Ancestry, Policy, Principal, Scope};
use serde_json::{Value, json};

use super::*;

const CONTRIBUTOR: &[&str] = &["Microsoft.Authorization/*/write"];

fn summed(actions: &[&str], not_actions: &[&str]) -> Option<Vec<Permission>> {
    let block = json!({"actions": actions, "notActions": not_actions});
    Some(vec![serde_json::from_value(block).unwrap()])
}

fn policy(role: Value, condition: Option<&str>, denials: Value) -> Policy {
    let assignment = json!({"id": "/subscriptions/s/providers/Microsoft.Authorization/roleAssignments/x",
        "properties": {"principalId": "me", "roleDefinitionId": "/r/GUID", "condition": condition}});
    let roles: Vec<rbac::RoleDefinition> =
        serde_json::from_value(json!([{"id": "/r/GUID", "name": "GUID",
        "properties": {"roleName": "Some role", "permissions": [role]}}]))
        .unwrap();
    let denials: Vec<DenyAssignment> = serde_json::from_value(denials).unwrap();
    Policy::new(Ancestry::as_listed())
        .with_roles(roles)
        .with_assignments([serde_json::from_value(assignment).unwrap()])
        .with_denials(denials)
}

fn weigh(policy: &Policy, said: Said<'static>) -> AzureAuthority {
    let me = Principal::new("me");
    let access = policy.access(&me, &Scope::subscription("s"));
    AzureAuthority::of(&Said {
        summed: said.summed,
        access: Some(access),
        unread: said.unread,
        eligible: said.eligible,
    })
}

#[test]
fn the_summary_of_a_subscription_decides() {
    let of = |summed| {
        let said = Said {
            summed,
            ..Said::default()
        };
        let found = AzureAuthority::of(&said);
        [found.assign == Standing::Has, found.define == Standing::Has]
    };
    assert_eq!(of(summed(&["*"], &[])), [true, true]);
    assert_eq!(of(summed(&["*"], CONTRIBUTOR)), [false, false]);
    let rbac_administrator = [actions::ASSIGN_ROLES, "*/read"];
    assert_eq!(of(summed(&rbac_administrator, &[])), [true, false]);
    assert_eq!(of(Some(Vec::new())), [false, false]);
}

#[test]
fn a_lack_names_the_roles_the_place_and_what_can_be_activated() {
    let said = Said {
        summed: summed(&["*/read"], &[]),
        eligible: vec!["F58310D9-a9f6-439a-9e8d-f62e7b41a168".to_owned()],
        ..Said::default()
    };
    let found = AzureAuthority::of(&said);
    assert_eq!(
        found.assign,
        Standing::Lacks {
            needs: format!("{ASSIGN} there"),
            why: None,
            activate: Some("Role Based Access Control Administrator".to_owned()),
        }
    );
    let Standing::Lacks {
        needs,
        activate: None,
        ..
    } = found.define
    else {
        panic!("{:?}", found.define)
    };
    assert_eq!(needs, format!("{DEFINE} there"));
}

#[test]
fn without_a_summary_the_roles_decide() {
    let owner = policy(json!({"actions": ["*"]}), None, json!([]));
    let found = weigh(&owner, Said::default());
    assert_eq!((found.assign, found.define), (Standing::Has, Standing::Has));
    let reader = policy(json!({"actions": ["*/read"]}), None, json!([]));
    assert!(matches!(
        weigh(&reader, Said::default()).assign,
        Standing::Lacks { .. }
    ));
}

#[test]
fn a_deny_assignment_wins_and_is_named() {
    let denial = json!([{"id": "/subscriptions/s/providers/Microsoft.Authorization/denyAssignments/d",
        "properties": {"denyAssignmentName": "Locked down", "permissions": [{"actions": ["*/write"]}],
            "principals": [{"id": "me", "type": "User"}]}}]);
    let denied = policy(json!({"actions": ["*"]}), None, denial);
    let said = Said {
        summed: summed(&["*"], &[]),
        ..Said::default()
    };
    let Standing::Lacks { why, .. } = weigh(&denied, said).assign else {
        panic!("has it")
    };
    assert!(why.is_some_and(|why| why.contains("`Locked down`")));
}

#[test]
fn a_condition_is_told_when_every_way_has_one() {
    let limited = policy(json!({"actions": ["*"]}), Some("@Request[…]"), json!([]));
    let found = weigh(&limited, Said::default());
    assert_eq!(found.assign, Standing::Has);
    let condition = found.condition.unwrap_or_default();
    assert!(condition.contains("Some role"), "{condition}");
    let free = policy(json!({"actions": ["*"]}), None, json!([]));
    assert_eq!(weigh(&free, Said::default()).condition, None);
}

#[test]
fn what_could_not_be_read_is_not_a_lack() {
    let said = Said {
        unread: Some("denied".to_owned()),
        ..Said::default()
    };
    let found = AzureAuthority::of(&said);
    assert!(matches!(found.define, Standing::Unknown { why, .. } if why == "denied"));
}
