//! How a run ended.

use crate::change::ChangeError;
use crate::present::Present;
use crate::proof::NewProof;
use crate::step::Step;

/// How a run ended: what was done, and what was not.
#[derive(Debug)]
pub struct Outcome {
    /// What is there now.
    pub present: Present,
    /// The steps that were done, in their order.
    pub done: Vec<Done>,
    /// The steps that were not, beginning with the one that failed.
    pub left: Vec<Step>,
    /// How it ended.
    pub end: End,
    /// The proof that this run made.
    pub proof: Option<NewProof>,
}

/// A step that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Which.
    pub step: Step,
    /// Whether it made something; otherwise it was there already.
    pub made: bool,
}

/// How a run ended.
#[derive(Debug)]
pub enum End {
    /// Every step is done.
    Complete,
    /// Somebody wanted to stop.
    Interrupted,
    /// A step failed; `None` is what comes before the first.
    Failed {
        /// The step.
        step: Option<Step>,
        /// Why.
        error: Box<ChangeError>,
    },
}
