use rbac::{Ancestry, Permission, Policy, Principal};
use serde_json::{Value, json};

use super::*;

const READ: &str = "Microsoft.Storage/storageAccounts/read";
const KEYS: &str = "Microsoft.Web/sites/host/listkeys/action";

fn role(name: &str, actions: Value, not_actions: Value) -> Value {
    json!({"name": name, "properties": {"roleName": name,
        "permissions": [{"actions": actions, "notActions": not_actions}]}})
}

fn assigned(role: &str, principal: &str, scope: &str) -> Value {
    json!({"id": format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{role}{principal}"),
        "properties": {"scope": scope, "principalId": principal, "roleDefinitionId": format!("/x/{role}")}})
}

fn access(roles: &[Value], assignments: &[Value], denials: &[Value]) -> SubscriptionAccess {
    fn all<T: serde::de::DeserializeOwned>(items: &[Value]) -> Vec<T> {
        let parsed = items
            .iter()
            .map(|item| serde_json::from_value(item.clone()));
        parsed.map(Result::unwrap).collect()
    }
    let (assignments, denials): (Vec<rbac::Assignment>, Vec<rbac::DenyAssignment>) =
        (all(assignments), all(denials));
    let subscription = Scope::subscription("s");
    let inner = assignments.iter().map(|one| one.scope.clone());
    SubscriptionAccess {
        id: "s".to_owned(),
        principal: Principal::new("me").in_groups(["group"]),
        inner: inner
            .filter(|scope| {
                scope.as_str().starts_with("/subscriptions/s/") && *scope != subscription
            })
            .collect(),
        denials: denials.clone(),
        policy: Policy::new(Ancestry::as_listed())
            .with_roles(all::<rbac::RoleDefinition>(roles))
            .with_assignments(assignments)
            .with_denials(denials),
        own: Some(Vec::new()),
        locks: Vec::new(),
        assignments_known: true,
        unread: Vec::new(),
    }
}

fn reader() -> Value {
    role("Reader", json!(["*/read"]), json!([]))
}

#[test]
fn a_grant_says_where_it_comes_from() {
    let group = "/providers/Microsoft.Management/managementGroups/landing";
    let access = access(&[reader()], &[assigned("Reader", "group", group)], &[]);
    assert_eq!(
        access.judge(READ).because(),
        "Reader, through group group, inherited from management group landing"
    );
    assert_eq!(access.judge(KEYS), Judgement::NotGranted);
}

#[test]
fn one_resource_group_is_a_part() {
    let inside = "/subscriptions/s/resourceGroups/web";
    let access = access(&[reader()], &[assigned("Reader", "me", inside)], &[]);
    let expected = vec!["resource group web".to_owned()];
    assert_eq!(access.judge(READ), Judgement::Partly(expected));
}

#[test]
fn not_actions_are_told_from_what_was_never_granted() {
    let narrow = role("Narrow", json!(["*/read"]), json!(["Microsoft.Storage/*"]));
    let access = access(
        &[narrow],
        &[assigned("Narrow", "me", "/subscriptions/s")],
        &[],
    );
    assert_eq!(
        access.judge(READ),
        Judgement::TakenAway(vec!["Narrow".to_owned()])
    );
    assert!(matches!(
        access.judge("Microsoft.Web/sites/read"),
        Judgement::Granted(_)
    ));
}

#[test]
fn deny_assignments_win_here_and_inside() {
    let deny = |scope: &str| {
        json!({"id": format!("{scope}/providers/Microsoft.Authorization/denyAssignments/d"),
            "properties": {"denyAssignmentName": "Hands off", "scope": scope,
                "permissions": [{"actions": ["Microsoft.Storage/*"]}],
                "principals": [{"id": "me", "type": "ServicePrincipal"}]}})
    };
    for scope in ["/subscriptions/s", "/subscriptions/s/resourceGroups/g"] {
        let own = [assigned("Reader", "me", "/subscriptions/s")];
        let access = access(&[reader()], &own, &[deny(scope)]);
        let judgement = access.judge(READ);
        assert!(matches!(&judgement, Judgement::Denied(by) if by[0].name == "Hands off"));
        assert!(matches!(
            access.judge("Microsoft.Web/sites/read"),
            Judgement::Granted(_)
        ));
    }
}

#[test]
fn without_assignments_the_own_permissions_decide() {
    let mut access = access(&[], &[], &[]);
    access.assignments_known = false;
    assert_eq!(access.judge(READ), Judgement::NotGranted);
    let block: Permission =
        serde_json::from_value(json!({"actions": ["*/read"], "notActions": ["Microsoft.Sql/*"]}))
            .unwrap();
    access.own = Some(vec![block]);
    assert_eq!(access.judge(READ).word(), "granted");
    assert_eq!(
        access.judge("Microsoft.Sql/servers/read").word(),
        "taken_away"
    );
    access.own = None;
    assert_eq!(access.judge(READ), Judgement::Unknown);
}

#[test]
fn what_is_delegated_from_elsewhere_counts() {
    let mut access = access(&[], &[], &[]);
    let block: Permission = serde_json::from_value(json!({"actions": ["*/read"]})).unwrap();
    access.own = Some(vec![block]);
    assert_eq!(access.judge(READ).word(), "granted");
}
