//! Puts the parts together.

use checks::Status;

use super::counts::{by_service, by_severity};
use super::gaps::{gaps as gap_lines, push};
use super::paint::{Ink, Paint};
use super::worst::worst;
use crate::text::{plain, wrapped};
use crate::words::{counted, thousands};
use crate::{Gap, Measurements, Run, Totals, WORST_OF_A_CHECK};

/// Narrower than this, nothing can be laid out.
const NARROWEST: usize = 50;

/// The summary of a run: how complete it is, counts, worst failures, gaps, files. Ends with a
/// line end. `width` is the terminal's in columns; `color` puts ANSI colours in.
///
/// The first and the last line say so when the scan is incomplete, or complete but for optional permissions.
pub fn terminal_summary(
    run: &Run,
    totals: &Totals,
    gaps: &[Gap],
    measured: &Measurements,
    width: usize,
    color: bool,
) -> String {
    let width = width.max(NARROWEST);
    let paint = Paint::new(color);
    let mut lines = headline(run, totals, gaps, width, paint);
    lines.extend(
        wrapped(&measured_line(run, measured), width)
            .iter()
            .map(|line| paint.ink(Ink::Dim, line)),
    );
    section(
        &mut lines,
        "Findings by severity",
        by_severity(totals, paint),
        paint,
    );
    section(
        &mut lines,
        "Findings by service",
        by_service(totals, paint),
        paint,
    );
    section(
        &mut lines,
        &worst_title(totals),
        worst(totals, width, paint),
        paint,
    );
    section(
        &mut lines,
        "Could not be read",
        gap_lines(gaps, width, paint),
        paint,
    );
    section(
        &mut lines,
        "Subscriptions not scanned",
        skipped(run, width),
        paint,
    );
    section(&mut lines, "Files", files(run), paint);
    if let Some(line) = last_line(gaps) {
        lines.push(String::new());
        lines.extend(
            wrapped(&line, width)
                .iter()
                .map(|line| paint.ink(Ink::Warning, line)),
        );
    }
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

/// `Scan of Contoso complete: 12 of 96 findings failed.`
fn headline(run: &Run, totals: &Totals, gaps: &[Gap], width: usize, paint: Paint) -> Vec<String> {
    let failed_reads = Gap::failed_reads(gaps);
    let (state, ink) = if failed_reads > 0 {
        (
            format!("incomplete: {} failed", counted(failed_reads, "read")),
            Ink::Warning,
        )
    } else if Gap::optional_permissions(gaps).is_empty() {
        ("complete".to_owned(), Ink::Good)
    } else {
        let state = "complete but for what optional permissions would show";
        (state.to_owned(), Ink::Good)
    };
    let all = totals.all;
    let verdict = if all.total() == 0 {
        "no findings".to_owned()
    } else {
        format!(
            "{} failed, {} passed, {} manual, {} not assessed",
            thousands(all.of(Status::Fail)),
            thousands(all.of(Status::Pass)),
            thousands(all.of(Status::Manual)),
            thousands(all.of(Status::NotAssessed))
        )
    };
    let separator = if failed_reads > 0 { ";" } else { ":" };
    let line = format!(
        "Scan of {} {state}{separator} {verdict}.",
        plain(run.tenant())
    );
    wrapped(&line, width)
        .iter()
        .map(|line| paint.ink(ink, line))
        .collect()
}

fn measured_line(run: &Run, measured: &Measurements) -> String {
    let mut line = format!(
        "{}, {}, {}, {}, {:.1} s",
        counted(run.subscriptions.len() as u64, "subscription"),
        counted(run.checks.len() as u64, "check"),
        counted(measured.documents_read, "document"),
        counted(measured.requests_made(), "request"),
        measured.total_seconds()
    );
    if let Some(bytes) = measured.peak_memory_bytes {
        line.push_str(&format!(", {} MB at most", bytes.div_ceil(1_000_000)));
    }
    line
}

fn worst_title(totals: &Totals) -> String {
    let shown = totals.worst.len() as u64;
    if totals.all.fail > shown {
        return format!(
            "Worst failures ({shown} of {}, at most {WORST_OF_A_CHECK} of a check)",
            thousands(totals.all.fail)
        );
    }
    "Failures, worst first".to_owned()
}

fn skipped(run: &Run, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for skipped in &run.skipped_subscriptions {
        let text = format!(
            "{} ({}): {}",
            plain(&skipped.name),
            skipped.id,
            plain(&skipped.state)
        );
        push(&mut lines, &text, width, "  ", "    ");
    }
    lines
}

/// The files are never cut: they are there to be copied.
fn files(run: &Run) -> Vec<String> {
    let snapshot = run
        .snapshot_file
        .iter()
        .filter(|snapshot| !run.files.contains(snapshot));
    run.files
        .iter()
        .chain(snapshot)
        .map(|file| format!("  {}", plain(&file.display().to_string())))
        .collect()
}

fn last_line(gaps: &[Gap]) -> Option<String> {
    let failed_reads = Gap::failed_reads(gaps);
    if failed_reads == 0 {
        let optional: Vec<&str> = Gap::optional_permissions(gaps).into_iter().collect();
        return (!optional.is_empty()).then(|| {
            format!(
                "Complete but for what optional permissions would show: {}. What needs them is not assessed.",
                optional.join(", ")
            )
        });
    }
    Some(format!(
        "Incomplete: {} failed. What was not seen is not assessed; it is neither passed nor failed.",
        counted(failed_reads, "read")
    ))
}

/// Adds a titled section, unless it is empty.
fn section(lines: &mut Vec<String>, title: &str, content: Vec<String>, paint: Paint) {
    if content.is_empty() {
        return;
    }
    lines.push(String::new());
    lines.push(paint.ink(Ink::Bold, title));
    lines.extend(content);
}
