//! What a call takes from which quotas.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::Arc;

use url::Url;

use super::arm_path::ArmPath;
use super::graph::{self, Class};
use super::graph_cost::Shape;
use super::lane::Lane;
use super::provider::Quota;
use crate::call::{Call, Service};

/// Tokens by lane.
pub(super) type Charges = BTreeMap<Lane, f64>;

/// What Graph has told about its charges; where it has not, the published ones hold.
#[derive(Debug, Default)]
pub(super) struct Units {
    by_shape: HashMap<Shape, u32>,
    /// Users' authentication methods turned out to be limited like reports.
    methods_are_reports: bool,
    /// Lists with `signInActivity` turned out to have a limit of their own.
    sign_ins_are_limited: bool,
}

impl Units {
    /// The cost of a shape.
    pub fn of(&self, shape: &Shape) -> u32 {
        self.by_shape
            .get(shape)
            .copied()
            .unwrap_or_else(|| shape.units())
    }

    /// What Graph says a shape costs.
    pub fn learn(&mut self, shape: Shape, units: u32) {
        self.by_shape.insert(shape, units);
    }

    /// Graph refused a read for too many requests.
    pub fn refused(&mut self, url: &Url) {
        match graph::class(url) {
            Class::Methods(_) => self.methods_are_reports = true,
            Class::SignIns(_) => self.sign_ins_are_limited = true,
            _ => {}
        }
    }

    /// What a call takes: its own request, and every request inside it.
    pub fn charges(&self, call: &Call) -> Charges {
        let mut charges = self.own(call.service, &call.url);
        for inner in &call.inner {
            for (lane, cost) in self.own(call.service, inner) {
                *charges.entry(lane).or_default() += cost;
            }
        }
        charges
    }

    /// What one request takes.
    pub fn own(&self, service: Service, url: &Url) -> Charges {
        match service {
            Service::Arm => arm(url).into_iter().map(|lane| (lane, 1.0)).collect(),
            Service::Graph => self.graph(url),
        }
    }

    fn graph(&self, url: &Url) -> Charges {
        let mut charges = Charges::new();
        match graph::class(url) {
            Class::Batch => return charges,
            Class::Requests(lane) => {
                charges.insert(lane, 1.0);
            }
            Class::Methods(_) if self.methods_are_reports => {
                charges.insert(Lane::GraphReports, 1.0);
            }
            Class::Methods(shape) => {
                charges.insert(Lane::GraphUnits, f64::from(self.of(&shape)));
            }
            Class::SignIns(shape) => {
                charges.insert(Lane::GraphUnits, f64::from(self.of(&shape)));
                if self.sign_ins_are_limited {
                    charges.insert(Lane::GraphSignInActivity, 1.0);
                }
            }
            Class::Units(shape) => {
                charges.insert(Lane::GraphUnits, f64::from(self.of(&shape)));
            }
        }
        charges.insert(Lane::GraphRequests, 1.0);
        charges
    }
}

/// The lanes of a path of Resource Manager.
fn arm(url: &Url) -> Vec<Lane> {
    let path = ArmPath::parse(url.path());
    if path.namespace.as_deref() == Some("microsoft.resourcegraph") {
        return vec![Lane::ResourceGraph];
    }
    let id: Arc<str> = path.subscription.as_deref().unwrap_or_default().into();
    let mut lanes = match &path.subscription {
        Some(_) => vec![
            Lane::Subscription(Arc::clone(&id)),
            Lane::SubscriptionGlobal(Arc::clone(&id)),
        ],
        None => vec![Lane::Tenant],
    };
    match (Quota::of(&path), &path.namespace) {
        (Some(quota), _) => lanes.push(Lane::Provider(id, quota)),
        (None, Some(namespace)) => lanes.push(Lane::Unpublished(id, namespace.as_str().into())),
        (None, None) => {}
    }
    lanes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(service: Service, path: &str) -> Url {
        let host = match service {
            Service::Arm => "management.azure.com",
            Service::Graph => "graph.microsoft.com",
        };
        Url::parse(&format!("https://{host}{path}")).expect("a URL")
    }

    fn own(service: Service, path: &str) -> Vec<(String, f64)> {
        let charges = Units::default().own(service, &url(service, path));
        charges
            .into_iter()
            .map(|(lane, cost)| (lane.to_string(), cost))
            .collect()
    }

    fn named(names: &[&str]) -> Vec<(String, f64)> {
        names.iter().map(|name| ((*name).to_owned(), 1.0)).collect()
    }

    #[test]
    fn a_read_in_a_subscription_draws_on_provider_principal_and_all_principals() {
        let account =
            "/Subscriptions/S/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a";
        assert_eq!(
            own(Service::Arm, account),
            named(&[
                "Microsoft.Storage reads, subscription s",
                "Resource Manager reads, subscription s",
                "Resource Manager reads of all principals, subscription s",
            ])
        );
        assert_eq!(
            own(
                Service::Arm,
                "/subscriptions/s/providers/Microsoft.Web/sites"
            )[0]
            .0,
            "microsoft.web, subscription s"
        );
    }

    #[test]
    fn reads_outside_subscriptions_draw_on_the_tenant() {
        for path in ["/subscriptions?api-version=1", "/tenants", "/batch"] {
            assert_eq!(
                own(Service::Arm, path),
                named(&["Resource Manager reads, tenant"])
            );
        }
        assert_eq!(
            own(Service::Arm, "/providers/Microsoft.ResourceGraph/resources"),
            named(&["Resource Graph queries"])
        );
    }

    #[test]
    fn graph_draws_units_or_requests() {
        let users = own(Service::Graph, "/v1.0/users");
        assert_eq!(users[0], ("Microsoft Graph resource units".to_owned(), 2.0));
        assert_eq!(
            own(Service::Graph, "/v1.0/auditLogs/signIns"),
            named(&[
                "Microsoft Graph reports and audit logs",
                "Microsoft Graph requests"
            ])
        );
    }

    #[test]
    fn a_batch_draws_on_itself_and_on_all_that_it_holds() {
        let paths = [
            "/subscriptions/s/providers/Microsoft.Storage/storageAccounts/a/blobServices/default",
            "/subscriptions/s/providers/Microsoft.Storage/storageAccounts/b/blobServices/default",
            "/subscriptions/t/providers/Microsoft.Sql/servers/x/auditingSettings/default",
        ];
        let inner = paths.iter().map(|path| url(Service::Arm, path)).collect();
        let batch = url(Service::Arm, "/batch?api-version=2020-06-01");
        let call = Call::post(Service::Arm, batch, "{}".into()).holding(inner);
        let charges = Units::default().charges(&call);
        let cost = |name: &str| {
            let found = charges.iter().find(|(lane, _)| lane.to_string() == name);
            found.map(|(_, cost)| *cost)
        };
        assert_eq!(cost("Resource Manager reads, tenant"), Some(1.0));
        assert_eq!(cost("Resource Manager reads, subscription s"), Some(2.0));
        assert_eq!(cost("Microsoft.Storage reads, subscription s"), Some(2.0));
        assert_eq!(cost("Resource Manager reads, subscription t"), Some(1.0));
        assert_eq!(cost("microsoft.sql, subscription t"), Some(1.0));
    }

    #[test]
    fn what_graph_says_of_a_cost_holds_from_then_on() {
        let mut units = Units::default();
        let users = url(Service::Graph, "/v1.0/users");
        units.learn(Shape::of(&users), 7);
        let charges = units.own(Service::Graph, &users);
        assert_eq!(charges[&Lane::GraphUnits], 7.0);
    }
}
