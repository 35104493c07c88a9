//! What to scan: the tenant and its subscriptions, as this identity sees them.

use std::collections::BTreeSet;

use azure::Client;
use catalog::{Outcome, Scope};
use serde_json::Value;

use crate::listing::list;
use crate::manifest::Subscription;
use crate::scope_error::ScopeError;
use crate::subscriptions::{
    is_scannable, named, refuse_unusable, subscriptions_below, visible_subscriptions,
};

const TENANTS: &str = "/tenants?api-version=2022-12-01";

/// What the user asked to scan.
#[derive(Debug, Clone, Default)]
pub struct ScopeRequest {
    /// Ids or names; every enabled subscription when this and `management_groups` are empty.
    pub subscriptions: Vec<String>,
    /// Ids or names to leave out.
    pub excluded: Vec<String>,
    /// Management groups, with all that is nested in them.
    pub management_groups: Vec<String>,
    /// Resource groups that findings are limited to.
    pub resource_groups: Vec<String>,
}

/// What will be scanned.
#[derive(Debug, Clone)]
pub struct ResolvedScope {
    /// The tenant's document as ARM gives it, with `id` `/tenants/{id}`.
    pub tenant: Value,
    /// The tenant's id.
    pub tenant_id: String,
    /// The tenant's name.
    pub tenant_name: Option<String>,
    /// The subscriptions to scan, with their documents, in the order of ids.
    pub subscriptions: Vec<(Subscription, Value)>,
    /// Visible subscriptions whose state rules a scan out.
    pub skipped: Vec<Subscription>,
    /// Whether the identity sees no subscription at all.
    pub none_visible: bool,
    /// Where something is that should be scanned and cannot be seen.
    pub unseen: Vec<Unseen>,
}

/// A place that every list of resources has a gap in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unseen {
    /// The subscription, or the tenant when it is not known which.
    pub scope: Scope,
    /// How the ledger says it.
    pub outcome: Outcome,
    /// Why.
    pub detail: String,
}

/// Why nothing below subscriptions was read, where none is visible.
pub const NO_SUBSCRIPTION: &str = "no subscription is visible to this identity";

/// Finds the tenant and the subscriptions to scan.
///
/// # Errors
/// Azure does not answer, or the request names what is not there or not one thing.
pub async fn resolve(
    client: &Client,
    tenant_id: &str,
    request: &ScopeRequest,
) -> Result<ResolvedScope, ScopeError> {
    let (visible, odd) = visible_subscriptions(client).await?;
    let none_visible = visible.is_empty() && odd == 0;
    let wanted = wanted(client, request, &visible).await?;
    let mut unseen = Vec::from_iter(unseen_in_tenant(none_visible, odd));
    unseen.extend(
        wanted
            .iter()
            .flatten()
            .filter_map(|id| unseen_subscription(id, &visible)),
    );
    let excluded = named(&request.excluded, &visible)?;
    let (mut subscriptions, mut skipped) = (Vec::new(), Vec::new());
    for (subscription, body) in visible {
        let id = subscription.id.to_lowercase();
        if excluded.contains(&id) || wanted.as_ref().is_some_and(|wanted| !wanted.contains(&id)) {
            continue;
        }
        match is_scannable(&subscription.state) {
            true => subscriptions.push((subscription, body)),
            false => skipped.push(subscription),
        }
    }
    if subscriptions.is_empty() && skipped.is_empty() && unseen.is_empty() {
        return Err(ScopeError::NothingLeft);
    }
    if let Some(unknown) = unknown_group(client, &subscriptions, &request.resource_groups).await {
        return Err(unknown);
    }
    let tenant = tenant(client, tenant_id).await;
    Ok(ResolvedScope {
        tenant_name: tenant
            .get("displayName")
            .and_then(Value::as_str)
            .map(str::to_owned),
        tenant,
        tenant_id: tenant_id.to_owned(),
        subscriptions,
        skipped,
        none_visible,
        unseen,
    })
}

/// What is not seen and cannot be laid at one subscription's door.
fn unseen_in_tenant(none_visible: bool, odd: usize) -> Option<Unseen> {
    let (outcome, detail) = match (none_visible, odd) {
        (true, _) => (Outcome::Denied, NO_SUBSCRIPTION.to_owned()),
        (false, 0) => return None,
        (false, odd) => (
            Outcome::Failed,
            format!("{odd} entries of the list of subscriptions name none"),
        ),
    };
    Some(Unseen {
        scope: Scope::Tenant,
        outcome,
        detail,
    })
}

/// A subscription that a management group holds and that this identity may not see.
fn unseen_subscription(id: &str, visible: &[(Subscription, Value)]) -> Option<Unseen> {
    if visible
        .iter()
        .any(|(subscription, _)| subscription.id.eq_ignore_ascii_case(id))
    {
        return None;
    }
    Some(Unseen {
        scope: Scope::subscription(id),
        outcome: Outcome::Denied,
        detail:
            "the management group holds this subscription, and it is not visible to this identity"
                .to_owned(),
    })
}

/// The ids asked for, in lower case; `None` when everything is.
async fn wanted(
    client: &Client,
    request: &ScopeRequest,
    visible: &[(Subscription, Value)],
) -> Result<Option<BTreeSet<String>>, ScopeError> {
    if request.subscriptions.is_empty() && request.management_groups.is_empty() {
        return Ok(None);
    }
    let mut wanted = named(&request.subscriptions, visible)?;
    for asked in &request.subscriptions {
        refuse_unusable(asked, visible)?;
    }
    for group in &request.management_groups {
        wanted.extend(subscriptions_below(client, group).await?);
    }
    Ok(Some(wanted))
}

/// A resource group that was asked for and is nowhere: a scan of nothing would look like a good one.
/// Where a subscription's groups cannot be read, nothing is said against a name.
async fn unknown_group(
    client: &Client,
    subscriptions: &[(Subscription, Value)],
    asked: &[String],
) -> Option<ScopeError> {
    if asked.is_empty() {
        return None;
    }
    let mut visible = BTreeSet::new();
    for (subscription, _) in subscriptions {
        let path = format!(
            "/subscriptions/{}/resourcegroups?api-version=2021-04-01",
            subscription.id
        );
        let groups: Vec<Value> = list(client, "the list of resource groups", &path)
            .await
            .ok()?;
        let names = groups
            .iter()
            .filter_map(|group| group.get("name")?.as_str());
        visible.extend(names.map(str::to_owned));
    }
    let is_there = |asked: &&String| {
        visible
            .iter()
            .any(|name| name.to_lowercase() == asked.to_lowercase())
    };
    let unknown = asked.iter().find(|asked| !is_there(asked))?;
    Some(ScopeError::UnknownResourceGroup {
        asked: unknown.clone(),
        visible: visible.into_iter().collect(),
    })
}

/// The tenant signed in to: `/tenants` also lists those where the identity is a guest. The token has
/// told its id; where the list cannot be read, only its name is not known.
async fn tenant(client: &Client, tenant_id: &str) -> Value {
    let tenants: Vec<Value> = list(client, "the list of tenants", TENANTS)
        .await
        .unwrap_or_default();
    let is_ours = |tenant: &Value| {
        let id = tenant.get("tenantId").and_then(Value::as_str);
        id.is_some_and(|id| id.eq_ignore_ascii_case(tenant_id))
    };
    let unnamed =
        || serde_json::json!({"id": format!("/tenants/{tenant_id}"), "tenantId": tenant_id});
    tenants.into_iter().find(is_ours).unwrap_or_else(unnamed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visible(id: &str) -> Vec<(Subscription, Value)> {
        let subscription = Subscription {
            id: id.to_owned(),
            name: "Production".to_owned(),
            state: "Enabled".to_owned(),
        };
        vec![(subscription, Value::Null)]
    }

    #[test]
    fn what_is_not_seen_is_said() {
        let visible = visible("AA");
        assert_eq!(unseen_subscription("aa", &visible), None);
        let unseen = unseen_subscription("bb", &visible).unwrap();
        assert_eq!(
            (unseen.scope, unseen.outcome),
            (Scope::subscription("bb"), Outcome::Denied)
        );
        assert_eq!(unseen_in_tenant(false, 0), None);
        assert_eq!(unseen_in_tenant(true, 0).unwrap().detail, NO_SUBSCRIPTION);
        assert_eq!(unseen_in_tenant(false, 2).unwrap().outcome, Outcome::Failed);
    }
}
