//! `threatdefence.yaml` and environment variables: each flag, parameters of checks, emergency accounts.

use crate::support::{Ended, Finding, Program};

const POSTGRES: &str = "postgresql_flexible_server_log_retention_days_greater_3";

/// The demonstration, with a configuration in the current folder.
fn demo(config: &str) -> Program {
    Program::new(["demo", "-o", "out"]).file("threatdefence.yaml", config)
}

fn findings(ended: &Ended) -> Vec<Finding> {
    Finding::read(&ended.home.path().join("out"))
}

fn checks(ended: &Ended) -> Vec<String> {
    let mut checks: Vec<String> = findings(ended)
        .into_iter()
        .map(|finding| finding.check_id)
        .collect();
    checks.sort();
    checks.dedup();
    checks
}

#[test]
fn a_flag_comes_from_the_file_the_environment_or_the_command_line() {
    let file = "check: [aks_clusters_*_disabled]\nformat: [csv]\nquiet: true\n";
    let by_file = demo(file).run().expect(0);
    assert_eq!(checks(&by_file), ["aks_clusters_public_access_disabled"]);
    assert!(!by_file.home.path().join("out/report.html").exists());
    assert!(!by_file.stderr.contains("A simulated Azure"), "{by_file}");

    let by_environment = demo(file)
        .env("THREATDEFENCE_CHECK", "vm_*managed_disks")
        .run()
        .expect(0);
    assert_eq!(checks(&by_environment), ["vm_ensure_using_managed_disks"]);

    let by_flag = demo(file)
        .env("THREATDEFENCE_CHECK", "vm_*")
        .args(["--check", "iam_custom_role_*_locks"]);
    let by_flag = by_flag.run().expect(0);
    assert_eq!(
        checks(&by_flag),
        ["iam_custom_role_has_permissions_to_administer_resource_locks"]
    );
}

#[test]
fn the_output_folder_and_the_exit_code_can_be_configured() {
    let azure = crate::support::demo();
    let scan = azure
        .program(&["scan"])
        .file(
            "threatdefence.yaml",
            "output-dir: here\nfail_on: high\nservice: network\n",
        )
        .run()
        .expect(3);
    assert!(scan.home.path().join("here/findings.csv").is_file());
    let complete = azure
        .program(&["scan", "-o", "here"])
        .env("THREATDEFENCE_REQUIRE_COMPLETE", "true")
        .run();
    complete.expect(4);
}

#[test]
fn another_file_can_be_named() {
    let named = Program::new(["demo", "-o", "out", "--config", "mine.yaml"])
        .file("mine.yaml", "check: aks_clusters_*_disabled\n");
    assert_eq!(checks(&named.run().expect(0)).len(), 1);
    let by_environment = Program::new(["demo", "-o", "out"])
        .file("mine.yaml", "check: aks_clusters_*_disabled\n")
        .env("THREATDEFENCE_CONFIG", "mine.yaml");
    assert_eq!(checks(&by_environment.run().expect(0)).len(), 1);
    let missing = Program::new(["demo", "--config", "nowhere.yaml"]).run();
    missing.refused(2, "nowhere.yaml could not be read", "");
}

#[test]
fn mistakes_are_named_with_what_was_meant() {
    demo("chekc: aks_*\n")
        .run()
        .refused(2, "`chekc`", "did you mean `check`?");
    demo("check: [aks_*\n")
        .run()
        .refused(2, "threatdefence.yaml", "docs/configuration.md");
    demo("check: { a: b }\n").run().refused(2, "`check`", "");
    let parameter = format!("params: {{ {POSTGRES}: {{ minimun: 5 }} }}\n");
    demo(&parameter).run().refused(2, "minimun", "");
    demo("params: { postgresql_flexible: { minimum: 5 } }\n")
        .run()
        .refused(
            2,
            "`postgresql_flexible`",
            "did you mean postgresql_flexible_server_",
        );
    let severity = demo("severity: hihg\n").run().expect(2);
    assert!(
        severity.stderr.contains("high"),
        "the right words are shown: {severity}"
    );
}

#[test]
fn a_parameter_changes_the_verdict() {
    let status = |config: &str| {
        let ended = demo(config).args(["--check", POSTGRES]).run().expect(0);
        let mut all: Vec<String> = findings(&ended)
            .into_iter()
            .map(|finding| finding.status)
            .collect();
        all.sort();
        all
    };
    let plain = status("");
    assert!(plain.contains(&"fail".to_owned()) && plain.contains(&"pass".to_owned()));
    let parameter = parameter();
    let with = |value: u32| {
        status(&format!(
            "params: {{ {POSTGRES}: {{ {parameter}: {value} }} }}\n"
        ))
    };
    assert!(with(1).iter().all(|status| status == "pass"));
    assert!(with(400).iter().all(|status| status == "fail"));
}

/// The name of the check's one parameter, as `checks show` prints it.
fn parameter() -> String {
    let shown = Program::new(["checks", "show", POSTGRES]).run().expect(0);
    let line = shown
        .stdout
        .lines()
        .find(|line| line.starts_with("params"))
        .unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .trim_end_matches(':')
        .to_owned()
}

#[test]
fn parameters_count_when_a_snapshot_is_judged_again() {
    let scanned = demo("").args(["--check", POSTGRES]).run().expect(0);
    let snapshot = scanned.home.path().join("out/snapshot.tdsnap");
    let config = format!("params: {{ {POSTGRES}: {{ {}: 400 }} }}\n", parameter());
    let judged = Program::new(["evaluate", snapshot.to_str().unwrap(), "-o", "out"])
        .file("threatdefence.yaml", &config)
        .run()
        .expect(0);
    assert!(
        findings(&judged)
            .iter()
            .all(|finding| finding.status == "fail")
    );
}

#[test]
fn a_group_named_as_emergency_account_may_be_left_out_of_a_policy() {
    const MANAGEMENT: &str = "entra_conditional_access_policy_require_mfa_for_management_api";
    let status = |config: &str| {
        let ended = demo(config).args(["--check", MANAGEMENT]).run().expect(0);
        findings(&ended)[0].status.clone()
    };
    assert_eq!(status("format: csv\n"), "manual");
    let groups = "emergency_accounts:\n  - 7D4419FA-c653-4691-8708-22a512d6f8ac\n  - 56a4c5a3-c3dc-419b-9677-d58c98318077\n";
    assert_eq!(status(&format!("format: csv\n{groups}")), "pass");
}
