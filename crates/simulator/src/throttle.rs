//! Azure's rate limits: what each request draws on, and the headers that tell what is left.

mod arm;
mod bucket;
mod charge;
mod graph;
mod providers;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::reply::Reply;
use crate::request::Query;
use bucket::Bucket;
use charge::Charge;

pub(crate) use graph::Asker;

/// What the limits said to a request.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// The headers that tell what is left.
    pub(crate) headers: Vec<(String, String)>,
    /// The answer to a request that comes too soon.
    pub(crate) refusal: Option<Reply>,
}

/// All buckets of a server.
#[derive(Debug, Default)]
pub(crate) struct Throttle(Mutex<HashMap<String, Bucket>>);

impl Throttle {
    /// Charges a request to Azure Resource Manager: at its front door, then at the resource provider.
    pub(crate) fn arm(&self, principal: &str, method: &str, at: &str, now: Instant) -> Verdict {
        let mut charges = arm::charges(principal, method, at);
        charges.extend(providers::charges(method, at));
        self.take(&charges, now)
    }

    /// Charges a request to Microsoft Graph. The path has no version and is in lower case.
    pub(crate) fn graph(
        &self,
        asker: Asker<'_>,
        method: &str,
        path: &str,
        query: &Query,
        now: Instant,
    ) -> Verdict {
        self.take(&graph::charges(asker, method, path, query), now)
    }

    /// The first limit that has nothing left refuses; what comes after it is not charged.
    fn take(&self, charges: &[Charge], now: Instant) -> Verdict {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut verdict = Verdict::default();
        for charge in charges {
            let drawn = match buckets.get_mut(&charge.key) {
                Some(bucket) => bucket.draw(charge.limit, charge.cost, now),
                None => {
                    let mut bucket = Bucket::full(charge.limit, now);
                    let drawn = bucket.draw(charge.limit, charge.cost, now);
                    buckets.insert(charge.key.clone(), bucket);
                    drawn
                }
            };
            charge.tell(&drawn, &mut verdict.headers);
            if drawn.wait.is_some() {
                verdict.refusal = Some(charge.refusal(&drawn));
                return verdict;
            }
        }
        verdict
    }
}
