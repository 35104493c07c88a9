//! Chance by a seed.

use crate::faults::mix;

/// Numbers that a seed always gives in the same order.
#[derive(Debug)]
pub(super) struct Draw {
    seed: u64,
    drawn: u64,
}

impl Draw {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed: mix(seed),
            drawn: 0,
        }
    }

    /// The next number.
    pub(super) fn next(&mut self) -> u64 {
        self.drawn += 1;
        mix(self.seed ^ mix(self.drawn))
    }

    /// A number below another; `None` when there is none.
    pub(super) fn below(&mut self, end: usize) -> Option<usize> {
        let end = u64::try_from(end).ok().filter(|end| *end > 0)?;
        usize::try_from(self.next() % end).ok()
    }

    /// One of some items.
    pub(super) fn one<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let at = self.below(items.len())?;
        items.get(at)
    }

    /// True once in so many times.
    pub(super) fn once_in(&mut self, times: u64) -> bool {
        self.next().is_multiple_of(times)
    }

    /// A short name part.
    pub(super) fn word(&mut self) -> String {
        format!("{:06x}", self.next() & 0xff_ffff)
    }

    /// A GUID.
    pub(super) fn guid(&mut self) -> String {
        crate::ids::guid_of(&format!("{:016x}{:016x}", self.next(), self.next()))
    }
}
