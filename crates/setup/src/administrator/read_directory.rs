//! Reads what is known of the administrator in Entra ID.

use std::collections::BTreeSet;

use azure::{Claims, Client, Failure, FailureKind, Service};
use futures::join;
use serde_json::Value;

use super::directory::DirectoryAuthority;
use super::directory_role::DirectoryRole;
use crate::present::Present;
use crate::read::{list, literal, reason, text, texts};

/// The template in a token's `wids` of every member, and the two of guests: no administrator's role.
const EVERYBODY: [&str; 3] = [
    "b79fbf4d-3ef9-4689-8143-76b194e85509",
    "10dae51f-b6af-4016-8d66-8c2a99b929b3",
    "2af84b1e-32c8-42b7-82bc-daa82404023b",
];

/// Roles and what custom ones allow.
#[derive(Default)]
struct Roles {
    known: BTreeSet<DirectoryRole>,
    actions: BTreeSet<String>,
}

/// Reads it. What may not be read is left open, never taken for a lack.
pub(super) async fn look(
    client: &Client,
    claims: &Claims,
    is_user: bool,
    present: &Present,
) -> DirectoryAuthority {
    let own = claims.object_id.clone().unwrap_or_default();
    let (members, assigned, may_register, owns_application) = join!(
        memberships(client, is_user, &own),
        assigned(client, &own),
        may_register(client, is_user),
        owns(client, present, &own),
    );
    let mut roles: BTreeSet<DirectoryRole> = claims
        .wids
        .iter()
        .filter_map(|id| DirectoryRole::of_template(id))
        .collect();
    let told = claims
        .wids
        .iter()
        .any(|id| !EVERYBODY.iter().any(|of| of.eq_ignore_ascii_case(id)));
    let roles_unread = match (&members, &assigned) {
        (Err(failure), Err(_)) if !told && !is_telling(failure) => {
            Some(format!("your roles: {}", reason(failure)))
        }
        _ => None,
    };
    let mut actions = BTreeSet::new();
    for found in [members, assigned].into_iter().flatten() {
        roles.extend(found.known);
        actions.extend(found.actions);
    }
    let mut authority = DirectoryAuthority {
        is_user,
        permissions: permissions(claims, is_user),
        roles,
        actions,
        roles_unread,
        eligible: BTreeSet::new(),
        may_register,
        owns_application,
    };
    if is_user
        && !authority
            .roles
            .contains(&DirectoryRole::GlobalAdministrator)
    {
        authority.eligible = eligible(client).await;
    }
    authority
}

/// Every role that matters lets its holder read the directory: whoever is refused has none of them.
fn is_telling(failure: &Failure) -> bool {
    failure.kind == FailureKind::Denied
}

fn permissions(claims: &Claims, is_user: bool) -> Option<BTreeSet<String>> {
    if !is_user {
        return Some(claims.roles.iter().cloned().collect());
    }
    let scopes = claims.scopes.as_ref()?;
    Some(scopes.split_whitespace().map(str::to_owned).collect())
}

/// Roles that are active, groups' roles included
/// (<https://learn.microsoft.com/graph/api/user-list-transitivememberof>).
async fn memberships(client: &Client, is_user: bool, own: &str) -> Result<Roles, Failure> {
    let kind = if is_user {
        "users"
    } else {
        "servicePrincipals"
    };
    let path = format!("/v1.0/{kind}/{own}/transitiveMemberOf");
    let found = list(client, Service::Graph, &path).await?;
    let templates = found.iter().filter_map(|of| text(of, &["roleTemplateId"]));
    Ok(Roles {
        known: templates.filter_map(DirectoryRole::of_template).collect(),
        actions: BTreeSet::new(),
    })
}

/// Roles assigned directly, custom ones with what they allow. Those assigned on a part of the directory
/// are left out: setup makes things that no administrative unit holds.
async fn assigned(client: &Client, own: &str) -> Result<Roles, Failure> {
    let path = format!(
        "/v1.0/roleManagement/directory/roleAssignments?$filter=principalId eq {}&$expand=roleDefinition",
        literal(own)
    );
    let found = list(client, Service::Graph, &path).await?;
    let mut roles = Roles::default();
    for body in &found {
        if text(body, &["directoryScopeId"]).is_some_and(|scope| scope != "/") {
            continue;
        }
        let definition = text(body, &["roleDefinition", "templateId"]);
        let id = definition.or_else(|| text(body, &["roleDefinitionId"]));
        roles.known.extend(id.and_then(DirectoryRole::of_template));
        roles.actions.extend(custom_actions(body));
    }
    Ok(roles)
}

fn custom_actions(body: &Value) -> Vec<String> {
    let built_in = body.pointer("/roleDefinition/isBuiltIn");
    if built_in.and_then(Value::as_bool) != Some(false) {
        return Vec::new();
    }
    let blocks = body.pointer("/roleDefinition/rolePermissions");
    let blocks = blocks.and_then(Value::as_array).into_iter().flatten();
    blocks
        .flat_map(|block| texts(block.get("allowedResourceActions")))
        .collect()
}

/// Whether members may register applications, and this is one
/// (<https://learn.microsoft.com/graph/api/resources/defaultuserrolepermissions>). Guests may not, whatever
/// the policy says.
async fn may_register(client: &Client, is_user: bool) -> Option<bool> {
    if !is_user {
        return None;
    }
    let (policy, me) = join!(
        client.get(Service::Graph, "/v1.0/policies/authorizationPolicy"),
        client.get(Service::Graph, "/v1.0/me?$select=id,userType")
    );
    let me: Value = me.ok()?.json().ok()?;
    if text(&me, &["userType"]).is_some_and(|kind| kind.eq_ignore_ascii_case("Guest")) {
        return Some(false);
    }
    let policy: Value = policy.ok()?.json().ok()?;
    // Graph gives the policy as an object, and some clouds as a list of one.
    let policy = policy.pointer("/value/0").unwrap_or(&policy);
    policy
        .pointer("/defaultUserRolePermissions/allowedToCreateApps")?
        .as_bool()
}

async fn owns(client: &Client, present: &Present, own: &str) -> bool {
    let Some(application) = &present.application else {
        return false;
    };
    let path = format!("/v1.0/applications/{}/owners?$select=id", application.id);
    let owners = list(client, Service::Graph, &path)
        .await
        .unwrap_or_default();
    owners
        .iter()
        .any(|of| text(of, &["id"]).is_some_and(|id| id.eq_ignore_ascii_case(own)))
}

/// Roles that wait to be activated; where they may not be read, nothing is said of them
/// (<https://learn.microsoft.com/graph/api/roleeligibilityschedule-filterbycurrentuser>).
async fn eligible(client: &Client) -> BTreeSet<DirectoryRole> {
    let path = "/v1.0/roleManagement/directory/roleEligibilitySchedules/filterByCurrentUser(on='principal')";
    let found = list(client, Service::Graph, path).await.unwrap_or_default();
    found
        .iter()
        .filter_map(|of| text(of, &["roleDefinitionId"]))
        .filter_map(DirectoryRole::of_template)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_custom_roles_are_read_by_their_actions() {
        let role = |built_in: bool| {
            json!({"roleDefinition": {"isBuiltIn": built_in,
            "rolePermissions": [{"allowedResourceActions": ["a", "b"]}]}})
        };
        assert_eq!(custom_actions(&role(false)), ["a", "b"]);
        assert!(custom_actions(&role(true)).is_empty());
        assert!(custom_actions(&json!({"roleDefinition": null})).is_empty());
    }

    #[test]
    fn a_token_tells_permissions_of_either_kind() {
        let mut claims = Claims {
            roles: vec!["A".to_owned()],
            scopes: Some("B C".to_owned()),
            ..Claims::default()
        };
        assert_eq!(permissions(&claims, false), Some(["A".to_owned()].into()));
        let delegated = ["B", "C"].map(str::to_owned);
        assert_eq!(permissions(&claims, true), Some(delegated.into()));
        claims.scopes = None;
        assert_eq!(permissions(&claims, true), None);
    }
}
