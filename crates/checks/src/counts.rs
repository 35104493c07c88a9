//! What an evaluation did, in numbers.

use crate::Status;

/// What an evaluation did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Documents that checks judged; those that are only joined are not counted.
    pub documents: u64,
    /// Findings with status `pass`.
    pub pass: u64,
    /// Findings with status `fail`.
    pub fail: u64,
    /// Findings with status `manual`.
    pub manual: u64,
    /// Findings with status `not_assessed`.
    pub not_assessed: u64,
}

impl Counts {
    /// All findings.
    pub fn findings(&self) -> u64 {
        self.pass + self.fail + self.manual + self.not_assessed
    }

    /// Counts one more.
    pub(crate) fn count(&mut self, status: Status) {
        *match status {
            Status::Pass => &mut self.pass,
            Status::Fail => &mut self.fail,
            Status::Manual => &mut self.manual,
            Status::NotAssessed => &mut self.not_assessed,
        } += 1;
    }
}
