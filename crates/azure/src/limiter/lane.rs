//! Which of Azure's quotas a request draws on.

use url::Url;

use crate::call::{Call, Service};

/// One of Azure's quotas. Ids in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Lane {
    /// Resource Manager within a subscription.
    Subscription(String),
    /// Resource Manager outside any subscription.
    Tenant,
    /// Resource Graph queries.
    ResourceGraph,
    /// Microsoft Graph at large.
    Graph,
    /// Graph's conditional access and identity protection.
    ConditionalAccess,
    /// Graph's reports and audit logs.
    Reports,
}

/// What a bucket holds and how it refills.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rate {
    /// Tokens of a full bucket.
    pub capacity: f64,
    /// Tokens a second.
    pub refill: f64,
}

/// Graph paths, after the version, whose class has a limit of its own.
const GRAPH_CLASSES: &[(&str, Lane)] = &[
    ("/identity/conditionalaccess/", Lane::ConditionalAccess),
    ("/identityprotection/", Lane::ConditionalAccess),
    ("/reports/", Lane::Reports),
    ("/auditlogs/", Lane::Reports),
];

impl Lane {
    /// The quota that a call draws on.
    pub fn of(call: &Call) -> Self {
        let path = call.url.path().to_ascii_lowercase();
        match call.service {
            Service::Graph => of_graph(&path),
            Service::Arm => of_arm(&path),
        }
    }

    /// Azure's published rate: 250 reads and 25 a second in Resource Manager, 15 queries in 5 s in
    /// Resource Graph; in Graph 1 a second, 5 in 10 s, and for the rest about half of the smallest
    /// tenant's 3,500 resource units in 10 s, as most reads cost two.
    pub fn rate(&self) -> Rate {
        let (capacity, refill) = match self {
            Self::Subscription(_) | Self::Tenant => (250.0, 25.0),
            Self::ResourceGraph => (15.0, 3.0),
            Self::Graph => (500.0, 170.0),
            Self::ConditionalAccess => (1.0, 1.0),
            Self::Reports => (5.0, 0.5),
        };
        Rate { capacity, refill }
    }
}

fn of_arm(path: &str) -> Lane {
    if path.contains("/providers/microsoft.resourcegraph/") {
        return Lane::ResourceGraph;
    }
    let subscription = path
        .split_once("/subscriptions/")
        .and_then(|(_, rest)| rest.split('/').next())
        .filter(|id| !id.is_empty());
    match subscription {
        Some(id) => Lane::Subscription(id.to_owned()),
        None => Lane::Tenant,
    }
}

fn of_graph(path: &str) -> Lane {
    GRAPH_CLASSES
        .iter()
        .find(|(part, _)| path.contains(part))
        .map_or(Lane::Graph, |(_, lane)| lane.clone())
}

/// The namespace of the last resource provider in the path, in lower case.
pub(super) fn provider(url: &Url) -> Option<String> {
    let path = url.path().to_ascii_lowercase();
    let (_, rest) = path.rsplit_once("/providers/")?;
    rest.split('/').next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(service: Service, path: &str) -> Lane {
        let url = Url::parse(&format!("https://host{path}")).expect("a URL");
        Lane::of(&Call::get(service, url))
    }

    #[test]
    fn paths_of_resource_manager() {
        let arm = |path| lane(Service::Arm, path);
        assert_eq!(arm("/subscriptions?api-version=1"), Lane::Tenant);
        assert_eq!(arm("/subscriptions/"), Lane::Tenant);
        assert_eq!(arm("/tenants"), Lane::Tenant);
        assert_eq!(
            arm("/Subscriptions/ABC/x"),
            Lane::Subscription("abc".into())
        );
        assert_eq!(
            arm("/providers/Microsoft.ResourceGraph/resources"),
            Lane::ResourceGraph
        );
    }

    #[test]
    fn paths_of_graph() {
        let graph = |path| lane(Service::Graph, path);
        assert_eq!(graph("/v1.0/users"), Lane::Graph);
        assert_eq!(graph("/v1.0/$batch"), Lane::Graph);
        assert_eq!(
            graph("/v1.0/identity/conditionalAccess/policies"),
            Lane::ConditionalAccess
        );
        assert_eq!(
            graph("/beta/reports/authenticationMethods/userRegistrationDetails"),
            Lane::Reports
        );
    }

    #[test]
    fn the_provider_is_the_last_one() {
        let url = Url::parse(
            "https://host/subscriptions/s/providers/Microsoft.Storage/a/b/providers/Microsoft.Insights/c",
        )
        .expect("a URL");
        assert_eq!(provider(&url).as_deref(), Some("microsoft.insights"));
        let none = Url::parse("https://host/subscriptions").expect("a URL");
        assert_eq!(provider(&none), None);
    }
}
