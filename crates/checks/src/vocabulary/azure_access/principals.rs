//! What the directory says of those who hold roles.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

use super::super::json::{at, in_order, is, is_in_order, items, text};
use super::key;

/// The tenants in which Microsoft keeps the applications of its own services.
///
/// Source: <https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in>
const MICROSOFT: [&str; 2] = [
    "f8cdef31-a31e-4b4a-93e4-5f571e91255a",
    "72f988bf-86f1-41af-91ab-2d7cd011db47",
];

/// The entries of [`super::role_holders`] with what the directory says of each principal:
///
/// * `displayName`: `Ada Lovelace: Owner`, the name of a finding about the entry;
/// * `principal`: the name alone, or the object id;
/// * `userPrincipalName`, `appId`;
/// * `kind`: `user`, `guest`, `application`, `managed identity`, `microsoft` (a service of Microsoft's own),
///   `group` or `unknown` (in neither list);
/// * `enabled`: false only when the account is disabled.
///
/// `groups` are for holders that were not expanded. A guest is whoever has the user type Guest, or a user principal name with `#EXT#`: an account of
/// another directory, whatever its type was changed to.
pub fn with_principals(
    holders: &Value,
    users: &Value,
    service_principals: &Value,
    groups: &Value,
) -> Vec<Value> {
    let ids = items(holders)
        .iter()
        .filter_map(|holder| text(holder, "principalId"));
    let wanted: HashSet<Cow<'_, str>> = ids.map(key).collect();
    let users = picked(users, &wanted);
    let mut services = picked(service_principals, &wanted);
    services.extend(picked(groups, &wanted));
    let mut described = Vec::new();
    for holder in items(holders) {
        let Value::Object(mut members) = holder.clone() else {
            continue;
        };
        let id = text(holder, "principalId").unwrap_or_default();
        let user = users.get(&key(id)).copied();
        let service = services.get(&key(id)).copied();
        let object = user.or(service).unwrap_or(&Value::Null);
        let name = text(object, "displayName")
            .or_else(|| text(object, "userPrincipalName"))
            .unwrap_or(id);
        let kind = match (user, service) {
            (Some(user), _) if is_guest(user) => "guest",
            (Some(_), _) => "user",
            (None, Some(service)) => kind_of_service(service),
            (None, None) => "unknown",
        };
        let role = text(holder, "role").unwrap_or_default();
        let facts = json!({
            "displayName": format!("{name}: {role}"),
            "principal": name,
            "userPrincipalName": text(object, "userPrincipalName"),
            "appId": text(object, "appId"),
            "kind": kind,
            "enabled": at(object, "accountEnabled") != &Value::Bool(false),
        });
        if let Value::Object(facts) = facts {
            members.extend(facts);
        }
        described.push(Value::Object(members));
    }
    described
}

/// The objects of a list that are wanted, by their id. Of a hundred thousand users few hold a role: a list in the order
/// of its ids is searched for them, and only another one, such as two lists put together, is walked.
pub(super) fn picked<'a>(
    list: &'a Value,
    wanted: &HashSet<Cow<'_, str>>,
) -> HashMap<Cow<'a, str>, &'a Value> {
    let list = items(list);
    let keyed = |object: &'a Value| Some((key(text(object, "id")?), object));
    if is_in_order(list) {
        let found = wanted.iter().filter_map(|id| in_order(list, id));
        return found.filter_map(keyed).collect();
    }
    list.iter()
        .filter_map(keyed)
        .filter(|(id, _)| wanted.contains(id.as_ref()))
        .collect()
}

fn is_guest(user: &Value) -> bool {
    is(user, "userType", "Guest")
        || text(user, "userPrincipalName").is_some_and(|name| name.to_uppercase().contains("#EXT#"))
}

fn kind_of_service(service: &Value) -> &'static str {
    if text(service, "servicePrincipalType").is_none() && !at(service, "securityEnabled").is_null()
    {
        return "group";
    }
    if is(service, "servicePrincipalType", "ManagedIdentity") {
        return "managed identity";
    }
    match MICROSOFT
        .iter()
        .any(|tenant| is(service, "appOwnerOrganizationId", tenant))
    {
        true => "microsoft",
        false => "application",
    }
}
