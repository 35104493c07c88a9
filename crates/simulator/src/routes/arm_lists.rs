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
    let listed = context.listed(|| {
        let mut found = tenant.store.collection(at);
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
    });
    match listed {
        Ok(listed) => page(context, &listed),
        Err(refusal) => refusal,
    }
}

/// `listKeys` and its like give secrets and are never read.
fn is_action(provider: &ProviderPath<'_>) -> bool {
    let last = provider.rest.last().map(|last| last.to_lowercase());
    provider.rest.len() > 1 && last.is_some_and(|last| last.starts_with("list"))
}

fn no_parent(context: &Context<'_>, provider: &ProviderPath<'_>) -> Option<Reply> {
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

/// What a list shows beside the documents stored right under it: what holds at its scope, and permissions.
fn derive(context: &Context<'_>, provider: &ProviderPath<'_>, found: &mut Collection) {
    if !provider
        .namespace
        .eq_ignore_ascii_case("Microsoft.Authorization")
        || provider.rest.len() != 1
    {
        return;
    }
    let scope = provider.scope_path();
    let kind = provider.rest[0].to_lowercase();
    if kind == "permissions" {
        let blocks = context.grants.permissions_at(context.tenant, &scope);
        let blocks = blocks.iter().map(|block| Item::anonymous(block.to_json()));
        found.items.extend(blocks);
        return;
    }
    add_new(
        found,
        &kind,
        assigned::around(context.tenant, &kind, &scope),
    );
}

/// Adds what is not in the list yet. Definitions are known by their name, as they are one wherever they are stored.
fn add_new(found: &mut Collection, kind: &str, around: Vec<Item>) {
    let identity = |item: &Item| match item.body["name"].as_str() {
        Some(name) if kind.starts_with("role") => name.to_lowercase(),
        _ => path::key(&item.path),
    };
    let mut known: HashSet<String> = found.items.iter().map(identity).collect();
    for item in around {
        if known.insert(identity(&item)) {
            found.items.push(item);
        }
    }
}

/// A derived role definition or assignment, read alone.
pub(super) fn derived_item(context: &Context<'_>, provider: &ProviderPath<'_>) -> Option<Reply> {
    if !provider
        .namespace
        .eq_ignore_ascii_case("Microsoft.Authorization")
        || provider.rest.len() != 2
    {
        return None;
    }
    let scope = provider.scope_path();
    let kind = provider.rest[0].to_lowercase();
    if !matches!(kind.as_str(), "roledefinitions" | "roleassignments") {
        return None;
    }
    let around = assigned::around(context.tenant, &kind, &scope);
    let named = around.iter().find(|item| {
        let have = item.body["name"].as_str();
        have.is_some_and(|have| have.eq_ignore_ascii_case(provider.rest[1]))
    });
    named.map(|item| Reply::document(200, &item.body))
}
