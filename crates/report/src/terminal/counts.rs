//! The tables of counts.

use comfy_table::{CellAlignment, Table, presets};

use super::paint::{Ink, Paint};
use crate::text::{cut, plain};
use crate::words::{SEVERITIES, STATUSES, severity_label, status_label, thousands};
use crate::{StatusCounts, Totals};

/// The longest service name shown whole.
const NAME_WIDTH: usize = 24;

/// Severity × status.
pub(crate) fn by_severity(totals: &Totals, paint: Paint) -> Vec<String> {
    let rows = SEVERITIES.map(|severity| {
        let counts = totals
            .by_severity
            .get(&severity)
            .copied()
            .unwrap_or_default();
        (severity_label(severity).to_owned(), counts)
    });
    let mut lines = table("Severity", rows.into(), paint);
    for severity in SEVERITIES {
        let label = severity_label(severity);
        if let Some(line) = lines
            .iter_mut()
            .find(|line| line.trim_start().starts_with(label))
        {
            *line = line.replacen(label, &paint.severity(severity, label), 1);
        }
    }
    lines
}

/// Service × status, those with most failures first.
pub(crate) fn by_service(totals: &Totals, paint: Paint) -> Vec<String> {
    let mut rows: Vec<(String, StatusCounts)> = totals
        .by_service
        .iter()
        .filter(|(_, counts)| counts.total() > 0)
        .map(|(name, counts)| (cut(&plain(name), NAME_WIDTH), *counts))
        .collect();
    rows.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.fail));
    if rows.is_empty() {
        return Vec::new();
    }
    table("Service", rows, paint)
}

/// A table of names and counts by status; a zero is a dot, so that the eye finds the others.
fn table(heading: &str, rows: Vec<(String, StatusCounts)>, paint: Paint) -> Vec<String> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let labels = STATUSES.map(|status| status_label(status).to_owned());
    table.set_header(std::iter::once(heading.to_owned()).chain(labels));
    for (name, counts) in rows {
        let numbers = STATUSES.map(|status| match counts.of(status) {
            0 => "·".to_owned(),
            count => thousands(count),
        });
        table.add_row(std::iter::once(name).chain(numbers));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let mut lines: Vec<String> = table
        .lines()
        .map(|line| format!(" {}", line.trim_end()))
        .collect();
    if let Some(header) = lines.first_mut() {
        *header = paint.ink(Ink::Dim, header);
    }
    lines
}
