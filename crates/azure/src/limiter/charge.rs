//! What a call takes from which quotas.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::Arc;

use url::Url;

use super::arm_path::ArmPath;
use super::graph::{self, Class};
use super::graph_cost::Shape;
use super::lane::{Lane, Operation};
use super::provider::Quota;
use crate::call::{Call, Service, Write};

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
        let mut charges = self.own(call.service, &call.url, call.write);
        for inner in &call.inner {
            // Batches are of reads only.
            for (lane, cost) in self.own(call.service, inner, None) {
                *charges.entry(lane).or_default() += cost;
            }
        }
        charges
    }

    /// What one request takes.
    pub fn own(&self, service: Service, url: &Url, write: Option<Write>) -> Charges {
        match (service, write) {
            (Service::Arm, _) => {
                let lanes = arm(url, write).into_iter();
                lanes.map(|lane| (lane, 1.0)).collect()
            }
            (Service::Graph, None) => self.graph(url),
            (Service::Graph, Some(_)) => graph_write(url),
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

/// What a change through Graph takes: one resource unit and one write of the directory, or a request of
/// a service with a limit of its own.
fn graph_write(url: &Url) -> Charges {
    let mut charges = Charges::from([(Lane::GraphRequests, 1.0)]);
    match graph::class(url) {
        Class::Requests(lane) => {
            charges.insert(lane, 1.0);
        }
        _ => charges.extend([(Lane::GraphUnits, 1.0), (Lane::GraphWrites, 1.0)]),
    }
    charges
}

/// The lanes of a path of Resource Manager.
fn arm(url: &Url, write: Option<Write>) -> Vec<Lane> {
    let operation = Operation::of(write);
    let path = ArmPath::parse(url.path());
    if write.is_none() && path.namespace.as_deref() == Some("microsoft.resourcegraph") {
        return vec![Lane::ResourceGraph];
    }
    let id: Arc<str> = path.subscription.as_deref().unwrap_or_default().into();
    let mut lanes = match &path.subscription {
        Some(_) => vec![
            Lane::Subscription(Arc::clone(&id), operation),
            Lane::SubscriptionGlobal(Arc::clone(&id), operation),
        ],
        None => vec![Lane::Tenant(operation)],
    };
    let quotas = Quota::of(&path, operation);
    let published = quotas
        .iter()
        .map(|quota| Lane::Provider(Arc::clone(&id), *quota));
    lanes.extend(published);
    if let (true, Some(namespace)) = (quotas.is_empty(), &path.namespace) {
        lanes.push(Lane::Unpublished(id, namespace.as_str().into()));
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
        charged(service, path, None)
    }

    fn charged(service: Service, path: &str, write: Option<Write>) -> Vec<(String, f64)> {
        let charges = Units::default().own(service, &url(service, path), write);
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
    fn writes_and_deletes_of_resource_manager_have_buckets_of_their_own() {
        let role = "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/r";
        for (write, operations) in [
            (Write::Put, "writes"),
            (Write::Patch, "writes"),
            (Write::Post, "writes"),
            (Write::Delete, "deletes"),
        ] {
            let charged = charged(Service::Arm, role, Some(write));
            let expected = [
                "microsoft.authorization, subscription s".to_owned(),
                format!("Resource Manager {operations}, subscription s"),
                format!("Resource Manager {operations} of all principals, subscription s"),
            ];
            let names: Vec<_> = charged.into_iter().map(|(name, _)| name).collect();
            assert_eq!(names, expected);
        }
        let group = "/providers/Microsoft.Management/managementGroups/g/providers/Microsoft.Authorization/roleAssignments/a";
        let charged = charged(Service::Arm, group, Some(Write::Delete));
        assert!(
            charged.contains(&("Resource Manager deletes, tenant".to_owned(), 1.0)),
            "{charged:?}"
        );
    }

    #[test]
    fn changes_of_the_directory_cost_a_unit_and_a_write() {
        assert_eq!(
            charged(
                Service::Graph,
                "/v1.0/applications?$select=id",
                Some(Write::Post)
            ),
            named(&[
                "Microsoft Graph directory writes",
                "Microsoft Graph resource units",
                "Microsoft Graph requests"
            ])
        );
        assert_eq!(
            charged(
                Service::Graph,
                "/v1.0/identity/conditionalAccess/policies/p",
                Some(Write::Patch)
            ),
            named(&[
                "Microsoft Graph conditional access and identity protection",
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
        let charges = units.own(Service::Graph, &users, None);
        assert_eq!(charges[&Lane::GraphUnits], 7.0);
    }
}
