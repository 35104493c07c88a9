//! Journals: gone on with, cut off, of somebody else.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::json;

use super::*;
use crate::request::{Audience, Proof, Scopes};

const TENANT: &str = "11111111-1111-4111-8111-111111111111";

fn request(name: &str) -> Request {
    Request {
        name: name.to_owned(),
        application_id: None,
        audience: Audience::SingleTenant,
        proof: Some(Proof::Certificate { days: 365 }),
        graph: BTreeSet::from(["Directory.Read.All".to_owned()]),
        scopes: Scopes::Directory,
        custom_role: true,
    }
}

fn open(path: &Path, tenant: &str, request: &Request) -> Result<Journal, JournalError> {
    Journal::open(
        path,
        Subject {
            tenant,
            request,
            by: "admin@contoso.example",
            command: "apply",
        },
    )
}

fn application() -> Made {
    Made::Application {
        id: "o".to_owned(),
        application_id: "a".to_owned(),
    }
}

#[test]
fn what_was_made_is_known_to_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let request = request("ThreatDefence");
    let mut journal = open(&path, TENANT, &request).unwrap();
    let id = journal.id().to_owned();
    journal.started("create application", None).unwrap();
    journal
        .done("create application", Some(application()))
        .unwrap();
    journal.started("create service principal", None).unwrap();
    drop(journal);

    let again = open(&path, &TENANT.to_uppercase(), &request).unwrap();
    assert_eq!(again.id(), id);
    let owned = again.owned();
    assert_eq!(owned.application(), Some(("o", "a")));
    assert_eq!(owned.begun("create application"), None);
    assert_eq!(owned.begun("create service principal"), Some(None));
    let lines = Journal::read(&path).unwrap().unwrap();
    assert_eq!(lines.len(), 5);
    let text = fs::read_to_string(&path).unwrap();
    for line in text.lines() {
        assert!(
            line.contains("\"time\"") && line.contains("admin@contoso.example"),
            "{line}"
        );
    }
}

#[test]
fn a_last_line_cut_off_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let request = request("ThreatDefence");
    let mut journal = open(&path, TENANT, &request).unwrap();
    journal
        .done("create application", Some(application()))
        .unwrap();
    drop(journal);
    let whole = fs::read_to_string(&path).unwrap();
    for kept in [1, 10, whole.len() - 1] {
        fs::write(&path, &whole.as_bytes()[..kept]).unwrap();
        let result = open(&path, TENANT, &request);
        // A file with less than the beginning of a journal might be anybody's.
        if kept < 13 {
            assert!(
                matches!(result, Err(JournalError::NoJournal { .. })),
                "{kept}"
            );
            continue;
        }
        let journal = result.unwrap();
        assert!(journal.owned().is_empty());
        assert_eq!(journal.lines().len(), 2, "{kept}");
        let text = fs::read_to_string(&path).unwrap();
        assert!(
            text.lines()
                .all(|line| serde_json::from_str::<Line>(line).is_ok()),
            "{text}"
        );
    }
}

#[test]
fn somebody_else_s_journal_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    drop(open(&path, TENANT, &request("ThreatDefence")).unwrap());
    let before = fs::read(&path).unwrap();
    let other = open(
        &path,
        "22222222-2222-4222-8222-222222222222",
        &request("ThreatDefence"),
    );
    assert!(matches!(other, Err(JournalError::OtherTenant { .. })));
    let other = open(&path, TENANT, &request("Another")).unwrap_err();
    assert!(matches!(other, JournalError::OtherApplication { .. }));
    assert!(!other.hint().is_empty());
    assert_eq!(fs::read(&path).unwrap(), before, "it is left as it is");
    fs::write(&path, "{\"some\": \"json\"}\n").unwrap();
    let other = open(&path, TENANT, &request("ThreatDefence"));
    assert!(matches!(
        other,
        Err(JournalError::NoJournal { line: 1, .. })
    ));
}

#[test]
fn an_application_is_known_by_the_id_that_was_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let mut journal = open(&path, TENANT, &request("ThreatDefence")).unwrap();
    journal
        .done("create application", Some(application()))
        .unwrap();
    let with_id = |id: &str| Request {
        application_id: Some(id.to_owned()),
        ..request("ThreatDefence")
    };
    drop(journal);
    assert!(open(&path, TENANT, &with_id("A")).is_ok());
    assert!(open(&path, TENANT, &with_id("b")).is_err());
}

#[test]
fn only_what_is_unclear_may_have_been_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let mut journal = open(&path, TENANT, &request("ThreatDefence")).unwrap();
    for (step, clear) in [("principal", true), ("role", false)] {
        journal.started(step, None).unwrap();
        journal.failed(step, "no", clear).unwrap();
    }
    let certificate = Begun::Certificate {
        file: "a.pem".into(),
        thumbprint: "T".to_owned(),
        ends: Timestamp::UNIX_EPOCH,
    };
    journal
        .started("proof:certificate", Some(certificate))
        .unwrap();
    journal.failed("proof:certificate", "no", true).unwrap();
    let owned = journal.owned();
    let unfinished: Vec<&str> = owned.unfinished().collect();
    assert_eq!(unfinished, ["role", "proof:certificate"]);
}

#[test]
fn two_runs_do_not_write_one_journal_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let first = open(&path, TENANT, &request("ThreatDefence")).unwrap();
    let second = open(&path, TENANT, &request("ThreatDefence")).unwrap_err();
    assert!(matches!(second, JournalError::Busy(_)), "{second}");
    drop(first);
    assert!(open(&path, TENANT, &request("ThreatDefence")).is_ok());
}

#[test]
fn what_is_undone_is_nobody_s_and_the_first_state_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.jsonl");
    let mut journal = open(&path, TENANT, &request("ThreatDefence")).unwrap();
    let changed = |state: u32| Made::RoleChanged {
        id: "/r".to_owned(),
        before: json!(state),
    };
    journal.done("change role", Some(changed(1))).unwrap();
    journal.done("change role", Some(changed(2))).unwrap();
    journal
        .done("create application", Some(application()))
        .unwrap();
    assert_eq!(journal.owned().role_before(), Some(&json!(1)));
    journal
        .undone("delete application", Some(application()))
        .unwrap();
    assert_eq!(journal.owned().application(), None);
    assert_eq!(journal.owned().made().len(), 1);
}
