//! A bound on the work of one evaluation.

use std::cell::Cell;

use crate::EvalError;

/// Steps that one evaluation may take. A check of thousands of rules against thousands of documents
/// stays far below; nested quantifiers gone wrong do not.
pub(crate) const STEPS: u32 = 20_000_000;

/// Counts steps down.
pub(crate) struct Budget(Cell<u32>);

impl Budget {
    pub(crate) fn new() -> Self {
        Self(Cell::new(STEPS))
    }

    /// Takes one step.
    pub(crate) fn spend(&self) -> Result<(), EvalError> {
        match self.0.get().checked_sub(1) {
            Some(left) => {
                self.0.set(left);
                Ok(())
            }
            None => Err(EvalError::Exhausted(STEPS)),
        }
    }
}
