//! Writes the documents of a tenant into its store.

use serde_json::{Map, Value, json};

use super::form::{Form, Naming, Place, Test};
use super::links::Links;
use super::scene::Picture;
use super::template::{Scene, Template};
use super::words::SHORT;
use super::world::{World, text};
use crate::store::Store;

/// Writes every resource with what hangs below it.
pub(super) fn write_resources(world: &World, store: &mut Store) {
    let links = Links::new(world);
    for (at, slot) in world.slots.iter().enumerate() {
        let form = &world.forms[slot.form];
        let mut picture = Picture::resource(world, slot, links.of(at));
        write(form, &mut picture, store);
    }
    for group in &world.layout.groups {
        let id = world.group_path(group);
        store.load(&id, group_body(&id, group));
    }
}

fn group_body(id: &str, group: &super::layout::Group) -> Value {
    let mut tags = Map::new();
    if let Some(owner) = &group.owner {
        tags.insert("owner".to_owned(), json!(owner));
        tags.insert(
            "cost-center".to_owned(),
            json!(group.cost_center.to_string()),
        );
    }
    json!({
        "id": id,
        "name": group.name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": super::words::REGIONS[group.region].name,
        "tags": tags,
        "properties": {"provisioningState": "Succeeded"},
    })
}

/// Writes the settings of the hierarchy, which the tenant's own root group has.
pub(super) fn write_hierarchy(world: &World, store: &mut Store) {
    let id = format!(
        "{}/settings/default",
        management_group(&world.layout.tenant)
    );
    let body = json!({
        "id": id,
        "name": "default",
        "type": "Microsoft.Management/managementGroups/settings",
        "properties": {
            "tenantId": world.layout.tenant,
            "requireAuthorizationForGroupCreation": true,
            "defaultManagementGroup": management_group(&format!("{SHORT}-sandbox")),
        },
    });
    store.load(&id, body);
}

/// Writes what lies in subscriptions, management groups and the tenant itself.
pub(super) fn write_scoped(world: &World, forms: &[Form], store: &mut Store) {
    for form in forms {
        match form.place {
            Place::Resource => {}
            Place::ResourceGroup => {
                for group in &world.layout.groups {
                    let scope = world.group_path(group);
                    write_in(world, form, &scope, Some(group.subscription), store);
                }
            }
            Place::Subscription => {
                for at in 0..world.layout.groups_of.len() {
                    let scope = format!("/subscriptions/{}", world.layout.subscriptions[at].id);
                    write_in(world, form, &scope, Some(at), store);
                }
            }
            Place::ManagementGroup => {
                for group in &world.layout.management_groups {
                    write_in(world, form, &management_group(&group.id), None, store);
                }
            }
            Place::RootGroup => write_in(world, form, &management_group(SHORT), None, store),
            Place::Tenant | Place::Path => write_in(world, form, "", None, store),
        }
    }
}

fn management_group(id: &str) -> String {
    format!("/providers/Microsoft.Management/managementGroups/{id}")
}

/// Writes the documents of a form that lie in a scope.
fn write_in<'w>(
    world: &'w World,
    form: &'w Form,
    scope: &str,
    subscription: Option<usize>,
    store: &mut Store,
) {
    let first = !form.written.get();
    let mut picture = Picture::in_scope(world, &form.kind, scope, subscription, 0);
    if !picture.random().chance(form.share) && !first {
        return;
    }
    form.written.set(true);
    if form.place == Place::Path {
        // Microsoft Graph's documents and lists: nothing is added to what is written.
        if let Some(body) = form.body.fill(&mut picture) {
            store.load(&form.kind, body);
        }
        return;
    }
    let list = format!("{scope}/providers/{}", form.kind);
    let names = names(&form.naming, &mut picture, "", first);
    for (ordinal, name) in names.into_iter().enumerate() {
        let mut picture = Picture::in_scope(world, &form.kind, scope, subscription, ordinal);
        picture.first = first && ordinal == 0;
        picture.id = format!("{list}/{name}");
        picture.name = name;
        write(form, &mut picture, store);
    }
}

/// Writes one document and what hangs below it.
fn write<'w>(form: &'w Form, picture: &mut Picture<'w>, store: &mut Store) {
    let Some(body) = body(form, picture) else {
        return;
    };
    for child in &form.children {
        if fits(child, &body) {
            write_child(child, picture, store);
        }
    }
    if let Some((share, categories)) = &form.diagnostics
        && (picture.random().chance(*share) || picture.first)
    {
        write_diagnostics(categories, picture, store);
    }
    let id = picture.id.clone();
    store.load(&id, body);
}

fn write_child<'w>(form: &'w Form, above: &mut Picture<'w>, store: &mut Store) {
    let first = !form.written.get();
    let mut base = above.below(&form.kind);
    if !base.random().chance(form.share) && !first {
        return;
    }
    let at = format!("{}/{}", above.id, form.path);
    let last = form.path.rsplit('/').next().unwrap_or_default();
    for name in names(&form.naming, &mut base, last, first) {
        let mut picture = above.below(&form.kind);
        picture.first = !form.written.replace(true);
        picture.id = match form.naming {
            Naming::Path => at.clone(),
            _ => format!("{at}/{name}"),
        };
        picture.name = name;
        write(form, &mut picture, store);
    }
}

/// The names of a form's documents in one place; at least one where it is the first place.
fn names(naming: &Naming, picture: &mut Picture<'_>, last: &str, first: bool) -> Vec<String> {
    match naming {
        Naming::Path => vec![last.to_owned()],
        Naming::These(names) => names.clone(),
        Naming::Some(least, most, template) => {
            let count = picture.random().between(*least, *most) as usize;
            let count = if first { count.max(1) } else { count };
            let mut names: Vec<String> = Vec::with_capacity(count);
            for place in 0..count {
                picture.repeating(place);
                let name = text(template, picture);
                if names.contains(&name) {
                    names.push(format!("{name}-{}", place + 1));
                } else {
                    names.push(name);
                }
            }
            names
        }
    }
}

/// True when the document above has what the child needs.
fn fits(child: &Form, above: &Value) -> bool {
    let holds = |(member, wanted): &Test| {
        let have = member.split('.').fold(above, |value, name| &value[name]);
        match have {
            Value::String(have) => wanted.iter().any(|wanted| have.contains(wanted.as_str())),
            Value::Null => false,
            other => wanted.contains(&other.to_string()),
        }
    };
    child.only.iter().all(holds) && !child.unless.iter().any(holds)
}

/// The body, with what every document of ARM begins with.
fn body(form: &Form, picture: &mut Picture<'_>) -> Option<Value> {
    let filled = fill(&form.body, picture)?;
    if form.raw {
        return Some(Value::Object(filled));
    }
    let mut body = Map::with_capacity(filled.len() + 5);
    body.insert("id".to_owned(), json!(picture.id));
    body.insert("name".to_owned(), json!(picture.name));
    body.insert("type".to_owned(), json!(form.written_as));
    if form.is_resource() {
        let location = picture.look_up("location", "").unwrap_or(Value::Null);
        body.insert("location".to_owned(), location);
        if let Some(tags) = picture.tags() {
            body.insert("tags".to_owned(), tags);
        }
    }
    body.extend(filled);
    Some(Value::Object(body))
}

fn fill(template: &Template, picture: &mut Picture<'_>) -> Option<Map<String, Value>> {
    match template.fill(picture) {
        Some(Value::Object(filled)) => Some(filled),
        _ => None,
    }
}

/// A diagnostic setting: to the workspace, to storage as well, or with nothing switched on.
fn write_diagnostics(categories: &[String], picture: &mut Picture<'_>, store: &mut Store) {
    let mut below = picture.below("Microsoft.Insights/diagnosticSettings");
    let whole = below.random().chance(40);
    let enabled = below.random().chance(93);
    let log = |name: &str, member: &str| json!({member: name, "enabled": enabled, "retentionPolicy": {"enabled": false, "days": 0}});
    let logs: Vec<Value> = if whole {
        vec![log("allLogs", "categoryGroup")]
    } else {
        categories
            .iter()
            .map(|name| log(name, "category"))
            .collect()
    };
    let storage = below.random().chance(15);
    let mut properties = json!({
        "workspaceId": below.look_up("workspace", ""),
        "storageAccountId": null,
        "eventHubAuthorizationRuleId": null,
        "eventHubName": null,
        "logs": logs,
        "metrics": [{"category": "AllMetrics", "enabled": true, "retentionPolicy": {"enabled": false, "days": 0}}],
        "logAnalyticsDestinationType": null,
    });
    if storage {
        let account = below.look_up("any", "Microsoft.Storage/storageAccounts");
        properties["storageAccountId"] = account.unwrap_or(Value::Null);
    }
    let name = if whole {
        "send-to-log-analytics"
    } else {
        "diag-default"
    };
    let id = format!(
        "{}/providers/Microsoft.Insights/diagnosticSettings/{name}",
        picture.id
    );
    let body = json!({
        "id": id,
        "type": "Microsoft.Insights/diagnosticSettings",
        "name": name,
        "location": null,
        "kind": null,
        "tags": null,
        "properties": properties,
        "identity": null,
    });
    store.load(&id, body);
}
