//! Azure asks for patience: 429 with `Retry-After` in seconds, as a date, or without it.

use std::collections::BTreeMap;
use std::time::Duration;

use catalog::{Outcome, Scope};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use simulator::{FaultKind, FaultRule, Options};

use crate::support::{LISTED, Scan, baseline, changes, demo_with, rule, rules, unchanged};

const PRODUCTION: &str = "3f9b2c74-8e15-4a6d-b0c7-91d2e5a4f683";
const STORAGE: &str = "Microsoft.Storage/storageAccounts";

fn list(kind: FaultKind) -> FaultRule {
    rule(
        &format!("/subscriptions/{PRODUCTION}/providers/{STORAGE}"),
        kind,
    )
}

#[track_caller]
fn healed(scan: &Scan, retries: u64) {
    unchanged(scan);
    let row = scan.row(STORAGE, &Scope::subscription(PRODUCTION), "");
    assert_eq!((row.outcome, row.retries), (Outcome::Read, retries));
}

/// How often the scan says that it was throttled.
fn throttled(scan: &Scan) -> u64 {
    let summary = scan.summary();
    let requests = summary["requests"].to_string();
    let counts: Vec<&str> = requests.split("throttled").skip(1).collect();
    counts
        .iter()
        .filter_map(|rest| {
            let digits: String = rest
                .chars()
                .skip_while(|letter| !letter.is_ascii_digit())
                .take_while(char::is_ascii_digit)
                .collect();
            digits.parse::<u64>().ok()
        })
        .sum()
}

#[test]
fn a_pause_in_seconds_is_kept() {
    let scan = demo_with(rules([list(FaultKind::Throttled {
        retry_after: Some(1),
    })
    .times(1)]))
    .scan(&LISTED);
    healed(&scan, 1);
    let row = scan.row(STORAGE, &Scope::subscription(PRODUCTION), "");
    assert!(
        row.duration >= 1_000,
        "the pause counts: {} ms",
        row.duration
    );
    assert_eq!(throttled(&scan), 1, "{}", scan.summary()["requests"]);
}

#[test]
fn a_pause_as_a_date_is_kept() {
    let when = Timestamp::now() + SignedDuration::from_secs(2);
    let date = jiff::fmt::rfc2822::DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&when)
        .unwrap();
    let kind = FaultKind::Status {
        code: 429,
        body: json!({"error": {"code": "TooManyRequests", "message": "Too many requests."}}),
        headers: BTreeMap::from([("Retry-After".to_owned(), date)]),
    };
    healed(&demo_with(rules([list(kind).times(1)])).scan(&LISTED), 1);
}

#[test]
fn without_a_pause_one_is_made_up() {
    let scan = demo_with(rules([
        list(FaultKind::Throttled { retry_after: None }).times(3)
    ]))
    .scan(&LISTED);
    healed(&scan, 3);
}

#[test]
fn a_request_in_a_graph_batch_is_asked_again_alone() {
    let check = "entra_privileged_user_has_mfa";
    let user = baseline()
        .iter()
        .find(|finding| finding.check_id == check)
        .unwrap();
    let path = format!("/v1.0{}/authentication/methods", user.resource_id);
    let azure = demo_with(rules([rule(
        &path,
        FaultKind::Throttled {
            retry_after: Some(1),
        },
    )
    .times(1)]));
    let scan = azure.scan(&[]);
    unchanged(&scan);
    let asked = azure
        .requests()
        .into_iter()
        .filter(|request| request.path.eq_ignore_ascii_case(&path));
    assert_eq!(asked.count(), 2);
    let row = scan.row(
        "graph/users/authentication/methods",
        &Scope::Tenant,
        &user.resource_id,
    );
    assert_eq!((row.outcome, row.retries), (Outcome::Read, 1));
}

#[test]
fn throttled_beyond_the_deadline_is_a_gap_of_its_own_kind() {
    let azure = demo_with(rules([list(FaultKind::Throttled {
        retry_after: Some(1),
    })]));
    let scan = azure.scan(&[&LISTED[..], &["--deadline", "2", "--require-complete"]].concat());
    assert_eq!(scan.ended.code, 4);
    scan.says_incomplete();
    let subscription = format!("/subscriptions/{PRODUCTION}");
    let finding = scan.finding("storage_secure_transfer_required_is_enabled", &subscription);
    assert_eq!(
        (finding.status.as_str(), finding.reason.as_str()),
        ("not_assessed", "throttled")
    );
    let row = scan.row(STORAGE, &Scope::subscription(PRODUCTION), "");
    assert_eq!((row.outcome, row.status), (Outcome::Throttled, Some(429)));
    let (gone, _) = changes(baseline(), &scan.findings());
    assert!(
        gone.iter()
            .all(|line| line.starts_with("storage_") && line.contains(PRODUCTION)),
        "{gone:?}"
    );
}

#[test]
fn azure_s_own_limits_and_latency_change_nothing() {
    let options = Options {
        throttle: true,
        latency: Duration::from_millis(15),
        ..Options::default()
    };
    let scan = demo_with(options).scan(&[]);
    unchanged(&scan);
}

/// Each service's token ends while other requests bear it too. Which those are is left to chance; that
/// it ends once is not, because a request renews its token once.
#[test]
fn tokens_that_end_early_are_renewed_on_the_way() {
    let ends = |path| rule(path, FaultKind::ExpireToken).times(1);
    let azure = demo_with(rules([
        ends("*/storageAccounts"),
        ends("/v1.0/directoryRoles"),
    ]));
    let scan = azure.scan(&[LISTED, ["--concurrency", "2"]].concat());
    unchanged(&scan);
    let sign_ins = azure
        .requests()
        .into_iter()
        .filter(|request| request.path.ends_with("/token"));
    assert!(sign_ins.count() > 2);
}
