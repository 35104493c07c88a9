use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::history::History;
use crate::tokens::Principal;

const YAML: &str = "
tenant_id: t
subscriptions:
  - { id: a, management_group: child }
  - { id: b }
management_groups:
  - { id: top }
  - { id: child, parent: top }
role_assignments:
  - { application: app, role: Reader, scope: /providers/Microsoft.Management/managementGroups/TOP }
  - { application: app, role: Reader, scope: /subscriptions/b/resourceGroups/G }
";
const READ: &str = "Microsoft.Storage/storageAccounts/read";
const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
const ACCOUNT: &str =
    "/subscriptions/a/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/x";

fn tenant() -> Tenant {
    Tenant::new(serde_saphyr::from_str(YAML).unwrap())
}

fn with_delay(tenant: &Tenant, client: &str, object: &str, replication: &Replication) -> Grants {
    let principal = Principal {
        client_id: client.to_owned(),
        object_id: object.to_owned(),
        ..Principal::default()
    };
    let sources = Sources {
        tenant,
        replication,
        history: &History::new(Duration::ZERO),
    };
    Grants::of(sources, &Identity::of(&tenant.store, &principal))
}

fn grants(tenant: &Tenant, client: &str, object: &str) -> Grants {
    with_delay(tenant, client, object, &Replication::new(Duration::ZERO))
}

fn give(tenant: &mut Tenant, scope: &str, principal: &str, role: &str) {
    let at = format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{principal}");
    let role = format!("/providers/Microsoft.Authorization/roleDefinitions/{role}");
    let body = json!({"properties": {"principalId": principal, "roleDefinitionId": role}});
    tenant.store.load(&at, body);
}

fn deny(tenant: &mut Tenant, scope: &str, more: Value) {
    let at = format!("{scope}/providers/Microsoft.Authorization/denyAssignments/d");
    let mut properties = json!({
        "permissions": [{"actions": ["*/read"], "notActions": ["Microsoft.Web/*"]}],
        "principals": [{"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined"}],
    });
    let more = more.as_object().cloned().unwrap_or_default();
    properties.as_object_mut().unwrap().extend(more);
    tenant.store.load(&at, json!({"properties": properties}));
}

#[test]
fn roles_come_down_from_management_groups() {
    let tenant = tenant();
    let grants = grants(&tenant, "APP", "o");
    assert!(grants.allow(&tenant, READ, "/subscriptions/A"));
    assert!(!grants.allow(&tenant, READ, "/subscriptions/b"));
    assert!(grants.see_group(&tenant, "child"));
    assert!(!grants.see_group(&tenant, "t"));
    assert!(!grants.allow(&tenant, READ, "/"));
}

#[test]
fn a_role_on_a_group_shows_part_of_a_subscription() {
    let tenant = tenant();
    let grants = grants(&tenant, "app", "o");
    assert!(grants.allow_some(&tenant, READ, "/subscriptions/b"));
    assert!(grants.allow(
        &tenant,
        READ,
        "/subscriptions/B/resourcegroups/g/providers/X.Y/z/n"
    ));
    assert!(!grants.allow(&tenant, READ, "/subscriptions/b/resourcegroups/g2"));
    assert!(grants.see_subscription("b"));
}

#[test]
fn one_answer_may_decide_for_a_whole_subscription() {
    let tenant = tenant();
    let grants = grants(&tenant, "app", "o");
    let read = READ.to_lowercase();
    assert_eq!(grants.everywhere("a", &read), Some(true));
    assert_eq!(grants.everywhere("b", &read), None);
    assert_eq!(grants.everywhere("b", "a.b/c/write"), Some(false));
    assert_eq!(grants.everywhere("unknown", &read), Some(false));
}

#[test]
fn nobody_sees_nothing() {
    let tenant = tenant();
    let grants = grants(&tenant, "other", "o");
    assert!(!grants.see_subscription("a"));
    assert!(!grants.allow_some(&tenant, READ, "/subscriptions/a"));
}

#[test]
fn stored_assignments_count() {
    let mut tenant = tenant();
    give(&mut tenant, "/subscriptions/b", "O", READER);
    let grants = grants(&tenant, "other", "o");
    assert!(grants.allow(&tenant, READ, "/subscriptions/b"));
    assert_eq!(grants.permissions_at(&tenant, "/subscriptions/b").len(), 1);
}

#[test]
fn a_role_is_held_through_nested_groups_and_at_the_root() {
    let mut tenant = tenant();
    for (group, member) in [("outer", "inner"), ("inner", "o")] {
        let at = format!("/v1.0/groups/{group}/members");
        tenant.store.load(&at, json!({"value": [{"id": member}]}));
    }
    give(&mut tenant, "", "OUTER", READER);
    let grants = grants(&tenant, "other", "o");
    assert!(grants.allow(&tenant, READ, "/"));
    assert!(grants.allow(&tenant, READ, ACCOUNT));
    assert!(!self::grants(&tenant, "other", "p").see_subscription("a"));
}

#[test]
fn exclusions_of_one_role_do_not_take_from_another() {
    let mut tenant = tenant();
    let write = "Microsoft.Authorization/roleAssignments/write";
    give(&mut tenant, "/subscriptions/a", "o", "contributor");
    assert!(!grants(&tenant, "x", "o").allow(&tenant, write, "/subscriptions/a"));
    give(&mut tenant, "", "o", "owner");
    assert!(grants(&tenant, "x", "o").allow(&tenant, write, "/subscriptions/a"));
}

#[test]
fn a_denial_wins_over_every_role_except_what_it_leaves_out() {
    let mut tenant = tenant();
    deny(&mut tenant, "/subscriptions/a/resourceGroups/G", json!({}));
    let grants = grants(&tenant, "app", "o");
    assert!(!grants.allow(&tenant, READ, ACCOUNT));
    assert!(grants.allow(&tenant, "Microsoft.Web/sites/read", ACCOUNT));
    assert!(grants.allow(&tenant, READ, "/subscriptions/a"));
    assert_eq!(grants.everywhere("a", &READ.to_lowercase()), None);
    assert_eq!(
        grants.everywhere("a", "microsoft.web/sites/read"),
        Some(true)
    );
    assert_eq!(grants.permissions_at(&tenant, ACCOUNT).len(), 1);
}

#[test]
fn a_denial_comes_down_from_a_management_group() {
    let mut tenant = tenant();
    let top = "/providers/Microsoft.Management/managementGroups/top";
    deny(&mut tenant, top, json!({}));
    let grants = grants(&tenant, "app", "o");
    assert!(!grants.allow(&tenant, READ, ACCOUNT));
    assert_eq!(grants.everywhere("a", &READ.to_lowercase()), Some(false));
    assert!(!grants.see_group(&tenant, "child"));
    let in_b = "/subscriptions/b/resourceGroups/g";
    assert!(grants.allow(&tenant, READ, in_b));
    assert!(!grants.allow_some(&tenant, READ, top));
}

#[test]
fn a_denial_may_leave_what_lies_beneath_alone() {
    let mut tenant = tenant();
    let only_here = json!({"doNotApplyToChildScopes": true});
    deny(&mut tenant, "/subscriptions/a", only_here);
    let grants = grants(&tenant, "app", "o");
    assert!(!grants.allow(&tenant, READ, "/subscriptions/a"));
    assert!(grants.allow(&tenant, READ, ACCOUNT));
    assert_eq!(grants.everywhere("a", &READ.to_lowercase()), None);
}

#[test]
fn a_denial_is_for_those_it_names_without_those_it_excludes() {
    let mut tenant = tenant();
    let members = json!({"value": [{"id": "o"}]});
    tenant.store.load("/v1.0/groups/g/members", members);
    let scope = "/subscriptions/a";
    deny(
        &mut tenant,
        scope,
        json!({"excludePrincipals": [{"id": "G", "type": "Group"}]}),
    );
    assert!(grants(&tenant, "app", "o").allow(&tenant, READ, scope));
    assert!(!grants(&tenant, "app", "p").allow(&tenant, READ, scope));
    deny(
        &mut tenant,
        scope,
        json!({"principals": [{"id": "g", "type": "Group"}]}),
    );
    assert!(!grants(&tenant, "app", "o").allow(&tenant, READ, scope));
    assert!(grants(&tenant, "app", "p").allow(&tenant, READ, scope));
}

#[test]
fn what_is_fresh_counts_when_every_copy_has_it() {
    let mut tenant = tenant();
    give(&mut tenant, "/subscriptions/b", "o", READER);
    let replication = Replication::new(Duration::from_secs(60));
    replication.note("/x/roleAssignments/o");
    let early = with_delay(&tenant, "x", "o", &replication);
    assert!(!early.allow(&tenant, READ, "/subscriptions/b"));
    assert_eq!((early.awaited(), early.settled(&replication)), (1, 0));
    replication.age(Duration::from_secs(60));
    assert_eq!(early.settled(&replication), 1);
    let late = with_delay(&tenant, "x", "o", &replication);
    assert!(late.allow(&tenant, READ, "/subscriptions/b"));
    assert_eq!(late.awaited(), 0);
}
