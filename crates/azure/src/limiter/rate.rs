//! What a quota holds and how it refills.

use std::time::Duration;

/// A token bucket's size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rate {
    /// Tokens of a full bucket.
    pub capacity: f64,
    /// Tokens a second.
    pub refill: f64,
}

impl Rate {
    /// No limit is published.
    pub const UNLIMITED: Self = Self {
        capacity: f64::INFINITY,
        refill: f64::INFINITY,
    };

    /// A bucket of this size that gains so many tokens a second.
    pub const fn bucket(capacity: f64, refill: f64) -> Self {
        Self { capacity, refill }
    }

    /// So many tokens in each window of so many seconds.
    pub const fn window(tokens: f64, seconds: f64) -> Self {
        Self {
            capacity: tokens,
            refill: tokens / seconds,
        }
    }

    /// Whether there is nothing to run out of.
    pub const fn is_unlimited(self) -> bool {
        self.refill.is_infinite()
    }

    /// What is spent at once at most: Azure's capacity less a small reserve. Requests overtake each
    /// other on the way, so that Azure sees a little more at once than left us at once.
    pub fn burst(self) -> f64 {
        if self.is_unlimited() {
            return self.capacity;
        }
        self.capacity - (self.capacity * 0.02).min(10.0).floor()
    }

    /// The time that so many tokens take when the bucket is full at first.
    pub fn floor(self, charged: f64) -> Duration {
        if self.is_unlimited() {
            return Duration::ZERO;
        }
        let owed = (charged - self.capacity).max(0.0);
        Duration::try_from_secs_f64(owed / self.refill).unwrap_or(Duration::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_reserve_is_kept_of_large_buckets() {
        let burst = |capacity| Rate::bucket(capacity, 1.0).burst();
        assert_eq!(burst(1.0), 1.0);
        assert_eq!(burst(15.0), 15.0);
        assert_eq!(burst(250.0), 245.0);
        assert_eq!(burst(24_000.0), 23_990.0);
    }

    #[test]
    fn the_floor_counts_what_the_full_bucket_does_not_hold() {
        let rate = Rate::window(800.0, 300.0);
        assert_eq!(rate.floor(800.0), Duration::ZERO);
        assert_eq!(rate.floor(1_600.0).as_secs(), 300);
        assert_eq!(Rate::UNLIMITED.floor(1e9), Duration::ZERO);
    }
}
