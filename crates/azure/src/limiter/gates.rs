//! The gates that a call passes: its resource provider's where no limit is published, and its
//! service's. Sign-in passes none of them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::charge::Charges;
use super::gate::{Gate, Place};
use super::lane::Lane;
use super::outcome::Outcome;
use super::pace::{Bounds, Sign};
use crate::call::Service;

/// Requests in flight to a service at first.
const SERVICE_START: usize = 32;
/// Requests in flight to one resource provider in one subscription at first.
const PROVIDER_START: usize = 16;

/// All gates.
#[derive(Debug)]
pub(super) struct Gates {
    arm: Arc<Gate>,
    graph: Arc<Gate>,
    providers: Mutex<HashMap<Lane, Arc<Gate>>>,
    most: usize,
}

/// The places that a call holds while it is in flight.
#[derive(Debug)]
pub(super) struct Places {
    providers: Vec<Place>,
    service: Place,
}

impl Gates {
    /// Gates that let no more than `most` through.
    pub fn new(most: usize) -> Self {
        let start = SERVICE_START;
        Self {
            arm: Gate::new(Bounds { start, most }),
            graph: Gate::new(Bounds { start, most }),
            providers: Mutex::default(),
            most,
        }
    }

    /// Waits for a place in each gate, always in the order of the lanes: two calls can never wait for
    /// each other.
    pub async fn enter(&self, service: Service, charges: &Charges) -> Places {
        let mut providers = Vec::new();
        for lane in charges.keys() {
            if let Some(gate) = self.provider(lane) {
                providers.push(gate.enter().await);
            }
        }
        Places {
            providers,
            service: self.service(service).enter().await,
        }
    }

    /// The gate of a provider that publishes no limit.
    pub fn provider(&self, lane: &Lane) -> Option<Arc<Gate>> {
        if !matches!(lane, Lane::Unpublished(..)) {
            return None;
        }
        let mut providers = self
            .providers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let gate = providers.entry(lane.clone()).or_insert_with(|| {
            Gate::new(Bounds {
                start: PROVIDER_START,
                most: self.most,
            })
        });
        Some(Arc::clone(gate))
    }

    fn service(&self, service: Service) -> &Arc<Gate> {
        match service {
            Service::Arm => &self.arm,
            Service::Graph => &self.graph,
        }
    }
}

impl Places {
    /// What came of the call, `slowness` times slower than usual when it was answered.
    pub fn note(&self, service: Service, outcome: Outcome, slowness: f64) {
        let alone = self.providers.is_empty();
        let (of_provider, of_service) = match outcome {
            Outcome::Answered => (Sign::Well(slowness), Sign::Well(slowness)),
            Outcome::Refused => (Sign::Well(1.0), Sign::Well(1.0)),
            Outcome::Explained => (Sign::Nothing, Sign::Nothing),
            // A provider's own trouble is no reason to ask the others less.
            Outcome::Throttled if alone => (Sign::Nothing, Sign::Trouble),
            Outcome::Throttled => (Sign::Trouble, Sign::Nothing),
            Outcome::Unavailable if alone && service == Service::Graph => {
                (Sign::Nothing, Sign::Trouble)
            }
            Outcome::Unavailable => (Sign::Trouble, Sign::Nothing),
            Outcome::TimedOut => (Sign::Trouble, Sign::Trouble),
            Outcome::Broken => (Sign::Nothing, Sign::Trouble),
        };
        for place in &self.providers {
            place.note(of_provider);
        }
        self.service.note(of_service);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_provider_in_trouble_is_asked_less_and_the_others_are_not() {
        let gates = Gates::new(256);
        let sql = Lane::Unpublished("s".into(), "microsoft.sql".into());
        let web = Lane::Unpublished("s".into(), "microsoft.web".into());
        for lane in [&sql, &web].repeat(200) {
            let charges = Charges::from([(lane.clone(), 1.0)]);
            let places = gates.enter(Service::Arm, &charges).await;
            let outcome = if *lane == sql {
                Outcome::Throttled
            } else {
                Outcome::Answered
            };
            places.note(Service::Arm, outcome, 1.0);
        }
        let limit = |lane| gates.provider(lane).map(|gate| gate.limit());
        assert_eq!(limit(&sql), Some(1));
        assert_eq!(limit(&web), Some(16));
        assert_eq!((gates.arm.limit(), gates.graph.limit()), (32, 32));
    }

    #[tokio::test]
    async fn a_broken_connection_is_the_service_s_trouble_and_that_of_no_other_service() {
        let gates = Gates::new(256);
        let sql = Lane::Unpublished("s".into(), "microsoft.sql".into());
        let charges = Charges::from([(sql.clone(), 1.0)]);
        for _ in 0..32 {
            let places = gates.enter(Service::Arm, &charges).await;
            places.note(Service::Arm, Outcome::Broken, 1.0);
        }
        assert!(gates.arm.limit() < 32);
        assert_eq!(gates.graph.limit(), 32);
        assert_eq!(gates.provider(&sql).map(|gate| gate.limit()), Some(16));
    }

    #[tokio::test]
    async fn what_a_known_bucket_explains_is_no_trouble() {
        let gates = Gates::new(256);
        for _ in 0..200 {
            let places = gates.enter(Service::Arm, &Charges::new()).await;
            places.note(Service::Arm, Outcome::Explained, 1.0);
        }
        assert_eq!(gates.arm.limit(), 32);
    }
}
