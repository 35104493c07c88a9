//! What the base permissions and Reader reach, and what ThreatDefenceRole adds to them.

use std::path::{Path, PathBuf};

use crate::support::setup::{Setup, json, text};
use crate::support::{Finding, SELECTION, changes};

/// The checks that read what Reader may not, with the action of the role that each needs.
const BY_ROLE: [(&str, &str); 4] = [
    ("app_function_access_keys_configured", LIST_KEYS),
    ("app_function_application_insights_enabled", LIST_SETTINGS),
    ("app_function_latest_runtime_version", LIST_SETTINGS),
    ("app_settings_use_keyvault_references", LIST_SETTINGS),
];

const LIST_KEYS: &str = "Microsoft.Web/sites/host/listkeys/action";
const LIST_SETTINGS: &str = "Microsoft.Web/sites/config/list/action";

/// Makes a scanner of this name for the whole tenant, and gives its application's id.
fn made(setup: &Setup, name: &str, more: &[&str]) -> String {
    let applied = setup
        .azure
        .program(&["setup", "apply", "--all-subscriptions", "--yes"])
        .args(["--name", name, "--format", "json"])
        .args(more)
        .args([Path::new("--certificate"), &certificate(setup, name)])
        .args([
            Path::new("--journal"),
            &setup.azure.path(&format!("{name}.jsonl")),
        ])
        .run()
        .expect(0);
    text(&json(&applied), "/application_id").to_owned()
}

fn certificate(setup: &Setup, name: &str) -> PathBuf {
    setup.azure.path(&format!("{name}.pem"))
}

/// The findings of a scanner's scan.
fn scanned(setup: &Setup, name: &str, application: &str) -> Vec<Finding> {
    let folder = setup.azure.path(&format!("{name}-scan"));
    setup
        .as_scanner(&["scan"], application, &certificate(setup, name))
        .without_env(SELECTION)
        .args([Path::new("-o"), &folder])
        .run()
        .expect(0);
    Finding::read(&folder)
}

#[test]
fn without_the_role_exactly_its_checks_are_not_assessed_and_name_it() {
    let setup = Setup::new();
    // Both are there before either scans, so that their own presence makes no difference.
    let whole = made(&setup, "whole", &[]);
    let less = made(&setup, "less", &["--without-role"]);
    let whole = scanned(&setup, "whole", &whole);
    let less = scanned(&setup, "less", &less);
    let (only_whole, only_less) = changes(&whole, &less);
    assert_eq!(only_whole.len(), only_less.len());
    for finding in &less {
        let by_role = BY_ROLE.iter().find(|(check, _)| *check == finding.check_id);
        match by_role {
            None => assert!(!only_less.contains(&finding.line()), "{}", finding.line()),
            Some((_, action)) => {
                assert_eq!(finding.status, "not_assessed", "{}", finding.line());
                assert_eq!(finding.permission, *action, "{}", finding.line());
            }
        }
    }
    assert!(!only_less.is_empty());
}
