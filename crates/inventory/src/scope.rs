//! What to scan: the tenant and its subscriptions, as this identity sees them.

use std::collections::BTreeSet;

use azure::{Client, Failure, Pager, Service};
use catalog::{Outcome, Scope};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::manifest::Subscription;

const SUBSCRIPTIONS: &str = "/subscriptions?api-version=2022-12-01";
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

/// Why it is not clear what to scan.
#[derive(Debug, thiserror::Error)]
pub enum ScopeError {
    /// Azure did not answer.
    #[error("{what} could not be read: {failure}")]
    Unreadable {
        /// What was asked for.
        what: String,
        /// Why it failed.
        failure: Box<Failure>,
    },
    /// No visible subscription has this id or name.
    #[error("no subscription with the id or name `{asked}` is visible to this identity")]
    UnknownSubscription {
        /// What the user wrote.
        asked: String,
        /// The names that come nearest.
        visible: Vec<String>,
    },
    /// Several subscriptions have this name.
    #[error("the name `{asked}` stands for {} subscriptions", ids.len())]
    AmbiguousSubscription {
        /// What the user wrote.
        asked: String,
        /// Their ids.
        ids: Vec<String>,
    },
    /// A subscription was asked for by name and cannot be scanned in its state.
    #[error("the subscription `{asked}` is in state {state} and cannot be scanned")]
    UnusableSubscription {
        /// What the user wrote.
        asked: String,
        /// Azure's state.
        state: String,
    },
    /// No scanned subscription has a resource group of this name.
    #[error("no scanned subscription has a resource group `{asked}`")]
    UnknownResourceGroup {
        /// What the user wrote.
        asked: String,
        /// The names there are.
        visible: Vec<String>,
    },
    /// Everything was excluded.
    #[error("no subscription is left to scan")]
    NothingLeft,
}

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

/// Only an enabled subscription takes every read; a warned or past-due one is about to be disabled
/// and refuses some.
///
/// <https://learn.microsoft.com/azure/cost-management-billing/manage/subscription-states>
fn is_scannable(state: &str) -> bool {
    state.eq_ignore_ascii_case("Enabled")
}

/// The subscriptions that the identity sees, and how many entries of the list name none.
async fn visible_subscriptions(
    client: &Client,
) -> Result<(Vec<(Subscription, Value)>, usize), ScopeError> {
    let bodies: Vec<Value> = list(client, "the list of subscriptions", SUBSCRIPTIONS).await?;
    let entries = bodies.len();
    let mut visible: Vec<(Subscription, Value)> = bodies
        .into_iter()
        .filter_map(|body| Some((subscription(&body)?, body)))
        .collect();
    let odd = entries - visible.len();
    visible.sort_by_key(|(subscription, _)| subscription.id.to_lowercase());
    Ok((visible, odd))
}

fn subscription(body: &Value) -> Option<Subscription> {
    let text = |name: &str| {
        body.get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    };
    let id = text("subscriptionId").or_else(|| text("id")?.rsplit('/').next())?;
    Some(Subscription {
        id: id.to_owned(),
        name: text("displayName").unwrap_or(id).to_owned(),
        state: text("state").unwrap_or("Enabled").to_owned(),
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

/// The ids that `asked` stand for.
fn named(
    asked: &[String],
    visible: &[(Subscription, Value)],
) -> Result<BTreeSet<String>, ScopeError> {
    asked
        .iter()
        .map(|asked| Ok(find(asked, visible)?.id.to_lowercase()))
        .collect()
}

fn refuse_unusable(asked: &str, visible: &[(Subscription, Value)]) -> Result<(), ScopeError> {
    let found = find(asked, visible)?;
    if is_scannable(&found.state) {
        return Ok(());
    }
    Err(ScopeError::UnusableSubscription {
        asked: asked.to_owned(),
        state: found.state.clone(),
    })
}

/// An id comes before a name, because a name may be written like another subscription's id.
fn find<'a>(
    asked: &str,
    visible: &'a [(Subscription, Value)],
) -> Result<&'a Subscription, ScopeError> {
    let id = asked
        .trim()
        .trim_start_matches("/subscriptions/")
        .trim_end_matches('/');
    let subscriptions = || visible.iter().map(|(subscription, _)| subscription);
    if let Some(found) =
        subscriptions().find(|subscription| subscription.id.eq_ignore_ascii_case(id))
    {
        return Ok(found);
    }
    let same_name: Vec<&Subscription> = subscriptions()
        .filter(|subscription| subscription.name.to_lowercase() == asked.trim().to_lowercase())
        .collect();
    match same_name.as_slice() {
        [one] => Ok(one),
        [] => Err(ScopeError::UnknownSubscription {
            asked: asked.to_owned(),
            visible: subscriptions()
                .map(|subscription| subscription.name.clone())
                .collect(),
        }),
        several => Err(ScopeError::AmbiguousSubscription {
            asked: asked.to_owned(),
            ids: several
                .iter()
                .map(|subscription| subscription.id.clone())
                .collect(),
        }),
    }
}

/// Every subscription below a management group, however deep: `descendants` walks nested groups.
///
/// <https://learn.microsoft.com/rest/api/managementgroups/management-groups/get-descendants>
async fn subscriptions_below(client: &Client, group: &str) -> Result<Vec<String>, ScopeError> {
    let id = group.rsplit('/').next().unwrap_or(group);
    let path = format!(
        "/providers/Microsoft.Management/managementGroups/{id}/descendants?api-version=2020-05-01"
    );
    let descendants: Vec<Value> =
        list(client, &format!("the management group `{id}`"), &path).await?;
    Ok(descendants
        .iter()
        .filter_map(descendant_subscription)
        .collect())
}

/// The subscription that a descendant is, unless it is a management group.
fn descendant_subscription(descendant: &Value) -> Option<String> {
    let text = |name: &str| {
        descendant
            .get(name)
            .and_then(Value::as_str)
            .map(str::to_lowercase)
    };
    let id = text("id").unwrap_or_default();
    let is_subscription = match text("type") {
        Some(kind) => kind.ends_with("/subscriptions"),
        None => id.starts_with("/subscriptions/"),
    };
    let name = text("name").or_else(|| id.rsplit('/').next().map(str::to_owned));
    name.filter(|name| is_subscription && !name.is_empty())
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

async fn list<T: DeserializeOwned>(
    client: &Client,
    what: &str,
    path: &str,
) -> Result<Vec<T>, ScopeError> {
    let unreadable = |failure: Failure| ScopeError::Unreadable {
        what: what.to_owned(),
        failure: Box::new(failure),
    };
    let mut pager: Pager = client.pages(Service::Arm, path);
    let mut items = Vec::new();
    while let Some(page) = pager.next().await {
        let page = page.map_err(unreadable)?;
        items.extend(
            page.items
                .iter()
                .filter_map(|item| serde_json::from_str(item.get()).ok()),
        );
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visible(of: &[(&str, &str, &str)]) -> Vec<(Subscription, Value)> {
        of.iter()
            .map(|(id, name, state)| {
                let subscription = Subscription {
                    id: (*id).to_owned(),
                    name: (*name).to_owned(),
                    state: (*state).to_owned(),
                };
                (subscription, Value::Null)
            })
            .collect()
    }

    #[test]
    fn a_subscription_is_found_by_id_or_name_in_any_case() {
        let visible = visible(&[("AA", "Production", "Enabled"), ("bb", "aa", "Enabled")]);
        for (asked, id) in [
            ("aa", "AA"),
            ("/subscriptions/BB/", "bb"),
            ("production", "AA"),
        ] {
            assert_eq!(find(asked, &visible).unwrap().id, id, "{asked}");
        }
    }

    #[test]
    fn an_ambiguous_name_is_refused_with_the_ids() {
        let visible = visible(&[("a", "Shop", "Enabled"), ("b", "shop", "Enabled")]);
        match find("Shop", &visible) {
            Err(ScopeError::AmbiguousSubscription { ids, .. }) => assert_eq!(ids, ["a", "b"]),
            other => panic!("{other:?}"),
        }
        assert!(matches!(
            find("Shopp", &visible),
            Err(ScopeError::UnknownSubscription { .. })
        ));
    }

    #[test]
    fn a_subscription_is_known_by_its_id_alone() {
        let of = |body: Value| subscription(&body).map(|of| (of.id, of.name, of.state));
        let enabled =
            |id: &str, name: &str| Some((id.to_owned(), name.to_owned(), "Enabled".to_owned()));
        assert_eq!(
            of(serde_json::json!({"id": "/subscriptions/S1", "displayName": null})),
            enabled("S1", "S1")
        );
        assert_eq!(
            of(serde_json::json!({"subscriptionId": "S2", "displayName": "Shop"})),
            enabled("S2", "Shop")
        );
        assert_eq!(of(serde_json::json!({"displayName": "Shop"})), None);
    }

    #[test]
    fn a_descendant_without_a_type_is_known_by_its_id() {
        let of = |descendant: Value| descendant_subscription(&descendant);
        let kind = "Microsoft.Management/managementGroups/subscriptions";
        assert_eq!(
            of(serde_json::json!({"type": kind, "name": "S1"})),
            Some("s1".to_owned())
        );
        assert_eq!(
            of(serde_json::json!({"id": "/subscriptions/S2"})),
            Some("s2".to_owned())
        );
        let group =
            serde_json::json!({"type": "Microsoft.Management/managementGroups", "name": "g"});
        assert_eq!(of(group), None);
    }

    #[test]
    fn what_is_not_seen_is_said() {
        let visible = visible(&[("AA", "Production", "Enabled")]);
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

    #[test]
    fn only_enabled_subscriptions_are_scanned() {
        assert!(is_scannable("enabled"));
        for state in ["Warned", "PastDue", "Disabled", "Deleted"] {
            assert!(!is_scannable(state));
        }
        let visible = visible(&[("a", "Old", "Disabled")]);
        assert!(matches!(
            refuse_unusable("old", &visible),
            Err(ScopeError::UnusableSubscription { .. })
        ));
    }
}
