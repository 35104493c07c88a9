//! The worst failures.

use unicode_width::UnicodeWidthStr;

use super::paint::{Ink, Paint};
use crate::Totals;
use crate::text::{cut, plain};
use crate::words::severity_label;

/// The widest severity label.
const SEVERITY_WIDTH: usize = 13;

/// Two lines for each failure: what and where, then why.
pub(crate) fn worst(totals: &Totals, width: usize, paint: Paint) -> Vec<String> {
    let labels = totals
        .worst
        .iter()
        .map(|worst| severity_label(worst.severity).len());
    let indent = labels.max().unwrap_or(SEVERITY_WIDTH) + 4;
    let room = width.saturating_sub(indent);
    let mut lines = Vec::with_capacity(totals.worst.len() * 2);
    for worst in &totals.worst {
        let label = severity_label(worst.severity);
        let padding = " ".repeat(indent - 2 - label.len());
        let name = cut(&plain(&worst.resource_name), room);
        let rest = room.saturating_sub(name.width() + 2);
        let check = cut(&plain(&worst.check_id), rest);
        let check = if check.width() > 3 {
            format!("  {}", paint.ink(Ink::Dim, &check))
        } else {
            String::new()
        };
        lines.push(format!(
            "  {}{padding}{}{check}",
            paint.severity(worst.severity, label),
            paint.ink(Ink::Bold, &name)
        ));
        let message = cut(&plain(&worst.message), room);
        if !message.is_empty() {
            lines.push(format!("{}{message}", " ".repeat(indent)));
        }
    }
    lines
}
