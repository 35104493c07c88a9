//! What the administrator asks for.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The identity that is wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The application's display name.
    pub name: String,
    /// The application (client) id of one that exists and is to be used instead of finding or making one
    /// of that name: an earlier one, or that of a provider's multi-tenant application.
    pub application_id: Option<String>,
    /// Who may sign in with the application.
    pub audience: Audience,
    /// How the application proves who it is; `None` leaves that to somebody else, as with a provider's
    /// application, whose proof is the provider's.
    pub proof: Option<Proof>,
    /// Application permissions of Microsoft Graph, by name: the base, and what was asked for beyond it.
    pub graph: BTreeSet<String>,
    /// Where Azure roles are assigned.
    pub scopes: Scopes,
    /// Whether ThreatDefenceRole is made and assigned beside Reader.
    pub custom_role: bool,
}

/// Who may sign in with the application
/// (<https://learn.microsoft.com/entra/identity-platform/supported-accounts-validation>).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// This tenant alone: `AzureADMyOrg`.
    SingleTenant,
    /// Any tenant that lets it in: `AzureADMultipleOrgs`, for providers.
    MultiTenant,
}

impl Audience {
    /// The value of `signInAudience`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SingleTenant => "AzureADMyOrg",
            Self::MultiTenant => "AzureADMultipleOrgs",
        }
    }
}

/// How the application proves who it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// A certificate whose key is made here and never leaves this machine.
    Certificate {
        /// Days that it is valid.
        days: u16,
    },
    /// A client secret, made by Entra ID.
    Secret {
        /// Days that it is valid; Entra ID allows 730.
        days: u16,
    },
    /// Tokens of another issuer: no secret at all.
    Federated(Federation),
}

/// Whose tokens are taken for the application's own
/// (<https://learn.microsoft.com/entra/workload-id/workload-identity-federation>).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Federation {
    /// The credential's name, unique within the application.
    pub name: String,
    /// The issuer's URL, `https://token.actions.githubusercontent.com` for GitHub.
    pub issuer: String,
    /// The subject of its tokens, `repo:octo/scan:ref:refs/heads/main` for a branch.
    pub subject: String,
    /// The audience of its tokens, `api://AzureADTokenExchange` in the public cloud.
    pub audience: String,
}

/// A scope of Azure with its name for people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The id of a subscription or management group, as Azure gives it.
    pub id: String,
    /// Its display name.
    pub name: String,
}

/// Where Azure roles are assigned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scopes {
    /// Nowhere: Entra ID alone is looked at.
    Directory,
    /// On each of these subscriptions.
    Subscriptions(Vec<Place>),
    /// On a management group, for all that is and will be below it. A custom role can name only one
    /// (<https://learn.microsoft.com/azure/role-based-access-control/custom-roles#custom-role-limits>).
    ManagementGroup(Place),
}

impl Scopes {
    /// The scopes as ARM paths: `/subscriptions/…`, `/providers/Microsoft.Management/managementGroups/…`.
    pub fn paths(&self) -> Vec<String> {
        match self {
            Self::Directory => Vec::new(),
            Self::Subscriptions(places) => places
                .iter()
                .map(|place| format!("/subscriptions/{}", place.id))
                .collect(),
            Self::ManagementGroup(place) => vec![format!(
                "/providers/Microsoft.Management/managementGroups/{}",
                place.id
            )],
        }
    }

    /// The name for people of one of [`Self::paths`].
    pub fn name_of(&self, path: &str) -> String {
        let id = path.rsplit('/').next().unwrap_or(path);
        let named = |place: &&Place| place.id.eq_ignore_ascii_case(id);
        match self {
            Self::Directory => path.to_owned(),
            Self::Subscriptions(places) => places.iter().find(named).map_or_else(
                || path.to_owned(),
                |place| format!("subscription {}", place.name),
            ),
            Self::ManagementGroup(place) if named(&place) => {
                format!("management group {}", place.name)
            }
            Self::ManagementGroup(_) => path.to_owned(),
        }
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate { days } => write!(f, "certificate, valid {days} days"),
            Self::Secret { days } => write!(f, "client secret, valid {days} days"),
            Self::Federated(of) => write!(
                f,
                "federated credential `{}`: tokens of {} for {}",
                of.name, of.issuer, of.subject
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_paths_with_names() {
        let place = |id: &str, name: &str| Place {
            id: id.to_owned(),
            name: name.to_owned(),
        };
        let scopes = Scopes::Subscriptions(vec![place("A", "Production")]);
        assert_eq!(scopes.paths(), ["/subscriptions/A"]);
        assert_eq!(
            scopes.name_of("/subscriptions/a"),
            "subscription Production"
        );
        let scopes = Scopes::ManagementGroup(place("root", "Contoso"));
        assert_eq!(
            scopes.paths(),
            ["/providers/Microsoft.Management/managementGroups/root"]
        );
        assert_eq!(
            scopes.name_of(&scopes.paths()[0]),
            "management group Contoso"
        );
        assert_eq!(scopes.name_of("/subscriptions/a"), "/subscriptions/a");
        assert!(Scopes::Directory.paths().is_empty());
    }
}
