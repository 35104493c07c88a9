//! Lists of roles, permissions, deny assignments and locks.

use std::collections::HashSet;

use crate::assigned;
use crate::caches::Listed;
use crate::path::{self, ProviderPath};
use crate::rbac::{self, above, home_of};
use crate::reply::Reply;
use crate::roles::Definition;
use crate::routes::arm::Context;
use crate::routes::arm_lists;
use crate::store::Item;

use super::filter::Filter;
use super::item::lies_beneath;

/// Answers a list; `None` for types that are listed like any other.
pub(super) fn read(
    context: &Context<'_>,
    provider: &ProviderPath<'_>,
    kind: &str,
) -> Option<Reply> {
    let make = || match kind {
        "permissions" => permissions(context, provider),
        "roledefinitions" => Ok(definitions(context, provider)),
        _ => assigned_items(context, provider),
    };
    match kind {
        "permissions" | "roledefinitions" | "roleassignments" | "denyassignments" | "locks" => {}
        _ => return None,
    }
    let listed = context.listed_as_made(make);
    Some(match listed {
        Ok(listed) => arm_lists::page(context, &listed),
        Err(refusal) => refusal,
    })
}

/// What the caller may do at the scope, one block for each of its roles.
fn permissions(context: &Context<'_>, provider: &ProviderPath<'_>) -> Result<Listed, Reply> {
    if let Some(refusal) = arm_lists::no_parent(context, provider) {
        return Err(refusal);
    }
    let scope = provider.scope_path();
    let blocks = context.grants.permissions_at(context.tenant, &scope);
    let items = blocks.iter().map(|block| Item::anonymous(block.to_json()));
    Ok(Listed {
        items: items.collect(),
        ..Listed::default()
    })
}

/// The roles that can be assigned at the scope, and beneath it where the filter asks for those.
fn definitions(context: &Context<'_>, provider: &ProviderPath<'_>) -> Listed {
    let filter = Filter::of(context.tenant, context.filter());
    let scope = provider.scope_path();
    let mut items = assigned::around(context.tenant, "roledefinitions", &scope);
    if filter.below {
        items.extend(beneath(context, &scope, &items));
    }
    items.retain(|item| filter.fits(&item.body));
    Listed {
        items,
        ..Listed::default()
    }
}

fn beneath(context: &Context<'_>, scope: &str, known: &[Item]) -> Vec<Item> {
    let tenant = context.tenant;
    let key = path::key(scope);
    let home = assigned::subscription_of(scope);
    let known: HashSet<&str> = known.iter().map(|item| item.path.as_ref()).collect();
    // What lies in a subscription lies beneath the management groups above it, whatever its path.
    let in_group = |one: &Definition| {
        let mut scopes = one.assignable_scopes().into_iter();
        scopes.any(|at| rbac::above(tenant, &at).contains(&key))
    };
    let all = Definition::all(tenant).into_iter();
    all.filter(|one| lies_beneath(one, &key) || in_group(one))
        .map(|one| assigned::definition_item(&one, &home))
        .filter(|item| !known.contains(item.path.as_ref()))
        .collect()
}

/// Assignments, denials and locks: at the scope, above it and, unless the filter leaves them out, beneath it.
fn assigned_items(context: &Context<'_>, provider: &ProviderPath<'_>) -> Result<Listed, Reply> {
    let filter = Filter::of(context.tenant, context.filter());
    let mut listed = arm_lists::gather(context, provider)?;
    if filter.at_scope {
        let scope = path::key(&provider.scope_path());
        let above: HashSet<String> = above(context.tenant, &scope).into_iter().collect();
        listed.items.retain(|item| {
            let home = home_of(&item.path);
            home == scope || above.contains(&home)
        });
    }
    listed.items.retain(|item| filter.fits(&item.body));
    Ok(listed)
}
