//! Role definitions: written and deleted.
//!
//! <https://learn.microsoft.com/rest/api/authorization/role-definitions/create-or-update>

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Writing, errors, scopes, sent::Sent};
use crate::assigned;
use crate::ids;
use crate::reply::Reply;
use crate::roles::{DEFINITIONS, Definition, Permission};
use crate::stated_roles;
use crate::tenant::Tenant;

/// Makes a custom role, or replaces it.
///
/// # Errors
/// Azure's refusal.
pub(super) fn put(writing: &mut Writing<'_>, scope: &str, name: &str) -> Result<Reply, Reply> {
    if !ids::is_guid(name) {
        return Err(errors::definition_name(name));
    }
    let sent = Sent::of(writing.request)?;
    let existing = Definition::find(writing.tenant, name);
    if let Some(existing) = existing.as_ref().filter(|existing| !existing.is_custom()) {
        return Err(errors::built_in(existing.role_name()));
    }
    let role_name = sent.required("roleName")?.to_owned();
    let kind = sent.text("type").unwrap_or("CustomRole");
    if !kind.eq_ignore_ascii_case("CustomRole") {
        return Err(errors::content("the type of a role is 'CustomRole'."));
    }
    let blocks = permissions(&sent)?;
    let assignable = sent.texts("assignableScopes")?;
    let has_data_actions = blocks.iter().any(|block| !block.data_actions.is_empty());
    scopes::check_form(&assignable, has_data_actions)?;
    let mut concerned = assignable.clone();
    if let Some(existing) = &existing {
        concerned.extend(stated_scopes(existing));
    }
    let action = "Microsoft.Authorization/roleDefinitions/write";
    scopes::check_rights(writing, &concerned, action, scope)?;
    if is_taken(writing.tenant, &role_name, name) {
        return Err(errors::same_name());
    }
    let path = match existing
        .as_ref()
        .and_then(|existing| existing.stored.clone())
    {
        Some(stored) => stored.to_string(),
        None => format!("{}/{DEFINITIONS}/{name}", assigned::subscription_of(scope)),
    };
    let now = Timestamp::now().to_string();
    let author = writing.caller.principal.object_id.clone();
    let before = existing.map_or(Value::Null, |existing| existing.body["properties"].clone());
    let first = |member: &str, new: &str| match &before[member] {
        Value::String(before) => before.clone(),
        _ => new.to_owned(),
    };
    let body = json!({
        "id": path,
        "name": name,
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {
            "roleName": role_name,
            "type": "CustomRole",
            "description": sent.text("description").unwrap_or_default(),
            "assignableScopes": assignable,
            "permissions": blocks.iter().map(Permission::to_json).collect::<Vec<Value>>(),
            "createdOn": first("createdOn", &now),
            "updatedOn": now,
            "createdBy": first("createdBy", &author),
            "updatedBy": author,
        },
    });
    writing.writer().write(&path, body);
    writing.state.replication.note(name);
    let written = Definition::find(writing.tenant, name);
    Ok(shown(written.as_ref(), scope, 201))
}

/// Deletes a custom role that nobody holds.
///
/// # Errors
/// Azure's refusal.
pub(super) fn delete(writing: &mut Writing<'_>, scope: &str, name: &str) -> Result<Reply, Reply> {
    let Some(existing) = Definition::find(writing.tenant, name) else {
        return Ok(Reply::empty(204));
    };
    if !existing.is_custom() {
        return Err(errors::built_in(existing.role_name()));
    }
    let action = "Microsoft.Authorization/roleDefinitions/delete";
    scopes::check_rights(writing, &stated_scopes(&existing), action, scope)?;
    if is_held(writing.tenant, name) {
        return Err(errors::has_assignments());
    }
    let reply = shown(Some(&existing), scope, 200);
    if let Some(stored) = &existing.stored {
        writing.writer().remove(stored);
    }
    Ok(reply)
}

fn shown(definition: Option<&Definition>, scope: &str, status: u16) -> Reply {
    let home = assigned::subscription_of(scope);
    definition.map_or_else(
        || Reply::empty(status),
        |found| Reply::document(status, &found.seen_from(&home)),
    )
}

/// The assignable scopes as the definition writes them.
fn stated_scopes(definition: &Definition) -> Vec<String> {
    let stated = definition.body["properties"]["assignableScopes"].as_array();
    let stated = stated.into_iter().flatten().filter_map(Value::as_str);
    stated.map(str::to_owned).collect()
}

fn permissions(sent: &Sent) -> Result<Vec<Permission>, Reply> {
    let blocks = sent.value("permissions").as_array().map(Vec::as_slice);
    let blocks: Vec<Permission> = blocks
        .unwrap_or_default()
        .iter()
        .map(Permission::of)
        .collect();
    let says_nothing =
        |block: &Permission| block.actions.is_empty() && block.data_actions.is_empty();
    if blocks.is_empty() || blocks.iter().all(says_nothing) {
        let message = "the property 'permissions' is required, with at least one action.";
        return Err(errors::content(message));
    }
    let all = blocks.iter().flat_map(|block| {
        let control = block.actions.iter().chain(&block.not_actions);
        control
            .chain(&block.data_actions)
            .chain(&block.not_data_actions)
    });
    let mut odd = all.filter(|action| *action != "*" && !action.contains('/'));
    match odd.next() {
        Some(odd) => Err(errors::action(odd)),
        None => Ok(blocks),
    }
}

/// True when another role has the name.
fn is_taken(tenant: &Tenant, role_name: &str, name: &str) -> bool {
    let mut all = Definition::all(tenant).into_iter();
    all.any(|one| {
        one.role_name().eq_ignore_ascii_case(role_name) && !one.name.eq_ignore_ascii_case(name)
    })
}

/// True when anybody holds the role.
fn is_held(tenant: &Tenant, name: &str) -> bool {
    let is_it = |body: &Value| {
        let role = body["properties"]["roleDefinitionId"].as_str();
        let role = role.and_then(|role| role.rsplit('/').next());
        role.is_some_and(|role| role.eq_ignore_ascii_case(name))
    };
    let mut stored = tenant.store.role_assignments();
    stored.any(|document| is_it(&document.alone()))
        || stated_roles::documents(tenant)
            .iter()
            .any(|(_, body)| is_it(body))
}
