//! Changes of the directory: users, members of groups, applications, and conditional access.

use serde_json::{Value, json};

use super::Scene;

/// Disables or enables a user, or one joins, or one leaves.
pub(super) fn user(scene: &mut Scene<'_>) -> Option<()> {
    let pools = scene.pools;
    let (at, mut body) = {
        let key = scene.pick(&pools.users, |_, _| true)?;
        scene.document(&key)?
    };
    match scene.draw.below(3)? {
        0 => {
            let enabled = body["accountEnabled"].as_bool().unwrap_or(true);
            body["accountEnabled"] = json!(!enabled);
            scene.writer.write(&at, body);
        }
        1 => {
            let id = scene.draw.guid();
            let name = format!("new-{}", scene.draw.word());
            let domain = scene.writer.tenant.domains.first()?;
            let principal = format!("{name}@{domain}");
            let known = ["displayName", "userPrincipalName", "mail", "id"];
            if let Some(members) = body.as_object_mut() {
                members
                    .retain(|member, value| known.contains(&member.as_str()) || !value.is_string());
            }
            body["id"] = json!(id);
            body["displayName"] = json!(name);
            body["userPrincipalName"] = json!(principal);
            body["accountEnabled"] = json!(true);
            body["userType"] = json!("Member");
            if body["mail"].is_string() {
                body["mail"] = json!(principal);
            }
            scene.writer.write(&format!("/v1.0/users/{id}"), body);
        }
        _ => {
            scene.writer.remove(&at);
        }
    }
    Some(())
}

/// Adds a user to a group, or removes a member.
pub(super) fn member(scene: &mut Scene<'_>) -> Option<()> {
    let pools = scene.pools;
    let group = scene.pick(&pools.user_groups, |_, _| true)?;
    let list = format!("{group}/members");
    let members = scene.writer.tenant.store.collection(&list).items;
    if scene.draw.once_in(2)
        && let Some(gone) = scene.draw.one(&members).filter(|one| !one.path.is_empty())
    {
        return scene.writer.remove(&gone.path).then_some(());
    }
    let user = scene.pick(&pools.users, |scene, key| {
        let id = key.rsplit('/').next().unwrap_or_default();
        let store = &scene.writer.tenant.store;
        store.get(&format!("{list}/{id}")).is_none()
    })?;
    let (_, mut body) = scene.document(&user)?;
    let id = body["id"].as_str()?.to_owned();
    body["@odata.type"] = json!("#microsoft.graph.user");
    scene.writer.write(&format!("{list}/{id}"), body);
    Some(())
}

/// Switches a conditional access policy on, off, or to reporting only.
pub(super) fn conditional_access(scene: &mut Scene<'_>) -> Option<()> {
    let pools = scene.pools;
    let key = scene.pick(&pools.access_policies, |_, _| true)?;
    let (at, mut body) = scene.document(&key)?;
    let states = ["enabled", "disabled", "enabledForReportingButNotEnforced"];
    let others: Vec<&str> = states
        .into_iter()
        .filter(|state| body["state"] != *state)
        .collect();
    body["state"] = json!(scene.draw.one(&others)?);
    scene.writer.write(&at, body);
    Some(())
}

/// Gives an application a new secret, or opens it to other tenants and closes it again.
pub(super) fn application(scene: &mut Scene<'_>) -> Option<()> {
    let pools = scene.pools;
    let key = scene.pick(&pools.applications, |_, _| true)?;
    let (at, mut body) = scene.document(&key)?;
    if scene.draw.once_in(2) {
        let open = body["signInAudience"] == "AzureADMultipleOrgs";
        let audience = if open {
            "AzureADMyOrg"
        } else {
            "AzureADMultipleOrgs"
        };
        body["signInAudience"] = json!(audience);
    } else {
        let secret = json!({
            "keyId": scene.draw.guid(),
            "displayName": format!("secret {}", scene.draw.word()),
            "hint": null,
            "secretText": null,
            "startDateTime": "2026-01-01T00:00:00Z",
            "endDateTime": "2028-01-01T00:00:00Z",
        });
        match &mut body["passwordCredentials"] {
            Value::Array(secrets) => secrets.push(secret),
            other => *other = json!([secret]),
        }
    }
    scene.writer.write(&at, body);
    Some(())
}
