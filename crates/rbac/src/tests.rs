//! Whole policies: what a scanner and an administrator may do.

use serde_json::{Value, json};

use super::*;

const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const CONTRIBUTOR: &str = "b24988ac-6180-42a0-ab88-20f7382dd24c";
const READ: &str = "Microsoft.Web/sites/read";
const WRITE: &str = "Microsoft.Web/sites/write";

fn role(name: &str, role_name: &str, permissions: Value) -> RoleDefinition {
    serde_json::from_value(json!({
        "id": format!("/providers/Microsoft.Authorization/roleDefinitions/{name}"),
        "name": name,
        "properties": {"roleName": role_name, "permissions": permissions}
    }))
    .unwrap()
}

fn roles() -> Vec<RoleDefinition> {
    let taken = [
        "Microsoft.Authorization/*/Delete",
        "Microsoft.Authorization/*/Write",
    ];
    vec![
        role(READER, "Reader", json!([{"actions": ["*/read"]}])),
        role(OWNER, "Owner", json!([{"actions": ["*"]}])),
        role(
            CONTRIBUTOR,
            "Contributor",
            json!([{"actions": ["*"], "notActions": taken}]),
        ),
    ]
}

fn assigned(scope: &str, principal: &str, role: &str, condition: Option<&str>) -> Assignment {
    serde_json::from_value(json!({
        "id": format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{principal}-{role}"),
        "properties": {
            "scope": scope, "principalId": principal, "condition": condition,
            "roleDefinitionId": format!("{scope}/providers/Microsoft.Authorization/roleDefinitions/{role}")
        }
    }))
    .unwrap()
}

fn denied(scope: &str, properties: Value) -> DenyAssignment {
    let id = format!("{scope}/providers/Microsoft.Authorization/denyAssignments/d");
    serde_json::from_value(json!({"id": id, "properties": properties})).unwrap()
}

const MANAGEMENT_GROUP: &str = "/providers/Microsoft.Management/managementGroups/all";
const SUBSCRIPTION: &str = "/subscriptions/s";

fn here() -> Scope {
    Scope::subscription("S")
}

fn policy() -> Policy {
    Policy::new(Ancestry::default().with(&here(), ["ALL"])).with_roles(roles())
}

#[test]
fn grants_say_where_they_come_from() {
    let policy = policy().with_assignments([
        assigned(MANAGEMENT_GROUP, "g", &READER.to_uppercase(), None),
        assigned(SUBSCRIPTION, "p", READER, None),
        assigned("/subscriptions/other", "p", OWNER, None),
        assigned(SUBSCRIPTION, "q", OWNER, None),
        assigned(
            &format!("{SUBSCRIPTION}/resourceGroups/g"),
            "p",
            OWNER,
            None,
        ),
    ]);
    let principal = Principal::new("P").in_groups(["G"]);
    let access = policy.access(&principal, &here());
    let seen: Vec<_> = access
        .grants
        .iter()
        .map(|grant| (grant.role_name(), grant.via, grant.inherited))
        .collect();
    assert_eq!(
        seen,
        [
            ("Reader", Via::Group("G"), true),
            ("Reader", Via::Itself, false)
        ]
    );
    assert!(matches!(access.verdict(READ), Verdict::Granted { by } if by.len() == 2));
    assert_eq!(access.verdict(WRITE), Verdict::NotGranted);
}

#[test]
fn what_is_listed_twice_counts_once() {
    let one = assigned(SUBSCRIPTION, "p", READER, None);
    let denial = denied(SUBSCRIPTION, json!({"principals": [{"id": "p"}]}));
    let policy = policy()
        .with_assignments([one.clone(), one])
        .with_denials([denial.clone(), denial]);
    let principal = Principal::new("p");
    let access = policy.access(&principal, &here());
    assert_eq!((access.grants.len(), access.denials.len()), (1, 1));
}

#[test]
fn not_actions_take_nothing_from_another_role() {
    let contributor = assigned(SUBSCRIPTION, "p", CONTRIBUTOR, None);
    let principal = Principal::new("p");
    let alone = policy().with_assignments([contributor.clone()]);
    let verdict = alone
        .access(&principal, &here())
        .verdict(actions::ASSIGN_ROLES);
    assert!(matches!(verdict, Verdict::TakenAway { by } if by[0].role_name() == "Contributor"));
    let owner = assigned(MANAGEMENT_GROUP, "p", OWNER, None);
    let both = policy().with_assignments([contributor, owner]);
    let verdict = both
        .access(&principal, &here())
        .verdict(actions::ASSIGN_ROLES);
    assert!(matches!(verdict, Verdict::Granted { by } if by[0].role_name() == "Owner"));
}

#[test]
fn a_denial_wins_over_every_role() {
    let everyone = json!([{"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined"}]);
    let denial = denied(
        SUBSCRIPTION,
        json!({"principals": everyone, "permissions": [{"actions": ["*/write"]}]}),
    );
    let policy = policy()
        .with_assignments([assigned("/", "p", OWNER, None)])
        .with_denials([denial]);
    let principal = Principal::new("p");
    let access = policy.access(&principal, &here());
    assert!(access.permits(READ));
    assert!(
        matches!(access.verdict(WRITE), Verdict::Denied { by, despite } if by.len() == 1 && despite.len() == 1)
    );
    let nobody = Principal::new("x");
    let verdict = policy.access(&nobody, &here()).verdict(WRITE);
    assert!(matches!(verdict, Verdict::Denied { despite, .. } if despite.is_empty()));
}

#[test]
fn a_role_that_is_not_known_decides_nothing() {
    let policy = policy().with_assignments([assigned(SUBSCRIPTION, "p", "unread", None)]);
    let principal = Principal::new("p");
    let access = policy.access(&principal, &here());
    assert!(
        matches!(access.verdict(READ), Verdict::Unknown { roles } if roles[0].role_name() == "unread")
    );
    assert!(!access.permits(READ));
    assert!(access.excess::<&str>(&[]).is_empty());
    assert_eq!(access.unknown().len(), 1);
}

#[test]
fn a_condition_limits_the_assigning_of_roles_only() {
    let condition = "@Request[...] ForAnyOfAnyValues:GuidEquals {x}";
    let policy = policy().with_assignments([assigned(SUBSCRIPTION, "p", OWNER, Some(condition))]);
    let principal = Principal::new("p");
    let Verdict::Granted { by } = policy
        .access(&principal, &here())
        .verdict(actions::ASSIGN_ROLES)
    else {
        panic!("not granted")
    };
    assert_eq!(by[0].condition(), Some(condition));
    assert_eq!(by[0].condition_on(actions::ASSIGN_ROLES), Some(condition));
    assert_eq!(by[0].condition_on(actions::WRITE_ROLES), None);
    assert_eq!(
        by[0].condition_on_data("Microsoft.Storage/x/read"),
        Some(condition)
    );
}

#[test]
fn a_role_may_have_conditions_of_its_own() {
    let limited = json!([{"actions": ["*/write"], "condition": "limited"}, {"dataActions": ["*"]}]);
    let policy = Policy::new(Ancestry::as_listed())
        .with_roles([role("r", "Some", limited)])
        .with_assignments([assigned(MANAGEMENT_GROUP, "p", "r", None)]);
    let principal = Principal::new("p");
    let access = policy.access(&principal, &here());
    let grant = access.grants[0];
    assert_eq!(grant.condition(), None);
    assert_eq!(grant.condition_on(actions::ASSIGN_ROLES), Some("limited"));
    assert_eq!(grant.condition_on_data("Microsoft.Storage/x/read"), None);
    assert!(
        access
            .verdict_on_data("Microsoft.Storage/x/read")
            .is_granted()
    );
}

#[test]
fn excess_names_the_grant_and_the_pattern() {
    let policy = policy().with_assignments([
        assigned(SUBSCRIPTION, "p", READER, None),
        assigned(MANAGEMENT_GROUP, "p", CONTRIBUTOR, None),
    ]);
    let principal = Principal::new("p");
    let access = policy.access(&principal, &here());
    let excess = access.excess::<&str>(&[]);
    assert_eq!(excess.len(), 1);
    let (grant, patterns) = &excess[0];
    assert_eq!(grant.role_name(), "Contributor");
    assert_eq!(patterns[0].pattern, "*");
    assert_eq!(patterns[0].allows, ["*/write", "*/delete", "*/action"]);
}
