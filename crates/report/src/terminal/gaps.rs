//! What could not be read, and what would fix it.

use super::paint::{Ink, Paint};
use crate::Gap;
use crate::text::{plain, wrapped};
use crate::words::counted;

/// Gaps named in full; the rest is counted and stands in the files.
const NAMED: usize = 12;

/// The gaps that hide something, each with its permission, then what does not exist here.
pub(crate) fn gaps(gaps: &[Gap], width: usize, paint: Paint) -> Vec<String> {
    let mut hiding: Vec<&Gap> = gaps.iter().filter(|gap| gap.outcome.is_gap()).collect();
    hiding.sort_by_key(|gap| gap.optional);
    let mut lines = Vec::new();
    for gap in hiding.iter().take(NAMED) {
        let outcome = gap.outcome.as_str().replace('_', " ");
        let what = format!(
            "{} {outcome}: {} in {}",
            counted(gap.count, "read"),
            gap.what,
            plain(gap.scope_label())
        );
        push(&mut lines, &what, width, "  ! ", "    ");
        if let Some(permission) = &gap.permission {
            let by = if gap.optional {
                "shown with the optional"
            } else {
                "fixed by"
            };
            push(
                &mut lines,
                &format!("{by} {permission}"),
                width,
                "    ",
                "    ",
            );
        } else if let Some(detail) = &gap.detail {
            push(&mut lines, &plain(detail), width, "    ", "    ");
        }
    }
    if hiding.len() > NAMED {
        lines.push(format!(
            "    and {} more, all named in the report",
            hiding.len() - NAMED
        ));
    }
    let absent: Vec<String> = gaps
        .iter()
        .filter(|gap| !gap.outcome.is_gap())
        .map(|gap| {
            format!(
                "{} ({}, {})",
                gap.what,
                gap.outcome.as_str().replace('_', " "),
                plain(gap.scope_label())
            )
        })
        .collect();
    if !absent.is_empty() {
        let mut quiet = Vec::new();
        push(
            &mut quiet,
            &format!("Not there to read: {}", absent.join(", ")),
            width,
            "  ",
            "    ",
        );
        lines.extend(quiet.iter().map(|line| paint.ink(Ink::Dim, line)));
    }
    lines
}

/// Adds the text in lines, the first and the others with their own indent.
pub(crate) fn push(lines: &mut Vec<String>, text: &str, width: usize, first: &str, others: &str) {
    let room = width.saturating_sub(first.len().max(others.len()));
    for (place, line) in wrapped(text, room).into_iter().enumerate() {
        let indent = if place == 0 { first } else { others };
        lines.push(format!("{indent}{line}"));
    }
}
