//! The directory: recorded users and groups, and the policies and role holders of a sanitised export of a tenant.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::layout::copy_of;
use crate::payloads::{self, Recording};

/// What Microsoft Graph serves, by path.
pub fn directory(folder: &Path, recordings: &[Recording]) -> Map<String, Value> {
    let mut users = objects(recordings, "users");
    users.extend(objects(recordings, "me"));
    users.extend(privileged_users(folder));
    let groups = objects(recordings, "groups");
    let policies = exported(folder, "conditional_access_policies");
    let mut paths = Map::new();
    paths.insert("/v1.0/users".to_owned(), list(distinct(users)));
    paths.insert("/v1.0/groups".to_owned(), list(distinct(groups)));
    paths.insert(
        "/v1.0/identity/conditionalAccess/policies".to_owned(),
        json!({"value": policies}),
    );
    let authorization = exported(folder, "authorization_policies");
    paths.insert(
        "/v1.0/policies/authorizationPolicy".to_owned(),
        authorization[0].clone(),
    );
    paths.extend(directory_roles(folder));
    paths
}

fn list(items: Vec<Value>) -> Value {
    json!({"value": items})
}

/// The objects in every recording of a collection: `/users`, `/users/{id}`, `/users('{id}')`.
fn objects(recordings: &[Recording], collection: &str) -> Vec<Value> {
    let is_one = |recording: &&Recording| {
        let path = recording.path.trim_start_matches("/v1.0/");
        let rest = path.strip_prefix(collection);
        let is_key = |rest: &str| match rest.strip_prefix('/') {
            Some(key) => !key.contains('/'),
            None => rest.is_empty() || (rest.starts_with('(') && rest.ends_with(')')),
        };
        rest.is_some_and(is_key)
    };
    recordings
        .iter()
        .filter(is_one)
        .flat_map(|recording| match recording.body["value"].as_array() {
            Some(items) => items.clone(),
            None => vec![recording.body.clone()],
        })
        .filter(|object| object["id"].is_string())
        .collect()
}

/// Each different object once; a further state of one gets an id of its own.
fn distinct(objects: Vec<Value>) -> Vec<Value> {
    let mut by_id: BTreeMap<String, Value> = BTreeMap::new();
    for object in objects {
        let id = object["id"].as_str().unwrap_or_default().to_owned();
        for copy in 0.. {
            let mut object = object.clone();
            object["id"] = json!(copy_of(&id, copy));
            let there = by_id
                .entry(copy_of(&id, copy))
                .or_insert_with(|| object.clone());
            if *there == object {
                break;
            }
        }
    }
    by_id.into_values().collect()
}

/// A file of the export, in Graph's spelling: its tool writes the members of objects with a capital.
fn exported(folder: &Path, file: &str) -> Value {
    uncapitalised(payloads::export(folder, file))
}

fn uncapitalised(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(uncapitalised).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (first_lower(&name), uncapitalised(value)))
            .collect::<Map<_, _>>()
            .into(),
        other => other,
    }
}

fn first_lower(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_lowercase().chain(letters).collect())
        .unwrap_or_default()
}

/// The export's users: id → name and roles.
fn holders(folder: &Path) -> Map<String, Value> {
    match payloads::export(folder, "privileged_users") {
        Value::Object(users) => users,
        _ => Map::new(),
    }
}

fn privileged_users(folder: &Path) -> Vec<Value> {
    let users = holders(folder).into_iter();
    users
        .map(|(id, user)| {
            json!({"id": id, "displayName": user["DisplayName"], "accountEnabled": true, "userType": "Member"})
        })
        .collect()
}

/// The export's roles and who holds them, as the directory lists both.
fn directory_roles(folder: &Path) -> Map<String, Value> {
    let roles = exported(folder, "privileged_roles");
    let mut paths = Map::new();
    let mut listed = Vec::new();
    for role in roles.as_array().into_iter().flatten() {
        let (template, name) = (&role["roleTemplateId"], &role["displayName"]);
        listed.push(json!({"id": template, "roleTemplateId": template, "displayName": name}));
        let members: Vec<Value> = holders(folder)
            .into_iter()
            .filter(|(_, user)| user["roles"].as_array().is_some_and(|roles| roles.contains(name)))
            .map(|(id, user)| {
                json!({"@odata.type": "#microsoft.graph.user", "id": id, "displayName": user["DisplayName"]})
            })
            .collect();
        let template = template.as_str().unwrap_or_default();
        paths.insert(
            format!("/v1.0/directoryRoles/{template}/members"),
            list(members),
        );
    }
    paths.insert("/v1.0/directoryRoles".to_owned(), list(listed));
    paths
}
