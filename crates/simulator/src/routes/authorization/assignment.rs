//! Role assignments: made and taken back.
//!
//! <https://learn.microsoft.com/rest/api/authorization/role-assignments/create>

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Writing, errors, sent::Sent};
use crate::assigned;
use crate::ids;
use crate::path;
use crate::principals::{self, PrincipalKind};
use crate::rbac;
use crate::reply::Reply;
use crate::roles::{DEFINITIONS, Definition};
use crate::stated_roles;
use crate::tenant::Tenant;

/// What one role assignment says.
struct Said {
    /// The GUID of the role's definition.
    role: String,
    principal: String,
}

impl Said {
    fn is_in(&self, body: &Value) -> bool {
        let properties = &body["properties"];
        let role = properties["roleDefinitionId"].as_str().unwrap_or_default();
        let role = role.rsplit('/').next().unwrap_or_default();
        let principal = properties["principalId"].as_str().unwrap_or_default();
        role.eq_ignore_ascii_case(&self.role) && principal.eq_ignore_ascii_case(&self.principal)
    }
}

/// Gives a role to a principal. The same assignment sent again changes its condition and description alone.
///
/// # Errors
/// Azure's refusal.
pub(super) fn put(writing: &mut Writing<'_>, scope: &str, name: &str) -> Result<Reply, Reply> {
    if !ids::is_guid(name) {
        return Err(errors::assignment_name(name));
    }
    let sent = Sent::of(writing.request)?;
    let role = sent.required("roleDefinitionId")?;
    let said = Said {
        role: role.rsplit('/').next().unwrap_or(role).to_owned(),
        principal: sent.required("principalId")?.to_owned(),
    };
    if !ids::is_guid(&said.principal) {
        return Err(errors::principal_id(&said.principal));
    }
    is_assignable(writing.tenant, &said.role, scope)?;
    let before = taken(writing.tenant, scope, name, &said)?;
    let kind = match &before {
        Some(_) => principals::kind_of(writing.tenant, &said.principal),
        None => Some(principal_kind(writing, &sent, &said.principal)?),
    };
    let at = path_of(scope, name);
    let body = document(writing, &sent, &said, kind, (scope, &at), before.as_deref());
    let is_new = before.is_none();
    if let Some((place, _)) = stated_roles::find(writing.tenant, &at) {
        writing.tenant.role_assignments.remove(place);
    }
    writing.writer().write(&at, body.clone());
    if is_new {
        writing.state.replication.note(name);
    }
    Ok(Reply::json(if is_new { 201 } else { 200 }, body))
}

/// Takes a role back; there is nothing to be done where it was not given.
pub(super) fn delete(writing: &mut Writing<'_>, scope: &str) -> Reply {
    let at = writing.request.path.clone();
    let home = assigned::subscription_of(scope);
    let stored = writing
        .tenant
        .store
        .get(&at)
        .map(crate::store::Document::alone);
    if let Some(body) = stored {
        let shown = assigned::seen_from(&home, "roleassignments", body);
        writing.writer().remove(&at);
        return Reply::document(200, &shown);
    }
    let Some((place, body)) = stated_roles::find(writing.tenant, &at) else {
        return Reply::empty(204);
    };
    keep_definition(writing, &body);
    writing.tenant.role_assignments.remove(place);
    let body = Arc::new(body);
    writing.writer().forget(&at, Arc::clone(&body));
    Reply::document(200, &body)
}

/// Custom roles that are derived are there only where they are assigned: from now on this one is there by itself.
fn keep_definition(writing: &mut Writing<'_>, assignment: &Value) {
    let role = assignment["properties"]["roleDefinitionId"].as_str();
    let role = role.and_then(|role| role.rsplit('/').next());
    let definition = role.and_then(|role| Definition::find(writing.tenant, role));
    let custom = definition.filter(|found| found.stored.is_none() && found.is_custom());
    if let Some(custom) = custom {
        let body = custom.seen_from("");
        let at = body["id"].as_str().unwrap_or_default().to_owned();
        writing.writer().write_along(&at, body.as_ref().clone());
    }
}

fn path_of(scope: &str, name: &str) -> String {
    format!("{scope}/providers/Microsoft.Authorization/roleAssignments/{name}")
}

/// Checks that a role exists and may be assigned at the scope.
fn is_assignable(tenant: &Tenant, role: &str, scope: &str) -> Result<(), Reply> {
    let key = path::key(scope);
    let mut reach: HashSet<String> = rbac::above(tenant, &key).into_iter().collect();
    reach.insert(key);
    let found = Definition::find(tenant, role).filter(|found| found.is_assignable(&reach));
    found.map(|_| ()).ok_or_else(|| errors::no_definition(role))
}

/// The assignment that is replaced: the one of this name, which must say the same.
fn taken(
    tenant: &Tenant,
    scope: &str,
    name: &str,
    said: &Said,
) -> Result<Option<Arc<Value>>, Reply> {
    let wanted = path::key(&path_of(scope, name));
    let stored = tenant.store.role_assignments();
    let stored = stored.map(|document| (path::key(&document.path), document.alone()));
    let stated = stated_roles::documents(tenant).into_iter();
    let stated = stated.map(|(at, body)| (path::key(&at), Arc::new(body)));
    let here = rbac::home_of(&wanted);
    let mut twin = false;
    for (key, body) in stored.chain(stated) {
        if key == wanted {
            let same = said.is_in(&body);
            return same
                .then(|| Some(body))
                .ok_or_else(errors::assignment_update);
        }
        let called = key.rsplit('/').next().unwrap_or_default();
        if called.eq_ignore_ascii_case(name) {
            return Err(errors::assignment_update());
        }
        twin = twin || (rbac::home_of(&key) == here && said.is_in(&body));
    }
    if twin {
        return Err(errors::assignment_exists());
    }
    Ok(None)
}

/// The kind of the principal, which must be known to the directory, and everywhere in it by now.
fn principal_kind(
    writing: &Writing<'_>,
    sent: &Sent,
    principal: &str,
) -> Result<PrincipalKind, Reply> {
    let tenant: &Tenant = writing.tenant;
    let kind = principals::kind_of(tenant, principal)
        .filter(|_| writing.state.replication.knows(principal))
        .ok_or_else(|| errors::no_principal(principal, &tenant.id))?;
    match sent.text("principalType") {
        Some(said) if !said.eq_ignore_ascii_case(kind.name()) => {
            Err(errors::principal_type(principal, kind.name(), said))
        }
        _ => Ok(kind),
    }
}

fn document(
    writing: &Writing<'_>,
    sent: &Sent,
    said: &Said,
    kind: Option<PrincipalKind>,
    (scope, at): (&str, &str),
    before: Option<&Value>,
) -> Value {
    let now = Timestamp::now().to_string();
    let author = &writing.caller.principal.object_id;
    let first = |member: &str, new: Value| match before.map(|body| &body["properties"][member]) {
        None | Some(Value::Null) => new,
        Some(before) => before.clone(),
    };
    let home = assigned::subscription_of(scope);
    json!({
        "id": at,
        "name": at.rsplit('/').next(),
        "type": "Microsoft.Authorization/roleAssignments",
        "properties": {
            "roleDefinitionId": format!("{home}/{DEFINITIONS}/{}", said.role),
            "principalId": said.principal,
            "principalType": first("principalType", json!(kind.map(PrincipalKind::name))),
            "scope": if scope.is_empty() { "/" } else { scope },
            "condition": sent.value("condition"),
            "conditionVersion": sent.value("conditionVersion"),
            "createdOn": first("createdOn", json!(now)),
            "updatedOn": now,
            "createdBy": first("createdBy", json!(author)),
            "updatedBy": author,
            "delegatedManagedIdentityResourceId": sent.value("delegatedManagedIdentityResourceId"),
            "description": sent.value("description"),
        },
    })
}
