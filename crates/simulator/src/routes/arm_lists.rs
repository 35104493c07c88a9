//! ARM's lists: stored or derived, filtered to what the caller may read, cut into pages.

use std::collections::HashSet;

use crate::action;
use crate::assigned;
use crate::caches::Listed;
use crate::json;
use crate::paging;
use crate::path::{self, ProviderPath};
use crate::reply::{self, Reply};
use crate::routes::arm::{self, Context};
use crate::routes::arm_containers;
use crate::store::{Collection, Item};

/// ARM's lists have up to a thousand items a page.
const PAGE: usize = 1_000;

/// Answers a path that ends on a type.
pub(super) fn read(context: &Context<'_>, provider: &ProviderPath<'_>) -> Reply {
    let (tenant, at) = (context.tenant, &context.request.path);
    if is_action(provider) {
        return reply::arm(
            405,
            "MethodNotAllowed",
            format!("'{at}' is an action: it is posted to."),
        );
    }
    // A few services answer a list with a bare array, which is stored as one document.
    if let Some(document) = tenant.store.get(at) {
        return Reply::document(200, &document.alone());
    }
    let listed = context.listed(|| gather(context, provider));
    match listed {
        Ok(listed) => page(context, &listed),
        Err(refusal) => refusal,
    }
}

/// What a list holds for this caller, before any filter.
///
/// # Errors
/// The refusal of a list under something that does not exist.
pub(super) fn gather(context: &Context<'_>, provider: &ProviderPath<'_>) -> Result<Listed, Reply> {
    let mut found = context.tenant.store.collection(&context.request.path);
    derive(context, provider, &mut found);
    if found.items.is_empty()
        && !found.stored
        && let Some(refusal) = no_parent(context, provider)
    {
        return Err(refusal);
    }
    if !sees_all(context) {
        found.items.retain(|item| visible(context, item));
    }
    Ok(Listed {
        items: found.items,
        envelope: found.envelope,
    })
}

/// `listKeys` and its like give secrets and are never read.
fn is_action(provider: &ProviderPath<'_>) -> bool {
    let last = provider.rest.last().map(|last| last.to_lowercase());
    provider.rest.len() > 1 && last.is_some_and(|last| last.starts_with("list"))
}

pub(super) fn no_parent(context: &Context<'_>, provider: &ProviderPath<'_>) -> Option<Reply> {
    let (tenant, at) = (context.tenant, &context.request.path);
    let in_missing_group =
        crate::path::resource_group(at).is_some() && !arm_containers::group_exists(tenant, at);
    let virtual_parent = provider
        .rest
        .first()
        .is_some_and(|first| matches!(first.to_lowercase().as_str(), "locations" | "eventtypes"));
    let parent = provider.parent().filter(|_| !virtual_parent);
    let on_group = |parent: &str| {
        parent
            .to_lowercase()
            .starts_with("/providers/microsoft.management/managementgroups/")
    };
    let orphan = parent
        .as_deref()
        .is_some_and(|parent| !on_group(parent) && !tenant.store.knows(parent));
    (in_missing_group || orphan).then(|| arm::missing(tenant, parent.as_deref().unwrap_or(at)))
}

/// Whether the caller may read the whole list, whatever is in it.
fn sees_all(context: &Context<'_>) -> bool {
    action::of("GET", &context.request.path).is_some_and(|listed| {
        let (name, scope) = (&listed.name, &listed.scope);
        context.grants.allow(context.tenant, name, scope)
    })
}

/// Whether the caller may read this item, by a role on it or above it.
fn visible(context: &Context<'_>, item: &Item) -> bool {
    if item.path.is_empty() {
        return true;
    }
    action::of("GET", &item.path).is_none_or(|action| {
        context
            .grants
            .allow(context.tenant, &action.name, &action.scope)
    })
}

/// Cuts a page, and links to the next one.
pub(super) fn page(context: &Context<'_>, listed: &Listed) -> Reply {
    let query = &context.request.query;
    let asked = query.get("$top").and_then(|top| top.parse().ok());
    let largest = context.page_size.unwrap_or(PAGE);
    let size = asked.map_or(largest, |top: usize| top.min(largest));
    let Some(cut) = paging::page(listed.items.len(), size, query.get("$skiptoken")) else {
        let message = "The provided skip token is invalid.";
        return reply::arm(400, "InvalidSkipToken", message);
    };
    let mut body = json::Object::new();
    let shown = listed.items[cut.start..cut.end].iter();
    body.list("value", shown.map(|item| item.body.as_ref()));
    for (name, value) in &listed.envelope {
        body.member(name, value);
    }
    if let Some(token) = cut.next {
        body.member("nextLink", &paging::link(context.request, &token));
    }
    Reply::raw(200, body.finish())
}

/// Answers with a list that cannot fail.
pub(super) fn listing(context: &Context<'_>, make: impl FnOnce() -> Vec<Item>) -> Reply {
    let listed = context.listed(|| {
        Ok(Listed {
            items: make(),
            ..Listed::default()
        })
    });
    match listed {
        Ok(listed) => page(context, &listed),
        Err(refusal) => refusal,
    }
}

/// What a list shows beside the documents stored right under it: what holds at its scope.
fn derive(context: &Context<'_>, provider: &ProviderPath<'_>, found: &mut Collection) {
    if !provider.is_authorization() || provider.rest.len() != 1 {
        return;
    }
    let kind = provider.rest[0].to_lowercase();
    let scope = provider.scope_path();
    let mut known: HashSet<String> = found
        .items
        .iter()
        .map(|item| path::key(&item.path))
        .collect();
    for item in assigned::around(context.tenant, &kind, &scope) {
        if known.insert(path::key(&item.path)) {
            found.items.push(item);
        }
    }
}
