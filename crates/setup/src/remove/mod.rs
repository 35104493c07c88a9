//! Takes away what setup made, and leaves what was there before.
//!
//! What is setup's own is what the journal says; without one, what bears setup's marks: the application's
//! tag, the ids of role and assignments. An application without the tag is touched only when it is named.

mod azure;
mod carry_out;
mod found;
mod others;
mod plan;
mod step;
#[cfg(test)]
mod tests;

pub use carry_out::{Left, Removed, remove};
pub use found::found;
pub use others::others_with_role;
pub use plan::{Removal, Terms, removal};
pub use step::{RemovalStep, What};
