//! The summary at the end of a run, for a terminal of any width, with or without colour.

mod counts;
mod gaps;
mod paint;
mod summary;
mod worst;

#[cfg(test)]
mod tests;

pub use summary::terminal_summary;
