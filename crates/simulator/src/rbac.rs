//! Azure role-based access control: what a principal may do at a scope.

mod deny;
mod grant;
mod identity;
mod lock;
mod scope;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use crate::path;
use crate::replication::Replication;
use crate::roles::Permission;
use crate::tenant::Tenant;
use deny::Deny;
use grant::Grant;

pub(crate) use grant::Sources;
pub(crate) use identity::{Identity, with_groups};
pub(crate) use lock::Locks;
pub(crate) use scope::{above, group_in, home_of, is_beneath};

/// What matters in one subscription, by its place among all grants and denials.
#[derive(Debug, Clone, Default)]
struct Reach {
    /// Roles that hold in all of it.
    whole: Vec<usize>,
    /// Roles that hold in a part of it.
    part: Vec<usize>,
    /// Denials that hold in all of it.
    denied: Vec<usize>,
    /// Denials that hold in a part of it, be that the subscription itself without what is in it.
    denied_part: Vec<usize>,
}

/// Everything that one principal was given, and everything it is denied.
#[derive(Debug, Clone, Default)]
pub(crate) struct Grants {
    all: Vec<Grant>,
    denials: Vec<Deny>,
    /// By the subscription's id in lower case.
    subscriptions: HashMap<String, Reach>,
    /// Ids of what was too fresh to count when this was gathered.
    waiting: Vec<String>,
}

impl Grants {
    /// Gathers the roles of a caller from the tenant's file and from stored role assignments, its own and its
    /// groups', and the deny assignments that are meant for it.
    pub(crate) fn of(sources: Sources<'_>, caller: &Identity) -> Self {
        let tenant = sources.tenant;
        let mut waiting = Vec::new();
        let all = grant::gather(sources, caller, &mut waiting);
        let stored = tenant.store.authorization("denyassignments");
        let denials: Vec<Deny> = stored
            .filter_map(|document| Deny::of(document, caller))
            .collect();
        let mut grants = Self {
            all,
            denials,
            subscriptions: HashMap::new(),
            waiting,
        };
        let ids = tenant.subscriptions.iter().map(|one| one.id.to_lowercase());
        grants.subscriptions = ids
            .map(|id| {
                let reach = grants.reach(tenant, &format!("/subscriptions/{id}"));
                (id, reach)
            })
            .collect();
        grants
    }

    fn reach(&self, tenant: &Tenant, subscription: &str) -> Reach {
        let above = scope::groups_above(tenant, subscription);
        let mut reach = Reach::default();
        for (at, grant) in self.all.iter().enumerate() {
            if covers(&grant.scope, subscription, &above) {
                reach.whole.push(at);
            } else if scope::covers(subscription, &grant.scope) {
                reach.part.push(at);
            }
        }
        for (at, deny) in self.denials.iter().enumerate() {
            if !deny.only_here && deny.holds_at(subscription, &above) {
                reach.denied.push(at);
            } else if scope::covers(subscription, &deny.scope) {
                reach.denied_part.push(at);
            }
        }
        reach
    }

    /// How much of what was too fresh when this was gathered counts by now.
    pub(crate) fn settled(&self, replication: &Replication) -> usize {
        let settled = self.waiting.iter().filter(|id| replication.knows(id));
        settled.count()
    }

    /// How much is too fresh to count.
    pub(crate) fn awaited(&self) -> usize {
        self.waiting.len()
    }

    /// True when a role at the scope or above it permits the action, and nothing denies it.
    pub(crate) fn allow(&self, tenant: &Tenant, action: &str, scope: &str) -> bool {
        let (scope, action) = (path::key(scope), action.to_lowercase());
        self.permit(tenant, &action, &scope) && !self.deny(tenant, &action, &scope)
    }

    fn permit(&self, tenant: &Tenant, action: &str, scope: &str) -> bool {
        let permits = |at: &&usize| self.all[**at].permits(action);
        if let Some(reach) = self.reach_of(scope) {
            return reach.whole.iter().any(|at| permits(&at))
                || reach
                    .part
                    .iter()
                    .filter(|at| scope::covers(&self.all[**at].scope, scope))
                    .any(|at| permits(&at));
        }
        let above = scope::groups_above(tenant, scope);
        self.all
            .iter()
            .filter(|grant| covers(&grant.scope, scope, &above))
            .any(|grant| grant.permits(action))
    }

    /// Both in lower case.
    fn deny(&self, tenant: &Tenant, action: &str, scope: &str) -> bool {
        if self.denials.is_empty() {
            return false;
        }
        if let Some(reach) = self.reach_of(scope) {
            let stops = |at: &usize| self.denials[*at].stops(action);
            let here = |at: &&usize| self.denials[**at].holds_at(scope, &[]);
            return reach.denied.iter().any(stops)
                || reach.denied_part.iter().filter(here).any(stops);
        }
        let above = scope::groups_above(tenant, scope);
        self.denials
            .iter()
            .any(|deny| deny.holds_at(scope, &above) && deny.stops(action))
    }

    fn reach_of(&self, scope: &str) -> Option<&Reach> {
        path::subscription(scope).and_then(|id| self.subscriptions.get(id))
    }

    /// True when a role at, above or beneath the scope permits the action: the caller sees part of a list.
    pub(crate) fn allow_some(&self, tenant: &Tenant, action: &str, scope: &str) -> bool {
        let (key, lowered) = (path::key(scope), action.to_lowercase());
        let beneath = |grant: &Grant| {
            scope::covers(&key, &grant.scope)
                && grant.permits(&lowered)
                && !self.deny(tenant, &lowered, &grant.scope)
        };
        self.allow(tenant, action, scope) || self.all.iter().any(beneath)
    }

    /// What one answer decides for all of a subscription's documents of a type: `None` when it depends on where each
    /// of them lies. The action in lower case, the subscription's id too.
    pub(crate) fn everywhere(&self, subscription: &str, action: &str) -> Option<bool> {
        let Some(reach) = self.subscriptions.get(subscription) else {
            return Some(false);
        };
        let stops = |at: &usize| self.denials[*at].stops(action);
        if reach.denied.iter().any(stops) {
            return Some(false);
        }
        let permits = |at: &usize| self.all[*at].permits(action);
        if reach.whole.iter().any(permits) {
            return (!reach.denied_part.iter().any(stops)).then_some(true);
        }
        (!reach.part.iter().any(permits)).then_some(false)
    }

    /// The permission blocks that hold at a scope. Azure does not tell of deny assignments here.
    pub(crate) fn permissions_at(&self, tenant: &Tenant, scope: &str) -> Vec<Permission> {
        let scope = path::key(scope);
        let above = scope::groups_above(tenant, &scope);
        let grants = self.all.iter();
        grants
            .filter(|grant| covers(&grant.scope, &scope, &above))
            .flat_map(|grant| grant.permissions.clone())
            .collect()
    }

    /// True when the caller sees a subscription: any role that reads it, or anything in it.
    pub(crate) fn see_subscription(&self, id: &str) -> bool {
        let reach = self.subscriptions.get(&id.to_lowercase());
        reach.is_some_and(|reach| !reach.whole.is_empty() || !reach.part.is_empty())
    }

    /// True when the caller sees a management group.
    pub(crate) fn see_group(&self, tenant: &Tenant, id: &str) -> bool {
        let scope = format!("/providers/Microsoft.Management/managementGroups/{id}");
        self.allow(tenant, "Microsoft.Management/managementGroups/read", &scope)
    }
}

fn covers(granted: &str, wanted: &str, groups: &[String]) -> bool {
    scope::covers(granted, wanted) || groups.iter().any(|group| group == granted)
}
