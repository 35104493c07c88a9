//! A token bucket whose tokens may be owed, so that callers queue in order.

use std::time::Duration;

use tokio::time::Instant;

use super::lane::Rate;

/// Tokens that refill with time. Below zero they are owed: each caller waits until its own is there.
#[derive(Debug)]
pub(super) struct Bucket {
    rate: Rate,
    tokens: f64,
    updated: Instant,
    paused_until: Option<Instant>,
}

impl Bucket {
    /// A full bucket.
    pub fn full(rate: Rate, now: Instant) -> Self {
        Self {
            rate,
            tokens: rate.capacity,
            updated: now,
            paused_until: None,
        }
    }

    /// Takes tokens, and says how long to wait until they are there.
    pub fn reserve(&mut self, cost: u32, now: Instant) -> Duration {
        self.refill(now);
        self.tokens -= f64::from(cost);
        let owed = (-self.tokens).max(0.0);
        Duration::try_from_secs_f64(owed / self.rate.refill).unwrap_or(Duration::MAX)
    }

    /// Azure has fewer left than this bucket believes.
    pub fn lower_to(&mut self, left: f64, now: Instant) {
        self.refill(now);
        self.tokens = self.tokens.min(left);
    }

    /// No tokens before this time.
    pub fn pause_until(&mut self, until: Instant) {
        self.paused_until = self.paused_until.max(Some(until));
    }

    /// The end of the pause, when there is one.
    pub fn paused(&self, now: Instant) -> Option<Instant> {
        self.paused_until.filter(|until| *until > now)
    }

    fn refill(&mut self, now: Instant) {
        let gained = now.saturating_duration_since(self.updated).as_secs_f64() * self.rate.refill;
        self.tokens = (self.tokens + gained).min(self.rate.capacity);
        self.updated = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate {
        capacity: 2.0,
        refill: 4.0,
    };

    #[tokio::test(start_paused = true)]
    async fn tokens_are_owed_in_order_and_refill_up_to_the_capacity() {
        let start = Instant::now();
        let mut bucket = Bucket::full(RATE, start);
        assert_eq!(bucket.reserve(2, start), Duration::ZERO);
        assert_eq!(bucket.reserve(1, start), Duration::from_millis(250));
        assert_eq!(bucket.reserve(1, start), Duration::from_millis(500));
        let later = start + Duration::from_secs(60);
        assert_eq!(bucket.reserve(2, later), Duration::ZERO);
        assert_eq!(bucket.reserve(4, later), Duration::from_secs(1));
    }

    #[tokio::test(start_paused = true)]
    async fn azure_lowers_and_never_raises() {
        let start = Instant::now();
        let mut bucket = Bucket::full(RATE, start);
        bucket.lower_to(3_749.0, start);
        assert_eq!(bucket.reserve(2, start), Duration::ZERO);
        let mut bucket = Bucket::full(RATE, start);
        bucket.lower_to(0.0, start);
        assert_eq!(bucket.reserve(1, start), Duration::from_millis(250));
    }

    #[tokio::test(start_paused = true)]
    async fn the_longest_pause_holds() {
        let start = Instant::now();
        let mut bucket = Bucket::full(RATE, start);
        assert_eq!(bucket.paused(start), None);
        let (soon, late) = (
            start + Duration::from_secs(1),
            start + Duration::from_secs(5),
        );
        bucket.pause_until(late);
        bucket.pause_until(soon);
        assert_eq!(bucket.paused(start), Some(late));
        assert_eq!(bucket.paused(late), None);
    }
}
