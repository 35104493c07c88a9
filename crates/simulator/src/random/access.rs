//! Changes of who may do what: role assignments, and policy assignments.

use serde_json::{Value, json};

use super::{Scene, flip};

/// Reader, Contributor and Owner.
/// <https://learn.microsoft.com/azure/role-based-access-control/built-in-roles>
const ROLES: [&str; 3] = [
    "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
];

/// Allowed locations, a policy that Azure has built in.
const POLICY: &str =
    "/providers/Microsoft.Authorization/policyDefinitions/e56962a6-4747-49cd-b67b-bf8b01975c4c";

/// Gives a user a role, or takes one away that none of the tenant's applications needs.
pub(super) fn role_assignment(scene: &mut Scene<'_>) -> Option<()> {
    let pools = scene.pools;
    if scene.draw.once_in(2) {
        let gone = scene.pick(&pools.role_assignments, |scene, key| {
            scene.is_removable(key)
        });
        if let Some(key) = gone {
            return scene.writer.remove(&key).then_some(());
        }
    }
    let user = scene.pick(&pools.users, |_, _| true)?;
    let principal = scene.document(&user)?.1["id"].as_str()?.to_owned();
    let subscription = scene.draw.one(&pools.subscriptions)?;
    let group = scene.draw.one(&pools.groups).cloned();
    let scope = match group.filter(|group| scene.writer.tenant.store.knows(group)) {
        Some(group) if scene.draw.once_in(2) => group,
        _ => subscription.clone(),
    };
    let home = format!("/subscriptions/{}", crate::path::subscription(&scope)?);
    let role = scene.draw.one(&ROLES)?;
    let name = scene.draw.guid();
    let properties = json!({
        "roleDefinitionId": format!("{home}/providers/Microsoft.Authorization/roleDefinitions/{role}"),
        "principalId": principal,
        "principalType": "User",
        "scope": scope,
        "condition": null,
        "conditionVersion": null,
    });
    create(scene, &scope, "roleAssignments", &name, properties);
    Some(())
}

/// Assigns a policy, changes how an assigned one is enforced, or removes it.
pub(super) fn policy_assignment(scene: &mut Scene<'_>) -> Option<()> {
    let pools = scene.pools;
    if !scene.draw.once_in(3)
        && let Some(key) = scene.pick(&pools.policy_assignments, |_, _| true)
    {
        let (at, mut body) = scene.document(&key)?;
        if scene.draw.once_in(2) && flip::flip(&mut body, scene.draw) {
            scene.writer.write(&at, body);
            return Some(());
        }
        return (scene.is_removable(&at) && scene.writer.remove(&at)).then_some(());
    }
    let scope = scene.draw.one(&pools.subscriptions)?.clone();
    let name = format!("locations-{}", scene.draw.word());
    let properties = json!({
        "displayName": "Allowed locations",
        "policyDefinitionId": POLICY,
        "scope": scope,
        "notScopes": [],
        "parameters": {"listOfAllowedLocations": {"value": ["westeurope", "northeurope"]}},
        "enforcementMode": "Default",
    });
    create(scene, &scope, "policyAssignments", &name, properties);
    Some(())
}

fn create(scene: &mut Scene<'_>, scope: &str, kind: &str, name: &str, properties: Value) {
    let at = format!("{scope}/providers/Microsoft.Authorization/{kind}/{name}");
    let body = json!({
        "id": at,
        "name": name,
        "type": format!("Microsoft.Authorization/{kind}"),
        "properties": properties,
    });
    scene.writer.write(&at, body);
}
