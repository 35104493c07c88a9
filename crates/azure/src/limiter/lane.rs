//! The quotas that Azure keeps, each a lane of its own.

use std::fmt;
use std::sync::Arc;

use super::provider::Quota;
use super::rate::Rate;

/// One of Azure's quotas. Ids and namespaces in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Lane {
    /// Of one resource provider in a subscription, where Azure publishes it.
    Provider(Arc<str>, Quota),
    /// Of one resource provider that publishes none: subscription (empty outside any) and namespace.
    /// It is only ever stopped.
    Unpublished(Arc<str>, Arc<str>),
    /// Resource Graph queries.
    ResourceGraph,
    /// Graph's conditional access, named locations and identity protection.
    GraphProtection,
    /// Graph's reports, audit logs and authentication methods.
    GraphReports,
    /// Graph's `signInActivity`.
    GraphSignInActivity,
    /// Resource Manager within a subscription.
    Subscription(Arc<str>),
    /// Resource Manager outside any subscription.
    Tenant,
    /// Resource units of Graph's identity and access service.
    GraphUnits,
    /// Resource Manager within a subscription, all principals together.
    SubscriptionGlobal(Arc<str>),
    /// Microsoft Graph at large.
    GraphRequests,
}

/// How many requests share a lane. Tokens are taken from the narrow lanes first: a call that waits
/// for its provider must not hold tokens of the subscription that others could use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Width {
    Narrow,
    Scope,
    Wide,
}

impl Lane {
    /// Azure's published rate:
    /// [Resource Manager](https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling),
    /// all principals together fifteen times one principal's;
    /// [Resource Graph](https://learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests);
    /// [Microsoft Graph](https://learn.microsoft.com/graph/throttling-limits), its resource units
    /// those of the smallest tenants until more is known.
    pub fn rate(&self) -> Rate {
        match self {
            Self::Provider(_, quota) => quota.rate(),
            Self::Unpublished(..) => Rate::UNLIMITED,
            Self::ResourceGraph => Rate::window(15.0, 5.0),
            // A little less than one a second: requests a second apart may arrive closer together.
            Self::GraphProtection => Rate::bucket(1.0, 0.95),
            Self::GraphReports => Rate::window(5.0, 10.0),
            Self::GraphSignInActivity => Rate::window(10.0, 60.0),
            Self::Subscription(_) | Self::Tenant => Rate::bucket(250.0, 25.0),
            Self::SubscriptionGlobal(_) => Rate::bucket(3_750.0, 375.0),
            Self::GraphUnits => Rate::window(3_500.0, 10.0),
            Self::GraphRequests => Rate::window(130_000.0, 10.0),
        }
    }

    /// Whether each region of Resource Manager keeps a bucket of its own.
    pub const fn is_regional(&self) -> bool {
        matches!(
            self,
            Self::Subscription(_) | Self::SubscriptionGlobal(_) | Self::Tenant
        )
    }

    /// How many requests share the lane.
    pub const fn width(&self) -> Width {
        match self {
            Self::Subscription(_) | Self::Tenant | Self::GraphUnits => Width::Scope,
            Self::SubscriptionGlobal(_) | Self::GraphRequests => Width::Wide,
            _ => Width::Narrow,
        }
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Provider(subscription, quota) => {
                write!(f, "{quota}, subscription {subscription}")
            }
            Self::Unpublished(subscription, namespace) => {
                write!(f, "{namespace}, subscription {subscription}")
            }
            Self::ResourceGraph => f.write_str("Resource Graph queries"),
            Self::GraphProtection => {
                f.write_str("Microsoft Graph conditional access and identity protection")
            }
            Self::GraphReports => f.write_str("Microsoft Graph reports and audit logs"),
            Self::GraphSignInActivity => f.write_str("Microsoft Graph sign-in activity"),
            Self::Subscription(id) => write!(f, "Resource Manager reads, subscription {id}"),
            Self::Tenant => f.write_str("Resource Manager reads, tenant"),
            Self::GraphUnits => f.write_str("Microsoft Graph resource units"),
            Self::SubscriptionGlobal(id) => {
                write!(
                    f,
                    "Resource Manager reads of all principals, subscription {id}"
                )
            }
            Self::GraphRequests => f.write_str("Microsoft Graph requests"),
        }
    }
}
