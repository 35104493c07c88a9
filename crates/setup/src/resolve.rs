//! Where Azure roles are assigned: from what the administrator wrote to subscriptions and management
//! groups that exist.

mod error;
mod named;

use azure::{Client, Service};
use serde_json::Value;

pub use self::error::ResolveError;
use self::named::find;
use crate::read::{list, text};
use crate::request::{Place, Scopes};

const SUBSCRIPTIONS: &str = "/subscriptions?api-version=2022-12-01";
const MANAGEMENT_GROUPS: &str =
    "/providers/Microsoft.Management/managementGroups?api-version=2020-05-01";

/// Where Azure roles are to be assigned, as the administrator wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Where {
    /// Nowhere: Entra ID alone is looked at.
    Directory,
    /// On these subscriptions, by id or name.
    Subscriptions(Vec<String>),
    /// On every subscription that can be seen and written to.
    AllSubscriptions,
    /// On these management groups, by id or display name; there must be one.
    ManagementGroups(Vec<String>),
}

/// The scopes that were meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// Where roles are assigned.
    pub scopes: Scopes,
    /// Visible subscriptions whose state allows no change, with that state; they are left out.
    pub left_out: Vec<(Place, String)>,
}

/// A subscription as Azure lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subscription {
    pub place: Place,
    pub state: String,
}

/// Finds the scopes.
///
/// # Errors
/// Azure does not answer, or what was written stands for nothing, for several things, or for what no
/// roles can be assigned on.
pub async fn resolve(client: &Client, asked: &Where) -> Result<Resolved, ResolveError> {
    match asked {
        Where::Directory => Ok(Resolved {
            scopes: Scopes::Directory,
            left_out: Vec::new(),
        }),
        Where::Subscriptions(names) => named_subscriptions(names, &subscriptions(client).await?),
        Where::AllSubscriptions => every_one(subscriptions(client).await?),
        Where::ManagementGroups(names) => management_group(client, names).await,
    }
}

/// The subscriptions that the administrator sees, by name.
pub(crate) async fn subscriptions(client: &Client) -> Result<Vec<Subscription>, ResolveError> {
    let bodies = list(client, Service::Arm, SUBSCRIPTIONS)
        .await
        .map_err(|failure| ResolveError::unreadable("the list of subscriptions", failure))?;
    let mut found: Vec<Subscription> = bodies.iter().filter_map(subscription).collect();
    found.sort_by(|left, right| left.place.name.cmp(&right.place.name));
    Ok(found)
}

fn subscription(body: &Value) -> Option<Subscription> {
    let from_path = || text(body, &["id"])?.rsplit('/').next();
    let id = text(body, &["subscriptionId"]).or_else(from_path)?;
    Some(Subscription {
        place: Place {
            id: id.to_owned(),
            name: text(body, &["displayName"]).unwrap_or(id).to_owned(),
        },
        state: text(body, &["state"]).unwrap_or("Enabled").to_owned(),
    })
}

impl Subscription {
    /// A disabled subscription takes no change
    /// (<https://learn.microsoft.com/azure/cost-management-billing/manage/subscription-states>).
    fn takes_changes(&self) -> bool {
        ["Enabled", "Warned", "PastDue"]
            .iter()
            .any(|state| self.state.eq_ignore_ascii_case(state))
    }
}

fn named_subscriptions(
    names: &[String],
    visible: &[Subscription],
) -> Result<Resolved, ResolveError> {
    let places: Vec<&Place> = visible.iter().map(|of| &of.place).collect();
    let mut wanted: Vec<Place> = Vec::new();
    for asked in names {
        let id = asked.trim().trim_start_matches("/subscriptions/");
        let found = find(id.trim_end_matches('/'), &places)
            .map_err(|missed| ResolveError::subscription(asked, missed, &places))?;
        let state = visible
            .iter()
            .find(|of| of.place == *found && !of.takes_changes());
        if let Some(of) = state {
            return Err(ResolveError::UnusableSubscription {
                asked: asked.clone(),
                state: of.state.clone(),
            });
        }
        if !wanted.contains(found) {
            wanted.push(found.clone());
        }
    }
    Ok(Resolved {
        scopes: Scopes::Subscriptions(wanted),
        left_out: Vec::new(),
    })
}

fn every_one(visible: Vec<Subscription>) -> Result<Resolved, ResolveError> {
    let (wanted, left): (Vec<_>, Vec<_>) =
        visible.into_iter().partition(Subscription::takes_changes);
    if wanted.is_empty() {
        return Err(ResolveError::NoSubscription);
    }
    Ok(Resolved {
        scopes: Scopes::Subscriptions(wanted.into_iter().map(|of| of.place).collect()),
        left_out: left.into_iter().map(|of| (of.place, of.state)).collect(),
    })
}

async fn management_group(client: &Client, names: &[String]) -> Result<Resolved, ResolveError> {
    let [asked] = names else {
        return Err(ResolveError::SeveralManagementGroups(names.to_vec()));
    };
    let bodies = list(client, Service::Arm, MANAGEMENT_GROUPS)
        .await
        .map_err(|failure| ResolveError::unreadable("the list of management groups", failure))?;
    let visible: Vec<Place> = bodies.iter().filter_map(group).collect();
    let places: Vec<&Place> = visible.iter().collect();
    let id = asked.trim().trim_end_matches('/');
    let id = match id.starts_with('/') {
        true => id.rsplit('/').next().unwrap_or(id),
        false => id,
    };
    let found = find(id, &places)
        .map_err(|missed| ResolveError::management_group(asked, missed, &places))?;
    Ok(Resolved {
        scopes: Scopes::ManagementGroup(found.clone()),
        left_out: Vec::new(),
    })
}

/// <https://learn.microsoft.com/rest/api/managementgroups/management-groups/list>
fn group(body: &Value) -> Option<Place> {
    let from_path = || text(body, &["id"])?.rsplit('/').next();
    let id = text(body, &["name"]).or_else(from_path)?;
    let name = text(body, &["properties", "displayName"]).unwrap_or(id);
    Some(Place {
        id: id.to_owned(),
        name: name.to_owned(),
    })
}

#[cfg(test)]
mod tests;
