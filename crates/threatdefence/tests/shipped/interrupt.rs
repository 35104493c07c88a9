//! Runs that are cut off: what was read is kept, and another run goes on from there.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use inventory::Snapshot;
use simulator::{Options, RecordedRequest};

use crate::support::{Azure, Ended, Finding, baseline, changes, demo, demo_with, unchanged_in};

/// Requests in flight at once: all that may be asked twice.
const CONCURRENCY: &str = "4";

/// The demonstration tenant, slow enough to be cut off on the way.
fn slow() -> Azure {
    demo_with(Options {
        latency: Duration::from_millis(10),
        ..Options::default()
    })
}

/// The reads of resources; sign-in and finding out what to scan happen in each run.
fn reads(requests: &[RecordedRequest]) -> Vec<String> {
    let reads = requests
        .iter()
        .filter(|request| request.status == 200 && request.path.starts_with("/subscriptions/"));
    reads
        .map(|request| format!("{} {}?{}", request.method, request.path, request.query))
        .collect()
}

/// Starts a run, sends it a signal when a third of the reads is done, and waits for its end.
fn cut_off(azure: &Azure, arguments: &[&str], signal: &str) -> Ended {
    let mut running = azure
        .program(arguments)
        .args(["--concurrency", CONCURRENCY])
        .start();
    running.wait_until(|| reads(&azure.requests()).len() >= 30);
    running.signal(signal);
    running.wait()
}

/// Goes on, and proves that nothing is lost and nothing that was kept is read again.
fn go_on(azure: &Azure, arguments: &[&str]) -> Ended {
    let before = reads(&azure.requests());
    let ended = azure
        .program(arguments)
        .args(["--concurrency", CONCURRENCY])
        .run()
        .expect(0);
    let after = reads(&azure.requests())[before.len()..].to_vec();
    let (before, after): (BTreeSet<_>, BTreeSet<_>) =
        (before.iter().collect(), after.iter().collect());
    let repeated: Vec<_> = before.intersection(&after).collect();
    assert!(
        repeated.len() <= CONCURRENCY.parse().unwrap(),
        "read again: {repeated:#?}"
    );
    assert!(!after.is_empty(), "there was something left to read");
    ended
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_scan_stopped_by_ctrl_c_goes_on_where_it_was() {
    let azure = slow();
    let folder = azure.path("cut-off");
    let ended = cut_off(&azure, &["scan", "-o", text(&folder)], "INT");
    let resume = format!("threatdefence scan --resume {}", folder.display());
    ended.refused(1, "what was read is kept", &resume);

    let snapshot = Snapshot::open(&folder.join("snapshot.tdsnap")).unwrap();
    assert!(snapshot.manifest().finished.is_none());
    assert!(snapshot.document_count().unwrap() > 0);
    drop(snapshot);

    go_on(&azure, &["scan", "--resume", text(&folder)]);
    unchanged_in(&folder);
    let snapshot = Snapshot::open(&folder.join("snapshot.tdsnap")).unwrap();
    assert!(snapshot.manifest().finished.is_some());
}

#[test]
fn a_collection_stopped_by_ctrl_c_says_so_when_judged_and_goes_on() {
    let azure = slow();
    let (file, early, late) = (
        azure.path("a.tdsnap"),
        azure.path("early"),
        azure.path("late"),
    );
    let ended = cut_off(&azure, &["collect", "-o", text(&file)], "INT");
    let resume = format!("threatdefence collect --resume -o {}", file.display());
    ended.refused(1, "what was read is kept", &resume);

    let judged = evaluate(&file, &early);
    assert!(judged.first_line().contains(" incomplete: "), "{judged}");
    let findings = Finding::read(&early);
    assert!(
        findings.iter().any(|finding| finding.reason == "pending"),
        "{judged}"
    );
    let (_, new) = changes(baseline(), &findings);
    assert!(
        new.iter().all(|line| line.contains(" not_assessed ")),
        "half the data judges nothing else: {new:#?}"
    );

    go_on(&azure, &["collect", "--resume", "-o", text(&file)]);
    evaluate(&file, &late);
    unchanged_in(&late);
}

fn evaluate(snapshot: &Path, folder: &Path) -> Ended {
    crate::support::Program::new(["evaluate", text(snapshot), "-o", text(folder)])
        .run()
        .expect(0)
}

#[test]
fn a_scan_that_was_killed_goes_on_too() {
    let azure = slow();
    let folder = azure.path("killed");
    cut_off(&azure, &["scan", "-o", text(&folder)], "KILL").expect(-1);
    let killed_after = azure.requests().len();
    azure
        .program(&["scan", "--resume", text(&folder)])
        .run()
        .expect(0);
    unchanged_in(&folder);
    assert!(
        azure.requests().len() < 2 * killed_after + 112,
        "it did not begin anew"
    );
}

#[test]
fn a_finished_scan_has_nothing_left_to_read() {
    let azure = demo();
    let folder = azure.scan(&[]).folder;
    let before = reads(&azure.requests()).len();
    let again = azure
        .program(&["scan", "--resume", text(&folder)])
        .run()
        .expect(0);
    let denied = "host/default/listkeys";
    assert_eq!(reads(&azure.requests()).len(), before, "{again}");
    let asked = azure
        .requests()
        .into_iter()
        .filter(|request| request.path.ends_with(denied) && request.status == 403);
    assert_eq!(
        asked.count(),
        2,
        "what was denied is tried again: it may be granted by now"
    );
    unchanged_in(&folder);
}

/// A snapshot of the demonstration tenant.
fn snapshot(azure: &Azure) -> PathBuf {
    let file = azure.path("whole.tdsnap");
    azure
        .program(&["collect", "-o", text(&file), "--check", "storage_*"])
        .run()
        .expect(0);
    file
}

#[test]
fn what_is_no_snapshot_is_refused() {
    let azure = demo();
    let hint = "cut-off run";
    let resume = |file: &Path| {
        azure
            .program(&["collect", "--resume", "-o", text(file)])
            .run()
    };
    resume(&azure.path("nowhere")).refused(1, "there is no snapshot", hint);
    let foreign = azure.path("foreign");
    std::fs::write(&foreign, "a letter").unwrap();
    resume(&foreign).refused(1, "is not a ThreatDefence snapshot", hint);
    assert_eq!(std::fs::read_to_string(&foreign).unwrap(), "a letter");
    azure
        .program(&["scan", "--resume", "nowhere"])
        .run()
        .refused(1, "there is no snapshot", hint);
    assert!(azure.requests().is_empty(), "nothing is asked of Azure");
}

#[test]
fn a_snapshot_of_a_later_program_is_refused_everywhere() {
    let azure = demo();
    let file = snapshot(&azure);
    let newer = inventory::FORMAT_VERSION + 1;
    rusqlite::Connection::open(&file)
        .unwrap()
        .pragma_update(None, "user_version", newer)
        .unwrap();
    let words = format!("has snapshot format {newer}");
    azure
        .program(&["collect", "--resume", "-o", text(&file)])
        .run()
        .refused(1, &words, "upgrade");
    let judged = crate::support::Program::new(["evaluate", text(&file)]).run();
    judged.refused(1, &words, "upgrade");
}

#[test]
fn what_exists_is_not_overwritten() {
    let azure = demo();
    let file = snapshot(&azure);
    let before = std::fs::read(&file).unwrap();
    azure
        .program(&["collect", "-o", text(&file)])
        .run()
        .refused(2, "exists already", "--resume");
    assert!(std::fs::read(&file).unwrap() == before);

    let folder = azure.scan(&["--check", "storage_*"]).folder;
    let asked = azure.requests().len();
    let again = azure.program(&["scan", "-o", text(&folder)]).run();
    again.refused(2, "holds a scan already", "--output-dir");
    assert_eq!(
        azure.requests().len(),
        asked,
        "refused before anything is asked of Azure"
    );
}

#[test]
fn a_snapshot_of_another_tenant_is_not_gone_on_with() {
    let azure = demo();
    let file = snapshot(&azure);
    let other = crate::support::Company::new().start();
    let ended = other
        .program(&["collect", "--resume", "-o", text(&file)])
        .run();
    ended.refused(2, "the snapshot is of tenant", "sign in to the tenant");
}
