//! What a registration asks for: `requiredResourceAccess`
//! (<https://learn.microsoft.com/graph/api/resources/requiredresourceaccess>).

use serde_json::{Value, json};

use crate::change::ChangeError;
use crate::discover::GRAPH;
use crate::present::GraphService;
use crate::read::text;

/// What a registration asks for, as it has it: application permissions are of type `Role`.
pub(super) fn required<'a>(
    graph: &GraphService,
    permissions: impl IntoIterator<Item = &'a String>,
) -> Result<Value, ChangeError> {
    let mut access = Vec::new();
    for permission in permissions {
        access.push(json!({"id": role_id(graph, permission)?, "type": "Role"}));
    }
    Ok(json!({"resourceAppId": GRAPH, "resourceAccess": access}))
}

/// The id of an application permission of Microsoft Graph.
pub(super) fn role_id(graph: &GraphService, permission: &str) -> Result<String, ChangeError> {
    let found = graph
        .roles
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(permission));
    found
        .map(|(_, id)| id.clone())
        .ok_or_else(|| ChangeError::NoPermission(permission.to_owned()))
}

/// What is asked for with more added, and whether that is more than before.
pub(super) fn merged(before: &Value, more: &Value) -> (Value, bool) {
    let mut services = before.as_array().cloned().unwrap_or_default();
    let is_graph = |service: &Value| {
        text(service, &["resourceAppId"]).is_some_and(|id| id.eq_ignore_ascii_case(GRAPH))
    };
    let Some(graph) = services.iter_mut().find(|service| is_graph(service)) else {
        services.push(more.clone());
        return (Value::Array(services), true);
    };
    let mut access = graph["resourceAccess"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let known = access.len();
    for one in more["resourceAccess"].as_array().into_iter().flatten() {
        let same = |other: &Value| {
            let same = |key| {
                let (one, other) = (text(one, &[key]), text(other, &[key]));
                one.zip(other)
                    .is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
            };
            same("id") && same("type")
        };
        if !access.iter().any(same) {
            access.push(one.clone());
        }
    }
    let added = access.len() > known;
    graph["resourceAccess"] = Value::Array(access);
    (Value::Array(services), added)
}

/// What is asked for without some permissions of Microsoft Graph; a service of which nothing is left goes.
pub(crate) fn taken_out(before: &Value, graph: &GraphService, permissions: &[String]) -> Value {
    let ids: Vec<String> = permissions
        .iter()
        .filter_map(|permission| role_id(graph, permission).ok())
        .collect();
    let is_taken = |one: &Value| {
        let is_role = text(one, &["type"]).is_some_and(|of| of.eq_ignore_ascii_case("Role"));
        let id = text(one, &["id"]).unwrap_or_default();
        is_role && ids.iter().any(|of| of.eq_ignore_ascii_case(id))
    };
    let mut services = before.as_array().cloned().unwrap_or_default();
    for service in &mut services {
        if text(service, &["resourceAppId"]).is_some_and(|id| id.eq_ignore_ascii_case(GRAPH))
            && let Some(access) = service["resourceAccess"].as_array_mut()
        {
            access.retain(|one| !is_taken(one));
        }
    }
    let is_left = |service: &Value| {
        let access = service["resourceAccess"].as_array();
        access.is_some_and(|access| !access.is_empty())
    };
    services.retain(is_left);
    Value::Array(services)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_already_stays() {
        let more = json!({"resourceAppId": GRAPH, "resourceAccess": [
            {"id": "A", "type": "Role"}, {"id": "b", "type": "Role"}]});
        let (all, added) = merged(&Value::Null, &more);
        assert!(added);
        assert_eq!(all, json!([more]));
        let before = json!([
            {"resourceAppId": "other", "resourceAccess": [{"id": "x", "type": "Scope"}]},
            {"resourceAppId": GRAPH, "resourceAccess": [
                {"id": "a", "type": "Role"}, {"id": "b", "type": "Scope"}]}
        ]);
        let (all, added) = merged(&before, &more);
        assert!(added);
        assert_eq!(all[0], before[0]);
        let access = all[1]["resourceAccess"].as_array().unwrap();
        assert_eq!(access.len(), 3, "{access:?}");
        assert!(!merged(&all, &more).1, "nothing more the second time");
    }
}
