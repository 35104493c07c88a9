//! Roles that a caller holds: by role assignments that are stored, and by those of the tenant's file.

use std::sync::Arc;

use serde_json::Value;

use super::identity::Identity;
use super::scope;
use crate::history::History;
use crate::path;
use crate::replication::Replication;
use crate::roles::{self, Permission};
use crate::stated_roles;
use crate::store::Document;
use crate::tenant::Tenant;

/// Where roles are read from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sources<'a> {
    pub(crate) tenant: &'a Tenant,
    /// Tells what is too fresh to be in force.
    pub(crate) replication: &'a Replication,
    /// Tells what a definition said before it was replaced.
    pub(crate) history: &'a History,
}

/// A role held at a scope.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    /// In lower case; `/` is the whole tenant.
    pub(super) scope: String,
    pub(super) permissions: Vec<Permission>,
    /// The same in lower case, which is how actions are compared.
    lowered: Vec<Permission>,
}

impl Grant {
    fn new(scope: String, permissions: Vec<Permission>) -> Self {
        Self {
            scope,
            lowered: permissions.iter().map(Permission::lowered).collect(),
            permissions,
        }
    }

    /// The action in lower case.
    pub(super) fn permits(&self, action: &str) -> bool {
        self.lowered.iter().any(|block| block.fits(action))
    }
}

/// Gathers what a caller holds. Ids of what is too fresh to count are added to `waiting`.
pub(super) fn gather(
    sources: Sources<'_>,
    caller: &Identity,
    waiting: &mut Vec<String>,
) -> Vec<Grant> {
    let tenant = sources.tenant;
    let stated = tenant
        .role_assignments
        .iter()
        .filter(|given| stated_roles::is_for(tenant, given, caller))
        .map(|given| {
            let permissions = roles::permissions(tenant, &given.role);
            Grant::new(path::key(&given.scope), permissions)
        });
    let mut grants: Vec<Grant> = stated.collect();
    let stored = tenant.store.role_assignments();
    grants.extend(stored.filter_map(|document| stored_grant(sources, document, caller, waiting)));
    grants.retain(|grant| !grant.permissions.is_empty());
    grants
}

fn stored_grant(
    sources: Sources<'_>,
    document: &Document,
    caller: &Identity,
    waiting: &mut Vec<String>,
) -> Option<Grant> {
    let body = document.alone();
    let properties = &body["properties"];
    if !caller.is(properties["principalId"].as_str()?) {
        return None;
    }
    if !sources.replication.knows(&document.path) {
        waiting.push(document.path.to_string());
        return None;
    }
    let role = properties["roleDefinitionId"].as_str()?;
    let role = role.rsplit('/').next().unwrap_or(role);
    let permissions = in_force(sources, role, waiting);
    Some(Grant::new(scope::home_of(&document.path), permissions))
}

/// What a role permits by now: a definition that was just written counts only when every copy has it.
fn in_force(sources: Sources<'_>, role: &str, waiting: &mut Vec<String>) -> Vec<Permission> {
    if sources.replication.knows(role) {
        return roles::named_permissions(sources.tenant, role);
    }
    waiting.push(role.to_owned());
    let definition = roles::Definition::find(sources.tenant, role);
    let stored = definition.and_then(|definition| definition.stored);
    let before: Option<Arc<Value>> = stored.and_then(|at| sources.history.before(&at));
    before.map_or_else(Vec::new, |before| Permission::all_of(&before))
}
