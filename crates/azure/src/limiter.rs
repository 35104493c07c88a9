//! The limiter layer: Azure's own token buckets, kept on our side so that they never run dry, and
//! gates that find out how many requests in flight the services bear.
//!
//! Buckets are kept apart as Azure keeps them apart ([`lane`]): per subscription and region, per
//! tenant, per resource provider where it publishes a limit ([`provider`]), Resource Graph, and the
//! classes of Microsoft Graph ([`graph`]). They start full, refill at Azure's rate, and follow what
//! Azure's headers say is left ([`feedback`]). A call waits for all of its lanes, then for a place in
//! its gates ([`gates`]); nothing is held on the network meanwhile.

mod arm_path;
mod bucket;
mod buckets;
mod charge;
mod feedback;
mod gate;
mod gates;
mod graph;
mod graph_cost;
mod lane;
mod latency;
mod outcome;
mod pace;
mod provider;
mod rate;
mod refusals;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::header::HeaderMap;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;
use url::Url;

use crate::call::{Call, Service};
use crate::statistics::LimitUse;
use buckets::Buckets;
use charge::{Charges, Units};
use gates::{Gates, Places};
use graph::Class;
use lane::{Lane, Operation, Width};
use latency::{Kind, Latencies};
pub(crate) use outcome::Outcome;

/// The stop after a refusal by conditional access and identity protection, which name none: their one
/// request a second is shared by all applications of the tenant.
const PROTECTION_PAUSE: Duration = Duration::from_secs(3);

/// The right to send one request now; given back by dropping it.
pub(crate) struct Turn {
    places: Places,
    _slot: Option<OwnedSemaphorePermit>,
    kind: Option<Kind>,
    since: Instant,
}

impl Turn {
    /// The time since the turn began.
    pub fn elapsed(&self) -> Duration {
        self.since.elapsed()
    }
}

/// How long requests take inside Azure's limits; no client is faster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// If the service keeps to what it is known to allow.
    pub least: Duration,
    /// If it holds them to a published limit that it usually does not apply.
    pub most: Duration,
}

/// Token buckets by lane, and the gates.
pub(crate) struct Limiter {
    buckets: Buckets,
    units: Mutex<Units>,
    gates: Gates,
    latencies: Mutex<Latencies>,
    /// The bound over all services.
    slots: Arc<Semaphore>,
}

impl Limiter {
    /// A limiter that never lets more than `concurrency` requests (at least one) be in flight.
    pub fn new(concurrency: usize) -> Self {
        let most = concurrency.max(1);
        Self {
            buckets: Buckets::default(),
            units: Mutex::default(),
            gates: Gates::new(most),
            latencies: Mutex::default(),
            slots: Arc::new(Semaphore::new(most)),
        }
    }

    /// Waits until the call may be sent.
    pub async fn turn(&self, call: &Call) -> Turn {
        let charges = locked(&self.units).charges(call);
        self.buckets.take(&charges).await;
        loop {
            // A pause may have been set while this call was waiting elsewhere; it is waited out
            // without holding a place that others could use.
            while let Some(until) = self.buckets.paused_until(&charges) {
                tokio::time::sleep_until(until).await;
            }
            let places = self.gates.enter(call.service, &charges).await;
            // The semaphore is never closed; without a slot the call goes out all the same.
            let slot = Arc::clone(&self.slots).acquire_owned().await.ok();
            if self.buckets.paused_until(&charges).is_none() {
                return Turn {
                    places,
                    _slot: slot,
                    kind: Kind::of(call),
                    since: Instant::now(),
                };
            }
        }
    }

    /// Gives the turn back, and lets the gates follow what came of the request. One inside a batch has
    /// no turn: only its provider's trouble counts.
    pub fn settle(&self, call: &Call, turn: Option<Turn>, outcome: Outcome) {
        if outcome == Outcome::Answered {
            for lane in self.own(call).keys() {
                self.buckets.with(lane, None, |bucket, _| bucket.served());
            }
        }
        let Some(turn) = turn else {
            if outcome == Outcome::Throttled {
                self.trouble_inside(call);
            }
            return;
        };
        let slowness = match turn.kind {
            Some(kind) if outcome == Outcome::Answered => {
                locked(&self.latencies).slowness(kind, turn.elapsed())
            }
            _ => 1.0,
        };
        turn.places.note(call.service, outcome, slowness);
    }

    /// Follows what a reply says is left of the quotas of its request.
    pub fn learn(&self, call: &Call, headers: &HeaderMap) {
        let region = match call.service {
            Service::Arm => feedback::region(headers),
            Service::Graph => None,
        };
        if let Some(region) = region {
            self.buckets.answered_by(region);
        }
        for lane in self.own(call).keys() {
            let capacity = self
                .buckets
                .with(lane, region, |bucket, _| bucket.charged().0.capacity);
            if let Some(left) = feedback::remaining(lane, capacity, headers) {
                match self.gates.provider(lane) {
                    // No bucket stands for it: no more than what is left at once.
                    Some(gate) => gate.lower_to(left as usize),
                    None => self
                        .buckets
                        .with(lane, region, |bucket, now| bucket.lower_to(left, now)),
                }
            }
            if let Some(pause) = feedback::quota_pause(lane, headers) {
                self.buckets.with(lane, region, |bucket, now| {
                    bucket.pause_until(now + pause, now);
                });
            }
        }
        if let Some(units) = feedback::resource_units(headers)
            && call.service == Service::Graph
            && call.write.is_none()
        {
            self.learn_units(&call.url, units);
        }
    }

    /// Follows a refusal for too many requests: stops the lane that it is about for as long as Azure
    /// said, the resource provider's unless the whole scope is throttled.
    pub fn refused(&self, call: &Call, named: Option<Duration>, whole_scope: bool) -> Outcome {
        if call.service == Service::Graph && call.write.is_none() {
            locked(&self.units).refused(&call.url);
        }
        let charges = self.own(call);
        let Some(lane) = throttled(&charges, whole_scope && call.service == Service::Arm) else {
            return Outcome::Throttled;
        };
        let own = (*lane == Lane::GraphProtection).then_some(PROTECTION_PAUSE);
        let wait = named.filter(|wait| !wait.is_zero()).or(own);
        self.buckets.with(lane, None, |bucket, now| {
            bucket.refused(now + wait.unwrap_or_default(), now);
        });
        match lane {
            Lane::Unpublished(..) => Outcome::Throttled,
            // Graph refuses below its limits when it is under load; only then it names no time.
            Lane::GraphUnits | Lane::GraphWrites if wait.is_none() => Outcome::Throttled,
            _ => Outcome::Explained,
        }
    }

    /// How many requests like this one may go out at once before they have to wait: what does not fit
    /// a batch should not be put into one.
    pub fn burst(&self, call: &Call) -> usize {
        let least = self
            .own(call)
            .keys()
            .map(|lane| lane.rate().burst())
            .fold(f64::INFINITY, f64::min);
        least as usize
    }

    /// How long so many requests like this one take, from full buckets on.
    pub fn estimate(&self, call: &Call, requests: u64) -> Estimate {
        let many = requests as f64;
        let own = self.own(call);
        let floors = own.iter().map(|(lane, cost)| {
            let (rate, _) = self.buckets.with(lane, None, |bucket, _| bucket.charged());
            rate.floor(cost * many)
        });
        let least = floors.max().unwrap_or_default();
        let is_of_methods =
            call.service == Service::Graph && matches!(graph::class(&call.url), Class::Methods(_));
        let most = match is_of_methods {
            true => least.max(Lane::GraphReports.rate().floor(many)),
            false => least,
        };
        Estimate { least, most }
    }

    /// Whether Resource Manager takes a request outside of any subscription without a wait.
    pub fn tenant_is_free(&self) -> bool {
        self.buckets
            .with(&Lane::Tenant(Operation::Read), None, |bucket, now| {
                bucket.has(1.0, now)
            })
    }

    /// Tells how many users the tenant has: Graph's resource units depend on it.
    pub fn tenant_has_users(&self, users: u64) {
        self.buckets
            .set_rate(&Lane::GraphUnits, graph_cost::rate_for(users));
    }

    /// What each limit was charged.
    pub fn uses(&self) -> Vec<LimitUse> {
        self.buckets.uses()
    }

    fn learn_units(&self, url: &Url, units: u32) {
        let (Class::Units(shape) | Class::SignIns(shape)) = graph::class(url) else {
            return;
        };
        let mut known = locked(&self.units);
        let taken = known.of(&shape);
        // A refused request costs nothing; that says nothing about the next one.
        if units == 0 || units == taken {
            return;
        }
        known.learn(shape, units);
        drop(known);
        let more = f64::from(units) - f64::from(taken);
        self.buckets.with(&Lane::GraphUnits, None, |bucket, now| {
            bucket.correct(more, now)
        });
    }

    fn trouble_inside(&self, call: &Call) {
        for lane in self.own(call).keys() {
            if let Some(gate) = self.gates.provider(lane) {
                gate.trouble();
            }
        }
    }

    fn own(&self, call: &Call) -> Charges {
        locked(&self.units).own(call.service, &call.url, call.write)
    }
}

/// The lane that a refusal is about.
fn throttled(charges: &Charges, whole_scope: bool) -> Option<&Lane> {
    let of_width = |width| charges.keys().find(|lane| lane.width() == width);
    let (first, second) = if whole_scope {
        (Width::Scope, Width::Narrow)
    } else {
        (Width::Narrow, Width::Scope)
    };
    of_width(first).or_else(|| of_width(second))
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
