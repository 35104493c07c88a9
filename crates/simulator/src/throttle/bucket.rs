//! One limit and how much of it is used.

use std::time::{Duration, Instant};

/// How much may be used, and when it comes back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Limit {
    /// A bucket of tokens that refills steadily.
    Tokens {
        /// How many there are at most.
        size: f64,
        /// How many come back each second.
        refill: f64,
    },
    /// So many in a window of time, which opens with the first use and then closes as a whole.
    Window {
        /// How many.
        most: u32,
        /// How long the window is, in seconds.
        seconds: u64,
    },
}

impl Limit {
    /// The most that can be used at once.
    pub(super) fn most(self) -> f64 {
        match self {
            Self::Tokens { size, .. } => size,
            Self::Window { most, .. } => f64::from(most),
        }
    }
}

/// What is left of a limit.
#[derive(Debug)]
pub(super) struct Bucket {
    left: f64,
    at: Instant,
}

/// What a bucket said to a request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Drawn {
    /// What is left now.
    pub(super) left: f64,
    /// How long until there is enough; `None` when there was.
    pub(super) wait: Option<Duration>,
    /// How long until all of it is back.
    pub(super) resets: Duration,
}

impl Bucket {
    /// A full bucket.
    pub(super) fn full(limit: Limit, now: Instant) -> Self {
        Self {
            left: limit.most(),
            at: now,
        }
    }

    /// Takes `cost` out of the bucket if that much is left.
    pub(super) fn draw(&mut self, limit: Limit, cost: f64, now: Instant) -> Drawn {
        let passed = now.saturating_duration_since(self.at);
        match limit {
            Limit::Tokens { size, refill } => {
                self.left = (self.left + passed.as_secs_f64() * refill).min(size);
                self.at = self.at.max(now);
            }
            Limit::Window { most, seconds } => {
                let length = Duration::from_secs(seconds);
                if passed >= length || self.left >= f64::from(most) {
                    self.left = f64::from(most);
                    self.at = now;
                }
            }
        }
        let enough = self.left >= cost;
        if enough {
            self.left -= cost;
        }
        let until = |wanted: f64| match limit {
            Limit::Tokens { refill, .. } => {
                Duration::from_secs_f64(((wanted - self.left) / refill).max(0.0))
            }
            Limit::Window { seconds, .. } => {
                let passed = now.saturating_duration_since(self.at);
                Duration::from_secs(seconds).saturating_sub(passed)
            }
        };
        Drawn {
            left: self.left,
            wait: (!enough).then(|| until(cost)),
            resets: until(limit.most()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_back_steadily() {
        let limit = Limit::Tokens {
            size: 4.0,
            refill: 2.0,
        };
        let start = Instant::now();
        let mut bucket = Bucket::full(limit, start);
        assert_eq!(bucket.draw(limit, 4.0, start).left, 0.0);
        let refused = bucket.draw(limit, 1.0, start);
        assert_eq!(refused.wait, Some(Duration::from_millis(500)));
        let later = start + Duration::from_millis(500);
        assert_eq!(bucket.draw(limit, 1.0, later).wait, None);
        assert_eq!(
            bucket
                .draw(limit, 0.0, later + Duration::from_secs(60))
                .left,
            4.0
        );
    }

    #[test]
    fn a_window_closes_as_a_whole() {
        let limit = Limit::Window {
            most: 2,
            seconds: 10,
        };
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        // The window opens with the first use, not before.
        let mut bucket = Bucket::full(limit, start);
        assert_eq!(
            bucket.draw(limit, 1.0, after(5)).resets,
            Duration::from_secs(10)
        );
        assert_eq!(bucket.draw(limit, 1.0, after(8)).left, 0.0);
        assert_eq!(
            bucket.draw(limit, 1.0, after(9)).wait,
            Some(Duration::from_secs(6))
        );
        assert_eq!(bucket.draw(limit, 1.0, after(15)).left, 1.0);
    }
}
