//! The quotas that Azure keeps, each a lane of its own.

use std::fmt;
use std::sync::Arc;

use super::provider::Quota;
use super::rate::Rate;
use crate::call::Write;

/// What Resource Manager counts apart: each kind of operation has buckets of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Operation {
    Read,
    Write,
    Delete,
}

impl Operation {
    /// What a request does.
    pub const fn of(write: Option<Write>) -> Self {
        match write {
            None => Self::Read,
            Some(Write::Delete) => Self::Delete,
            Some(Write::Put | Write::Patch | Write::Post) => Self::Write,
        }
    }

    /// The name in Azure's headers, and of what is charged.
    pub const fn plural(self) -> &'static str {
        match self {
            Self::Read => "reads",
            Self::Write => "writes",
            Self::Delete => "deletes",
        }
    }

    /// Tokens of a full bucket, and tokens a second, of one principal.
    const fn rate(self) -> Rate {
        match self {
            Self::Read => Rate::bucket(250.0, 25.0),
            Self::Write | Self::Delete => Rate::bucket(200.0, 10.0),
        }
    }
}

/// How many times one principal's share all principals have together.
const ALL_PRINCIPALS: f64 = 15.0;

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
    Subscription(Arc<str>, Operation),
    /// Resource Manager outside any subscription.
    Tenant(Operation),
    /// Changes of the directory through Graph.
    GraphWrites,
    /// Resource units of Graph's identity and access service.
    GraphUnits,
    /// Resource Manager within a subscription, all principals together.
    SubscriptionGlobal(Arc<str>, Operation),
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
            Self::Subscription(_, operation) | Self::Tenant(operation) => operation.rate(),
            Self::SubscriptionGlobal(_, operation) => {
                let one = operation.rate();
                Rate::bucket(one.capacity * ALL_PRINCIPALS, one.refill * ALL_PRINCIPALS)
            }
            Self::GraphWrites => Rate::window(3_000.0, 150.0),
            Self::GraphUnits => Rate::window(3_500.0, 10.0),
            Self::GraphRequests => Rate::window(130_000.0, 10.0),
        }
    }

    /// Whether each region of Resource Manager keeps a bucket of its own.
    pub const fn is_regional(&self) -> bool {
        matches!(
            self,
            Self::Subscription(..) | Self::SubscriptionGlobal(..) | Self::Tenant(_)
        )
    }

    /// How many requests share the lane.
    pub const fn width(&self) -> Width {
        match self {
            Self::Subscription(..) | Self::Tenant(_) | Self::GraphUnits => Width::Scope,
            Self::SubscriptionGlobal(..) | Self::GraphRequests => Width::Wide,
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
            Self::Subscription(id, operation) => {
                let operations = operation.plural();
                write!(f, "Resource Manager {operations}, subscription {id}")
            }
            Self::Tenant(operation) => {
                write!(f, "Resource Manager {}, tenant", operation.plural())
            }
            Self::GraphWrites => f.write_str("Microsoft Graph directory writes"),
            Self::GraphUnits => f.write_str("Microsoft Graph resource units"),
            Self::SubscriptionGlobal(id, operation) => {
                let operations = operation.plural();
                write!(
                    f,
                    "Resource Manager {operations} of all principals, subscription {id}"
                )
            }
            Self::GraphRequests => f.write_str("Microsoft Graph requests"),
        }
    }
}
