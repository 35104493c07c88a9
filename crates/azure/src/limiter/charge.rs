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
mod tests;
