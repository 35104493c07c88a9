//! Lists in pages, and links that lead where no token may go.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use catalog::{Outcome, Scope};
use serde_json::json;
use simulator::{FaultKind, Options};

use crate::support::{LISTED, baseline, changes, demo_with, rule, rules, unchanged};

const PRODUCTION: &str = "3f9b2c74-8e15-4a6d-b0c7-91d2e5a4f683";
const STORAGE: &str = "Microsoft.Storage/storageAccounts";

/// A host that counts who connects to it.
struct Stranger {
    address: String,
    connections: Arc<AtomicUsize>,
}

impl Stranger {
    fn listen() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&connections);
        // The thread ends with the test process; until then the port stays taken.
        std::thread::spawn(move || {
            for _ in listener.incoming() {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self {
            address,
            connections,
        }
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

#[test]
fn pages_of_one_item_give_the_same_findings() {
    let scan = demo_with(Options {
        page_size: Some(1),
        ..Options::default()
    })
    .scan(&LISTED);
    unchanged(&scan);
    let row = scan.row(STORAGE, &Scope::subscription(PRODUCTION), "");
    assert_eq!((row.outcome, row.pages), (Outcome::Read, row.documents));
    assert!(row.pages > 3, "{row:?}");
}

#[test]
fn a_page_that_fails_keeps_those_before_it_and_says_what_is_missing() {
    let path = format!("/subscriptions/{PRODUCTION}/providers/{STORAGE}");
    let mut options = rules([rule(&path, FaultKind::InvalidJson).after(2)]);
    options.page_size = Some(1);
    let few = ["--deadline", "1", "--check", "storage_secure*"];
    let scan = demo_with(options).scan(&[&LISTED[..], &few].concat());
    let row = scan.row(STORAGE, &Scope::subscription(PRODUCTION), "");
    assert_eq!(
        (row.outcome, row.pages, row.documents),
        (Outcome::Failed, 2, 2)
    );
    let check = "storage_secure_transfer_required_is_enabled";
    let gap = scan.finding(check, &format!("/subscriptions/{PRODUCTION}"));
    assert_eq!(
        (gap.status.as_str(), gap.reason.as_str()),
        ("not_assessed", "failed")
    );
    let judged = scan.findings().into_iter().filter(|finding| {
        finding.check_id == check
            && finding
                .resource_id
                .starts_with(&format!("/subscriptions/{PRODUCTION}/"))
    });
    assert_eq!(judged.count(), 2, "what was read is judged");
    scan.says_incomplete();
}

#[test]
fn a_link_to_another_host_is_never_followed() {
    let stranger = Stranger::listen();
    let link = || FaultKind::ForeignNextLink(stranger.address.clone());
    let arm = rule(
        &format!("/subscriptions/{PRODUCTION}/providers/{STORAGE}"),
        link(),
    );
    let graph = rule("/v1.0/users", link());
    let scan =
        demo_with(rules([arm, graph])).scan(&[&LISTED[..], &["--require-complete"]].concat());
    assert_eq!(scan.ended.code, 4);
    scan.says_incomplete();
    assert_eq!(stranger.connections(), 0, "a token may have gone there");
    for (name, scope) in [
        (STORAGE, Scope::subscription(PRODUCTION)),
        ("graph/users", Scope::Tenant),
    ] {
        let row = scan.row(name, &scope, "");
        assert_eq!(row.outcome, Outcome::Failed, "{name}");
        assert!(
            row.detail.unwrap().contains("nothing was sent there"),
            "{name}"
        );
    }
    let (gone, new) = changes(baseline(), &scan.findings());
    // Who a policy leaves out only the whole list of users tells.
    let by_whole_list = |line: &String| line.starts_with("entra_conditional_access_policy_");
    let lost = gone.iter().find(|line| !by_whole_list(line));
    assert_eq!(lost, None, "the page that came is judged");
    assert!(
        new.iter()
            .all(|line| line.ends_with(" not_assessed failed")),
        "{new:?}"
    );
    assert!(new.len() >= 5, "{new:?}");
}

#[test]
fn a_list_of_subscriptions_that_leads_away_ends_the_scan() {
    let stranger = Stranger::listen();
    let link = FaultKind::ForeignNextLink(stranger.address.clone());
    let azure = demo_with(rules([rule("/subscriptions", link)]));
    azure
        .program(&["scan"])
        .run()
        .refused(1, "the list of subscriptions", "");
    assert_eq!(stranger.connections(), 0);
}

#[test]
fn a_list_whose_place_has_expired_begins_anew_and_has_each_item_once() {
    let expired = FaultKind::Status {
        code: 400,
        body: json!({"error": {"code": "Directory_ExpiredPageToken", "message": "The specified page token value has expired."}}),
        headers: BTreeMap::new(),
    };
    let mut options = rules([rule("/v1.0/users", expired).after(2).times(1)]);
    options.page_size = Some(5);
    let azure = demo_with(options);
    let collected = azure.collect(&["--check", "entra_*"]);
    let users = azure.server().counts()["graph/users"];
    let row = collected.row("graph/users", &Scope::Tenant, "");
    assert_eq!((row.outcome, row.documents), (Outcome::Read, users));
    let ids = collected.contents().ids("graph/users", "").len();
    assert_eq!(ids as u64, users);
    let pages = usize::try_from(users.div_ceil(5)).unwrap();
    let requests = azure.requests();
    let asked = requests
        .iter()
        .filter(|request| request.path == "/v1.0/users");
    assert_eq!(asked.count(), 2 + 1 + pages);
    assert!(pages > 3, "the place is one on the way");
}
