//! Which checks that leaves, what is too much, and what to do.

use std::collections::BTreeMap;

use super::layout::{Mark, Sheet, counted};
use crate::{Diagnosis, IdentityKind, Lack, Remedy};

/// Checks that are named for each missing grant; the rest is counted, and stands in the JSON.
const NAMED: usize = 8;
/// Commands that are shown for each thing to do.
const COMMANDS: usize = 3;

pub(super) fn checks(sheet: &mut Sheet, of: &Diagnosis) {
    sheet.heading("Checks");
    let total = of.checks.len();
    sheet.text(
        2,
        &format!(
            "{} of {total} selected checks can be assessed everywhere.",
            of.ready()
        ),
    );
    let mut by_lack: BTreeMap<(bool, &str, &str), Vec<&str>> = BTreeMap::new();
    for check in &of.checks {
        for lack in &check.lacks {
            let of_lack = (lack.optional, lack.title(), why(lack));
            by_lack.entry(of_lack).or_default().push(&check.check_id);
        }
    }
    for ((optional, title, why), checks) in by_lack {
        let reason = match why.is_empty() {
            true => String::new(),
            false => format!(" ({why})"),
        };
        let (word, mark) = match optional {
            true => ("option", Mark::Doubtful),
            false => ("lacks", Mark::Bad),
        };
        sheet.marked(2, 7, word, mark, &format!("{title}{reason}"));
        let named = checks
            .iter()
            .take(NAMED)
            .copied()
            .collect::<Vec<_>>()
            .join(", ");
        let more = match checks.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let count = counted(checks.len(), "check", "checks");
        sheet.text(9, &format!("{count}: {named}{more}"));
    }
}

/// The reason, where it is not the title already.
fn why(lack: &Lack) -> &str {
    match lack.grant {
        Some(_) => &lack.reason,
        None => "",
    }
}

pub(super) fn excess(sheet: &mut Sheet, of: &Diagnosis) {
    sheet.heading("More than needed");
    if of.identity.kind == IdentityKind::User {
        sheet.text(2, "Not judged: a user's roles are their own.");
        return;
    }
    if of.excess.is_empty() {
        sheet.text(2, "Nothing was found.");
    }
    for one in &of.excess {
        let place = one
            .scope
            .as_ref()
            .map_or(String::new(), |scope| format!(" on {scope}"));
        let text = format!("{}{place}: {}", one.name, one.why);
        sheet.marked(2, 10, one.severity.as_str(), Mark::Doubtful, &text);
    }
}

pub(super) fn what_to_do(sheet: &mut Sheet, of: &Diagnosis) {
    sheet.heading("What to do");
    if of.complete && of.what_to_do.iter().all(|one| one.optional) {
        let total = of.checks.len();
        let text = match total - of.ready() {
            0 => format!(
                "Nothing: all {total} selected checks can be assessed, and nothing more than they need was found."
            ),
            beyond => format!(
                "Nothing: of {total} selected checks all can be assessed but {beyond} that need optional permissions, and nothing more than they need was found. If you want those too:"
            ),
        };
        sheet.text(2, &text);
    }
    for (index, one) in of.what_to_do.iter().enumerate() {
        remedy(sheet, index + 1, one);
    }
}

fn remedy(sheet: &mut Sheet, number: usize, of: &Remedy) {
    let opens = match (of.opens.len(), of.severity) {
        (0, Some(severity)) => format!(" ({})", severity.as_str()),
        (0, None) => String::new(),
        (number, _) => format!(" (opens {})", counted(number, "check", "checks")),
    };
    sheet.field(2, 3, &format!("{number}."), &format!("{}{opens}", of.what));
    for command in of.commands.iter().take(COMMANDS) {
        sheet.whole(7, command);
    }
    if let Some(more) = of
        .commands
        .len()
        .checked_sub(COMMANDS)
        .filter(|more| *more > 0)
    {
        sheet.text(
            7,
            &format!(
                "and {} like these, which --format json lists",
                counted(more, "more", "more")
            ),
        );
    }
    if let Some(portal) = &of.portal {
        sheet.field(5, 8, "portal:", portal);
    }
}
