//! The custom role and the roles that are assigned, as far as they can be seen.

mod definition;

use std::collections::{BTreeMap, BTreeSet};

use azure::Client;
use serde_json::Value;

pub(super) use self::definition::{custom_role, visible_above};
use super::DiscoverError;
use crate::present::{Present, RoleAssignment, key};
use crate::read::{documents, lists, literal, reason, text};
use crate::request::{Request, Scopes};

/// What Azure's roles are read with (<https://learn.microsoft.com/rest/api/authorization/versions>).
pub(crate) const VERSION: &str = "api-version=2022-04-01";

/// Reads the assignments of the principal at the scopes asked for, and wherever else it can be seen.
pub(super) async fn assignments(
    client: &Client,
    request: &Request,
    principal: &str,
    elsewhere: &[String],
    present: &mut Present,
) -> Result<(), DiscoverError> {
    let asked = request.scopes.paths();
    let scopes: Vec<&String> = asked.iter().chain(elsewhere).collect();
    let paths: Vec<String> = scopes
        .iter()
        .map(|scope| assignments_path(scope, principal, &request.scopes))
        .collect();
    let mut found: BTreeMap<String, RoleAssignment> = BTreeMap::new();
    let mut unread = Vec::new();
    for (place, items) in scopes.iter().zip(lists(client, &paths).await).enumerate() {
        let (scope, items) = items;
        match items {
            Err(failure) if place < asked.len() => {
                let what = format!("the roles assigned on {}", request.scopes.name_of(scope));
                return Err(DiscoverError::unreadable(what)(failure));
            }
            Err(failure) => unread.push(failure),
            Ok(items) => {
                let own = items.iter().filter(|body| is_of(body, principal));
                for assignment in own.filter_map(assignment) {
                    if place < asked.len() {
                        note_above(present, scope, &assignment.scope);
                    }
                    found.insert(key(&assignment.id), assignment);
                }
            }
        }
    }
    present.assignments = found.into_values().collect();
    if let Some(first) = unread.first() {
        present.unread.push(format!(
            "roles assigned in {}: {}",
            others(unread.len()),
            reason(first)
        ));
    }
    name_roles(client, &mut present.assignments).await;
    Ok(())
}

/// `principalId` finds what is at, above and below a subscription
/// (<https://learn.microsoft.com/azure/role-based-access-control/role-assignments-list-rest>). At a
/// management group `atScope()` leaves out what is below, which must not be taken for what is above.
fn assignments_path(scope: &str, principal: &str, scopes: &Scopes) -> String {
    let at_group = matches!(scopes, Scopes::ManagementGroup(_)) && scopes.paths()[0] == scope;
    let filter = match at_group {
        true => "atScope()".to_owned(),
        false => format!("principalId eq {}", literal(principal)),
    };
    format!("{scope}/providers/Microsoft.Authorization/roleAssignments?$filter={filter}&{VERSION}")
}

fn is_of(body: &Value, principal: &str) -> bool {
    text(body, &["properties", "principalId"]).is_some_and(|id| id.eq_ignore_ascii_case(principal))
}

fn assignment(body: &Value) -> Option<RoleAssignment> {
    let id = text(body, &["id"])?;
    let end = id
        .to_lowercase()
        .rfind("/providers/microsoft.authorization/");
    let from_id = end.map(|end| if end == 0 { "/" } else { &id[..end] });
    let role = text(body, &["properties", "roleDefinitionId"])?;
    Some(RoleAssignment {
        id: id.to_owned(),
        scope: text(body, &["properties", "scope"]).or(from_id)?.to_owned(),
        role: role.rsplit('/').next().unwrap_or(role).to_owned(),
        name: None,
    })
}

/// What a list at a scope shows of a management group lies above that scope.
pub(super) fn note_above(present: &mut Present, scope: &str, other: &str) {
    let (scope, other) = (key(scope), key(other));
    if other.starts_with("/providers/microsoft.management/managementgroups/") && other != scope {
        present.above.entry(scope).or_default().insert(other);
    }
}

/// Reads the names of the assigned roles; one that cannot be read keeps its GUID.
async fn name_roles(client: &Client, assignments: &mut [RoleAssignment]) {
    let mut where_from: BTreeMap<String, String> = BTreeMap::new();
    for of in assignments.iter() {
        let scope = of.scope.trim_end_matches('/');
        let path = format!(
            "{scope}/providers/Microsoft.Authorization/roleDefinitions/{}?{VERSION}",
            of.role
        );
        where_from.entry(of.role.to_lowercase()).or_insert(path);
    }
    let (roles, paths): (Vec<String>, Vec<String>) = where_from.into_iter().unzip();
    let replies = documents(client, &paths).await;
    let names: BTreeMap<String, String> = roles
        .into_iter()
        .zip(replies)
        .filter_map(|(role, reply)| {
            let body = reply.ok()?;
            Some((role, text(&body, &["properties", "roleName"])?.to_owned()))
        })
        .collect();
    for of in assignments {
        of.name = names.get(&of.role.to_lowercase()).cloned();
    }
}

/// A number of subscriptions that nothing was asked for on.
pub(super) fn others(count: usize) -> String {
    match count {
        1 => "another subscription".to_owned(),
        count => format!("{count} other subscriptions"),
    }
}

/// The scopes of subscriptions that are not among those asked for.
pub(super) fn elsewhere(asked: &Scopes, visible: Vec<String>) -> Vec<String> {
    let asked: BTreeSet<String> = asked.paths().iter().map(|path| key(path)).collect();
    let mut others = visible;
    others.retain(|path| !asked.contains(&key(path)));
    others
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::request::Place;
    use serde_json::json;

    const GROUP: &str = "/providers/Microsoft.Management/managementGroups/Root";

    #[test]
    fn an_assignment_has_a_scope_of_its_own_or_in_its_id() {
        let body = json!({"id": "/subscriptions/S/providers/Microsoft.Authorization/roleAssignments/x",
            "properties": {"roleDefinitionId": "/a/b/GUID"}});
        let found = assignment(&body).unwrap();
        assert_eq!(
            (found.scope.as_str(), found.role.as_str()),
            ("/subscriptions/S", "GUID")
        );
        let root = json!({"id": "/providers/Microsoft.Authorization/roleAssignments/x",
            "properties": {"roleDefinitionId": "GUID", "scope": ""}});
        assert_eq!(assignment(&root).unwrap().scope, "/");
        assert_eq!(assignment(&json!({"id": "x", "properties": null})), None);
    }

    #[test]
    fn a_management_group_in_the_list_of_a_subscription_lies_above_it() {
        let mut present = Present::default();
        note_above(&mut present, "/subscriptions/S", GROUP);
        note_above(
            &mut present,
            "/subscriptions/S",
            "/subscriptions/S/resourceGroups/g",
        );
        note_above(&mut present, GROUP, GROUP);
        assert!(present.reaches(GROUP, "/subscriptions/s"));
        assert_eq!(present.above.len(), 1);
    }

    #[test]
    fn lists_ask_for_what_azure_answers_in_the_right_way() {
        let group = Scopes::ManagementGroup(Place {
            id: "Root".to_owned(),
            name: "Root".to_owned(),
        });
        assert!(assignments_path(GROUP, "p", &group).contains("$filter=atScope()&"));
        let path = assignments_path("/subscriptions/s", "p", &group);
        assert!(path.contains("$filter=principalId eq 'p'&"), "{path}");
    }

    #[test]
    fn what_is_asked_for_is_not_elsewhere() {
        let asked = Scopes::Subscriptions(vec![Place {
            id: "A".to_owned(),
            name: String::new(),
        }]);
        let visible = ["/subscriptions/a", "/subscriptions/b"].map(str::to_owned);
        assert_eq!(elsewhere(&asked, visible.to_vec()), ["/subscriptions/b"]);
    }
}
