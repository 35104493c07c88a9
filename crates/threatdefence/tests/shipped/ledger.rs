//! `threatdefence ledger`: what a collection read, and what it did not.

use std::path::Path;
use std::sync::OnceLock;

use serde_json::{Value, json};
use simulator::FaultKind;

use crate::support::{
    Collected, Company, Ended, LISTED, ONE_BY_ONE, Program, demo, demo_with, into_format_1, rule,
    rules, unchanged_in,
};

const PRODUCTION: &str = "3f9b2c74-8e15-4a6d-b0c7-91d2e5a4f683";
const DEVELOPMENT: &str = "a84c0e19-6b7d-4f32-8d51-2c9e7f10b6a5";
const STORAGE: &str = "Microsoft.Storage/storageAccounts";
const KEYS: &str = "Microsoft.Web/sites/host/default/listkeys";

/// The demonstration tenant: its one gap is the keys of a function.
fn whole() -> &'static Collected {
    static COLLECTED: OnceLock<Collected> = OnceLock::new();
    COLLECTED.get_or_init(|| demo().collect(&[]))
}

fn ledger(snapshot: &Path, arguments: &[&str]) -> Program {
    Program::new([Path::new("ledger"), snapshot]).args(arguments)
}

fn of_whole(arguments: &[&str]) -> Ended {
    ledger(&whole().file, arguments).run().expect(0)
}

/// The line of a table that begins with a word.
#[track_caller]
fn line<'a>(ended: &'a Ended, begins: &str) -> &'a str {
    let mut lines = ended.stdout.lines();
    lines
        .find(|line| line.trim_start_matches(['│', '|', ' ']).starts_with(begins))
        .unwrap_or_else(|| panic!("no line begins with {begins}: {ended}"))
}

#[track_caller]
fn shows(line: &str, words: &[&str]) {
    for word in words {
        assert!(line.contains(word), "`{word}` is not in `{line}`");
    }
}

fn json_of(ended: &Ended) -> Vec<Value> {
    serde_json::from_str(&ended.stdout).unwrap()
}

#[test]
fn by_type_with_sources_and_outcomes() {
    let ended = of_whole(&[]);
    shows(
        line(&ended, "TYPE"),
        &["READS", "DOCUMENTS", "RETRIES", "SOURCE", "OUTCOMES"],
    );
    shows(line(&ended, STORAGE), &[" 3 ", "Resource Graph", "read 3"]);
    shows(
        line(&ended, KEYS),
        &["Resource Manager", "denied 1", "not needed"],
    );
    shows(line(&ended, "graph/users"), &["Microsoft Graph", "read 1"]);
    let blob = line(
        &ended,
        "Microsoft.Storage/storageAccounts/blobServices/default",
    );
    shows(blob, &["Resource Manager", "not needed 1"]);
    assert!(ended.stderr.contains(" not answered"), "{ended}");
}

#[test]
fn by_subscription_with_names() {
    let ended = of_whole(&["--by", "subscription"]);
    shows(line(&ended, "Brinkmeer Production"), &[PRODUCTION, "read "]);
    shows(
        line(&ended, "Brinkmeer Foods (tenant)"),
        &["7d1f6c1a-52a8-4b0e-9a3e-6b1c9f0e4d27"],
    );
    assert_eq!(
        ended.stdout.matches("Brinkmeer Development").count(),
        1,
        "{ended}"
    );
}

#[test]
fn by_read_with_the_reason_of_each_gap() {
    let ended = of_whole(&["--by", "read", "--type", KEYS]);
    shows(
        line(&ended, "denied"),
        &[KEYS, "403", "AuthorizationFailed"],
    );
    assert!(!ended.stdout.contains(STORAGE), "{ended}");
}

#[test]
fn only_gaps() {
    let ended = of_whole(&["--gaps"]);
    assert!(!ended.stdout.contains(STORAGE), "{ended}");
    shows(line(&ended, KEYS), &[" 1 ", "denied 1"]);
    let json = json_of(&of_whole(&["--gaps", "--format", "json"]));
    assert!(
        json.iter().all(|read| read["outcome"] == "denied"),
        "{json:?}"
    );
    let none = of_whole(&["--gaps", "--type", STORAGE]);
    assert_eq!(none.stdout, "");
    assert!(none.stderr.contains("Every read was answered."), "{none}");
    let none = of_whole(&["--gaps", "--type", STORAGE, "--format", "json"]);
    assert_eq!(none.stdout, "[]\n");
}

#[test]
fn json_has_each_read_with_all_that_is_known() {
    let reads = json_of(&of_whole(&["--format", "json", "--by", "subscription"]));
    let count = whole()
        .snapshot()
        .ledger_groups()
        .unwrap()
        .iter()
        .map(|group| group.reads)
        .sum::<u64>();
    assert_eq!(reads.len() as u64, count);
    let list = |read: &&Value| read["type"] == STORAGE && read["subscription"] == PRODUCTION;
    let storage = reads.iter().find(list).unwrap();
    assert_eq!(storage["parent"], Value::Null);
    assert_eq!(
        (&storage["outcome"], &storage["source"]),
        (&json!("read"), &json!("resource_graph"))
    );
    assert!(storage["ended"].as_str().unwrap().ends_with('Z'));
    let keys = reads
        .iter()
        .find(|read| read["type"] == KEYS && read["outcome"] == "denied")
        .unwrap();
    assert_eq!(
        (&keys["status"], &keys["code"]),
        (&json!(403), &json!("AuthorizationFailed"))
    );
    assert!(
        keys["parent"]
            .as_str()
            .unwrap()
            .contains("/providers/Microsoft.Web/sites/")
    );
    let users = reads
        .iter()
        .find(|read| read["type"] == "graph/users")
        .unwrap();
    assert_eq!(
        (&users["subscription"], &users["source"]),
        (&Value::Null, &json!("graph"))
    );
}

#[test]
fn filters_take_names_ids_and_lists_of_them() {
    let of = |arguments: &[&str]| json_of(&of_whole(&[arguments, &["--format", "json"]].concat()));
    let by_name = of(&["--subscription", "brinkmeer development"]);
    let by_id = of(&["--subscription", &DEVELOPMENT.to_uppercase()]);
    assert_eq!(by_name, by_id);
    assert!(
        !by_name.is_empty()
            && by_name
                .iter()
                .all(|read| read["subscription"] == DEVELOPMENT)
    );
    let two = of(&["--type", &format!("{},graph/USERS", STORAGE.to_lowercase())]);
    assert_eq!(two.len(), 3 + 1, "{two:?}");
    let both = of(&["--type", STORAGE, "--subscription", PRODUCTION]);
    assert_eq!(both.len(), 1, "{both:?}");
}

#[test]
fn what_is_not_there_is_refused_with_what_is_near() {
    let refused = |arguments: &[&str], message: &str, hint: &str| {
        ledger(&whole().file, arguments)
            .run()
            .refused(2, message, hint);
    };
    refused(
        &["--type", "Microsoft.Storage/storageAcounts"],
        "no reads of Microsoft.Storage/storageAcounts",
        "did you mean Microsoft.Storage/storageAccounts?",
    );
    refused(&["--type", "zzz"], "no reads of zzz", "without --type");
    refused(
        &["--subscription", "Brinkmeer Prodution"],
        "no subscription Brinkmeer Prodution",
        "did you mean Brinkmeer Production?",
    );
    refused(
        &["--subscription", "zzz"],
        "no subscription zzz",
        "--by subscription",
    );
    ledger(Path::new("nowhere"), &[])
        .run()
        .refused(1, "there is no snapshot", "collect");
    ledger(&whole().file, &["--by", "colour"]).run().expect(2);
}

#[test]
fn a_scan_s_folder_stands_for_its_snapshot() {
    let scan = demo().scan(&["--check", "storage_*"]);
    let ended = ledger(&scan.folder, &[]).run().expect(0);
    shows(line(&ended, STORAGE), &["read 3"]);
}

#[test]
fn gaps_of_every_kind_are_told_apart() {
    let throttled = FaultKind::Throttled { retry_after: None };
    let path = |subscription| format!("/subscriptions/{subscription}/providers/{STORAGE}");
    let azure = demo_with(rules([
        rule(&path(PRODUCTION), throttled),
        rule(&path(DEVELOPMENT), FaultKind::HtmlPage),
    ]));
    let arguments = [
        &LISTED[..],
        &ONE_BY_ONE,
        &["--deadline", "1", "--check", "storage_secure*"],
    ];
    let collected = azure.collect(&arguments.concat());
    let ended = ledger(&collected.file, &["--gaps", "--type", STORAGE])
        .run()
        .expect(0);
    shows(line(&ended, STORAGE), &["throttled 1", "failed 1"]);
    assert!(
        ended
            .stderr
            .contains("2 reads, 0 documents, 2 not answered"),
        "{ended}"
    );
    let ended = ledger(&collected.file, &["--gaps", "--by", "read"])
        .run()
        .expect(0);
    shows(line(&ended, "throttled"), &["Brinkmeer Production", "429"]);
}

#[test]
fn an_empty_tenant_has_reads_without_documents() {
    let collected = Company::new().start().collect(&["--check", "storage_*"]);
    let ended = ledger(&collected.file, &[]).run().expect(0);
    shows(line(&ended, STORAGE), &[" 1 ", " 0 ", "read 1"]);
    let ended = ledger(&collected.file, &["--gaps"]).run().expect(0);
    assert_eq!(
        (ended.stdout.as_str(), ended.stderr.trim()),
        ("", "Every read was answered.")
    );
}

#[test]
fn a_snapshot_of_the_first_format_is_still_of_use() {
    let azure = demo();
    let collected = azure.collect(&[]);
    into_format_1(&collected.file);
    let before = std::fs::read(&collected.file).unwrap();

    let ended = ledger(&collected.file, &[]).run().expect(0);
    shows(line(&ended, STORAGE), &["read 3"]);
    assert!(
        !ended.stdout.contains("Resource Graph"),
        "sources were not kept: {ended}"
    );
    let reads = json_of(
        &ledger(&collected.file, &["--format", "json"])
            .run()
            .expect(0),
    );
    assert!(
        reads
            .iter()
            .all(|read| read["source"].is_null() && read["ended"].is_null())
    );

    let folder = azure.path("judged");
    Program::new([
        Path::new("evaluate"),
        &collected.file,
        Path::new("-o"),
        &folder,
    ])
    .run()
    .expect(0);
    unchanged_in(&folder);
    assert!(
        std::fs::read(&collected.file).unwrap() == before,
        "it is only read"
    );
}
