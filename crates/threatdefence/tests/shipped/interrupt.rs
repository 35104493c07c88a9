//! Runs that are cut off: what was read is kept, and another run goes on from there.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use inventory::Snapshot;
use serde_json::{Value, json};
use simulator::{Options, RecordedRequest};

use crate::support::{
    Azure, Company, Ended, Finding, ONE_BY_ONE, baseline, changes, demo, demo_with, unchanged_in,
};

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
        .args(ONE_BY_ONE)
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
        .args(ONE_BY_ONE)
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
    let undisturbed = slow();
    undisturbed.scan(&ONE_BY_ONE);
    let whole = undisturbed.requests().len();
    let azure = slow();
    let folder = azure.path("killed");
    cut_off(&azure, &["scan", "-o", text(&folder)], "KILL").expect(-1);
    let killed_after = azure.requests().len();
    azure
        .program(&["scan", "--resume", text(&folder)])
        .args(ONE_BY_ONE)
        .run()
        .expect(0);
    unchanged_in(&folder);
    let resumed = azure.requests().len() - killed_after;
    assert!(
        resumed + 15 < whole,
        "it did not begin anew: {killed_after}, {resumed} of {whole}"
    );
}

const STORAGE: &str = "Microsoft.Storage/storageAccounts";
const SECURE: &str = "storage_secure_transfer_required_is_enabled";

/// Twelve pages of two accounts each.
fn accounts() -> Azure {
    let accounts: Vec<Value> = (0..24)
        .map(|index| {
            let name = format!("account{index:02}");
            json!({"id": Company::id(STORAGE, &name), "name": name, "type": STORAGE, "location": "westeurope",
                "kind": "StorageV2", "properties": {"supportsHttpsTrafficOnly": true}})
        })
        .collect();
    let company = Company::new().list(STORAGE, json!(accounts));
    company.start_with(Options {
        page_size: Some(2),
        latency: Duration::from_millis(20),
        ..Options::default()
    })
}

#[test]
fn a_query_of_resource_graph_goes_on_at_its_unread_page() {
    /// The subscriptions, then the pages.
    const WHOLE: usize = 1 + 12;
    /// The subscriptions, the page under way, and one that was not yet written when the run was killed.
    const AGAIN: usize = 3;
    for signal in ["INT", "KILL"] {
        let azure = accounts();
        let (file, folder) = (azure.path("rows.tdsnap"), azure.path("judged"));
        let collect = ["collect", "-o", text(&file), "--check", SECURE];
        let mut running = azure.program(&collect).start();
        running.wait_until(|| azure.queries().len() >= 8);
        running.signal(signal);
        running.wait();
        let before = azure.queries().len();
        assert!(before < WHOLE, "it was cut off");
        azure
            .program(&["collect", "--resume", "-o", text(&file)])
            .run()
            .expect(0);
        let after = azure.queries().len() - before;
        assert!(
            before + after <= WHOLE + AGAIN,
            "{signal}: {before}, {after}"
        );
        evaluate(&file, &folder);
        let findings = Finding::read(&folder);
        assert_eq!(findings.len(), 24);
        assert!(findings.iter().all(|finding| finding.status == "pass"));
    }
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
