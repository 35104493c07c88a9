//! Snapshots that are not gone on with, and are left as they are.

use std::path::{Path, PathBuf};

use crate::support::{Azure, demo};

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
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
