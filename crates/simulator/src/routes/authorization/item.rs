//! One role definition, role assignment, deny assignment or lock, read alone.

use crate::assigned;
use crate::path::{self, ProviderPath};
use crate::rbac;
use crate::reply::Reply;
use crate::roles::Definition;
use crate::routes::arm::Context;

use super::errors;

/// Answers a read of one item; `None` for types that are read like any document.
pub(super) fn read(
    context: &Context<'_>,
    provider: &ProviderPath<'_>,
    kind: &str,
) -> Option<Reply> {
    let (scope, name) = (provider.scope_path(), provider.rest[1]);
    if kind == "roledefinitions" {
        return Some(definition(context, &scope, name));
    }
    let missing = match kind {
        "roleassignments" => errors::no_assignment,
        "denyassignments" => errors::no_denial,
        "locks" => errors::no_lock,
        _ => return None,
    };
    if let Some(stored) = context.tenant.store.get(&context.request.path) {
        let home = assigned::subscription_of(&scope);
        let shown = assigned::seen_from(&home, kind, stored.alone());
        let reply = Reply::document(200, &shown);
        return Some(reply.header("ETag", stored.etag.clone()));
    }
    let around = assigned::around(context.tenant, kind, &scope);
    let named = around.iter().find(|item| {
        let own = item.path.rsplit('/').next();
        own.is_some_and(|own| own.eq_ignore_ascii_case(name))
    });
    Some(named.map_or_else(|| missing(name), |item| Reply::document(200, &item.body)))
}

/// A role definition: the whole tenant's, or one that can be assigned at the scope.
fn definition(context: &Context<'_>, scope: &str, name: &str) -> Reply {
    let key = path::key(scope);
    let mut reach: std::collections::HashSet<String> =
        rbac::above(context.tenant, &key).into_iter().collect();
    reach.insert(key.clone());
    let found = Definition::find(context.tenant, name)
        .filter(|found| key == "/" || found.is_assignable(&reach) || lies_beneath(found, &key));
    let home = assigned::subscription_of(scope);
    found.map_or_else(
        || errors::no_definition(name),
        |found| Reply::document(200, &found.seen_from(&home)),
    )
}

/// True when a role can be assigned somewhere beneath a scope.
pub(super) fn lies_beneath(definition: &Definition, scope: &str) -> bool {
    let scopes = definition.assignable_scopes();
    scopes.iter().any(|one| rbac::is_beneath(one, scope))
}
