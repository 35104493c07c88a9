//! What a request has cost so far, and whether another attempt is worth it.

use std::time::Duration;

use tokio::time::Instant;

use crate::classify::Again;
use crate::options::Options;
use crate::retry::backoff;

/// The time and the retries that one request has used.
#[derive(Debug)]
pub(crate) struct Effort {
    started: Instant,
    /// Time in attempts and pauses; waiting for a turn in the limiter is not in it.
    spent: Duration,
    pub retries: u32,
    /// Consecutive retries for the present cause; throttling does not use up those for server errors.
    transient: u32,
    unreadable: u32,
    throttled: u32,
}

impl Effort {
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
            spent: Duration::ZERO,
            retries: 0,
            transient: 0,
            unreadable: 0,
            throttled: 0,
        }
    }

    /// Time since the request was made, waits included.
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Time that counts against the deadline.
    pub fn spent(&self) -> Duration {
        self.spent
    }

    /// What is left of the deadline.
    pub fn remaining(&self, options: &Options) -> Duration {
        options.deadline.saturating_sub(self.spent)
    }

    /// Counts time against the deadline.
    pub fn spend(&mut self, time: Duration) {
        self.spent += time;
    }

    /// The pause before the next attempt, or `None` when there is none to be made: the cause does not
    /// heal, its retries are used up, or the pause would outlast the deadline.
    pub fn next_pause(
        &mut self,
        again: Again,
        named: Option<Duration>,
        options: &Options,
    ) -> Option<Duration> {
        let (used, allowed) = match again {
            Again::Never | Again::NewToken => return None,
            Again::Throttled => (&mut self.throttled, u32::MAX),
            Again::Transient => (&mut self.transient, options.server_retries),
            Again::Unreadable => (&mut self.unreadable, options.invalid_reply_retries),
        };
        if *used >= allowed {
            return None;
        }
        // "Come back at once" from a service that just refused is no time to keep to: asked that
        // quickly it would be asked thousands of times.
        let pause = named
            .filter(|wait| !wait.is_zero())
            .unwrap_or_else(|| backoff::pause(options.first_pause, options.longest_pause, *used));
        *used += 1;
        if pause + least_attempt(options) > self.remaining(options) {
            return None;
        }
        self.retries += 1;
        Some(pause)
    }
}

/// An attempt with less time than this would only end in "no answer in time", and hide the reply
/// that made it necessary.
fn least_attempt(options: &Options) -> Duration {
    Duration::from_millis(500).min(options.deadline / 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Options {
        Options {
            deadline: Duration::from_secs(10),
            server_retries: 2,
            invalid_reply_retries: 1,
            ..Options::default()
        }
    }

    #[test]
    fn what_does_not_heal_is_not_asked_again() {
        let mut effort = Effort::new();
        assert_eq!(effort.next_pause(Again::Never, None, &options()), None);
        assert_eq!(effort.next_pause(Again::NewToken, None, &options()), None);
        assert_eq!(effort.retries, 0);
    }

    #[test]
    fn each_cause_has_its_own_count() {
        let mut effort = Effort::new();
        let second = Some(Duration::from_secs(1));
        for _ in 0..2 {
            assert_eq!(
                effort.next_pause(Again::Transient, second, &options()),
                second
            );
        }
        assert_eq!(
            effort.next_pause(Again::Transient, second, &options()),
            None
        );
        assert_eq!(
            effort.next_pause(Again::Unreadable, second, &options()),
            second
        );
        assert_eq!(
            effort.next_pause(Again::Unreadable, second, &options()),
            None
        );
        assert_eq!(
            effort.next_pause(Again::Throttled, second, &options()),
            second
        );
        assert_eq!(effort.retries, 4);
    }

    #[test]
    fn a_pause_beyond_the_deadline_is_not_begun() {
        let mut effort = Effort::new();
        effort.spend(Duration::from_secs(4));
        let six = Some(Duration::from_secs(6));
        assert_eq!(effort.next_pause(Again::Throttled, six, &options()), None);
        let five = Some(Duration::from_secs(5));
        assert_eq!(effort.next_pause(Again::Throttled, five, &options()), five);
    }

    #[test]
    fn a_named_pause_of_zero_falls_back_to_growing_pauses() {
        let options = Options {
            first_pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(1),
            ..options()
        };
        let mut effort = Effort::new();
        let mut total = Duration::ZERO;
        for _ in 0..64 {
            let pause = effort.next_pause(Again::Throttled, Some(Duration::ZERO), &options);
            total += pause.expect("a pause");
        }
        assert!(total > Duration::from_secs(1), "{total:?}");
    }
}
