//! Reports: one stream of findings in, several files and a terminal summary out.
//!
//! Findings are written as they come; only counts and the ten worst failures are kept, so memory
//! does not grow with the tenant. A [`Reporter`] feeds every chosen [`Format`].

mod context;
mod csv_output;
mod error;
mod file;
mod format;
mod gap;
mod html;
mod jsonl;
mod measurements;
mod ocsf;
mod output;
mod remedy;
mod reporter;
mod run;
mod summary;
mod terminal;
mod text;
mod totals;
mod words;

#[cfg(test)]
mod samples;

pub use csv_output::COLUMNS;
pub use error::ReportError;
pub use format::{Format, UnknownFormat};
pub use gap::Gap;
pub use measurements::{HostCount, Measurements};
pub use ocsf::OCSF_VERSION;
pub use output::Output;
pub use remedy::Remedy;
pub use reporter::Reporter;
pub use run::{CheckInfo, Run, SkippedSubscription, Subscription};
pub use terminal::terminal_summary;
pub use totals::{StatusCounts, Totals, WORST_KEPT, WORST_OF_A_CHECK, WorstFinding};
