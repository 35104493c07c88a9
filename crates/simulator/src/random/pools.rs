//! What in a tenant can be changed, by what it is.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::document_type;
use crate::path::{self, ProviderPath};
use crate::routes::containers::groups_of;
use crate::routes::is_resource;
use crate::tenant::Tenant;

/// Keys of documents, by what can be done with them. Types are kept apart, so that rare ones are found too.
#[derive(Debug, Default)]
pub(super) struct Pools {
    pub(super) resources: Vec<(String, Vec<String>)>,
    pub(super) children: Vec<(String, Vec<String>)>,
    /// Scopes of enabled subscriptions.
    pub(super) subscriptions: Vec<String>,
    /// Paths of resource groups, also of those that are not stored.
    pub(super) groups: Vec<String>,
    pub(super) role_assignments: Vec<String>,
    pub(super) policy_assignments: Vec<String>,
    pub(super) users: Vec<String>,
    pub(super) user_groups: Vec<String>,
    pub(super) applications: Vec<String>,
    pub(super) access_policies: Vec<String>,
}

impl Pools {
    pub(super) fn of(tenant: &Tenant) -> Self {
        let mut pools = Self::default();
        let mut resources: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut children: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let enabled = tenant
            .subscriptions
            .iter()
            .filter(|one| one.state.eq_ignore_ascii_case("Enabled"));
        for one in enabled {
            let scope = format!("/subscriptions/{}", one.id);
            let prefix = format!("{}/", path::key(&scope));
            for (key, document) in tenant.store.range(&prefix) {
                let Some(provider) = ProviderPath::parse(key) else {
                    continue;
                };
                if provider.ends_on_type() {
                    continue;
                }
                let kind = document_type::of(key, |_| false);
                match kind.as_str() {
                    "microsoft.authorization/roleassignments" => {
                        pools.role_assignments.push(key.to_string());
                    }
                    "microsoft.authorization/policyassignments" => {
                        pools.policy_assignments.push(key.to_string());
                    }
                    _ if is_resource(key) => {
                        resources.entry(kind).or_default().push(key.to_string());
                    }
                    _ if is_child(&provider, &document.alone()) => {
                        children.entry(kind).or_default().push(key.to_string());
                    }
                    _ => {}
                }
            }
            let groups = groups_of(tenant, &one.id);
            pools
                .groups
                .extend(groups.iter().map(|group| group.path.to_string()));
            pools.subscriptions.push(scope);
        }
        pools.resources = resources.into_iter().collect();
        pools.children = children.into_iter().collect();
        pools.users = keys(tenant, "/v1.0/users");
        pools.user_groups = keys(tenant, "/v1.0/groups");
        pools.applications = keys(tenant, "/v1.0/applications");
        pools.access_policies = keys(tenant, "/v1.0/identity/conditionalaccess/policies");
        pools
    }
}

/// Namespaces whose documents Azure works out by itself: nobody writes them.
const WORKED_OUT: [&str; 5] = [
    "microsoft.security",
    "microsoft.policyinsights",
    "microsoft.advisor",
    "microsoft.resourcehealth",
    "microsoft.authorization",
];

/// A setting beneath a resource, or an extension of one.
fn is_child(provider: &ProviderPath<'_>, body: &Value) -> bool {
    let written = !WORKED_OUT.contains(&provider.namespace);
    let is_event = provider.rest.contains(&"events") || provider.rest[0] == "eventtypes";
    written && !is_event && provider.parent().is_some() && body["properties"].is_object()
}

fn keys(tenant: &Tenant, list: &str) -> Vec<String> {
    let prefix = format!("{list}/");
    let own = tenant.store.range(&prefix);
    own.map(|(key, _)| key.to_string())
        .filter(|key| !key[prefix.len()..].contains('/'))
        .collect()
}
