//! What holds resources: tenants, subscriptions, resource groups, and the lists over all types.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::path::{self, ProviderPath};
use crate::reply::Reply;
use crate::routes::arm::Context;
use crate::routes::arm_lists;
use crate::store::{Document, Item};
use crate::tenant::Tenant;
use crate::tenant_file::Subscription;

/// Answers the paths of containers; `None` for any other.
pub(super) fn read(context: &Context<'_>) -> Option<Reply> {
    let key = path::key(&context.request.path);
    let parts = path::segments(&key);
    let list = |make: &dyn Fn() -> Vec<Item>| Some(arm_lists::listing(context, make));
    let tenant = context.tenant;
    match parts.as_slice() {
        ["tenants"] => list(&|| tenants(tenant)),
        ["subscriptions"] => list(&|| subscriptions(context)),
        ["subscriptions", id] => {
            let found = tenant.subscription(id)?;
            Some(Reply::json(200, subscription(tenant, found)))
        }
        ["subscriptions", id, "resourcegroups"] => list(&|| resource_groups(context, id)),
        ["subscriptions", id, "resourcegroups", _] => {
            let groups = groups_of(tenant, id);
            let group = groups.iter().find(|group| path::key(&group.path) == key)?;
            let may = context
                .grants
                .allow(tenant, READ_GROUP, &context.request.path);
            may.then(|| Reply::document(200, &group.body))
        }
        ["subscriptions", _, "resources"]
        | ["subscriptions", _, "resourcegroups", _, "resources"] => {
            list(&|| resources(context, key.trim_end_matches("resources")))
        }
        ["subscriptions", id, "providers"] => list(&|| providers(tenant, id)),
        ["subscriptions", id, "providers", namespace] => {
            let path = format!("/{}", parts.join("/"));
            let stored = tenant.store.get(&path);
            Some(stored.map_or_else(
                || Reply::json(200, provider(id, namespace, &[])),
                |stored| Reply::document(200, &stored.alone()),
            ))
        }
        ["subscriptions", id, "locations"] => list(&|| locations(tenant, id)),
        _ => None,
    }
}

const READ_GROUP: &str = "Microsoft.Resources/subscriptions/resourceGroups/read";

fn tenants(tenant: &Tenant) -> Vec<Item> {
    let body = json!({
        "id": format!("/tenants/{}", tenant.id),
        "tenantId": tenant.id,
        "countryCode": "GB",
        "displayName": tenant.display_name,
        "domains": tenant.domains,
        "tenantCategory": "Home",
        "defaultDomain": tenant.domains.first(),
        "tenantType": "AAD",
    });
    vec![Item::anonymous(body)]
}

fn subscriptions(context: &Context<'_>) -> Vec<Item> {
    let tenant = context.tenant;
    let seen = tenant
        .subscriptions
        .iter()
        .filter(|one| context.grants.see_subscription(&one.id));
    seen.map(|one| Item::anonymous(subscription(tenant, one)))
        .collect()
}

/// A subscription as ARM shows it: what is stored at its path, completed from the tenant's file.
pub(crate) fn subscription(tenant: &Tenant, one: &Subscription) -> Value {
    let id = format!("/subscriptions/{}", one.id);
    let mut body = json!({
        "id": id,
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": one.id,
        "tenantId": tenant.id,
        "displayName": one.name,
        "state": one.state,
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "EnterpriseAgreement_2014-09-01",
            "spendingLimit": "Off",
        },
    });
    let stored = tenant.store.get(&id).map(Document::alone);
    if let (Some(Value::Object(stored)), Some(body)) = (stored.as_deref(), body.as_object_mut()) {
        body.extend(stored.clone());
    }
    body
}

/// True when the resource group in a path is stored or holds anything.
pub(super) fn group_exists(tenant: &Tenant, at: &str) -> bool {
    let parts = path::segments(at);
    parts.len() >= 4 && tenant.store.knows(&format!("/{}", parts[..4].join("/")))
}

/// The resource groups of a subscription that the caller may read.
fn resource_groups(context: &Context<'_>, subscription: &str) -> Vec<Item> {
    let mut groups = groups_of(context.tenant, subscription);
    groups.retain(|group| {
        context
            .grants
            .allow(context.tenant, READ_GROUP, &group.path)
    });
    groups
}

/// The resource groups of a subscription: those stored, and those that ids speak of.
pub(crate) fn groups_of(tenant: &Tenant, subscription: &str) -> Vec<Item> {
    let home = tenant
        .subscription(subscription)
        .map_or(subscription, |one| one.id.as_str());
    let list = format!("/subscriptions/{home}/resourceGroups");
    let mut groups: BTreeMap<String, Item> = BTreeMap::new();
    for stored in tenant.store.collection(&list).items {
        groups.insert(path::key(&stored.path), stored);
    }
    let prefix = format!("{}/", path::key(&list));
    let mut from = prefix.clone();
    while let Some((key, document)) = tenant.store.first_from(&from, &prefix) {
        let (name, holds) = match key[prefix.len()..].split_once('/') {
            Some((name, _)) => (name, true),
            None => (&key[prefix.len()..], false),
        };
        let group = format!("{prefix}{name}");
        // '0' follows '/': the first key past everything in this group.
        from = if holds {
            format!("{group}0")
        } else {
            format!("{group}\0")
        };
        if !holds || groups.contains_key(&group) {
            continue;
        }
        let shown = path::resource_group(&document.path).unwrap_or(name);
        let id = format!("{list}/{shown}");
        let body = json!({
            "id": id,
            "name": shown,
            "type": "Microsoft.Resources/resourceGroups",
            "location": document.in_list().get("location").cloned().unwrap_or_else(|| json!("westeurope")),
            "properties": {"provisioningState": "Succeeded"},
        });
        groups.insert(group, Item::at(&id, body));
    }
    groups.into_values().collect()
}

/// The generic list of resources beneath a scope: those with a location, in the short form.
fn resources(context: &Context<'_>, scope: &str) -> Vec<Item> {
    let mut found = Vec::new();
    for (_, document) in context.tenant.store.range(scope) {
        let body = document.in_list();
        let is_resource = ProviderPath::parse(&document.path).is_some_and(|provider| {
            !provider.ends_on_type() && provider.parent().is_none()
                || body.get("location").is_some_and(Value::is_string)
        });
        if !is_resource {
            continue;
        }
        let action = crate::action::of("GET", &document.path);
        let may = action.is_none_or(|action| {
            context
                .grants
                .allow(context.tenant, &action.name, &action.scope)
        });
        if may {
            found.push(Item::at(&document.path, short(&document.path, &body)));
        }
    }
    found
}

fn short(at: &str, body: &Value) -> Value {
    let provider = ProviderPath::parse(at);
    let kind = provider
        .as_ref()
        .map(ProviderPath::type_name)
        .unwrap_or_default();
    let name = at.rsplit('/').next().unwrap_or_default();
    let mut short = Map::from_iter([
        ("id".to_owned(), json!(at)),
        ("name".to_owned(), json!(name)),
        ("type".to_owned(), json!(kind)),
    ]);
    for member in [
        "id",
        "name",
        "type",
        "location",
        "tags",
        "kind",
        "sku",
        "plan",
        "identity",
        "managedBy",
        "zones",
        "extendedLocation",
    ] {
        if let Some(value) = body.get(member).filter(|value| !value.is_null()) {
            short.insert(member.to_owned(), value.clone());
        }
    }
    Value::Object(short)
}

fn providers(tenant: &Tenant, subscription: &str) -> Vec<Item> {
    let list = format!("/subscriptions/{subscription}/providers");
    let mut found = tenant.store.collection(&list).items;
    let mut types: BTreeMap<String, (String, Vec<String>)> = BTreeMap::new();
    let prefix = format!("/subscriptions/{subscription}/");
    for (_, document) in tenant.store.range(&prefix) {
        let Some(provider) = ProviderPath::parse(&document.path) else {
            continue;
        };
        let entry = types
            .entry(provider.namespace.to_lowercase())
            .or_insert_with(|| (provider.namespace.to_owned(), Vec::new()));
        let name: Vec<&str> = provider.rest.iter().step_by(2).copied().collect();
        let name = name.join("/");
        if !entry
            .1
            .iter()
            .any(|known| known.eq_ignore_ascii_case(&name))
        {
            entry.1.push(name);
        }
    }
    let known = |namespace: &str, found: &[Item]| {
        found.iter().any(|one| {
            let have = one.body["namespace"].as_str();
            have.is_some_and(|have| have.eq_ignore_ascii_case(namespace))
        })
    };
    for (namespace, types) in types.into_values() {
        if !known(&namespace, &found) {
            found.push(Item::anonymous(provider(subscription, &namespace, &types)));
        }
    }
    found
}

/// Answers the registration of a provider, for a subscription or for the tenant: all of them are registered already.
/// `None` for any other path.
pub(super) fn register(at: &str) -> Option<Reply> {
    let body = match path::segments(at).as_slice() {
        [subscriptions, id, providers, namespace, register]
            if subscriptions.eq_ignore_ascii_case("subscriptions")
                && providers.eq_ignore_ascii_case("providers")
                && register.eq_ignore_ascii_case("register") =>
        {
            provider(id, namespace, &[])
        }
        [providers, namespace, register]
            if providers.eq_ignore_ascii_case("providers")
                && register.eq_ignore_ascii_case("register") =>
        {
            let mut body = provider("", namespace, &[]);
            body["id"] = json!(format!("/providers/{namespace}"));
            body
        }
        _ => return None,
    };
    Some(Reply::json(200, body))
}

fn provider(subscription: &str, namespace: &str, types: &[String]) -> Value {
    let types: Vec<Value> = types
        .iter()
        .map(|name| json!({"resourceType": name, "locations": [], "apiVersions": []}))
        .collect();
    json!({
        "id": format!("/subscriptions/{subscription}/providers/{namespace}"),
        "namespace": namespace,
        "resourceTypes": types,
        "registrationState": "Registered",
        "registrationPolicy": "RegistrationRequired",
    })
}

fn locations(tenant: &Tenant, subscription: &str) -> Vec<Item> {
    let list = format!("/subscriptions/{subscription}/locations");
    let stored = tenant.store.collection(&list);
    if stored.stored {
        return stored.items;
    }
    let known = [
        ("westeurope", "West Europe"),
        ("northeurope", "North Europe"),
        ("uksouth", "UK South"),
        ("eastus", "East US"),
    ];
    known
        .iter()
        .map(|(name, shown)| {
            let id = format!("{list}/{name}");
            Item::anonymous(json!({"id": id, "name": name, "displayName": shown, "type": "Region"}))
        })
        .collect()
}
