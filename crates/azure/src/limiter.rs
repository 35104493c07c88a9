//! The limiter layer: Azure's own token buckets, kept on our side so that they never run dry, and one
//! bound on the requests in flight.
//!
//! Buckets are kept apart as Azure keeps them apart: per subscription, per tenant, Resource Graph and
//! the classes of Microsoft Graph
//! (<https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling>,
//! <https://learn.microsoft.com/graph/throttling-limits>). They start full, refill at Azure's rate,
//! and follow what Azure's headers say is left.

mod bucket;
mod feedback;
mod lane;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::HeaderMap;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use crate::call::Call;
use bucket::Bucket;
use lane::Lane;

/// The right to send one request now; give it back by dropping it.
pub(crate) struct Turn {
    _slot: Option<OwnedSemaphorePermit>,
}

/// Token buckets by [`Lane`], and the bound on requests in flight.
pub(crate) struct Limiter {
    slots: Arc<Semaphore>,
    buckets: Mutex<HashMap<Lane, Bucket>>,
    /// Resource providers that throttle by themselves: (lane, namespace) → when to come back.
    providers: Mutex<HashMap<(Lane, String), Instant>>,
}

impl Limiter {
    /// A limiter that lets `concurrency` requests (at least one) be in flight.
    pub fn new(concurrency: usize) -> Self {
        Self {
            slots: Arc::new(Semaphore::new(concurrency.max(1))),
            buckets: Mutex::default(),
            providers: Mutex::default(),
        }
    }

    /// Waits until the call may be sent.
    pub async fn turn(&self, call: &Call) -> Turn {
        let lane = Lane::of(call);
        let cost = u32::try_from(call.inner.len()).unwrap_or(u32::MAX).max(1);
        let until = self.with_bucket(&lane, |bucket, now| now + bucket.reserve(cost, now));
        tokio::time::sleep_until(until).await;
        // A pause may have been set while this call was waiting.
        while let Some(until) = self.paused_until(&lane, call) {
            tokio::time::sleep_until(until).await;
        }
        // The semaphore is never closed; without a slot the call goes out all the same.
        let slot = Arc::clone(&self.slots).acquire_owned().await.ok();
        Turn { _slot: slot }
    }

    /// Follows what a reply says is left of the bucket.
    pub fn learn(&self, call: &Call, headers: &HeaderMap) {
        let lane = Lane::of(call);
        if let Some(left) = feedback::remaining(&lane, headers) {
            self.with_bucket(&lane, |bucket, now| bucket.lower_to(left, now));
        }
        if let Some(pause) = feedback::quota_pause(&lane, headers) {
            self.with_bucket(&lane, |bucket, now| bucket.pause_until(now + pause));
        }
    }

    /// Stops the call's bucket for as long as Azure said; only its resource provider's part when the
    /// subscription itself is not throttled.
    pub fn pause(&self, call: &Call, wait: Duration, whole_scope: bool) {
        let lane = Lane::of(call);
        match lane::provider(&call.url) {
            Some(provider) if !whole_scope => {
                let until = Instant::now() + wait;
                let mut providers = self
                    .providers
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                let pause = providers.entry((lane, provider)).or_insert(until);
                *pause = (*pause).max(until);
            }
            _ => self.with_bucket(&lane, |bucket, now| bucket.pause_until(now + wait)),
        }
    }

    fn paused_until(&self, lane: &Lane, call: &Call) -> Option<Instant> {
        let of_bucket = self.with_bucket(lane, |bucket, now| bucket.paused(now));
        let of_provider = lane::provider(&call.url).and_then(|provider| {
            let providers = self
                .providers
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let until = *providers.get(&(lane.clone(), provider))?;
            (until > Instant::now()).then_some(until)
        });
        of_bucket.max(of_provider)
    }

    fn with_bucket<T>(&self, lane: &Lane, act: impl FnOnce(&mut Bucket, Instant) -> T) -> T {
        let now = Instant::now();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets
            .entry(lane.clone())
            .or_insert_with(|| Bucket::full(lane.rate(), now));
        act(bucket, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::Service;
    use url::Url;

    fn call(path: &str) -> Call {
        let url = Url::parse(&format!("https://management.azure.com{path}")).expect("a URL");
        Call::get(Service::Arm, url)
    }

    async fn seconds_for(limiter: &Limiter, call: &Call) -> u64 {
        let start = Instant::now();
        let _turn = limiter.turn(call).await;
        start.elapsed().as_secs()
    }

    #[tokio::test(start_paused = true)]
    async fn a_subscription_has_250_at_once_and_then_25_a_second() {
        let limiter = Limiter::new(1_000);
        let one = call("/subscriptions/S1/resourceGroups");
        let start = Instant::now();
        for _ in 0..250 {
            limiter.turn(&one).await;
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
        for _ in 0..50 {
            limiter.turn(&one).await;
        }
        assert_eq!(start.elapsed().as_secs_f64().round() as u64, 2);
        let other = call("/subscriptions/s2/resourceGroups");
        assert_eq!(seconds_for(&limiter, &other).await, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn the_headers_of_azure_lower_the_bucket() {
        let limiter = Limiter::new(10);
        let one = call("/subscriptions/s1/resourceGroups");
        let mut headers = HeaderMap::new();
        headers.insert(
            "x-ms-ratelimit-remaining-subscription-reads",
            "0".parse().expect("a value"),
        );
        limiter.learn(&one, &headers);
        let start = Instant::now();
        limiter.turn(&one).await;
        assert_eq!(start.elapsed().as_millis().div_ceil(40), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_stops_those_that_already_wait() {
        let limiter = Arc::new(Limiter::new(10));
        let one = call("/subscriptions/s1/resourceGroups");
        limiter.pause(&one, Duration::from_secs(5), true);
        let waiting = tokio::spawn({
            let (limiter, one) = (Arc::clone(&limiter), one.clone());
            async move { seconds_for(&limiter, &one).await }
        });
        tokio::time::sleep(Duration::from_secs(1)).await;
        limiter.pause(&one, Duration::from_secs(9), true);
        assert_eq!(waiting.await.expect("the task ends"), 10);
    }

    #[tokio::test(start_paused = true)]
    async fn a_throttled_provider_leaves_its_neighbours_alone() {
        let limiter = Limiter::new(10);
        let storage = call("/subscriptions/s1/providers/Microsoft.Storage/storageAccounts");
        let network = call("/subscriptions/s1/providers/Microsoft.Network/networkWatchers");
        limiter.pause(&storage, Duration::from_secs(7), false);
        assert_eq!(seconds_for(&limiter, &network).await, 0);
        assert_eq!(seconds_for(&limiter, &storage).await, 7);
    }

    #[tokio::test(start_paused = true)]
    async fn only_so_many_are_in_flight() {
        let limiter = Arc::new(Limiter::new(1));
        let one = call("/subscriptions/s1/resourceGroups");
        let first = limiter.turn(&one).await;
        let second = limiter.turn(&one);
        tokio::pin!(second);
        assert!(
            tokio::time::timeout(Duration::from_secs(1), &mut second)
                .await
                .is_err()
        );
        drop(first);
        second.await;
    }
}
