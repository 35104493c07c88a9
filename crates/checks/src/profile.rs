//! Where the time of an evaluation goes.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::counts::Counts;

/// What an evaluation did, and how long each check took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// What was done.
    pub counts: Counts,
    /// By the check's id.
    pub checks: BTreeMap<String, CheckTime>,
}

/// How long a check took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CheckTime {
    /// The documents it was asked about.
    pub documents: u64,
    /// All of it: expressions, messages, evidence, and the documents that it was the first to join.
    pub time: Duration,
}

impl Profile {
    /// Checks by the time they took, the slowest first.
    pub fn slowest(&self) -> Vec<(&str, CheckTime)> {
        let mut checks: Vec<(&str, CheckTime)> = self
            .checks
            .iter()
            .map(|(id, time)| (id.as_str(), *time))
            .collect();
        checks.sort_by_key(|(_, time)| std::cmp::Reverse(time.time));
        checks
    }
}

/// Takes the time of checks.
#[derive(Debug, Default)]
pub(crate) struct Stopwatch(BTreeMap<String, CheckTime>);

impl Stopwatch {
    /// A check was asked about one document.
    pub(crate) fn note(&mut self, check: &str, time: Duration) {
        let known = match self.0.get_mut(check) {
            Some(known) => known,
            None => self.0.entry(check.to_owned()).or_default(),
        };
        known.documents += 1;
        known.time += time;
    }

    /// What was noted.
    pub(crate) fn checks(self) -> BTreeMap<String, CheckTime> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_add_up_and_the_slowest_comes_first() {
        let mut stopwatch = Stopwatch::default();
        for (check, seconds) in [("a", 1), ("b", 3), ("a", 1)] {
            stopwatch.note(check, Duration::from_secs(seconds));
        }
        let profile = Profile {
            checks: stopwatch.checks(),
            ..Profile::default()
        };
        let told: Vec<_> = profile
            .slowest()
            .into_iter()
            .map(|(id, time)| (id, time.documents, time.time.as_secs()))
            .collect();
        assert_eq!(told, [("b", 1, 3), ("a", 2, 2)]);
    }
}
