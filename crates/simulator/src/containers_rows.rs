//! The rows of `resourcecontainers`: management groups, subscriptions and resource groups.

use serde_json::{Value, json};

use crate::resource_index::{Container, Home};
use crate::routes::containers;
use crate::tenant::Tenant;
use crate::tenant_file::ManagementGroup;

/// Every container of a tenant.
pub(crate) fn all(tenant: &Tenant) -> Vec<Container> {
    let mut found: Vec<Container> = tenant
        .all_management_groups()
        .iter()
        .map(|group| management_group(tenant, group))
        .collect();
    for (at, one) in tenant.subscriptions.iter().enumerate() {
        let mut body = containers::subscription(tenant, one);
        body["properties"] = json!({
            "state": one.state,
            "managementGroupAncestorsChain": chain(tenant, &tenant.group_of(one)),
            "subscriptionPolicies": body["subscriptionPolicies"],
            "managedByTenants": [],
        });
        found.push(Container {
            path: format!("/subscriptions/{}", one.id),
            kind: "microsoft.resources/subscriptions",
            action: "Microsoft.Resources/subscriptions/read",
            home: Home::Subscription(at),
            body,
        });
        let groups = containers::groups_of(tenant, &one.id);
        found.extend(groups.into_iter().map(|group| Container {
            path: group.path.to_string(),
            kind: "microsoft.resources/subscriptions/resourcegroups",
            action: "Microsoft.Resources/subscriptions/resourceGroups/read",
            home: Home::Subscription(at),
            body: group.body.as_ref().clone(),
        }));
    }
    found
}

fn management_group(tenant: &Tenant, group: &ManagementGroup) -> Container {
    let parent = tenant
        .parent_group(group)
        .and_then(|parent| tenant.management_group(&parent));
    let above = parent
        .as_ref()
        .map_or_else(|| json!([]), |parent| chain(tenant, &parent.id));
    let parent = parent.map(|parent| json!({"name": parent.id, "displayName": parent.shown()}));
    let path = format!(
        "/providers/Microsoft.Management/managementGroups/{}",
        group.id
    );
    Container {
        kind: "microsoft.management/managementgroups",
        action: "Microsoft.Management/managementGroups/read",
        home: Home::Group(group.id.to_lowercase()),
        body: json!({
            "id": path,
            "name": group.id,
            "properties": {
                "tenantId": tenant.id,
                "displayName": group.shown(),
                "details": {"version": 1, "parent": parent, "managementGroupAncestorsChain": above},
            },
        }),
        path,
    }
}

/// A group and all above it, nearest first.
fn chain(tenant: &Tenant, group: &str) -> Value {
    tenant
        .ancestors(group)
        .iter()
        .filter_map(|group| tenant.management_group(group))
        .map(|group| json!({"name": group.id, "displayName": group.shown()}))
        .collect()
}
