//! A user's own checks: written, linted, tested and run.

use std::path::Path;

use crate::support::{Ended, Finding, Program, demo};

fn checks(arguments: &[&str]) -> Program {
    Program::new(["checks"]).args(arguments)
}

const OWN: &str = "\
title: Storage account is in Europe
severity: low
categories: [governance]
resource: Microsoft.Storage/storageAccounts
pass: resource.location in params.regions
params: { regions: [westeurope, northeurope, germanywestcentral] }
message:
  pass: Is in {{ resource.location }}.
  fail: Is in {{ resource.location }}.
risk: |
  Data that must stay in Europe may be elsewhere.
remediation:
  text: Create the account in one of the permitted regions and move the data.
references: [https://learn.microsoft.com/azure/storage/common/storage-account-move]
tests:
  - pass: { location: westeurope }
  - fail: { location: eastus }
  - fail: { location: null }
    why: a region that is not stated is none of those permitted
";

/// A content folder with one check in it.
fn own(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("checks/storage");
    std::fs::create_dir_all(&place).unwrap();
    std::fs::write(place.join("storage_accounts_in_europe.yaml"), text).unwrap();
    folder
}

fn with_content(folder: &Path, arguments: &[&str]) -> Ended {
    checks(arguments)
        .args([Path::new("--content"), folder])
        .run()
}

#[test]
fn a_check_of_ones_own_is_tested_and_run() {
    let folder = own(OWN);
    with_content(folder.path(), &["lint"]).expect(0);
    let tested = with_content(
        folder.path(),
        &["test", "--check", "storage_accounts_in_europe"],
    );
    assert!(tested.expect(0).stderr.contains("3 tests passed, 0 failed"));

    let content = folder.path().to_str().unwrap();
    let arguments = [
        "demo",
        "-o",
        "out",
        "--content",
        content,
        "--check",
        "storage_accounts_in_europe",
    ];
    let ran = Program::new(arguments).run().expect(0);
    let by_demo = Finding::read(&ran.home.path().join("out"));
    let american = by_demo
        .iter()
        .filter(|finding| finding.resource_id.contains("harborline"));
    assert!(
        american.clone().count() > 0
            && american.into_iter().all(|finding| finding.status == "fail")
    );
    assert!(
        by_demo
            .iter()
            .any(|finding| finding.status == "pass" && finding.message == "Is in westeurope.")
    );

    let scan = demo().scan(&[
        "--content",
        content,
        "--check",
        "storage_accounts_in_europe",
    ]);
    assert_eq!(scan.findings(), by_demo);

    let snapshot = scan.folder.join("snapshot.tdsnap");
    let judge = |extra: &[&str]| {
        Program::new(["evaluate", snapshot.to_str().unwrap(), "-o", "out"])
            .args(extra)
            .run()
    };
    judge(&["--content", content]).expect(0);
    judge(&[]).refused(2, "storage_accounts_in_europe", "");
}

#[test]
fn mistakes_are_named_with_file_and_line() {
    for (mistake, replaced, line, words) in [
        ("severity: low", "severity: lowish", 2, "lowish"),
        (
            "resource: Microsoft.Storage/storageAccounts",
            "resource: Microsoft.Storage/storageAcounts",
            4,
            "Microsoft.Storage/storageAccounts",
        ),
        (
            "pass: resource.location in params.regions",
            "pass: resource.location in (params.regions",
            5,
            "missing ')'",
        ),
        (
            "pass: resource.location in params.regions",
            "pass: resource.propertys.location in params.regions",
            5,
            "propertys",
        ),
        ("risk: |", "risc: |", 10, "risc"),
    ] {
        let folder = own(&OWN.replace(mistake, replaced));
        let ended = with_content(folder.path(), &["lint"]).expect(1);
        let place = format!("storage_accounts_in_europe.yaml:{line}");
        let found = ended.stdout.lines().find(|said| said.contains(&place));
        let found = found.unwrap_or_else(|| panic!("{place} is not in: {ended}"));
        assert!(ended.stdout.contains(words), "{found}\n{ended}");
    }
}

#[test]
fn a_failing_test_of_a_check_fails_the_command() {
    let folder = own(&OWN.replace(
        "- fail: { location: eastus }",
        "- pass: { location: eastus }",
    ));
    let ended = with_content(
        folder.path(),
        &["test", "--check", "storage_accounts_in_europe"],
    )
    .expect(1);
    assert!(
        ended.stdout.contains("storage_accounts_in_europe"),
        "{ended}"
    );
    assert!(ended.stderr.contains("1 failed"), "{ended}");
}

#[test]
fn content_that_cannot_be_used_stops_a_scan_before_azure_is_asked() {
    let folder = own("title: [");
    let azure = demo();
    let ended = azure
        .program(&["scan", "--content", folder.path().to_str().unwrap()])
        .run();
    ended.refused(1, "storage_accounts_in_europe.yaml", "checks lint");
    azure
        .program(&["scan", "--content", "nowhere"])
        .run()
        .expect(2);
    assert!(azure.requests().is_empty());
}

#[test]
fn a_new_check_is_a_file_to_fill_in() {
    let made = checks(&[
        "new",
        "storage_accounts_have_an_owner",
        "--resource",
        "microsoft.storage/storageaccounts",
    ]);
    let made = made.run().expect(0);
    let file = made.home.path().join(made.stdout.trim());
    assert!(
        file.ends_with("content/checks/storage/storage_accounts_have_an_owner.yaml"),
        "{made}"
    );
    let content = made.home.path().join("content");
    let linted = with_content(&content, &["lint"]).expect(1);
    let places: Vec<&str> = linted.stdout.lines().collect();
    assert!(
        !places.is_empty(),
        "there is something to fill in: {linted}"
    );
    assert!(
        places.iter().all(|line| line.contains("owner.yaml:")),
        "{linted}"
    );
    let filled = std::fs::read_to_string(&file)
        .unwrap()
        .replace("properties.…", "properties.supportsHttpsTrafficOnly")
        .replace("…: ", "supportsHttpsTrafficOnly: ")
        .replace("azure/…", "azure/storage/")
        .replace('…', "Takes only HTTPS");
    std::fs::write(&file, filled).unwrap();
    with_content(&content, &["lint"]).expect(0);
    with_content(
        &content,
        &["test", "--check", "storage_accounts_have_an_owner"],
    )
    .expect(0);

    let twice = [
        "new",
        "storage_secure_transfer_required_is_enabled",
        "--resource",
        "Microsoft.Storage/storageAccounts",
    ];
    checks(&twice)
        .run()
        .refused(2, "exists already", "another id");
    checks(&["new", "Owner", "--resource", "graph/users"])
        .run()
        .refused(2, "`Owner`", "storage_");
    checks(&[
        "new",
        "storage_x",
        "--resource",
        "Microsoft.Storage/storageAcounts",
    ])
    .run()
    .refused(2, "storageAcounts", "Microsoft.Storage/storageAccounts");
}
