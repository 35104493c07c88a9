//! ThreatDefenceRole as it is defined. Its name is unique in the tenant, but each scope lists only the
//! roles that can be assigned there.

use azure::{Client, Failure};
use serde_json::Value;

use super::VERSION;
use crate::present::{DefinedRole, key};
use crate::read::{lists, literal, text, texts};

/// The role of a name, and the places among `scopes` (by their index) at which it can be assigned.
pub(in crate::discover) async fn custom_role(
    client: &Client,
    name: &str,
    scopes: &[String],
) -> (Option<(DefinedRole, Vec<usize>)>, Vec<(usize, Failure)>) {
    let filter = format!("$filter=roleName eq {}&{VERSION}", literal(name));
    let paths: Vec<String> = scopes
        .iter()
        .map(|scope| format!("{scope}/providers/Microsoft.Authorization/roleDefinitions?{filter}"))
        .collect();
    let mut found: Option<(DefinedRole, Vec<usize>)> = None;
    let mut failures = Vec::new();
    for (place, items) in lists(client, &paths).await.into_iter().enumerate() {
        let items = match items {
            Ok(items) => items,
            Err(failure) => {
                failures.push((place, failure));
                continue;
            }
        };
        let Some(role) = items.iter().find_map(|body| defined(body, name)) else {
            continue;
        };
        match &mut found {
            Some((_, places)) => places.push(place),
            None => found = Some((role, vec![place])),
        }
    }
    (found, failures)
}

/// A definition, when it is a custom one of that name.
fn defined(body: &Value, name: &str) -> Option<DefinedRole> {
    let properties = body.get("properties")?;
    let is_named = text(properties, &["roleName"])?.eq_ignore_ascii_case(name);
    let custom = text(properties, &["type"]).is_none_or(|of| of.eq_ignore_ascii_case("CustomRole"));
    if !is_named || !custom {
        return None;
    }
    let id = text(body, &["id"])?;
    let blocks = properties.get("permissions").and_then(Value::as_array);
    let blocks: Vec<&Value> = blocks.into_iter().flatten().collect();
    let all =
        |name: &str| -> Vec<String> { blocks.iter().flat_map(|of| texts(of.get(name))).collect() };
    let beyond = ["notActions", "dataActions", "notDataActions"];
    Some(DefinedRole {
        id: id.to_owned(),
        guid: id.rsplit('/').next().unwrap_or(id).to_owned(),
        description: text(properties, &["description"])
            .unwrap_or_default()
            .to_owned(),
        actions: all("actions"),
        has_more: beyond.iter().any(|name| !all(name).is_empty()),
        assignable_scopes: texts(properties.get("assignableScopes")),
        body: body.clone(),
    })
}

/// The management groups among its assignable scopes that must lie above a scope, because the role is
/// listed there and no other assignable scope would explain it.
pub(in crate::discover) fn visible_above<'a>(
    role: &'a DefinedRole,
    scope: &str,
) -> Vec<&'a String> {
    let scope = key(scope);
    let explains = |other: &String| {
        let other = key(other);
        other.is_empty() || other == scope || other.starts_with(&format!("{scope}/"))
    };
    if role.assignable_scopes.iter().any(explains) {
        return Vec::new();
    }
    let groups = "/providers/microsoft.management/managementgroups/";
    let of_group = |other: &&String| key(other).starts_with(groups);
    role.assignable_scopes.iter().filter(of_group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const GROUP: &str = "/providers/Microsoft.Management/managementGroups/root";

    fn role(scopes: &[&str]) -> DefinedRole {
        let body = json!({"id": "/x/roleDefinitions/GUID", "properties": {
            "roleName": "threatdefencerole", "type": "CustomRole", "assignableScopes": scopes,
            "permissions": [{"actions": ["a"], "notActions": []}, {"actions": ["b"]}]}});
        defined(&body, "ThreatDefenceRole").unwrap()
    }

    #[test]
    fn a_definition_adds_its_blocks_up() {
        let role = role(&[GROUP]);
        assert_eq!((role.guid.as_str(), role.has_more), ("GUID", false));
        assert_eq!(role.actions, ["a", "b"]);
        let more = json!({"id": "i", "properties": {"roleName": "R", "permissions": [{"notActions": ["x"]}]}});
        assert!(defined(&more, "R").unwrap().has_more);
    }

    #[test]
    fn others_are_not_taken_for_it() {
        let of = |kind: &str, name: &str| json!({"id": "i", "properties": {"roleName": name, "type": kind}});
        assert_eq!(defined(&of("BuiltInRole", "R"), "R"), None);
        assert_eq!(defined(&of("CustomRole", "Other"), "R"), None);
        assert_eq!(defined(&json!({"id": "i"}), "R"), None);
    }

    #[test]
    fn a_role_listed_below_its_management_group_tells_the_hierarchy() {
        assert_eq!(visible_above(&role(&[GROUP]), "/subscriptions/s"), [GROUP]);
        let own = role(&[GROUP, "/subscriptions/S"]);
        assert!(visible_above(&own, "/subscriptions/s").is_empty());
        let within = role(&[GROUP, "/subscriptions/S/resourceGroups/g"]);
        assert!(visible_above(&within, "/subscriptions/s").is_empty());
    }
}
