//! What people read: messages, risk, remediation, references.

use super::Report;
use crate::diagnostic::Place;

pub(super) fn lint(report: &mut Report<'_>) {
    let check = report.check;
    match (&check.manual, &check.message.manual) {
        (Some(_), None) => report.add(check.places.manual, "`manual` has no message"),
        (None, Some(_)) => report.add(
            check.places.messages[2],
            "a message for `manual`, but no `manual`",
        ),
        _ => {}
    }
    let messages = [
        Some(&check.message.pass),
        Some(&check.message.fail),
        check.message.manual.as_ref(),
    ];
    for (message, place) in messages.into_iter().zip(check.places.messages) {
        if message.is_some_and(|message| message.literals().any(|text| text.contains('\n'))) {
            let hint =
                Some("YAML keeps the line break before a line that is indented more".to_owned());
            report.add_with_hint(place, "a message is one line", hint);
        }
    }
    if check.risk.is_empty() {
        report.add(check.places.risk, "the risk is empty");
    }
    if check.remediation.text.source.is_empty() {
        report.add(check.places.remediation, "the remediation has no text");
    }
    if check.references.is_empty() {
        report.add(check.places.title, "the check has no reference");
    }
    for (reference, place) in check.references.iter().zip(&check.places.references) {
        self::reference(report, reference, *place);
    }
}

/// Forms of links that are dead or will die.
fn reference(report: &mut Report<'_>, reference: &str, place: Place) {
    let Some(rest) = reference.strip_prefix("https://") else {
        report.add(
            place,
            format!("the reference `{reference}` is no https link"),
        );
        return;
    };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if !host.contains('.') || reference.contains(char::is_whitespace) || !reference.is_ascii() {
        report.add(
            place,
            format!("the reference `{reference}` is no https link"),
        );
    }
    if host == "docs.microsoft.com" {
        let hint = Some(format!("https://learn.microsoft.com/{path}"));
        report.add_with_hint(place, "docs.microsoft.com has moved", hint);
    }
    if host == "learn.microsoft.com"
        && let Some((language, page)) = path.split_once('/')
        && is_language(language)
    {
        let hint = Some(format!("https://learn.microsoft.com/{page}"));
        report.add_with_hint(place, "the reference fixes the reader's language", hint);
    }
}

/// Whether a segment is a language tag such as `en-us`.
fn is_language(segment: &str) -> bool {
    matches!(segment.as_bytes(), [a, b, b'-', c, d] if [a, b, c, d].iter().all(|byte| byte.is_ascii_lowercase()))
}
