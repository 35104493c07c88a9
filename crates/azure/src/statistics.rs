//! Counts of what passed the transport.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;

/// Requests to one host by outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct HostStatistics {
    /// Attempts that were sent.
    pub requests: u64,
    /// Replies with 2xx.
    pub succeeded: u64,
    /// Replies with 3xx.
    pub redirected: u64,
    /// Replies with 4xx other than 429.
    pub client_errors: u64,
    /// Replies with 429.
    pub throttled: u64,
    /// Replies with 5xx.
    pub server_errors: u64,
    /// Attempts without a complete reply: no connection, a broken one, none in time.
    pub transport_errors: u64,
    /// Bytes of the bodies received, after decompression.
    pub bytes: u64,
}

/// What one of Azure's limits was charged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LimitUse {
    /// The limit in words, with its subscription.
    pub name: String,
    /// Requests, or resource units, that it was charged.
    pub requests: u64,
    /// The time that this limit alone takes for them, from a full bucket on.
    pub floor: Duration,
}

/// Everything that passed one [`Transport`](crate::Transport), sign-in included.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Statistics {
    /// By host and port, as in the URL.
    pub hosts: BTreeMap<String, HostStatistics>,
    /// Attempts that repeated an earlier one.
    pub retries: u64,
    /// Requests sent inside batches; Azure charges each to its own limits.
    pub in_batch: u64,
    /// The limits that requests were charged to, by name. Only a [`Client`](crate::Client) knows them.
    pub limits: Vec<LimitUse>,
}

impl Statistics {
    /// Attempts sent to all hosts.
    pub fn requests(&self) -> u64 {
        self.hosts.values().map(|host| host.requests).sum()
    }

    /// Replies with 429 from all hosts.
    pub fn throttled(&self) -> u64 {
        self.hosts.values().map(|host| host.throttled).sum()
    }

    /// The time that the slowest limit takes by itself: no client is faster.
    pub fn floor(&self) -> Duration {
        let floors = self.limits.iter().map(|limit| limit.floor);
        floors.max().unwrap_or_default()
    }

    /// Bytes of the bodies received from all hosts.
    pub fn bytes(&self) -> u64 {
        self.hosts.values().map(|host| host.bytes).sum()
    }
}

/// The running counts behind [`Statistics`].
#[derive(Debug, Default)]
pub(crate) struct Counters(Mutex<Statistics>);

impl Counters {
    /// Counts an attempt: its status and body length, or `None` when no complete reply came.
    pub fn count(&self, host: &str, reply: Option<(u16, usize)>) {
        let mut statistics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !statistics.hosts.contains_key(host) {
            statistics
                .hosts
                .insert(host.to_owned(), HostStatistics::default());
        }
        let Some(counts) = statistics.hosts.get_mut(host) else {
            return;
        };
        counts.requests += 1;
        let Some((status, bytes)) = reply else {
            counts.transport_errors += 1;
            return;
        };
        counts.bytes += bytes as u64;
        let class = match status {
            429 => &mut counts.throttled,
            200..300 => &mut counts.succeeded,
            300..400 => &mut counts.redirected,
            500..600 => &mut counts.server_errors,
            _ => &mut counts.client_errors,
        };
        *class += 1;
    }

    /// Counts the requests inside a batch.
    pub fn inside(&self, requests: usize) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .in_batch += requests as u64;
    }

    /// Counts a retry.
    pub fn retry(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retries += 1;
    }

    /// The counts so far.
    pub fn snapshot(&self) -> Statistics {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_has_its_count() {
        let counters = Counters::default();
        for status in [200, 204, 302, 404, 429, 503] {
            counters.count("a", Some((status, 10)));
        }
        counters.count("a", None);
        counters.count("b:8080", Some((200, 1)));
        counters.retry();
        counters.inside(20);
        let statistics = counters.snapshot();
        assert_eq!(
            statistics.hosts["a"],
            HostStatistics {
                requests: 7,
                succeeded: 2,
                redirected: 1,
                client_errors: 1,
                throttled: 1,
                server_errors: 1,
                transport_errors: 1,
                bytes: 60,
            }
        );
        assert_eq!(statistics.in_batch, 20);
        assert_eq!(
            (
                statistics.requests(),
                statistics.throttled(),
                statistics.bytes(),
                statistics.retries
            ),
            (8, 1, 61, 1)
        );
    }

    #[test]
    fn the_slowest_limit_is_the_floor() {
        let limit = |seconds| LimitUse {
            floor: Duration::from_secs(seconds),
            ..LimitUse::default()
        };
        let statistics = Statistics {
            limits: vec![limit(3), limit(7), limit(0)],
            ..Statistics::default()
        };
        assert_eq!(statistics.floor(), Duration::from_secs(7));
        assert_eq!(Statistics::default().floor(), Duration::ZERO);
    }
}
