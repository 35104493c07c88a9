//! The figures of runs, side by side.

use super::runs::Run;

const MEGABYTE: u64 = 1_000_000;

/// A heading and a value for each figure of a run.
pub(super) fn row(name: &str, run: &Run) -> Vec<String> {
    let figures = &run.figures;
    let unread: u64 = figures
        .reads
        .iter()
        .filter(|(outcome, _)| !matches!(outcome.as_str(), "read" | "absent" | "not_needed"))
        .map(|(_, reads)| reads)
        .sum();
    vec![
        name.to_owned(),
        format!("{:.1} s", run.wall.as_secs_f64()),
        format!("{:.1} s", figures.limit_seconds),
        figures.requests.to_string(),
        figures.least_requests.to_string(),
        figures.in_batches.to_string(),
        figures.throttled.to_string(),
        figures.retries.to_string(),
        figures.documents.to_string(),
        unread.to_string(),
        figures.peak_memory_bytes.map_or_else(
            || "not told".to_owned(),
            |bytes| format!("{} MB", bytes.div_ceil(MEGABYTE)),
        ),
    ]
}

/// The headings of [`row`].
pub(super) const HEADINGS: [&str; 11] = [
    "collection",
    "time",
    "limits alone",
    "requests",
    "least",
    "in batches",
    "429s",
    "retries",
    "documents",
    "unread",
    "memory",
];
