//! Going on from an earlier snapshot: what Azure's feeds tell of is read again, the rest is kept, and the
//! result is that of reading everything. Where that cannot be, everything is read and the reason said.

use std::path::Path;
use std::time::Duration;

use catalog::{Catalog, Changes};
use serde_json::json;
use simulator::Options;

use crate::support::{
    Azure, Collected, Company, PRODUCTION, alike, demo, generated, into_format_1,
};

/// Goes on from a snapshot.
fn since(azure: &Azure, base: &Collected, arguments: &[&str]) -> Collected {
    let base = base.file.to_str().unwrap();
    azure.collect(&[&["--since", base], arguments].concat())
}

/// What going on gives is what reading everything gives, but for what no feed tells of and is kept for a day.
#[track_caller]
fn like_everything(azure: &Azure, gone_on: &Collected, arguments: &[&str]) {
    let full = azure.collect(arguments);
    let catalog = Catalog::builtin().unwrap();
    let of = |collected: &Collected| {
        let contents = collected.contents();
        contents.of_types(|name| catalog.entry(name).unwrap().changes != Changes::Aged)
    };
    alike(&of(gone_on), &of(&full));
    gone_on.judged().is(&full.judged());
}

#[track_caller]
fn said(collected: &Collected, words: &str) {
    assert!(
        collected.ended.stderr.contains(words),
        "{}",
        collected.ended
    );
}

/// The snapshot was not gone on from, for this reason; everything is there all the same.
#[track_caller]
fn everything_was_read(azure: &Azure, collected: &Collected, reason: &str, arguments: &[&str]) {
    said(collected, "reading everything anew: ");
    said(collected, reason);
    like_everything(azure, collected, arguments);
}

#[test]
fn random_changes_of_the_demo_tenant() {
    for seed in 1..=4 {
        let azure = demo();
        let mut base = azure.collect(&[]);
        for round in 0..2 {
            assert!(!azure.server().change(15, 10 * seed + round).is_empty());
            let gone_on = since(&azure, &base, &[]);
            said(&gone_on, "Changed since ");
            like_everything(&azure, &gone_on, &[]);
            base = gone_on;
        }
    }
}

#[test]
fn random_changes_of_a_generated_tenant_take_few_requests() {
    // Batches of twenty would make everything cheap, and their number depends on how fast answers come.
    let everything = ["--everything", "--children", "single"];
    let azure = generated(3, Options::default());
    let base = azure.collect(&everything);
    let in_full = wire(&azure);
    assert!(!azure.server().change(40, 3).is_empty());
    let gone_on = since(&azure, &base, &everything);
    let needed = wire(&azure) - in_full;
    like_everything(&azure, &gone_on, &everything);
    assert!(
        2 * needed < in_full,
        "{needed} requests, and {in_full} for everything"
    );
}

/// Requests that came over the wire.
fn wire(azure: &Azure) -> u64 {
    azure.server().request_counts().total
}

#[test]
fn nothing_changed() {
    let azure = demo();
    let base = azure.collect(&[]);
    let gone_on = since(&azure, &base, &[]);
    said(&gone_on, "0 resources, 0 other reads, 0 directory objects");
    like_everything(&azure, &gone_on, &[]);
}

#[test]
fn a_scan_goes_on_from_a_scan_s_folder() {
    let azure = demo();
    let base = azure.scan(&[]);
    assert!(!azure.server().change(10, 77).is_empty());
    let gone_on = azure.scan(&["--since", base.folder.to_str().unwrap()]);
    let full = azure.scan(&[]);
    crate::support::Judged::read(&gone_on.folder).is(&crate::support::Judged::read(&full.folder));
}

#[test]
fn feeds_that_do_not_reach_back_so_far() {
    let azure = demo();
    let base = azure.collect(&[]);
    azure.server().age(Duration::from_secs(15 * 24 * 3_600));
    backdate(&base.file, 15);
    let gone_on = since(&azure, &base, &[]);
    everything_was_read(&azure, &gone_on, "14 days", &[]);
}

/// Makes a snapshot look as if it had been made days ago.
fn backdate(file: &Path, days: i64) {
    let connection = rusqlite::Connection::open(file).unwrap();
    let then = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24 * days);
    let changed = connection
        .execute(
            "UPDATE cursors SET value = ? WHERE name = 'changes'",
            [then.to_string()],
        )
        .unwrap();
    assert_eq!(changed, 1);
}

#[test]
fn more_checks_than_before() {
    let azure = demo();
    let base = azure.collect(&["--check", "storage_*"]);
    let gone_on = since(&azure, &base, &[]);
    like_everything(&azure, &gone_on, &[]);
}

#[test]
fn a_snapshot_of_another_tenant() {
    let azure = demo();
    let other = Company::new().start().collect(&["--check", "storage_*"]);
    let gone_on = since(&azure, &other, &[]);
    everything_was_read(&azure, &gone_on, "tenant", &[]);
}

#[test]
fn a_snapshot_that_was_cut_off() {
    let azure = demo();
    let base = azure.collect(&[]);
    let connection = rusqlite::Connection::open(&base.file).unwrap();
    connection
        .execute(
            "UPDATE manifest SET body = json_set(body, '$.finished', NULL)",
            [],
        )
        .unwrap();
    drop(connection);
    let gone_on = since(&azure, &base, &[]);
    everything_was_read(&azure, &gone_on, "unfinished", &[]);
}

#[test]
fn a_snapshot_of_the_first_format() {
    let azure = demo();
    let base = azure.collect(&[]);
    into_format_1(&base.file);
    let gone_on = since(&azure, &base, &[]);
    everything_was_read(&azure, &gone_on, "up to when it knows of changes", &[]);
}

#[test]
fn a_snapshot_that_is_none() {
    let azure = demo();
    let ended = |base: &str| {
        azure
            .program(&["collect", "-o", "new.tdsnap", "--since", base])
            .run()
    };
    ended("nowhere.tdsnap").refused(1, "there is no snapshot", "");
    let resumed = azure
        .program(&["collect", "--resume", "--since", "x"])
        .run();
    resumed.expect(2);
}

const SANDBOX: &str = "aaaaaaaa-0000-4000-8000-000000000002";
const STORAGE: &str = "Microsoft.Storage/storageAccounts";

/// A company whose second subscription may be gone.
fn company(subscriptions: &[&str]) -> Company {
    let listed: Vec<_> = subscriptions
        .iter()
        .map(|id| json!({"id": id, "name": id}))
        .collect();
    let company = Company::new().with("subscriptions", json!(listed));
    [PRODUCTION, SANDBOX].iter().fold(company, |company, id| {
        let account = format!("/subscriptions/{id}/resourceGroups/g/providers/{STORAGE}/one");
        let body = json!({"id": account, "name": "one", "type": STORAGE, "location": "westeurope",
            "kind": "StorageV2", "properties": {"supportsHttpsTrafficOnly": true}});
        company.arm(&account, body)
    })
}

#[test]
fn subscriptions_that_went_and_that_came() {
    let arguments = ["--check", "storage_secure*"];
    let both = company(&[PRODUCTION, SANDBOX]).start();
    let one = company(&[PRODUCTION]).start();
    let base = both.collect(&arguments);
    let gone_on = since(&one, &base, &arguments);
    assert_eq!(gone_on.contents().ids(STORAGE, SANDBOX).len(), 0);
    like_everything(&one, &gone_on, &arguments);
    let again = since(&both, &gone_on, &arguments);
    assert_eq!(again.contents().ids(STORAGE, SANDBOX).len(), 1);
    like_everything(&both, &again, &arguments);
}
