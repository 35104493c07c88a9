//! `getEntities`: the management groups and subscriptions that a caller sees, in one list with what it may do to each.
//!
//! <https://learn.microsoft.com/rest/api/managementgroups/entities/list>

use serde_json::{Value, json};

use crate::reply::Reply;
use crate::routes::arm::Context;
use crate::routes::management_groups::{TYPE, child_groups, id_of};
use crate::tenant::Tenant;
use crate::tenant_file::ManagementGroup;

/// The path that is posted to, in lower case.
pub(super) const PATH: &str = "/providers/microsoft.management/getentities";

/// Answers with everything that the caller sees.
pub(super) fn list(context: &Context<'_>) -> Reply {
    let tenant = context.tenant;
    let groups = tenant.all_management_groups();
    let mut found: Vec<Value> = groups
        .iter()
        .filter(|group| context.grants.see_group(tenant, &group.id))
        .map(|group| of_group(context, group))
        .collect();
    for one in &tenant.subscriptions {
        if context.grants.see_subscription(&one.id) {
            let id = format!("/subscriptions/{}", one.id);
            let chain = chain(tenant, &tenant.group_of(one));
            let action = "Microsoft.Resources/subscriptions";
            found.push(json!({
                "id": id,
                "type": "/subscriptions",
                "name": one.id,
                "properties": {
                    "tenantId": tenant.id,
                    "displayName": one.name,
                    "parent": {"id": id_of(&tenant.group_of(one))},
                    "permissions": permissions(context, action, &id),
                    "inheritedPermissions": permissions(context, TYPE, &id_of(&tenant.group_of(one))),
                    "numberOfDescendants": 0,
                    "numberOfChildren": 0,
                    "numberOfChildGroups": 0,
                    "parentDisplayNameChain": shown(&chain),
                    "parentNameChain": names(&chain),
                },
            }));
        }
    }
    Reply::json(200, json!({"count": found.len(), "value": found}))
}

fn of_group(context: &Context<'_>, group: &ManagementGroup) -> Value {
    let tenant = context.tenant;
    let parent = tenant.parent_group(group);
    let chain = parent
        .as_deref()
        .map_or_else(Vec::new, |parent| chain(tenant, parent));
    let groups = child_groups(tenant, group).len();
    let own = tenant
        .subscriptions
        .iter()
        .filter(|one| tenant.group_of(one).eq_ignore_ascii_case(&group.id));
    json!({
        "id": id_of(&group.id),
        "type": TYPE,
        "name": group.id,
        "properties": {
            "tenantId": tenant.id,
            "displayName": group.shown(),
            "parent": {"id": parent.as_deref().map(id_of)},
            "permissions": permissions(context, TYPE, &id_of(&group.id)),
            "inheritedPermissions": parent.as_deref().map_or("noaccess", |parent| {
                permissions(context, TYPE, &id_of(parent))
            }),
            "numberOfDescendants": descendants(tenant, &group.id),
            "numberOfChildren": groups + own.count(),
            "numberOfChildGroups": groups,
            "parentDisplayNameChain": shown(&chain),
            "parentNameChain": names(&chain),
        },
    })
}

/// What the caller may do, in the words of this list.
fn permissions(context: &Context<'_>, of: &str, scope: &str) -> &'static str {
    let may = |verb: &str| {
        let action = format!("{of}/{verb}");
        context.grants.allow(context.tenant, &action, scope)
    };
    match (may("delete"), may("write"), may("read")) {
        (true, ..) => "delete",
        (_, true, _) => "edit",
        (.., true) => "view",
        _ => "noaccess",
    }
}

/// How many groups and subscriptions lie beneath a group.
fn descendants(tenant: &Tenant, id: &str) -> usize {
    let is_beneath = |parent: &str| {
        let above = tenant.ancestors(parent);
        above.iter().any(|above| above.eq_ignore_ascii_case(id))
    };
    let groups = tenant.all_management_groups();
    let parents = groups.iter().filter_map(|group| tenant.parent_group(group));
    let homes = tenant.subscriptions.iter().map(|one| tenant.group_of(one));
    parents
        .chain(homes)
        .filter(|parent| is_beneath(parent))
        .count()
}

/// A group and all above it, the root first.
fn chain(tenant: &Tenant, id: &str) -> Vec<ManagementGroup> {
    let ids = tenant.ancestors(id).into_iter().rev();
    ids.filter_map(|id| tenant.management_group(&id)).collect()
}

fn shown(chain: &[ManagementGroup]) -> Vec<&str> {
    chain.iter().map(ManagementGroup::shown).collect()
}

fn names(chain: &[ManagementGroup]) -> Vec<&str> {
    chain.iter().map(|group| group.id.as_str()).collect()
}
