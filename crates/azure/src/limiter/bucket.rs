//! A token bucket that gives out tickets, so that callers are served in order.

use tokio::time::Instant;

use super::rate::Rate;
use super::refusals::Refusals;

/// Tokens counted since the bucket was made are compared as floats; this much is rounding.
const ROUNDING: f64 = 1e-6;

/// A place in the bucket's queue: the number of the last token that the caller needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ticket(f64);

/// Tokens that refill with time, up to a bound, and not while Azure has stopped the bucket.
///
/// Both sides are counted from the beginning: a ticket is due once as many tokens have become ready
/// as were issued up to it. Whoever comes later is never served earlier, and a stop moves everybody.
#[derive(Debug)]
pub(super) struct Bucket {
    rate: Rate,
    issued: f64,
    ready: f64,
    updated: Instant,
    paused_until: Option<Instant>,
    charged: f64,
    refusals: Refusals,
}

impl Bucket {
    /// A full bucket.
    pub fn full(rate: Rate, now: Instant) -> Self {
        Self {
            rate,
            issued: 0.0,
            ready: rate.burst(),
            updated: now,
            paused_until: None,
            charged: 0.0,
            refusals: Refusals::default(),
        }
    }

    /// Takes tokens that may not be there yet; [`due`](Self::due) says when they are.
    pub fn take(&mut self, cost: f64, now: Instant) -> Ticket {
        self.refill(now);
        self.issued += cost;
        self.charged += cost;
        Ticket(self.issued)
    }

    /// When the ticket's tokens are there; `None` when they are.
    pub fn due(&mut self, ticket: Ticket, now: Instant) -> Option<Instant> {
        self.refill(now);
        if self.rate.is_unlimited() {
            return self.paused_until;
        }
        let (from, ready) = match self.paused_until {
            Some(until) => (until, self.ready + self.refilled_meanwhile(until)),
            None => (now, self.ready),
        };
        if ready + ROUNDING >= ticket.0 {
            return self.paused_until;
        }
        let wait = std::time::Duration::try_from_secs_f64((ticket.0 - ready) / self.rate.refill);
        // A wait beyond what the clock can hold is as good as a day: the caller looks again then.
        let day = std::time::Duration::from_secs(86_400);
        Some(from + wait.unwrap_or(day).min(day))
    }

    /// Whether tokens are there that nobody waits for.
    pub fn has(&mut self, cost: f64, now: Instant) -> bool {
        self.refill(now);
        self.paused(now).is_none()
            && (self.rate.is_unlimited() || self.ready + ROUNDING >= self.issued + cost)
    }

    /// Azure has fewer left than this bucket believes.
    pub fn lower_to(&mut self, left: f64, now: Instant) {
        self.refill(now);
        if !self.rate.is_unlimited() {
            self.ready = self.ready.min(self.issued + left);
        }
    }

    /// A request has cost so much more (less when negative) than was taken for it.
    pub fn correct(&mut self, more: f64, now: Instant) {
        self.refill(now);
        if !self.rate.is_unlimited() {
            self.ready -= more;
            self.charged += more;
        }
    }

    /// Azure turned out to allow another rate.
    pub fn set_rate(&mut self, rate: Rate, now: Instant) {
        self.refill(now);
        if !rate.is_unlimited() && !self.rate.is_unlimited() {
            self.ready += rate.burst() - self.rate.burst();
        }
        self.rate = rate;
    }

    /// Nothing is left before this time, Azure says.
    pub fn pause_until(&mut self, until: Instant, now: Instant) {
        self.empty(now);
        self.stop(until, now);
    }

    /// Azure served a request.
    pub fn served(&mut self) {
        self.refusals.served();
    }

    /// Azure refused a request until this time. The bucket keeps what it believes to have, unless too
    /// many are refused: a Storage bucket that was emptied by mistake takes five minutes to fill.
    pub fn refused(&mut self, until: Instant, now: Instant) {
        if self.refusals.refused() {
            self.empty(now);
        }
        self.stop(until, now);
    }

    /// The end of the pause, when there is one.
    pub fn paused(&self, now: Instant) -> Option<Instant> {
        self.paused_until.filter(|until| *until > now)
    }

    /// The rate, and the tokens taken so far.
    pub fn charged(&self) -> (Rate, f64) {
        (self.rate, self.charged)
    }

    fn empty(&mut self, now: Instant) {
        self.refill(now);
        if !self.rate.is_unlimited() {
            self.ready = self.ready.min(self.issued);
        }
    }

    fn stop(&mut self, until: Instant, now: Instant) {
        self.refill(now);
        if until > now {
            self.paused_until = self.paused_until.max(Some(until));
        }
    }

    fn refill(&mut self, now: Instant) {
        if let Some(until) = self.paused_until {
            if now < until {
                return;
            }
            self.ready += self.refilled_meanwhile(until);
            self.updated = until;
            self.paused_until = None;
        }
        if !self.rate.is_unlimited() {
            self.ready += self.gained(now);
            self.ready = self.ready.min(self.issued + self.rate.burst());
        }
        self.updated = now;
    }

    /// Azure's bucket fills up while ours is stopped, but it does not overflow.
    fn refilled_meanwhile(&self, until: Instant) -> f64 {
        if self.rate.is_unlimited() {
            return 0.0;
        }
        self.gained(until).min(self.rate.burst())
    }

    fn gained(&self, now: Instant) -> f64 {
        now.saturating_duration_since(self.updated).as_secs_f64() * self.rate.refill
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const RATE: Rate = Rate::bucket(2.0, 4.0);

    fn wait(bucket: &mut Bucket, cost: f64, now: Instant) -> Duration {
        let ticket = bucket.take(cost, now);
        bucket
            .due(ticket, now)
            .map_or(Duration::ZERO, |due| due - now)
    }

    #[tokio::test(start_paused = true)]
    async fn tokens_are_owed_in_order_and_refill_up_to_the_capacity() {
        let start = Instant::now();
        let mut bucket = Bucket::full(RATE, start);
        assert_eq!(wait(&mut bucket, 2.0, start), Duration::ZERO);
        assert_eq!(wait(&mut bucket, 1.0, start), Duration::from_millis(250));
        assert_eq!(wait(&mut bucket, 1.0, start), Duration::from_millis(500));
        let later = start + Duration::from_secs(60);
        assert_eq!(wait(&mut bucket, 2.0, later), Duration::ZERO);
        assert_eq!(wait(&mut bucket, 4.0, later), Duration::from_secs(1));
        assert_eq!(bucket.charged().1, 10.0);
    }

    #[tokio::test(start_paused = true)]
    async fn azure_lowers_and_never_raises() {
        let start = Instant::now();
        let mut bucket = Bucket::full(RATE, start);
        bucket.lower_to(3_749.0, start);
        assert_eq!(wait(&mut bucket, 2.0, start), Duration::ZERO);
        let mut bucket = Bucket::full(RATE, start);
        bucket.lower_to(0.0, start);
        assert_eq!(wait(&mut bucket, 1.0, start), Duration::from_millis(250));
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
        bucket.pause_until(late, start);
        bucket.pause_until(soon, start);
        assert_eq!(bucket.paused(start), Some(late));
        assert_eq!(bucket.paused(late), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_moves_those_that_wait_and_frees_no_more_than_a_full_bucket() {
        let start = Instant::now();
        let mut bucket = Bucket::full(RATE, start);
        let tickets: Vec<Ticket> = (0..6).map(|_| bucket.take(1.0, start)).collect();
        let until = start + Duration::from_secs(10);
        bucket.pause_until(until, start);
        let due = |bucket: &mut Bucket, at: Instant| -> Vec<u128> {
            let waits = tickets.iter().map(|ticket| {
                bucket
                    .due(*ticket, at)
                    .map_or(0, |due| (due - start).as_millis())
            });
            waits.collect()
        };
        // Two have their tokens, two more are refilled in the pause, the rest come one by one.
        let expected = [10_000, 10_000, 10_000, 10_000, 10_250, 10_500];
        assert_eq!(due(&mut bucket, start), expected);
        let middle = start + Duration::from_secs(4);
        assert_eq!(due(&mut bucket, middle), expected);
        assert_eq!(due(&mut bucket, until), [0, 0, 0, 0, 10_250, 10_500]);
    }

    #[tokio::test(start_paused = true)]
    async fn one_refusal_empties_no_bucket_and_many_do() {
        let start = Instant::now();
        let mut bucket = Bucket::full(Rate::window(800.0, 300.0), start);
        for _ in 0..10 {
            (0..99).for_each(|_| bucket.served());
            bucket.refused(start, start);
        }
        assert_eq!(wait(&mut bucket, 700.0, start), Duration::ZERO);
        let until = start + Duration::from_secs(1);
        for _ in 0..10 {
            bucket.refused(until, start);
        }
        assert_eq!(wait(&mut bucket, 8.0, start).as_secs(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_cost_more_is_made_up_for() {
        let start = Instant::now();
        let mut bucket = Bucket::full(RATE, start);
        bucket.take(1.0, start);
        bucket.correct(3.0, start);
        assert_eq!(wait(&mut bucket, 1.0, start), Duration::from_millis(750));
        assert_eq!(bucket.charged().1, 5.0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_larger_rate_holds_at_once() {
        let start = Instant::now();
        let mut bucket = Bucket::full(RATE, start);
        bucket.take(2.0, start);
        bucket.set_rate(Rate::bucket(3.0, 10.0), start);
        assert_eq!(wait(&mut bucket, 1.0, start), Duration::ZERO);
        assert_eq!(wait(&mut bucket, 1.0, start), Duration::from_millis(100));
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_limit_only_a_pause_stops() {
        let start = Instant::now();
        let mut bucket = Bucket::full(Rate::UNLIMITED, start);
        bucket.lower_to(0.0, start);
        assert_eq!(wait(&mut bucket, 1e9, start), Duration::ZERO);
        let until = start + Duration::from_secs(3);
        bucket.pause_until(until, start);
        assert_eq!(wait(&mut bucket, 1.0, start), Duration::from_secs(3));
        assert_eq!(wait(&mut bucket, 1.0, until), Duration::ZERO);
    }
}
