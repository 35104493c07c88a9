//! Resource Graph's rows: the same documents as ARM serves, in the tables that Resource Graph keeps them in.

use serde_json::{Map, Value, json};

use crate::action;
use crate::path::{self, ProviderPath};
use crate::rbac::Grants;
use crate::routes::arm_containers;
use crate::tenant::Tenant;

/// The rows of a table that a caller may read; `None` for a table that does not exist.
pub(super) fn rows(
    tenant: &Tenant,
    grants: &Grants,
    table: &str,
    wanted: &[String],
) -> Option<Vec<Value>> {
    let table = table.to_lowercase();
    if !TABLES.contains(&table.as_str()) {
        return None;
    }
    let mut rows = Vec::new();
    for one in &tenant.subscriptions {
        let asked = wanted.is_empty() || wanted.iter().any(|id| id.eq_ignore_ascii_case(&one.id));
        if !asked || !grants.see_subscription(&one.id) {
            continue;
        }
        if table == "resourcecontainers" {
            containers(tenant, grants, &one.id, &mut rows);
            continue;
        }
        let prefix = format!("/subscriptions/{}/", one.id.to_lowercase());
        for (_, document) in tenant.store.range(&prefix) {
            let at = &document.path;
            let belongs = ProviderPath::parse(at).is_some_and(|provider| {
                table_of(&provider, &document.in_list()) == Some(table.as_str())
            });
            if belongs && may_read(tenant, grants, at) {
                rows.push(row(tenant, at, &document.in_list()));
            }
        }
    }
    Some(rows)
}

const TABLES: [&str; 16] = [
    "resources",
    "resourcecontainers",
    "authorizationresources",
    "policyresources",
    "securityresources",
    "appserviceresources",
    "recoveryservicesresources",
    "networkresources",
    "advisorresources",
    "healthresources",
    "patchassessmentresources",
    "guestconfigurationresources",
    "kubernetesconfigurationresources",
    "maintenanceresources",
    "insightsresources",
    "computeresources",
];

fn may_read(tenant: &Tenant, grants: &Grants, at: &str) -> bool {
    action::of("GET", at).is_none_or(|action| grants.allow(tenant, &action.name, &action.scope))
}

/// The table of a document; most nested resources are in none.
pub(super) fn table_of(provider: &ProviderPath<'_>, body: &Value) -> Option<&'static str> {
    if provider.ends_on_type() {
        return None;
    }
    let name = provider.type_name().to_lowercase();
    let is = |prefix: &str| name.starts_with(prefix);
    if is("microsoft.authorization/role") || is("microsoft.authorization/classicadministrators") {
        return Some("authorizationresources");
    }
    if is("microsoft.authorization/policy") || is("microsoft.policyinsights/") {
        return Some("policyresources");
    }
    if is("microsoft.security/") {
        return Some("securityresources");
    }
    if matches!(
        name.as_str(),
        "microsoft.web/sites/config" | "microsoft.web/sites/slots/config"
    ) {
        return Some("appserviceresources");
    }
    if is("microsoft.advisor/") {
        return Some("advisorresources");
    }
    if is("microsoft.recoveryservices/vaults/") {
        return Some("recoveryservicesresources");
    }
    let in_group = provider.scope.len() == 4;
    let tracked = body.get("location").is_some_and(Value::is_string);
    (in_group && (provider.rest.len() == 2 || tracked)).then_some("resources")
}

/// A row: Resource Graph writes types, groups and locations in lower case.
fn row(tenant: &Tenant, at: &str, body: &Value) -> Value {
    let kind = ProviderPath::parse(at).map(|provider| provider.type_name().to_lowercase());
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let plain = |name: &str| body.get(name).cloned().unwrap_or(Value::Null);
    let id = if text("id").starts_with('/') {
        text("id")
    } else {
        at
    };
    let name = if text("name").is_empty() {
        at.rsplit('/').next().unwrap_or_default()
    } else {
        text("name")
    };
    let mut row = Map::from_iter([
        ("id".to_owned(), json!(id)),
        ("name".to_owned(), json!(name)),
        ("type".to_owned(), json!(kind.unwrap_or_default())),
        ("tenantId".to_owned(), json!(tenant.id)),
        ("kind".to_owned(), json!(text("kind"))),
        (
            "location".to_owned(),
            json!(text("location").to_lowercase().replace(' ', "")),
        ),
        (
            "resourceGroup".to_owned(),
            json!(path::resource_group(at).unwrap_or_default().to_lowercase()),
        ),
        (
            "subscriptionId".to_owned(),
            json!(path::subscription(at).unwrap_or_default()),
        ),
        ("managedBy".to_owned(), json!(text("managedBy"))),
    ]);
    for member in [
        "sku",
        "plan",
        "properties",
        "tags",
        "identity",
        "zones",
        "extendedLocation",
    ] {
        row.insert(member.to_owned(), plain(member));
    }
    Value::Object(row)
}

fn containers(tenant: &Tenant, grants: &Grants, id: &str, rows: &mut Vec<Value>) {
    let Some(one) = tenant.subscription(id) else {
        return;
    };
    let body = arm_containers::subscription(tenant, one);
    let chain: Vec<Value> = tenant
        .ancestors(&tenant.group_of(one))
        .iter()
        .filter_map(|group| tenant.management_group(group))
        .map(|group| json!({"name": group.id, "displayName": group.name}))
        .collect();
    let mut row_of = row(tenant, &format!("/subscriptions/{}", one.id), &body);
    row_of["type"] = json!("microsoft.resources/subscriptions");
    row_of["name"] = json!(one.name);
    row_of["properties"] = json!({
        "state": one.state,
        "managementGroupAncestorsChain": chain,
        "subscriptionPolicies": body["subscriptionPolicies"],
        "managedByTenants": [],
    });
    rows.push(row_of);
    for group in arm_containers::groups_of(tenant, id) {
        if may_read(tenant, grants, &group.path) {
            let mut row_of = row(tenant, &group.path, &group.body);
            row_of["type"] = json!("microsoft.resources/subscriptions/resourcegroups");
            rows.push(row_of);
        }
    }
}
