//! `demo`, and what evaluation gives of its snapshot.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use checks::{Check, Library};

use crate::support::{Ended, Finding, Program};

const FILES: [&str; 6] = [
    "findings.csv",
    "findings.jsonl",
    "findings.ocsf.json",
    "report.html",
    "snapshot.tdsnap",
    "summary.json",
];

fn demo(arguments: &[&str]) -> Ended {
    Program::new(["demo", "-o", "out"])
        .args(arguments)
        .run()
        .expect(0)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Replaces what differs from run to run: times, sizes, and requests, as batches fill up by chance.
fn settled(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| match line.split_once(" documents, ") {
            Some((counts, _)) => format!("{counts} documents, [requests, time and memory]"),
            None => line.to_owned(),
        });
    lines.collect::<Vec<_>>().join("\n")
}

/// Checks that the demonstration cannot show passing as well as failing, because there is one document of their type,
/// or one answer to what they ask.
const ONE_SIDED: [&str; 0] = [];

#[test]
fn it_finds_what_the_tenant_was_built_to_show() {
    let ended = demo(&[]);
    let found = Finding::read(&ended.home.path().join("out"));
    let mut lines: Vec<String> = found.iter().map(Finding::line).collect();
    lines.sort();
    let all = lines.len();
    lines.dedup();
    assert_eq!(lines.len(), all, "no finding comes twice");
    insta::assert_snapshot!(lines.join("\n"));

    let mut verdicts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for finding in &found {
        let of_check = verdicts.entry(&finding.check_id).or_default();
        of_check.insert(&finding.status);
    }
    let library = Library::builtin().unwrap();
    let is_shown = |check: &&Check| {
        let statuses = verdicts.get(check.id.as_str());
        statuses.is_some_and(|of| of.contains("pass") && of.contains("fail"))
    };
    let ids = library.checks().iter().filter(|check| !is_shown(check));
    let one_sided: Vec<&str> = ids.map(|check| check.id.as_str()).collect();
    assert_eq!(one_sided, ONE_SIDED);
}

#[test]
fn it_writes_every_file_and_says_how_to_go_on() {
    let ended = demo(&[]);
    assert_eq!(names(&ended.home.path().join("out")), FILES);
    assert!(ended.stderr.contains("report.html"), "{ended}");
    assert!(ended.stderr.contains("threatdefence scan"), "{ended}");
    assert_eq!(
        names(ended.home.path()),
        ["out"],
        "nothing is left elsewhere"
    );
}

#[test]
fn without_a_folder_it_makes_a_dated_one() {
    let ended = Program::new(["demo"]).run().expect(0);
    let made = names(ended.home.path());
    assert_eq!(made.len(), 1, "{made:?}");
    assert!(made[0].starts_with("threatdefence-demo-2"), "{made:?}");
    assert!(ended.stdout.contains(&made[0]), "{ended}");
}

#[test]
fn its_summary_names_the_gap_first_and_last() {
    let ended = demo(&[]);
    assert!(
        ended.first_line().contains("incomplete: 3 reads failed"),
        "{ended}"
    );
    assert!(
        ended.last_line().starts_with("Incomplete: 3 reads failed"),
        "{ended}"
    );
    insta::assert_snapshot!(settled(&ended.stdout));
}

#[test]
fn nothing_is_coloured_and_nothing_wraps_away_without_a_terminal() {
    let ended = demo(&[]);
    assert!(
        !ended.stdout.contains('\u{1b}') && !ended.stderr.contains('\u{1b}'),
        "{ended}"
    );
}

#[test]
fn quiet_leaves_only_warnings_on_stderr() {
    let ended = demo(&["--quiet"]);
    assert!(
        ended
            .stderr
            .lines()
            .all(|line| line.starts_with("warning: ")),
        "{ended}"
    );
    assert!(ended.stdout.starts_with("Scan of "), "{ended}");
}

#[test]
fn a_format_picks_its_file() {
    let ended = demo(&["--format", "csv"]);
    assert_eq!(
        names(&ended.home.path().join("out")),
        ["findings.csv", "snapshot.tdsnap"]
    );
}

#[test]
fn a_selection_limits_checks_and_reads() {
    let ended = demo(&["--check", "storage_*", "--exclude-check", "*soft_delete*"]);
    let findings = Finding::read(&ended.home.path().join("out"));
    assert!(
        findings
            .iter()
            .all(|finding| finding.check_id.starts_with("storage_"))
    );
    assert!(
        findings
            .iter()
            .all(|finding| !finding.check_id.contains("soft_delete"))
    );
    assert!(
        ended.first_line().contains(" complete: "),
        "nothing denied is read: {ended}"
    );
}

#[test]
fn evaluating_the_snapshot_gives_the_same_bytes_each_time() {
    let scanned = demo(&[]);
    let snapshot = scanned.home.path().join("out/snapshot.tdsnap");
    let before = std::fs::read(&snapshot).unwrap();
    let evaluate = || {
        let arguments = [
            Path::new("evaluate"),
            &snapshot,
            Path::new("-o"),
            Path::new("out"),
        ];
        Program::new(arguments).run().expect(0)
    };
    let (one, two) = (evaluate(), evaluate());
    for file in ["findings.csv", "findings.jsonl", "findings.ocsf.json"] {
        let read = |ended: &Ended| std::fs::read(ended.home.path().join("out").join(file)).unwrap();
        assert!(
            read(&one) == read(&two),
            "{file} differs between evaluations"
        );
        assert!(
            read(&one) == read(&scanned),
            "{file} differs from the scan's"
        );
    }
    assert!(
        std::fs::read(&snapshot).unwrap() == before,
        "evaluation leaves the snapshot alone"
    );
}

#[test]
fn nothing_selected_is_an_error_with_the_nearest_names() {
    let asked = |flag, value| Program::new(["demo", flag, value]).run();
    asked("--check", "storage_secure_transfer_required").refused(
        2,
        "storage_secure_transfer_required",
        "storage_secure_transfer_required_is_enabled",
    );
    asked("--service", "storrage").refused(2, "storrage", "storage");
    asked("--category", "encription").refused(2, "encription", "encryption");
}
