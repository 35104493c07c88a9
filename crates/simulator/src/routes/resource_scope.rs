//! What a query to Resource Graph is asked of: subscriptions, management groups, and how far up and down.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::rbac::Grants;
use crate::resource_index::{Entry, Home};
use crate::tenant::Tenant;

/// A query is answered for so many subscriptions and no more.
/// <https://learn.microsoft.com/azure/governance/resource-graph/troubleshoot/general>
const MOST: usize = 10_000;

/// Which assignments are shown, by where they were made.
/// <https://learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources#authorizationscopefilter>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Levels {
    above: bool,
    beneath: bool,
}

impl Levels {
    fn of(name: &str) -> Option<Self> {
        let (above, beneath) = match name.to_lowercase().as_str() {
            "" | "atscopeandbelow" => (false, true),
            "atscopeaboveandbelow" => (true, true),
            "atscopeandabove" => (true, false),
            "atscopeexact" => (false, false),
            _ => return None,
        };
        Some(Self { above, beneath })
    }
}

/// The scope of a query, as far as its caller sees it.
#[derive(Debug)]
pub(super) struct Scope {
    /// Places of subscriptions in the tenant.
    subscriptions: BTreeSet<usize>,
    /// Management groups asked for, in lower case, and those beneath them.
    groups: BTreeSet<String>,
    /// Those asked for themselves.
    asked: BTreeSet<String>,
    /// Management groups above anything asked for.
    above: BTreeSet<String>,
    levels: Levels,
    /// True when there are more subscriptions than a query is answered for.
    pub(super) cut: bool,
    /// Tells this scope from others.
    pub(super) key: String,
}

impl Scope {
    /// Reads the scope of a request's body.
    ///
    /// # Errors
    /// The name of a filter that does not exist.
    pub(super) fn of(tenant: &Tenant, grants: &Grants, body: &Value) -> Result<Self, String> {
        let filter = &body["options"]["authorizationScopeFilter"];
        let filter = filter.as_str().unwrap_or_default();
        let levels = Levels::of(filter)
            .ok_or_else(|| format!("'{filter}' is no authorization scope filter."))?;
        let named = strings(&body["subscriptions"]);
        let asked: BTreeSet<String> = strings(&body["managementGroups"]).into_iter().collect();
        let everything = named.is_empty() && asked.is_empty();
        let hidden: BTreeSet<String> = tenant
            .resource_graph
            .hidden_subscriptions
            .iter()
            .map(|id| id.to_lowercase())
            .collect();
        let chain = |group: &str| -> Vec<String> {
            let chain = tenant.ancestors(group).into_iter();
            chain.map(|id| id.to_lowercase()).collect()
        };
        let mut scope = Self {
            subscriptions: BTreeSet::new(),
            groups: BTreeSet::new(),
            above: BTreeSet::new(),
            levels,
            cut: false,
            key: format!(
                "{filter} {} {}",
                named.join(","),
                asked
                    .iter()
                    .map(String::as_str)
                    .collect::<Vec<_>>()
                    .join(",")
            ),
            asked,
        };
        let named: BTreeSet<String> = named.into_iter().collect();
        for (at, one) in tenant.subscriptions.iter().enumerate() {
            let id = one.id.to_lowercase();
            let above = chain(&tenant.group_of(one));
            let within = everything
                || named.contains(&id)
                || above.iter().any(|group| scope.asked.contains(group));
            if !within || hidden.contains(&id) || !grants.see_subscription(&id) {
                continue;
            }
            if scope.subscriptions.len() == MOST {
                scope.cut = true;
                break;
            }
            scope.subscriptions.insert(at);
            scope.above.extend(above);
        }
        for group in tenant.all_management_groups() {
            let above = chain(&group.id);
            if everything || above.iter().any(|group| scope.asked.contains(group)) {
                scope.groups.insert(group.id.to_lowercase());
            }
            if scope.asked.contains(&group.id.to_lowercase()) {
                scope.above.extend(above);
            }
        }
        Ok(scope)
    }

    /// The ids of the subscriptions.
    pub(super) fn ids<'a>(&'a self, tenant: &'a Tenant) -> impl Iterator<Item = &'a str> {
        let found = self.subscriptions.iter();
        found.filter_map(|&at| tenant.subscriptions.get(at).map(|one| one.id.as_str()))
    }

    /// True when a row of a table belongs to the scope.
    pub(super) fn holds(&self, table: &str, entry: &Entry) -> bool {
        let assigned = matches!(table, "authorizationresources" | "policyresources");
        let mut homes = std::iter::once(&entry.home).chain(&entry.also);
        homes.any(|home| match home {
            Home::Everywhere => true,
            Home::Subscription(at) => {
                let shown = !assigned || self.levels.beneath || entry.direct;
                shown && self.subscriptions.contains(at)
            }
            Home::Group(id) if assigned => {
                let beneath = self.levels.beneath || self.asked.contains(id);
                (self.levels.above && self.above.contains(id))
                    || (!self.asked.is_empty() && beneath && self.groups.contains(id))
            }
            Home::Group(id) => self.groups.contains(id),
            Home::Root => assigned && self.levels.above,
        })
    }
}

fn strings(list: &Value) -> Vec<String> {
    let items = list.as_array().map(Vec::as_slice).unwrap_or_default();
    let texts = items.iter().filter_map(Value::as_str);
    texts.map(str::to_lowercase).collect()
}
