//! From a tenant that never saw the scanner to a scan without gaps, and back.

use std::collections::BTreeSet;
use std::path::Path;

use catalog::Contract;

use crate::support::setup::{Setup, json, text};
use crate::support::{Finding, SELECTION};

const EVERYWHERE: &str = "--all-subscriptions";

#[test]
fn a_fresh_tenant_is_set_up_scanned_and_left_as_it_was() {
    let setup = Setup::new();
    let planned = setup
        .azure
        .program(&["setup", "plan", EVERYWHERE, "--format", "json"])
        .run()
        .expect(0);
    let planned = json(&planned);
    let steps = planned["steps"].as_array().unwrap().len();
    assert!(setup.writes().is_empty(), "a plan writes nothing");

    let certificate = setup.certificate();
    let applied = setup
        .command("apply", &[EVERYWHERE, "--format", "json"])
        .args([Path::new("--certificate"), &certificate])
        .run()
        .expect(0);
    let applied = json(&applied);
    assert_eq!(applied["made"].as_array().unwrap().len(), steps);
    assert_eq!(applied["verified"]["complete"], true, "{applied:#}");

    let application = text(&applied, "/application_id");
    setup
        .as_scanner(&["doctor"], application, &certificate)
        .without_env(SELECTION)
        .run()
        .expect(0);
    let folder = setup.azure.path("scan");
    let scanned = setup
        .as_scanner(&["scan", "--require-complete"], application, &certificate)
        .without_env(SELECTION)
        .args([Path::new("-o"), &folder])
        .run()
        .expect(0);
    assert!(!scanned.first_line().contains("incomplete"), "{scanned}");
    let findings = Finding::read(&folder);
    let checks: BTreeSet<&str> = findings.iter().map(|one| one.check_id.as_str()).collect();
    assert!(checks.len() > 100, "{checks:?}");
    let contract = Contract::builtin().unwrap();
    let unassessed = findings.iter().filter(|one| one.status == "not_assessed");
    for finding in unassessed {
        let permission = &finding.permission;
        let optional = contract.graph.optional.contains_key(permission)
            || contract.azure.optional.contains_key(permission);
        assert!(optional, "nothing else is left unassessed: {finding:?}");
    }

    setup.command("remove", &["--purge"]).run().expect(0);
    setup.is_as_before();
    assert_eq!(setup.deleted(), 0);
    setup
        .as_scanner(&["doctor"], application, &certificate)
        .run()
        .expect(1);
}
