//! Children of resources: many in one request or one by one, each with its own end, and none that nobody
//! needs.

use std::collections::{BTreeMap, BTreeSet};

use catalog::{Outcome, Scope};
use serde_json::{Value, json};
use simulator::{FaultKind, FaultRule, Options, RecordedRequest};

use crate::support::{
    Azure, Company, ONE_BY_ONE, PRODUCTION, Scan, demo, denied, rule, rules, unchanged, verdicts,
};

const STORAGE: &str = "Microsoft.Storage/storageAccounts";
const BLOB: &str = "Microsoft.Storage/storageAccounts/blobServices/default";
const SOFT_DELETE: &str = "storage_ensure_soft_delete_is_enabled";

/// More than one batch holds.
const ACCOUNTS: usize = 25;

/// Children are asked for together, whatever is faster here.
const TOGETHER: [&str; 2] = ["--children", "batch"];

fn name(index: usize) -> String {
    format!("account{index:02}")
}

fn child(index: usize) -> String {
    format!(
        "{}/blobServices/default",
        Company::id(STORAGE, &name(index))
    )
}

/// Accounts that all keep what is deleted for a week.
fn company() -> Company {
    let accounts: Vec<Value> = (0..ACCOUNTS)
        .map(|index| {
            json!({"id": Company::id(STORAGE, &name(index)), "name": name(index), "type": STORAGE,
                "location": "westeurope", "kind": "StorageV2", "properties": {}})
        })
        .collect();
    let company = Company::new().list(STORAGE, json!(accounts));
    (0..ACCOUNTS).fold(company, |company, index| {
        let kept = json!({"enabled": true, "days": 7});
        let body = json!({"id": child(index), "name": "default", "type": "Microsoft.Storage/storageAccounts/blobServices",
            "properties": {"deleteRetentionPolicy": kept, "containerDeleteRetentionPolicy": kept}});
        company.arm(&child(index), body)
    })
}

fn azure(faults: impl IntoIterator<Item = FaultRule>) -> Azure {
    company().start_with(rules(faults))
}

fn scan(azure: &Azure, arguments: &[&str]) -> Scan {
    azure.scan(&[&["--check", SOFT_DELETE], arguments].concat())
}

fn status(code: u16, body: Value) -> FaultKind {
    FaultKind::Status {
        code,
        body,
        headers: BTreeMap::new(),
    }
}

fn batches(azure: &Azure) -> Vec<RecordedRequest> {
    let mut requests = azure.requests();
    requests.retain(|request| request.path == "/batch");
    requests
}

#[test]
fn each_member_of_a_batch_ends_in_its_own_way() {
    let error = |code| json!({"error": {"code": code, "message": "It is said why."}});
    let azure = azure([
        rule(&child(1), FaultKind::Throttled { retry_after: None }).times(1),
        rule(&child(2), FaultKind::Throttled { retry_after: None }),
        rule(&child(3), status(503, error("ServerBusy"))).times(1),
        rule(&child(4), status(503, error("ServerBusy"))),
        rule(&child(5), status(404, error("ResourceNotFound"))),
        rule(&child(6), status(403, denied())),
        rule(
            &child(7),
            status(400, error("FeatureNotSupportedForAccount")),
        ),
        rule(&child(8), FaultKind::HtmlPage),
        rule(&child(9), status(200, json!(17))),
    ]);
    let scan = scan(&azure, &[&TOGETHER[..], &["--deadline", "1"]].concat());
    let row = |index| {
        let parent = Company::id(STORAGE, &name(index));
        scan.row(BLOB, &Scope::subscription(PRODUCTION), &parent)
    };
    let ended = |index| (row(index).outcome, row(index).status);
    assert_eq!(ended(0), (Outcome::Read, Some(200)));
    assert_eq!(ended(1), (Outcome::Read, Some(200)));
    assert_eq!(row(1).retries, 1);
    assert_eq!(ended(2), (Outcome::Throttled, Some(429)));
    assert_eq!(ended(3), (Outcome::Read, Some(200)));
    assert_eq!(row(3).retries, 1);
    assert_eq!(ended(4), (Outcome::Failed, Some(503)));
    assert_eq!(row(4).code.as_deref(), Some("ServerBusy"));
    assert_eq!(ended(5), (Outcome::Absent, Some(404)));
    assert_eq!(ended(6), (Outcome::Denied, Some(403)));
    assert!(
        row(6)
            .detail
            .unwrap()
            .contains("does not have authorization")
    );
    assert_eq!(ended(7), (Outcome::Absent, Some(400)));
    for index in [8, 9] {
        assert_eq!(row(index).outcome, Outcome::Failed, "{index}");
    }
    for index in 10..ACCOUNTS {
        assert_eq!(ended(index), (Outcome::Read, Some(200)), "{index}");
    }
    let gap = |reason: &str| format!("not_assessed {reason}");
    let reasons = [
        (2, "throttled"),
        (4, "failed"),
        (6, "denied"),
        (8, "failed"),
        (9, "failed"),
    ];
    for (index, reason) in reasons {
        let finding = scan.finding(SOFT_DELETE, &name(index));
        assert_eq!(
            format!("{} {}", finding.status, finding.reason),
            gap(reason)
        );
    }
    scan.says_incomplete();
    assert!(!batches(&azure).is_empty());
}

#[test]
fn all_three_ways_find_the_same() {
    for way in ["single", "batch", "measured"] {
        let azure = azure([]);
        let scan = scan(&azure, &["--children", way]);
        let names: Vec<String> = (0..ACCOUNTS).map(name).collect();
        let expected: Vec<(&str, &str)> =
            names.iter().map(|name| (name.as_str(), "pass")).collect();
        verdicts(&scan, SOFT_DELETE, &expected);
        let count = batches(&azure).len();
        match way {
            "single" => assert_eq!(count, 0),
            "batch" => assert_eq!(count, 2),
            _ => {}
        }
    }
}

#[test]
fn a_refused_batch_is_said_once_and_its_members_are_read_one_by_one() {
    let refusals = [
        status(403, denied()),
        status(
            404,
            json!({"error": {"code": "NotFound", "message": "There is no such resource."}}),
        ),
        status(405, json!(null)),
    ];
    for refusal in refusals {
        let azure = azure([rule("/batch", refusal.clone())]);
        let scan = scan(&azure, &TOGETHER);
        assert!(
            scan.findings()
                .iter()
                .all(|finding| finding.status == "pass")
        );
        assert_eq!(scan.findings().len(), ACCOUNTS, "{refusal:?}");
        let said = "Resource Manager takes no batches";
        assert_eq!(scan.ended.stderr.matches(said).count(), 1, "{}", scan.ended);
        let requests = azure.requests();
        let singly = requests
            .iter()
            .filter(|request| request.path.ends_with("/blobServices/default"));
        assert_eq!(singly.count(), ACCOUNTS);
    }
}

#[test]
fn a_batch_that_fails_for_a_moment_is_no_refusal() {
    let busy = status(
        503,
        json!({"error": {"code": "ServerBusy", "message": "Try again."}}),
    );
    let azure = azure([rule("/batch", busy).times(1)]);
    let scan = scan(&azure, &TOGETHER);
    assert!(
        !scan.ended.stderr.contains("takes no batches"),
        "{}",
        scan.ended
    );
    let requests = azure.requests();
    let singly = requests
        .iter()
        .filter(|request| request.path.ends_with("/blobServices/default") && !request.in_batch);
    assert_eq!(singly.count(), 0);
    assert_eq!(scan.findings().len(), ACCOUNTS);
}

#[test]
fn one_by_one_there_is_no_batch() {
    let azure = demo();
    unchanged(&azure.scan(&ONE_BY_ONE));
    assert!(batches(&azure).is_empty());
}

#[test]
fn only_children_that_can_be_are_read() {
    let azure = demo();
    let scan = azure.scan(&["--check", "storage_*,sqlserver_*"]);
    let requests = azure.requests();
    let asked = |part: &str| {
        let wanted = part.to_lowercase();
        requests
            .iter()
            .filter(|request| request.path.to_lowercase().contains(&wanted))
            .count()
    };
    assert_eq!(asked("/stbrinkprofiles/blobServices"), 0, "it holds files");
    assert_eq!(asked("/databases/master/transparentDataEncryption"), 0);
    assert!(asked("/transparentDataEncryption/current") > 3);
    let rows = scan.snapshot().ledger_groups().unwrap();
    let skipped = rows
        .iter()
        .filter(|group| group.outcome == Outcome::NotNeeded);
    let skipped: BTreeSet<&str> = skipped.map(|group| group.document_type.as_str()).collect();
    assert!(skipped.contains(BLOB), "the ledger says so: {skipped:?}");
}

#[test]
fn one_read_feeds_all_checks() {
    for way in ["single", "batch", "measured"] {
        let azure = demo_of_small_pages();
        unchanged(&azure.scan(&["--children", way]));
        let mut asked: BTreeMap<String, u32> = BTreeMap::new();
        for request in azure.requests() {
            let is_read = request.method == "GET"
                && (request.path.starts_with("/subscriptions/")
                    || request.path.starts_with("/v1.0/"));
            if is_read {
                let place = format!("{}?{}", request.path.to_lowercase(), request.query);
                *asked.entry(place).or_default() += 1;
            }
        }
        let twice: Vec<_> = asked.iter().filter(|(_, times)| **times > 1).collect();
        assert!(twice.is_empty(), "{way}: {twice:#?}");
        assert!(asked.len() > 50);
    }
}

fn demo_of_small_pages() -> Azure {
    crate::support::demo_with(Options {
        page_size: Some(3),
        ..Options::default()
    })
}
