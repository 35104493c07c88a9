//! What the template shows.

use std::borrow::Cow;

use askama::Template;
use checks::{Severity, Status};
use jiff::Timestamp;

use super::policy::{as_parsed, content_security_policy};
use crate::words::{counted, severity, severity_label, status, status_label, thousands};
use crate::{Gap, Measurements, Run, StatusCounts, Totals, words};

/// Stands in the template where the rows go.
pub(crate) const ROWS: &str = "@@ROWS@@";

const STYLE: &str = include_str!("../../assets/report.css");
const SCRIPT: &str = include_str!("../../assets/report.js");

/// The page without its rows.
#[derive(Template)]
#[template(path = "report.html")]
pub(crate) struct Page<'a> {
    policy: String,
    style: Cow<'static, str>,
    script: Cow<'static, str>,
    shared: String,
    rows: &'static str,
    run: &'a Run,
    started: String,
    duration: String,
    findings: String,
    requests: String,
    documents: String,
    failed_reads: Option<String>,
    gaps: Vec<GapLine<'a>>,
    tiles: Vec<Tile>,
    matrix: Vec<MatrixLine>,
    services: Vec<ServiceLine<'a>>,
}

/// One line of the table of gaps.
struct GapLine<'a> {
    gap: &'a Gap,
    outcome: String,
    count: String,
}

/// A count by status.
struct Tile {
    key: &'static str,
    label: &'static str,
    count: String,
    hint: &'static str,
}

/// A severity's counts by status.
struct MatrixLine {
    key: &'static str,
    label: &'static str,
    counts: [String; 4],
}

/// A service's bar.
struct ServiceLine<'a> {
    name: &'a str,
    text: String,
    bars: Vec<Bar>,
}

/// A part of a bar, in percent of its width.
struct Bar {
    key: &'static str,
    from: String,
    width: String,
}

impl<'a> Page<'a> {
    /// The page of a run. `shared` is the data that rows refer to, safe between script tags.
    pub(crate) fn new(
        run: &'a Run,
        gaps: &'a [Gap],
        totals: &'a Totals,
        measured: &Measurements,
        shared: String,
    ) -> Self {
        let style = as_parsed(STYLE);
        let script = as_parsed(SCRIPT);
        let failed_reads = Gap::failed_reads(gaps);
        Self {
            policy: content_security_policy(&style, &script),
            style,
            script,
            shared,
            rows: ROWS,
            run,
            started: shown_time(run.started),
            duration: shown_duration(measured.total_seconds()),
            findings: thousands(totals.all.total()),
            requests: thousands(measured.requests_made()),
            documents: thousands(measured.documents_read),
            failed_reads: (failed_reads > 0).then(|| counted(failed_reads, "read")),
            gaps: gaps.iter().map(GapLine::of).collect(),
            tiles: words::STATUSES
                .map(|status| Tile::of(status, totals))
                .into(),
            matrix: words::SEVERITIES
                .map(|severity| MatrixLine::of(severity, totals))
                .into(),
            services: services(totals),
        }
    }
}

impl<'a> GapLine<'a> {
    fn of(gap: &'a Gap) -> Self {
        Self {
            gap,
            outcome: gap.outcome.as_str().replace('_', " "),
            count: thousands(gap.count),
        }
    }
}

impl Tile {
    fn of(shown: Status, totals: &Totals) -> Self {
        let hint = match shown {
            Status::Fail => "not as it should be",
            Status::Manual => "a person must look",
            Status::NotAssessed => "could not be judged",
            Status::Pass => "as it should be",
        };
        Self {
            key: status(shown),
            label: status_label(shown),
            count: thousands(totals.all.of(shown)),
            hint,
        }
    }
}

impl MatrixLine {
    fn of(shown: Severity, totals: &Totals) -> Self {
        let counts = totals.by_severity.get(&shown).copied().unwrap_or_default();
        Self {
            key: severity(shown),
            label: severity_label(shown),
            counts: words::STATUSES.map(|status| thousands(counts.of(status))),
        }
    }
}

/// The services with findings, those with most failures first.
fn services(totals: &Totals) -> Vec<ServiceLine<'_>> {
    let mut services: Vec<(&str, StatusCounts)> = totals
        .by_service
        .iter()
        .filter(|(_, counts)| counts.total() > 0)
        .map(|(name, counts)| (name.as_str(), *counts))
        .collect();
    services.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.fail));
    let longest = services
        .iter()
        .map(|(_, counts)| counts.total())
        .max()
        .unwrap_or_default();
    services
        .into_iter()
        .map(|(name, counts)| ServiceLine {
            name,
            text: in_words(counts),
            bars: bars(counts, longest),
        })
        .collect()
}

/// `3 fail, 12 pass`: what the bar shows, for those who do not see it.
fn in_words(counts: StatusCounts) -> String {
    let parts: Vec<String> = words::STATUSES
        .into_iter()
        .filter(|&shown| counts.of(shown) > 0)
        .map(|shown| {
            format!(
                "{} {}",
                thousands(counts.of(shown)),
                status_label(shown).to_lowercase()
            )
        })
        .collect();
    parts.join(", ")
}

/// The parts of a bar, as long as its share of the longest.
fn bars(counts: StatusCounts, longest: u64) -> Vec<Bar> {
    let percent = |count: u64| count as f64 * 100.0 / longest.max(1) as f64;
    let mut before = 0;
    words::STATUSES
        .into_iter()
        .filter_map(|shown| {
            let count = counts.of(shown);
            let from = before;
            before += count;
            (count > 0).then(|| Bar {
                key: status(shown),
                from: format!("{:.3}", percent(from)),
                width: format!("{:.3}", percent(count)),
            })
        })
        .collect()
}

/// `23 November 2026, 20:00 UTC`.
fn shown_time(time: Timestamp) -> String {
    time.strftime("%-d %B %Y, %H:%M UTC").to_string()
}

/// `850 ms`, `12.5 s` or `3 min 20 s`.
fn shown_duration(seconds: f64) -> String {
    if seconds < 1.0 {
        return format!("{:.0} ms", seconds * 1000.0);
    }
    if seconds < 60.0 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds.round() as u64;
    format!("{} min {} s", whole / 60, whole % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        assert_eq!(shown_duration(0.0123), "12 ms");
        assert_eq!(shown_duration(12.46), "12.5 s");
        assert_eq!(shown_duration(200.4), "3 min 20 s");
    }

    #[test]
    fn times_read_well() {
        assert_eq!(
            shown_time("2026-11-03T20:05:00Z".parse().unwrap()),
            "3 November 2026, 20:05 UTC"
        );
    }

    #[test]
    fn bars_add_up() {
        let counts = StatusCounts {
            pass: 1,
            fail: 2,
            manual: 0,
            not_assessed: 1,
        };
        let bars = bars(counts, 8);
        assert_eq!(
            bars.iter().map(|bar| bar.key).collect::<Vec<_>>(),
            ["fail", "not_assessed", "pass"]
        );
        assert_eq!(bars[2].from, "37.500");
        assert_eq!(bars[2].width, "12.500");
        assert_eq!(in_words(counts), "2 fail, 1 not assessed, 1 pass");
    }
}
