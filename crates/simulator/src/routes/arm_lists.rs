//! ARM's lists: stored or derived, filtered to what the caller may read, cut into pages.

use serde_json::{Value, json};

use crate::action;
use crate::caches::Listed;
use crate::ids;
use crate::json;
use crate::paging;
use crate::path::ProviderPath;
use crate::reply::{self, Reply};
use crate::roles;
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

/// What the tenant's file adds to stored documents: role definitions, assignments and permissions.
fn derive(context: &Context<'_>, provider: &ProviderPath<'_>, found: &mut Collection) {
    if !provider
        .namespace
        .eq_ignore_ascii_case("Microsoft.Authorization")
        || provider.rest.len() != 1
    {
        return;
    }
    let scope = provider.scope_path();
    match provider.rest[0].to_lowercase().as_str() {
        "roledefinitions" => add_new(found, roles::definitions(context.tenant, &scope)),
        "roleassignments" => add_new(found, assignments(context, &scope)),
        "permissions" => {
            let blocks = context.grants.permissions_at(context.tenant, &scope);
            let blocks = blocks.iter().map(|block| Item::anonymous(block.to_json()));
            found.items.extend(blocks);
        }
        _ => {}
    }
}

fn add_new(found: &mut Collection, derived: Vec<(String, Value)>) {
    let name = |body: &Value| body["name"].as_str().map(str::to_lowercase);
    let known: Vec<Option<String>> = found.items.iter().map(|item| name(&item.body)).collect();
    let fresh = derived
        .into_iter()
        .filter(|(_, body)| !known.contains(&name(body)));
    found
        .items
        .extend(fresh.map(|(path, body)| Item::at(&path, body)));
}

/// The assignments of the tenant's file that hold at a scope: there, above, or beneath it.
fn assignments(context: &Context<'_>, scope: &str) -> Vec<(String, Value)> {
    let tenant = context.tenant;
    let subscription = crate::path::subscription(scope).and_then(|id| tenant.subscription(id));
    let above: Vec<String> = subscription
        .map(|found| tenant.ancestors(&tenant.group_of(found)))
        .unwrap_or_default()
        .iter()
        .map(|id| {
            format!(
                "/providers/microsoft.management/managementgroups/{}",
                id.to_lowercase()
            )
        })
        .collect();
    let wanted = crate::path::key(scope);
    let given = tenant.role_assignments.iter().filter(|given| {
        let key = crate::path::key(&given.scope);
        key == "/"
            || wanted == "/"
            || key.starts_with(&wanted)
            || wanted.starts_with(&format!("{key}/"))
            || above.contains(&key)
    });
    given
        .map(|given| {
            let at = given.scope.trim_end_matches('/');
            let definition = roles::definition_guid(tenant, &given.role);
            let name = ids::guid_of(&format!("{} {definition} {at}", given.application));
            let id = format!("{at}/providers/Microsoft.Authorization/roleAssignments/{name}");
            let principal = tenant
                .application(&given.application)
                .map_or_else(|| given.application.clone(), |app| app.object_id.clone());
            let home = crate::path::subscription(scope).map_or(String::new(), |id| format!("/subscriptions/{id}"));
            let body = json!({
                "id": id,
                "name": name,
                "type": "Microsoft.Authorization/roleAssignments",
                "properties": {
                    "roleDefinitionId": format!("{home}/providers/Microsoft.Authorization/roleDefinitions/{definition}"),
                    "principalId": principal,
                    "principalType": "ServicePrincipal",
                    "scope": if at.is_empty() { "/" } else { at },
                    "condition": null,
                    "conditionVersion": null,
                },
            });
            (id, body)
        })
        .collect()
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
    let derived = match provider.rest[0].to_lowercase().as_str() {
        "roledefinitions" => roles::definitions(context.tenant, &scope),
        "roleassignments" => assignments(context, &scope),
        _ => return None,
    };
    let name = provider.rest[1];
    derived
        .into_iter()
        .find(|(_, body)| {
            body["name"]
                .as_str()
                .is_some_and(|have| have.eq_ignore_ascii_case(name))
        })
        .map(|(_, body)| Reply::json(200, body))
}
