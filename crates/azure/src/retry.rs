//! The retry layer: asks again what can heal, at the time that Azure names, within a budget.

mod backoff;
mod effort;
mod wait;

pub(crate) use effort::Effort;
pub(crate) use wait::{clock, named_wait};
