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
    /// Visible subscriptions on which no role can be assigned, with the reason; they are left out.
    pub left_out: Vec<(Place, String)>,
}

/// A subscription as Azure lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subscription {
    pub place: Place,
    pub state: String,
    /// The tenant that it belongs to.
    pub tenant: Option<String>,
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
        Where::Subscriptions(names) => {
            let visible = subscriptions(client).await?;
            named_subscriptions(names, &visible, &home(client).await?)
        }
        Where::AllSubscriptions => {
            let visible = subscriptions(client).await?;
            every_one(visible, &home(client).await?)
        }
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

/// The tenant that is signed in to.
async fn home(client: &Client) -> Result<String, ResolveError> {
    let claims = client.claims(Service::Arm).await;
    let claims =
        claims.map_err(|failure| ResolveError::unreadable("the token for Azure", failure))?;
    Ok(claims.tenant_id.unwrap_or_default())
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
        tenant: text(body, &["tenantId"]).map(str::to_owned),
    })
}

impl Subscription {
    /// Whether it belongs to a tenant; where Azure does not say, to any.
    pub(crate) fn is_of(&self, home: &str) -> bool {
        let other = self.tenant.as_ref().filter(|_| !home.is_empty());
        other.is_none_or(|of| of.eq_ignore_ascii_case(home))
    }

    /// Why no role can be assigned on it to an identity of the tenant `home`: a disabled subscription takes no
    /// change (<https://learn.microsoft.com/azure/cost-management-billing/manage/subscription-states>), and one
    /// that Azure Lighthouse shows knows only the identities of its own tenant.
    fn refuses(&self, home: &str) -> Option<String> {
        if !self.is_of(home) {
            return Some(format!(
                "it belongs to the tenant {} and is only shown here, through Azure Lighthouse",
                self.tenant.as_deref().unwrap_or_default()
            ));
        }
        let writable = ["Enabled", "Warned", "PastDue"];
        let is_writable = writable
            .iter()
            .any(|of| self.state.eq_ignore_ascii_case(of));
        (!is_writable).then(|| format!("it is in state {}", self.state))
    }
}

fn named_subscriptions(
    names: &[String],
    visible: &[Subscription],
    home: &str,
) -> Result<Resolved, ResolveError> {
    let places: Vec<&Place> = visible.iter().map(|of| &of.place).collect();
    let mut wanted: Vec<Place> = Vec::new();
    for asked in names {
        let id = asked.trim().trim_start_matches("/subscriptions/");
        let found = find(id.trim_end_matches('/'), &places)
            .map_err(|missed| ResolveError::subscription(asked, missed, &places))?;
        let same = visible.iter().find(|of| of.place == *found);
        if let Some(why) = same.and_then(|of| of.refuses(home)) {
            return Err(ResolveError::UnusableSubscription {
                asked: asked.clone(),
                why,
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

fn every_one(visible: Vec<Subscription>, home: &str) -> Result<Resolved, ResolveError> {
    let (mut wanted, mut left_out) = (Vec::new(), Vec::new());
    for of in visible {
        match of.refuses(home) {
            Some(why) => left_out.push((of.place, why)),
            None => wanted.push(of.place),
        }
    }
    if wanted.is_empty() {
        return Err(ResolveError::NoSubscription);
    }
    Ok(Resolved {
        scopes: Scopes::Subscriptions(wanted),
        left_out,
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
