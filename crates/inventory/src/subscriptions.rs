//! The subscriptions that an identity sees, and what a name, an id or a management group stands for.

use std::collections::BTreeSet;

use azure::Client;
use serde_json::Value;

use crate::listing::list;
use crate::manifest::Subscription;
use crate::scope_error::ScopeError;

const SUBSCRIPTIONS: &str = "/subscriptions?api-version=2022-12-01";

/// The subscriptions that the identity sees, and how many entries of the list name none.
pub(crate) async fn visible_subscriptions(
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

/// Only an enabled subscription takes every read; a warned or past-due one is about to be disabled
/// and refuses some.
///
/// <https://learn.microsoft.com/azure/cost-management-billing/manage/subscription-states>
pub(crate) fn is_scannable(state: &str) -> bool {
    state.eq_ignore_ascii_case("Enabled")
}

/// The ids that `asked` stand for.
pub(crate) fn named(
    asked: &[String],
    visible: &[(Subscription, Value)],
) -> Result<BTreeSet<String>, ScopeError> {
    asked
        .iter()
        .map(|asked| Ok(find(asked, visible)?.id.to_lowercase()))
        .collect()
}

pub(crate) fn refuse_unusable(
    asked: &str,
    visible: &[(Subscription, Value)],
) -> Result<(), ScopeError> {
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
pub(crate) async fn subscriptions_below(
    client: &Client,
    group: &str,
) -> Result<Vec<String>, ScopeError> {
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
