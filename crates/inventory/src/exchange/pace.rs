//! Which way of asking for children is faster.

use std::time::Duration;

/// Groups until the ways are compared for the first time, each with a trial of the other way.
const TRIALS: u64 = 3;

/// One group in so many tries the way that is not chosen: networks change.
const AGAIN: u64 = 64;

/// How children of resources are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChildReads {
    /// In whichever way is faster, as measured.
    #[default]
    Measured,
    /// One by one.
    Single,
    /// Twenty in one request, unless Azure refuses that.
    Batch,
}

/// How a group is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    /// Each by itself.
    Single,
    /// All in one request.
    Batch,
    /// All but one in one request.
    Trial,
}

/// How long requests take, and what is known of batches.
#[derive(Debug)]
pub(super) struct Measured {
    asked: ChildReads,
    refused: bool,
    choices: u64,
    single: Option<f64>,
    batch: Option<f64>,
}

impl Measured {
    pub(super) fn new(asked: ChildReads) -> Self {
        Self {
            asked,
            refused: false,
            choices: 0,
            single: None,
            batch: None,
        }
    }

    /// The way for so many children, when a batch can go out at once or has to wait for its quota.
    pub(super) fn choose(&mut self, children: usize, batch_is_free: bool) -> Choice {
        match self.asked {
            _ if self.refused || children < 2 => return Choice::Single,
            ChildReads::Single => return Choice::Single,
            ChildReads::Batch => return Choice::Batch,
            // Single requests draw on the subscriptions' quotas alone.
            ChildReads::Measured if !batch_is_free => return Choice::Single,
            ChildReads::Measured => {}
        }
        self.choices += 1;
        let (Some(single), Some(batch)) = (self.single, self.batch) else {
            return Choice::Trial;
        };
        if self.choices <= TRIALS || self.choices.is_multiple_of(AGAIN) {
            return Choice::Trial;
        }
        // Requests under way at once are what is scarce: a batch takes one place, single reads one each.
        let singly = single * f64::from(u32::try_from(children).unwrap_or(u32::MAX));
        match batch < singly {
            true => Choice::Batch,
            false => Choice::Single,
        }
    }

    /// Whether children may be asked for together.
    pub(super) fn takes_batches(&self) -> bool {
        !self.refused && self.asked != ChildReads::Single
    }

    pub(super) fn note_single(&mut self, elapsed: Duration) {
        self.single = Some(mean(self.single, elapsed));
    }

    pub(super) fn note_batch(&mut self, elapsed: Duration) {
        self.batch = Some(mean(self.batch, elapsed));
    }

    /// Azure does not take batches. Whether that is news.
    pub(super) fn refuse(&mut self) -> bool {
        !std::mem::replace(&mut self.refused, true)
    }
}

/// A moving mean in seconds, in which about the last ten requests count.
fn mean(before: Option<f64>, elapsed: Duration) -> f64 {
    const WEIGHT: f64 = 0.2;
    let seconds = elapsed.as_secs_f64();
    before.map_or(seconds, |before| before + WEIGHT * (seconds - before))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(single: u64, batch: u64) -> Measured {
        let mut measured = Measured::new(ChildReads::Measured);
        for _ in 0..TRIALS {
            assert_eq!(measured.choose(20, true), Choice::Trial);
        }
        measured.note_single(Duration::from_millis(single));
        measured.note_batch(Duration::from_millis(batch));
        measured
    }

    #[test]
    fn both_ways_are_tried_and_the_faster_one_is_taken() {
        assert_eq!(measured(200, 1_000).choose(20, true), Choice::Batch);
        assert_eq!(measured(200, 5_000).choose(20, true), Choice::Single);
        assert_eq!(measured(200, 1_000).choose(3, true), Choice::Single);
    }

    #[test]
    fn a_batch_that_would_wait_for_its_quota_is_not_waited_for() {
        let mut measured = measured(200, 1_000);
        assert_eq!(measured.choose(20, false), Choice::Single);
        assert_eq!(measured.choose(20, true), Choice::Batch);
        let mut batch = Measured::new(ChildReads::Batch);
        assert_eq!(batch.choose(20, false), Choice::Batch);
    }

    #[test]
    fn the_other_way_gets_another_chance() {
        let mut measured = measured(200, 1_000);
        let later: Vec<Choice> = (0..AGAIN).map(|_| measured.choose(20, true)).collect();
        let trials = later.iter().filter(|way| **way == Choice::Trial);
        assert_eq!(trials.count(), 1);
    }

    #[test]
    fn a_refusal_and_the_users_word_are_final() {
        let mut batch = Measured::new(ChildReads::Batch);
        assert_eq!(batch.choose(20, true), Choice::Batch);
        assert_eq!(batch.choose(1, true), Choice::Single);
        assert!(batch.takes_batches());
        assert!(batch.refuse());
        assert!(!batch.takes_batches());
        assert!(!batch.refuse(), "said once");
        assert_eq!(batch.choose(20, true), Choice::Single);
        let mut single = Measured::new(ChildReads::Single);
        assert_eq!(single.choose(20, true), Choice::Single);
        assert!(!single.takes_batches());
    }
}
