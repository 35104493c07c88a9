//! Reads what is known of the administrator at the scopes asked for.

use std::collections::{BTreeMap, BTreeSet};

use azure::{Client, Failure};
use rbac::{Ancestry, Assignment, DenyAssignment, Level, Policy, Principal, RoleDefinition, Scope};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::azure::{AzureAuthority, Said};
use super::right::Standing;
use crate::discover::VERSION;
use crate::present::key;
use crate::read::{documents, lists, literal, reason, text};

type Items = Result<Vec<Value>, Failure>;

/// The three lists of one scope.
struct Lists {
    permissions: Option<Items>,
    assignments: Items,
    denials: Items,
}

/// Reads it for scopes by their ARM paths; by scope in lower case.
pub(super) async fn look(
    client: &Client,
    own: &str,
    paths: &[String],
) -> BTreeMap<String, AzureAuthority> {
    let all = read(client, own, paths).await;
    let roles = definitions(client, paths, &all).await;
    let mut found = weigh(own, paths, &all, &roles, &BTreeMap::new());
    let lacking: Vec<String> = paths
        .iter()
        .filter(|path| found.get(&key(path)).is_some_and(lacks))
        .cloned()
        .collect();
    if !lacking.is_empty() {
        let eligible = eligible(client, &lacking).await;
        found = weigh(own, paths, &all, &roles, &eligible);
    }
    found
}

fn lacks(of: &AzureAuthority) -> bool {
    of.assign != Standing::Has || of.define != Standing::Has
}

/// A summary of permissions is documented for subscriptions and below, not for management groups
/// (<https://learn.microsoft.com/rest/api/authorization/permissions>).
async fn read(client: &Client, own: &str, paths: &[String]) -> Vec<Lists> {
    let summed = |path: &String| {
        let scope = Scope::parse(path)?;
        (scope.level() == Level::Subscription).then(|| of(path, "permissions", ""))
    };
    let assigned = format!("$filter=atScope()%20and%20assignedTo({})&", literal(own));
    let asked = paths.iter().flat_map(|path| {
        let mut asked = vec![
            of(path, "roleAssignments", &assigned),
            of(path, "denyAssignments", "$filter=atScope()&"),
        ];
        asked.extend(summed(path));
        asked
    });
    let asked: Vec<String> = asked.collect();
    let mut answers = lists(client, &asked).await.into_iter();
    let mut all = Vec::with_capacity(paths.len());
    for path in paths {
        let (Some(assignments), Some(denials)) = (answers.next(), answers.next()) else {
            break;
        };
        all.push(Lists {
            permissions: summed(path).and_then(|_| answers.next()),
            assignments,
            denials,
        });
    }
    all
}

fn of(scope: &str, kind: &str, filter: &str) -> String {
    format!("{scope}/providers/Microsoft.Authorization/{kind}?{filter}{VERSION}")
}

/// The definitions of the assigned roles, each read once where it was seen first.
async fn definitions(client: &Client, paths: &[String], all: &[Lists]) -> Vec<RoleDefinition> {
    let mut seen = BTreeSet::new();
    let mut asked = Vec::new();
    for (path, lists) in paths.iter().zip(all) {
        for body in lists.assignments.iter().flatten() {
            let Some(role) = text(body, &["properties", "roleDefinitionId"]) else {
                continue;
            };
            let guid = role.rsplit('/').next().unwrap_or(role);
            if seen.insert(guid.to_lowercase()) {
                asked.push(of(path, &format!("roleDefinitions/{guid}"), ""));
            }
        }
    }
    let replies = documents(client, &asked).await;
    replies
        .into_iter()
        .filter_map(|reply| serde_json::from_value(reply.ok()?).ok())
        .collect()
}

fn weigh(
    own: &str,
    paths: &[String],
    all: &[Lists],
    roles: &[RoleDefinition],
    eligible: &BTreeMap<String, Vec<String>>,
) -> BTreeMap<String, AzureAuthority> {
    let me = Principal::new(own);
    let weighed = paths.iter().zip(all).filter_map(|(path, lists)| {
        let scope = Scope::parse(path)?;
        let policy = policy(own, lists, roles);
        let unread = lists.assignments.as_ref().err().map(reason);
        let said = Said {
            summed: lists.permissions.as_ref().and_then(summed),
            access: unread.is_none().then(|| policy.access(&me, &scope)),
            unread,
            eligible: eligible.get(&key(path)).cloned().unwrap_or_default(),
        };
        Some((key(path), AzureAuthority::of(&said)))
    });
    weighed.collect()
}

fn summed(items: &Items) -> Option<Vec<rbac::Permission>> {
    Some(parsed(items.as_ref().ok()?))
}

fn parsed<T: DeserializeOwned>(items: &[Value]) -> Vec<T> {
    let items = items.iter();
    items
        .filter_map(|body| serde_json::from_value(body.clone()).ok())
        .collect()
}

/// What holds at one scope. `assignedTo` has followed his groups already: what it lists is his.
fn policy(own: &str, lists: &Lists, roles: &[RoleDefinition]) -> Policy {
    let listed = |items: &Items| items.as_ref().map_or(Vec::new(), Clone::clone);
    let mut assignments: Vec<Assignment> = parsed(&listed(&lists.assignments));
    for assignment in &mut assignments {
        own.clone_into(&mut assignment.principal_id);
    }
    let denials: Vec<DenyAssignment> = parsed(&listed(&lists.denials));
    Policy::new(Ancestry::as_listed())
        .with_roles(roles.iter().cloned())
        .with_assignments(assignments)
        .with_denials(denials)
}

/// The roles that he can activate at each scope, by their GUID
/// (<https://learn.microsoft.com/rest/api/authorization/role-eligibility-schedule-instances>). Where they
/// may not be read, nothing is said of them.
async fn eligible(client: &Client, paths: &[String]) -> BTreeMap<String, Vec<String>> {
    let asked: Vec<String> = paths
        .iter()
        .map(|path| {
            format!(
                "{path}/providers/Microsoft.Authorization/roleEligibilityScheduleInstances\
                 ?$filter=asTarget()&api-version=2020-10-01"
            )
        })
        .collect();
    let answers = lists(client, &asked).await;
    let guid = |body: &Value| {
        let id = text(body, &["properties", "roleDefinitionId"])?;
        id.rsplit('/').next().map(str::to_owned)
    };
    paths
        .iter()
        .zip(answers)
        .map(|(path, items)| {
            let items = items.unwrap_or_default();
            (key(path), items.iter().filter_map(guid).collect())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use azure::FailureKind;
    use serde_json::json;

    const GROUP: &str = "/providers/Microsoft.Management/managementGroups/root";

    fn denied() -> Failure {
        Failure::new(FailureKind::Denied, "u".to_owned(), "no")
    }

    fn owner() -> Vec<RoleDefinition> {
        parsed(&[json!({"id": "/r/OWNER", "name": "OWNER",
            "properties": {"roleName": "Owner", "permissions": [{"actions": ["*"]}]}})])
    }

    #[test]
    fn what_is_assigned_to_a_group_of_his_is_his() {
        let assignment = json!({"id": format!("{GROUP}/providers/Microsoft.Authorization/roleAssignments/x"),
            "properties": {"principalId": "a group", "roleDefinitionId": "/r/owner"}});
        let lists = Lists {
            permissions: None,
            assignments: Ok(vec![assignment, json!(7)]),
            denials: Err(denied()),
        };
        let found = weigh(
            "me",
            &[GROUP.to_owned()],
            &[lists],
            &owner(),
            &BTreeMap::new(),
        );
        assert_eq!(found[&key(GROUP)].assign, Standing::Has);
    }

    #[test]
    fn a_scope_that_cannot_be_read_is_left_open() {
        let lists = Lists {
            permissions: Some(Err(denied())),
            assignments: Err(denied()),
            denials: Err(denied()),
        };
        let found = weigh(
            "me",
            &["/subscriptions/s".to_owned()],
            &[lists],
            &[],
            &BTreeMap::new(),
        );
        let open = &found["/subscriptions/s"].assign;
        assert!(
            matches!(open, Standing::Unknown { needs, .. } if needs.ends_with("or Owner there"))
        );
    }
}
