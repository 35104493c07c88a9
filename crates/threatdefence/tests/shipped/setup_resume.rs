//! `setup apply` that is cut off: answers that are lost, runs that are killed. Nothing is made twice, and all
//! of it is known as setup's own.
#![cfg(unix)]

use std::time::Duration;

use simulator::{FaultKind, FaultRule, Options};

use crate::support::setup::Setup;
use crate::support::{rule, rules};

/// Long enough that the run is killed before the answer comes.
const LONG: Duration = Duration::from_secs(50);

const ASSIGNMENTS: &str = "*/providers/Microsoft.Authorization/roleAssignments/*";
const DEFINITIONS: &str = "*/providers/Microsoft.Authorization/roleDefinitions/*";

/// The tenant has exactly what one undisturbed run makes.
#[track_caller]
fn is_whole(setup: &Setup) {
    assert_eq!(setup.new_below("/v1.0/applications/"), 1);
    assert_eq!(setup.new_below("/v1.0/serviceprincipals/"), 1);
    assert_eq!(setup.new_with("/roledefinitions/"), 1);
    assert_eq!(setup.new_with("/roleassignments/"), 2);
    let application = setup.application();
    let keys = application["keyCredentials"].as_array().unwrap();
    assert_eq!(keys.len(), 1, "{application:#}");
}

/// Everything is setup's own: the journal alone takes all of it away.
#[track_caller]
fn goes_by_the_journal(setup: &Setup) {
    setup.command("remove", &["--purge"]).run().expect(0);
    setup.is_as_before();
}

#[test]
fn an_answer_that_is_lost_makes_nothing_twice() {
    for path in [
        "/v1.0/applications",
        "/v1.0/servicePrincipals",
        "/v1.0/servicePrincipals/*/appRoleAssignments",
    ] {
        let lost = rule(path, FaultKind::Truncate).method("POST").times(1);
        let setup = Setup::with(rules([lost]));
        let report = setup.applied(&[]);
        assert_eq!(report["left"], serde_json::json!([]), "{path}");
        is_whole(&setup);
        goes_by_the_journal(&setup);
    }
}

#[test]
fn a_secret_whose_answer_is_lost_is_taken_away_again() {
    let lost = rule("/v1.0/applications/*/addPassword", FaultKind::Truncate);
    let setup = Setup::with(rules([lost.method("POST").times(1)]));
    let report = setup.applied(&["--proof", "secret", "--write-secret", "-"]);
    assert_eq!(report["verified"]["complete"], true, "{report:#}");
    let secrets = setup.application()["passwordCredentials"].clone();
    assert_eq!(secrets.as_array().unwrap().len(), 1, "{secrets:#}");
    assert_eq!(secrets[0]["keyId"], report["proof"]["key_id"]);
}

/// Kills a run while it waits for an answer: Azure has done it, and nobody knows.
fn killed_at(place: FaultRule, step: &str, delay: Duration) -> Setup {
    let setup = Setup::with(Options {
        replication_delay: delay,
        ..rules([place.times(1)])
    });
    let written = setup.writes().len();
    let mut running = setup.apply(&[]).start();
    let begun = format!("\"step\":\"{step}\",\"state\":\"started\"");
    running.wait_until(|| {
        let noted = setup.noted();
        let last = noted.lines().last().unwrap_or_default();
        // The request is answered, late, once it is among those that were recorded.
        last.contains(&begun) && setup.writes().len() > written && arrived(&setup, step)
    });
    running.signal("KILL");
    running.wait().expect(-1);
    setup
}

/// Whether the step's own request has reached Azure.
fn arrived(setup: &Setup, step: &str) -> bool {
    let writes = setup.writes();
    let last = writes.last().map(String::as_str).unwrap_or_default();
    match step {
        "application" => last == "POST /v1.0/applications",
        "principal" => last == "POST /v1.0/servicePrincipals",
        "proof:certificate" => last.starts_with("PATCH /v1.0/applications/"),
        "role" => last.contains("/roleDefinitions/"),
        consent if consent.starts_with("consent:") => last.ends_with("/appRoleAssignments"),
        _ => last.contains("/roleAssignments/"),
    }
}

#[test]
fn a_run_killed_at_any_step_goes_on_and_knows_what_is_its_own() {
    let slow = |path: &str, method: &str| rule(path, FaultKind::Slow(LONG)).method(method);
    let subscription = "/subscriptions/99f397d5-65a0-40ce-b2a5-c397e68d60db";
    let reader = format!("assign:reader:{subscription}");
    let custom = format!("assign:custom:{subscription}");
    let consents = "/v1.0/servicePrincipals/*/appRoleAssignments";
    for (place, step) in [
        (slow("/v1.0/applications", "POST"), "application"),
        (slow("/v1.0/servicePrincipals", "POST"), "principal"),
        (slow(consents, "POST").after(1), "consent:Policy.Read.All"),
        (slow("/v1.0/applications/*", "PATCH"), "proof:certificate"),
        (slow(DEFINITIONS, "PUT"), "role"),
        (slow(ASSIGNMENTS, "PUT"), reader.as_str()),
        (slow(ASSIGNMENTS, "PUT").after(1), custom.as_str()),
    ] {
        let setup = killed_at(place, step, Duration::ZERO);
        let report = setup.applied(&[]);
        assert_eq!(report["verified"]["complete"], true, "{step}: {report:#}");
        is_whole(&setup);
        goes_by_the_journal(&setup);
    }
}

#[test]
fn a_run_that_goes_on_waits_for_what_the_killed_one_made() {
    let slow = rule("/v1.0/servicePrincipals", FaultKind::Slow(LONG)).method("POST");
    let setup = killed_at(slow, "principal", Duration::from_secs(1));
    let report = setup.applied(&[]);
    assert_eq!(report["verified"]["complete"], true, "{report:#}");
    is_whole(&setup);
    goes_by_the_journal(&setup);
}

#[test]
fn ctrl_c_stops_between_steps() {
    let setup = Setup::with(Options {
        latency: Duration::from_millis(150),
        ..Options::default()
    });
    let mut running = setup.apply(&[]).start();
    running.wait_until(|| {
        setup
            .noted()
            .contains("\"step\":\"principal\",\"state\":\"started\"")
    });
    running.signal("INT");
    let ended = running.wait();
    let ended = ended.refused(1, "interrupted", "the same command");
    assert!(ended.stderr.contains("missing: consent:"), "{ended}");
    let last = setup.noted();
    let last = last.lines().last().unwrap();
    assert!(
        last.contains("\"state\":\"done\""),
        "no step is cut in two: {last}"
    );
    setup.applied(&[]);
    is_whole(&setup);
}
