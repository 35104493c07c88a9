//! Azure's rate limits: token buckets per principal and subscription, and the headers that tell what is left.
//!
//! Sources: <https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling>,
//! <https://learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests>.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::path;
use crate::reply::{self, Reply};

/// A limit: how much may be used at once and how much comes back each second.
#[derive(Debug, Clone, Copy)]
struct Limit {
    size: f64,
    refill: f64,
}

const READS: Limit = Limit {
    size: 250.0,
    refill: 25.0,
};
const WRITES: Limit = Limit {
    size: 200.0,
    refill: 10.0,
};
const QUERIES: Limit = Limit {
    size: 15.0,
    refill: 3.0,
};

#[derive(Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

/// What a bucket said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// The header that tells what is left.
    pub(crate) headers: Vec<(String, String)>,
    /// Whole seconds until the next request is let through; `None` when this one is.
    pub(crate) wait: Option<u32>,
}

/// All buckets of a server.
#[derive(Debug, Default)]
pub(crate) struct Throttle(Mutex<HashMap<String, Bucket>>);

impl Throttle {
    /// Takes one request of a principal out of its bucket.
    pub(crate) fn take(&self, principal: &str, method: &str, at: &str, now: Instant) -> Verdict {
        let graph_query = at
            .to_lowercase()
            .starts_with("/providers/microsoft.resourcegraph/");
        let reads = matches!(method, "GET" | "HEAD" | "POST");
        let (what, limit) = match (graph_query, reads) {
            (true, _) => ("queries", QUERIES),
            (_, true) => ("reads", READS),
            _ => ("writes", WRITES),
        };
        let scope = path::subscription(at).map(str::to_lowercase);
        let level = if scope.is_some() {
            "subscription"
        } else {
            "tenant"
        };
        let key = format!("{principal} {what} {}", scope.as_deref().unwrap_or("-"));
        let (left, wait) = self.draw(key, limit, now);
        let headers = if graph_query {
            vec![
                ("x-ms-user-quota-remaining".to_owned(), left.to_string()),
                (
                    "x-ms-user-quota-resets-after".to_owned(),
                    "00:00:05".to_owned(),
                ),
            ]
        } else {
            let header = format!("x-ms-ratelimit-remaining-{level}-{what}");
            vec![(header, left.to_string())]
        };
        Verdict { headers, wait }
    }

    fn draw(&self, key: String, limit: Limit, now: Instant) -> (u32, Option<u32>) {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(key).or_insert(Bucket {
            left: limit.size,
            at: now,
        });
        let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
        bucket.left = (bucket.left + passed * limit.refill).min(limit.size);
        bucket.at = now;
        if bucket.left < 1.0 {
            let wait = ((1.0 - bucket.left) / limit.refill).ceil().max(1.0);
            return (0, Some(whole(wait)));
        }
        bucket.left -= 1.0;
        (whole(bucket.left.floor()), None)
    }
}

/// A small non-negative float as a whole number.
fn whole(number: f64) -> u32 {
    format!("{number:.0}").parse().unwrap_or(0)
}

/// The answer to a request that came too soon.
pub(crate) fn refusal(at: &str, wait: u32) -> Reply {
    let reply = match path::subscription(at) {
        Some(id) => reply::arm(
            429,
            "SubscriptionRequestsThrottled",
            format!(
                "Number of requests for subscription '{id}' exceeded the limit. Please try again after '{wait}' seconds."
            ),
        ),
        None => reply::arm(
            429,
            "RateLimiting",
            "Client application has been throttled and should not attempt to repeat the request until an amount of time has elapsed. Please see https://aka.ms/resourcegraph-throttling for help.",
        ),
    };
    reply.header("Retry-After", wait.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_bucket_empties_and_refills() {
        let throttle = Throttle::default();
        let start = Instant::now();
        let read = |now| throttle.take("p", "GET", "/subscriptions/S/x", now);
        let first = read(start);
        assert_eq!(
            first.headers,
            [(
                "x-ms-ratelimit-remaining-subscription-reads".to_owned(),
                "249".to_owned()
            )]
        );
        for _ in 0..249 {
            assert_eq!(read(start).wait, None);
        }
        assert_eq!(read(start).wait, Some(1));
        let later = start + Duration::from_secs(1);
        assert_eq!(read(later).wait, None);
    }

    #[test]
    fn principals_subscriptions_and_kinds_have_buckets_of_their_own() {
        let throttle = Throttle::default();
        let now = Instant::now();
        throttle.take("p", "GET", "/subscriptions/s", now);
        let left = |who: &str, method: &str, at: &str| {
            throttle.take(who, method, at, now).headers[0].1.clone()
        };
        assert_eq!(left("q", "GET", "/subscriptions/s"), "249");
        assert_eq!(left("p", "GET", "/subscriptions/t"), "249");
        assert_eq!(left("p", "PUT", "/subscriptions/s"), "199");
        assert_eq!(left("p", "GET", "/tenants"), "249");
        assert_eq!(
            left("p", "POST", "/providers/Microsoft.ResourceGraph/resources"),
            "14"
        );
        assert_eq!(left("p", "GET", "/SUBSCRIPTIONS/S"), "248");
    }

    #[test]
    fn a_refusal_says_how_long() {
        let reply = refusal("/subscriptions/s/x", 4);
        assert_eq!(
            reply.value()["error"]["code"],
            "SubscriptionRequestsThrottled"
        );
        assert!(
            reply
                .headers
                .contains(&("Retry-After".to_owned(), "4".to_owned()))
        );
        assert_eq!(refusal("/x", 1).value()["error"]["code"], "RateLimiting");
    }
}
