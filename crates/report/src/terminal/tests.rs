//! The summary at several widths.

use unicode_width::UnicodeWidthStr;

use crate::{Gap, Run, Totals, samples, terminal_summary};

fn totals(run: &Run, findings: &[checks::Finding]) -> Totals {
    let mut totals = Totals::new(run);
    for finding in findings {
        totals.add(finding);
    }
    totals
}

fn summary(findings: &[checks::Finding], gaps: &[Gap], width: usize, color: bool) -> String {
    let run = samples::run();
    terminal_summary(
        &run,
        &totals(&run, findings),
        gaps,
        &samples::measurements(),
        width,
        color,
    )
}

/// The text without escape sequences.
fn uncoloured(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + part.split_once('m').map_or(part, |(_, rest)| rest)
    })
}

#[test]
fn looks_as_documented_at_60_columns() {
    insta::assert_snapshot!(summary(&samples::findings(), &samples::gaps(), 60, false));
}

#[test]
fn looks_as_documented_at_80_columns() {
    insta::assert_snapshot!(summary(&samples::findings(), &samples::gaps(), 80, false));
}

#[test]
fn looks_as_documented_at_120_columns() {
    insta::assert_snapshot!(summary(&samples::findings(), &samples::gaps(), 120, false));
}

#[test]
fn looks_as_documented_without_findings() {
    insta::assert_snapshot!(summary(&[], &[], 80, false));
}

#[test]
fn looks_as_documented_when_nothing_was_assessed() {
    insta::assert_snapshot!(summary(&samples::unassessed(), &samples::gaps(), 80, false));
}

#[test]
fn colour_adds_nothing_but_colour() {
    let plain = summary(&samples::findings(), &samples::gaps(), 80, false);
    let coloured = summary(&samples::findings(), &samples::gaps(), 80, true);
    assert!(!plain.contains('\u{1b}'));
    assert!(coloured.contains('\u{1b}'));
    assert_eq!(uncoloured(&coloured), plain);
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for width in [50, 60, 80, 120, 200] {
        let text = summary(&samples::findings(), &samples::gaps(), width, false);
        for line in text.lines() {
            assert!(line.width() <= width, "{width}: {line:?}");
        }
    }
}

#[test]
fn the_first_and_the_last_line_say_that_it_is_incomplete() {
    let text = summary(&samples::findings(), &samples::gaps(), 120, false);
    assert!(
        text.lines()
            .next()
            .unwrap()
            .starts_with("Scan of Contoso <b>GmbH</b> incomplete: 14 reads failed;")
    );
    assert!(
        text.lines()
            .last()
            .unwrap()
            .starts_with("Incomplete: 14 reads failed.")
    );
    let text = summary(&samples::findings(), &[], 120, false);
    assert!(
        text.lines()
            .next()
            .unwrap()
            .starts_with("Scan of Contoso <b>GmbH</b> complete:")
    );
    assert!(!text.to_lowercase().contains("incomplete"));
}

#[test]
fn names_from_azure_cannot_paint_the_screen() {
    for finding in samples::findings() {
        let text = summary(&[finding], &samples::gaps(), 120, false);
        assert!(
            !text
                .chars()
                .any(|character| character.is_control() && character != '\n'),
            "{text:?}"
        );
        assert!(!text.contains('\u{202e}'), "{text:?}");
    }
}

#[test]
fn many_gaps_are_counted() {
    let gaps: Vec<Gap> = (0..20).map(|_| samples::gaps().remove(0)).collect();
    let text = summary(&[], &gaps, 80, false);
    assert!(
        text.contains("and 8 more, all named in the report"),
        "{text}"
    );
}
