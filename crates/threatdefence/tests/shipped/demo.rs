//! `demo`, and what evaluation gives of its snapshot.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use checks::{Check, Library};

use crate::support::{Ended, Finding, Program};

const FILES: [&str; 6] = [
    "findings.csv",
    "findings.jsonl",
    "findings.ocsf.json",
    "report.html",
    "snapshot.tdsnap",
    "summary.json",
];

fn demo(arguments: &[&str]) -> Ended {
    Program::new(["demo", "-o", "out"])
        .args(arguments)
        .run()
        .expect(0)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Replaces what differs from run to run: times, sizes, and requests, as batches fill up by chance.
fn settled(text: &str) -> String {
    let lines = text
        .lines()
        .map(|line| match line.split_once(" documents, ") {
            Some((counts, _)) => format!("{counts} documents, [requests, time and memory]"),
            None => line.to_owned(),
        });
    lines.collect::<Vec<_>>().join("\n")
}

/// Checks that the demonstration does not show passing as well as failing. Nearly all ask the tenant, which gives one answer;
/// some ask what only an optional permission shows, what is retired and never fails, or what no inventory proves.
const ONE_SIDED: &[&str] = &[
    "defender_auto_provisioning_log_analytics_agent_vms_on",
    "defender_ensure_defender_for_dns_is_on",
    "dns_dangling_record",
    "entra_admin_consent_workflow_configured",
    "entra_admin_sspr_disabled",
    "entra_app_certificate_lifetime_restricted",
    "entra_app_password_addition_blocked",
    "entra_app_password_lifetime_restricted",
    "entra_auth_method_fido2_attestation_enforced",
    "entra_auth_method_sms_voice_email_disabled",
    "entra_auth_methods_migration_complete",
    "entra_authentication_methods_policy_strong_auth_enforced",
    "entra_authenticator_context_shown",
    "entra_ca_device_code_flow_blocked",
    "entra_ca_emergency_accounts_excluded",
    "entra_ca_exclusions_without_fallback",
    "entra_ca_guest_mfa_required",
    "entra_ca_high_risk_agents_blocked",
    "entra_ca_legacy_authentication_blocked",
    "entra_ca_mfa_enforced_all_users",
    "entra_ca_phishing_resistant_mfa_for_privileged_roles",
    "entra_ca_security_info_registration_protected",
    "entra_ca_sign_in_risk_high_blocked",
    "entra_ca_user_risk_high_remediated",
    "entra_conditional_access_policy_require_mfa_for_admin_portals",
    "entra_conditional_access_policy_require_mfa_for_management_api",
    "entra_connect_object_takeover_blocked",
    "entra_diagnostic_settings_export_complete",
    "entra_email_verified_self_signup_disabled",
    "entra_global_admin_effective_count",
    "entra_global_admin_in_less_than_five_users",
    "entra_graph_activity_logs_exported",
    "entra_krbtgt_azuread_not_synced",
    "entra_msol_powershell_blocked",
    "entra_password_protection_enforced",
    "entra_pim_activation_requires_mfa_or_context",
    "entra_pim_global_admin_activation_alerts",
    "entra_pim_role_assignment_notifies_admins",
    "entra_policy_default_users_cannot_create_security_groups",
    "entra_policy_ensure_default_user_cannot_create_apps",
    "entra_policy_ensure_default_user_cannot_create_tenants",
    "entra_policy_guest_invite_only_for_admin_roles",
    "entra_policy_guest_users_access_restrictions",
    "entra_policy_restricts_user_consent_for_apps",
    "entra_policy_user_consent_for_verified_apps",
    "entra_privileged_account_stale",
    "entra_privileged_role_permanent_active_assignment",
    "entra_report_suspicious_activity_enabled",
    "entra_risky_app_user_consent_blocked",
    "entra_security_defaults_enabled",
    "entra_trusted_named_locations_exists",
    "entra_user_with_recent_sign_in",
    "entra_users_cannot_create_microsoft_365_groups",
    "iam_root_scope_privileged_assignment",
    "lighthouse_delegation_reviewed",
    "management_group_creation_requires_authorization",
    "sentinel_onboarded_on_security_workspace",
    "subscription_tenant_transfer_blocked",
];

#[test]
fn it_finds_what_the_tenant_was_built_to_show() {
    let ended = demo(&[]);
    let found = Finding::read(&ended.home.path().join("out"));
    let mut lines: Vec<String> = found.iter().map(Finding::line).collect();
    lines.sort();
    let all = lines.len();
    lines.dedup();
    assert_eq!(lines.len(), all, "no finding comes twice");
    insta::assert_snapshot!(lines.join("\n"));

    let mut verdicts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for finding in &found {
        let of_check = verdicts.entry(&finding.check_id).or_default();
        of_check.insert(&finding.status);
    }
    let library = Library::builtin().unwrap();
    let is_shown = |check: &&Check| {
        let statuses = verdicts.get(check.id.as_str());
        statuses.is_some_and(|of| of.contains("pass") && of.contains("fail"))
    };
    let ids = library.checks().iter().filter(|check| !is_shown(check));
    let one_sided: Vec<&str> = ids.map(|check| check.id.as_str()).collect();
    assert_eq!(one_sided, ONE_SIDED);
}

#[test]
fn it_writes_every_file_and_says_how_to_go_on() {
    let ended = demo(&[]);
    assert_eq!(names(&ended.home.path().join("out")), FILES);
    assert!(ended.stderr.contains("report.html"), "{ended}");
    assert!(ended.stderr.contains("threatdefence scan"), "{ended}");
    assert_eq!(
        names(ended.home.path()),
        ["out"],
        "nothing is left elsewhere"
    );
}

#[test]
fn without_a_folder_it_makes_a_dated_one() {
    let ended = Program::new(["demo"]).run().expect(0);
    let made = names(ended.home.path());
    assert_eq!(made.len(), 1, "{made:?}");
    assert!(made[0].starts_with("threatdefence-demo-2"), "{made:?}");
    assert!(ended.stdout.contains(&made[0]), "{ended}");
}

#[test]
fn its_summary_names_the_gap_first_and_last() {
    let ended = demo(&[]);
    assert!(
        ended.first_line().contains("incomplete: 3 reads failed"),
        "{ended}"
    );
    assert!(
        ended.last_line().starts_with("Incomplete: 3 reads failed"),
        "{ended}"
    );
    insta::assert_snapshot!(settled(&ended.stdout));
}

#[test]
fn nothing_is_coloured_and_nothing_wraps_away_without_a_terminal() {
    let ended = demo(&[]);
    assert!(
        !ended.stdout.contains('\u{1b}') && !ended.stderr.contains('\u{1b}'),
        "{ended}"
    );
}

#[test]
fn quiet_leaves_only_warnings_on_stderr() {
    let ended = demo(&["--quiet"]);
    assert!(
        ended
            .stderr
            .lines()
            .all(|line| line.starts_with("warning: ")),
        "{ended}"
    );
    assert!(ended.stdout.starts_with("Scan of "), "{ended}");
}

#[test]
fn a_format_picks_its_file() {
    let ended = demo(&["--format", "csv"]);
    assert_eq!(
        names(&ended.home.path().join("out")),
        ["findings.csv", "snapshot.tdsnap"]
    );
}

#[test]
fn a_selection_limits_checks_and_reads() {
    let ended = demo(&["--check", "storage_*", "--exclude-check", "*soft_delete*"]);
    let findings = Finding::read(&ended.home.path().join("out"));
    assert!(
        findings
            .iter()
            .all(|finding| finding.check_id.starts_with("storage_"))
    );
    assert!(
        findings
            .iter()
            .all(|finding| !finding.check_id.contains("soft_delete"))
    );
    assert!(
        ended.first_line().contains(" complete: "),
        "nothing denied is read: {ended}"
    );
}

#[test]
fn evaluating_the_snapshot_gives_the_same_bytes_each_time() {
    let scanned = demo(&[]);
    let snapshot = scanned.home.path().join("out/snapshot.tdsnap");
    let before = std::fs::read(&snapshot).unwrap();
    let evaluate = || {
        let arguments = [
            Path::new("evaluate"),
            &snapshot,
            Path::new("-o"),
            Path::new("out"),
        ];
        Program::new(arguments).run().expect(0)
    };
    let (one, two) = (evaluate(), evaluate());
    for file in ["findings.csv", "findings.jsonl", "findings.ocsf.json"] {
        let read = |ended: &Ended| std::fs::read(ended.home.path().join("out").join(file)).unwrap();
        assert!(
            read(&one) == read(&two),
            "{file} differs between evaluations"
        );
        assert!(
            read(&one) == read(&scanned),
            "{file} differs from the scan's"
        );
    }
    assert!(
        std::fs::read(&snapshot).unwrap() == before,
        "evaluation leaves the snapshot alone"
    );
}

#[test]
fn nothing_selected_is_an_error_with_the_nearest_names() {
    let asked = |flag, value| Program::new(["demo", flag, value]).run();
    asked("--check", "storage_secure_transfer_required").refused(
        2,
        "storage_secure_transfer_required",
        "storage_secure_transfer_required_is_enabled",
    );
    asked("--service", "storrage").refused(2, "storrage", "storage");
    asked("--category", "encription").refused(2, "encription", "encryption");
}
