//! Assignments to those who are gone.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::{Value, json};

use super::super::json::{at, items, text};
use super::groups::Groups;
use super::holders::{Roles, last_segment, scope_of};
use super::key;
use super::principals::picked;

/// The assignments whose principal is in none of the directory's lists (`state` is `deleted`) or is
/// disabled (`disabled`), at any scope. The lists must be whole: what was not read would count as deleted.
///
/// Left out is what these lists cannot have: groups of another tenant, devices, and identities of a
/// managing tenant (`delegatedManagedIdentityResourceId`).
///
/// An entry has `id`, `type`, `name` and `displayName` of the assignment, `role`, `scope`, `principalId`,
/// `principalType`, `principal` and `state`.
pub fn orphaned_assignments(
    assignments: &Value,
    definitions: &Value,
    users: &Value,
    groups: &Value,
    service_principals: &Value,
) -> Vec<Value> {
    let (roles, groups) = (Roles::new(definitions), Groups::new(groups));
    let ids = items(assignments)
        .iter()
        .filter_map(|assignment| text(assignment, "properties.principalId"));
    let wanted: HashSet<Cow<'_, str>> = ids.map(key).collect();
    let mut accounts = picked(users, &wanted);
    accounts.extend(picked(service_principals, &wanted));
    let mut orphans = Vec::new();
    for assignment in items(assignments) {
        let properties = at(assignment, "properties");
        let Some(principal) = text(properties, "principalId") else {
            continue;
        };
        let kind = text(properties, "principalType").unwrap_or_default();
        let elsewhere = ["ForeignGroup", "Device"]
            .iter()
            .any(|foreign| foreign.eq_ignore_ascii_case(kind))
            || text(properties, "delegatedManagedIdentityResourceId").is_some();
        if elsewhere || groups.has(principal) {
            continue;
        }
        let account = accounts.get(&key(principal)).copied();
        let state = match account {
            None => "deleted",
            Some(account) if at(account, "accountEnabled") == &Value::Bool(false) => "disabled",
            Some(_) => continue,
        };
        let (role, _) = roles.named(last_segment(
            text(properties, "roleDefinitionId").unwrap_or_default(),
        ));
        let name = account.and_then(|account| {
            text(account, "displayName").or_else(|| text(account, "userPrincipalName"))
        });
        let name = name.unwrap_or(principal);
        orphans.push(json!({
            "id": text(assignment, "id"),
            "type": text(assignment, "type"),
            "name": text(assignment, "name"),
            "displayName": format!("{name}: {role}"),
            "role": role,
            "scope": scope_of(assignment).map(|scope| scope.as_str().to_owned()),
            "principalId": principal,
            "principalType": kind,
            "principal": name,
            "state": state,
        }));
    }
    orphans
}
