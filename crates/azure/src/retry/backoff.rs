//! Pauses that Azure did not name: exponential with full jitter.

use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};

/// A random pause before retry number `retry` (from 0): anything up to `first * 2^retry`, at most
/// `longest`. Full jitter keeps many clients from coming back together
/// (<https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/>).
pub(super) fn pause(first: Duration, longest: Duration, retry: u32) -> Duration {
    upper_bound(first, longest, retry).mul_f64(fraction())
}

fn upper_bound(first: Duration, longest: Duration, retry: u32) -> Duration {
    let factor = 2_u32.saturating_pow(retry.min(31));
    first.saturating_mul(factor).min(longest)
}

/// A random number in 0..1; one half when the system has no randomness to give.
fn fraction() -> f64 {
    let mut bytes = [0_u8; 4];
    if SystemRandom::new().fill(&mut bytes).is_err() {
        return 0.5;
    }
    f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_doubles_up_to_the_longest() {
        let (first, longest) = (Duration::from_millis(500), Duration::from_secs(30));
        let bounds: Vec<u64> = [0, 1, 2, 6, 7, 4_000_000_000]
            .map(|retry| upper_bound(first, longest, retry).as_millis() as u64)
            .to_vec();
        assert_eq!(bounds, [500, 1_000, 2_000, 30_000, 30_000, 30_000]);
    }

    #[test]
    fn a_pause_stays_under_its_bound() {
        for retry in 0..40 {
            let paused = pause(Duration::from_millis(1), Duration::from_millis(8), retry);
            assert!(paused <= Duration::from_millis(8));
        }
    }
}
