//! Management groups: the list, one group with or without its children, and its descendants.

use serde_json::{Value, json};

use crate::path;
use crate::reply::{self, Reply};
use crate::routes::arm::Context;
use crate::routes::arm_access;
use crate::routes::arm_lists;
use crate::store::Item;
use crate::tenant::Tenant;
use crate::tenant_file::ManagementGroup;

pub(super) const TYPE: &str = "Microsoft.Management/managementGroups";

/// Answers the paths of management groups; `None` for any other.
pub(super) fn read(context: &Context<'_>) -> Option<Reply> {
    let key = path::key(&context.request.path);
    let parts = path::segments(&key);
    let [
        "providers",
        "microsoft.management",
        "managementgroups",
        rest @ ..,
    ] = parts.as_slice()
    else {
        return None;
    };
    match rest {
        [] => Some(list(context)),
        [id] => Some(one(context, id)),
        [id, "descendants"] => Some(descendants(context, id)),
        _ => None,
    }
}

fn list(context: &Context<'_>) -> Reply {
    arm_lists::listing(context, || all(context))
}

fn all(context: &Context<'_>) -> Vec<Item> {
    let groups = context.tenant.all_management_groups();
    let seen = groups
        .iter()
        .filter(|group| context.grants.see_group(context.tenant, &group.id));
    let items = seen.map(|group| {
        Item::anonymous(json!({
            "id": id_of(&group.id),
            "type": TYPE,
            "name": group.id,
            "properties": {"tenantId": context.tenant.id, "displayName": group.shown()},
        }))
    });
    items.collect()
}

fn one(context: &Context<'_>, id: &str) -> Reply {
    let tenant = context.tenant;
    // Who may not see it is not told whether it exists.
    if !context.grants.see_group(tenant, id) {
        let action = format!("{TYPE}/read");
        return arm_access::denied(&context.caller.principal, &action, &id_of(id));
    }
    let Some(group) = tenant.management_group(id) else {
        return missing(id);
    };
    let parent = tenant
        .parent_group(&group)
        .and_then(|above| tenant.management_group(&above));
    let parent = parent.map_or(
        json!({}),
        |above| json!({"id": id_of(&above.id), "name": above.id, "displayName": above.shown()}),
    );
    let mut properties = json!({
        "tenantId": tenant.id,
        "displayName": group.shown(),
        "details": {"version": 1, "parent": parent},
    });
    let query = &context.request.query;
    match query
        .get("$expand")
        .unwrap_or_default()
        .to_lowercase()
        .as_str()
    {
        "children" => {
            let deep = query
                .get("$recurse")
                .is_some_and(|deep| deep.eq_ignore_ascii_case("true"));
            properties["children"] = Value::Array(children(tenant, &group, deep, 0));
        }
        "ancestors" => {
            let above: Vec<Value> = named(tenant, &group.id).into_iter().skip(1).collect();
            let names = above.iter().map(|one| one["name"].clone());
            properties["details"]["managementGroupAncestors"] = names.collect();
            properties["details"]["managementGroupAncestorsChain"] = Value::Array(above);
        }
        "path" => {
            let mut path = named(tenant, &group.id);
            path.reverse();
            properties["details"]["path"] = Value::Array(path);
        }
        _ => {}
    }
    Reply::json(
        200,
        json!({"id": id_of(&group.id), "type": TYPE, "name": group.id, "properties": properties}),
    )
}

/// Names of a group and of all above it, nearest first.
fn named(tenant: &Tenant, id: &str) -> Vec<Value> {
    let chain = tenant.ancestors(id).into_iter();
    let chain = chain.filter_map(|id| tenant.management_group(&id));
    chain
        .map(|group| json!({"name": group.id, "displayName": group.shown()}))
        .collect()
}

/// Azure allows six levels beneath the root; a circle in the file ends here too.
const DEEPEST: usize = 8;

fn children(tenant: &Tenant, group: &ManagementGroup, deep: bool, depth: usize) -> Vec<Value> {
    let mut found = Vec::new();
    for child in child_groups(tenant, group) {
        let mut entry = json!({"id": id_of(&child.id), "type": TYPE, "name": child.id, "displayName": child.shown()});
        if deep && depth < DEEPEST {
            entry["children"] = Value::Array(children(tenant, &child, deep, depth + 1));
        }
        found.push(entry);
    }
    let own = tenant
        .subscriptions
        .iter()
        .filter(|one| tenant.group_of(one).eq_ignore_ascii_case(&group.id));
    found.extend(own.map(|one| {
        json!({"id": format!("/subscriptions/{}", one.id), "type": "/subscriptions",
            "name": one.id, "displayName": one.name})
    }));
    found
}

pub(super) fn child_groups(tenant: &Tenant, group: &ManagementGroup) -> Vec<ManagementGroup> {
    let mut found = tenant.all_management_groups();
    found.retain(|child| {
        let parent = tenant.parent_group(child);
        parent.is_some_and(|parent| parent.eq_ignore_ascii_case(&group.id))
    });
    found
}

fn descendants(context: &Context<'_>, id: &str) -> Reply {
    let tenant = context.tenant;
    let action = format!("{TYPE}/descendants/read");
    if !context.grants.allow(tenant, &action, &id_of(id)) {
        return arm_access::denied(&context.caller.principal, &action, &id_of(id));
    }
    if tenant.management_group(id).is_none() {
        return missing(id);
    }
    arm_lists::listing(context, || beneath(tenant, id))
}

fn beneath(tenant: &Tenant, id: &str) -> Vec<Item> {
    let beneath = |group: &str| {
        tenant
            .ancestors(group)
            .iter()
            .any(|above| above.eq_ignore_ascii_case(id))
    };
    let mut items = Vec::new();
    for group in tenant.all_management_groups() {
        let parent = tenant.parent_group(&group);
        if let Some(parent) = parent.filter(|parent| beneath(parent)) {
            items.push(Item::anonymous(json!({
                "id": id_of(&group.id),
                "type": TYPE,
                "name": group.id,
                "properties": {"displayName": group.shown(), "parent": {"id": id_of(&parent)}},
            })));
        }
    }
    for one in &tenant.subscriptions {
        let group = tenant.group_of(one);
        if beneath(&group) {
            items.push(Item::anonymous(json!({
                "id": format!("/subscriptions/{}", one.id),
                "type": "/subscriptions",
                "name": one.id,
                "properties": {"displayName": one.name, "parent": {"id": id_of(&group)}},
            })));
        }
    }
    items
}

pub(super) fn id_of(id: &str) -> String {
    format!("/providers/{TYPE}/{id}")
}

fn missing(id: &str) -> Reply {
    let message = format!("Management group '{id}' could not be found.");
    reply::arm(404, "NotFound", message)
}
