//! `setup renew`: a new credential beside the old one, both valid; the old one goes on request.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::Program;
use crate::support::setup::{Setup, json as report, text};

/// `setup renew` with a file of its own for the certificate.
fn renew(setup: &Setup, file: &str, more: &[&str]) -> (Program, PathBuf) {
    let path = setup.azure.path(file);
    let program = setup
        .command("renew", &[more, &["--format", "json"]].concat())
        .args([Path::new("--certificate"), &path]);
    (program, path)
}

fn keys(setup: &Setup) -> Vec<Value> {
    setup.application()["keyCredentials"]
        .as_array()
        .unwrap()
        .clone()
}

fn application(setup: &Setup) -> String {
    setup.application()["appId"].as_str().unwrap().to_owned()
}

#[test]
fn both_certificates_sign_in_until_the_old_one_goes() {
    let setup = Setup::new();
    setup.applied(&[]);
    let (renewing, new) = renew(&setup, "new.pem", &[]);
    let renewed = report(&renewing.run().expect(0));
    assert_eq!(keys(&setup).len(), 2);
    assert_eq!(renewed["old"].as_array().unwrap().len(), 1, "{renewed:#}");
    let id = application(&setup);
    let signs_in = |certificate: &Path, code| {
        setup
            .as_scanner(&["doctor"], &id, certificate)
            .run()
            .expect(code)
    };
    signs_in(&setup.certificate(), 0);
    signs_in(&new, 0);

    let (removing, _) = renew(&setup, "unused.pem", &["--remove-old"]);
    let removed = report(&removing.run().expect(0));
    assert_eq!(removed["signed_in"], true, "{removed:#}");
    assert_eq!(removed["old"][0]["removed"], true, "{removed:#}");
    assert!(
        !setup.azure.path("unused.pem").exists(),
        "the one made before is enough"
    );
    assert_eq!(keys(&setup).len(), 1);
    signs_in(&setup.certificate(), 1);
    signs_in(&new, 0);

    setup.command("remove", &["--purge"]).run().expect(0);
    setup.is_as_before();
}

#[test]
fn a_new_one_can_take_the_old_one_s_place_at_once() {
    let setup = Setup::new();
    setup.applied(&["--days", "30"]);
    let (renewing, new) = renew(&setup, "new.pem", &["--remove-old"]);
    let renewed = report(&renewing.run().expect(0));
    assert_eq!(keys(&setup).len(), 1);
    assert_eq!(text(&renewed, "/proof/kind"), "certificate");
    let ends: jiff::Timestamp = text(&renewed, "/proof/ends").parse().unwrap();
    let days = ends.duration_since(jiff::Timestamp::now()).as_hours() / 24;
    assert!(
        (28..=30).contains(&days),
        "as long as the old one: {renewed:#}"
    );
    setup
        .as_scanner(&["doctor"], &application(&setup), &new)
        .run()
        .expect(0);
}

#[test]
fn a_secret_is_renewed_by_a_secret() {
    let setup = Setup::new();
    setup.applied(&["--proof", "secret", "--write-secret", "-"]);
    let (renewing, _) = renew(
        &setup,
        "unused.pem",
        &["--write-secret", "-", "--remove-old"],
    );
    let ended = renewing.args(["--log", "trace"]).run().expect(0);
    let renewed = report(&ended);
    let secret = text(&renewed, "/proof/secret");
    assert!(!ended.stderr.contains(secret) && !setup.noted().contains(secret));
    let secrets = setup.application()["passwordCredentials"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(secrets.len(), 1, "{secrets:#?}");
    assert_eq!(secrets[0]["keyId"], renewed["proof"]["key_id"]);
}

#[test]
fn another_kind_is_made_when_asked_for() {
    let setup = Setup::new();
    setup.applied(&["--proof", "secret", "--write-secret", "-"]);
    let (renewing, new) = renew(
        &setup,
        "new.pem",
        &["--proof", "certificate", "--remove-old"],
    );
    renewing.run().expect(0);
    let there = setup.application();
    assert!(
        there["passwordCredentials"]
            .as_array()
            .is_none_or(Vec::is_empty),
        "{there:#}"
    );
    assert_eq!(keys(&setup).len(), 1);
    setup
        .as_scanner(&["doctor"], &application(&setup), &new)
        .run()
        .expect(0);
}

#[test]
fn what_cannot_be_tried_takes_nothing_away() {
    let setup = Setup::new();
    setup.applied(&[]);
    let (renewing, _) = renew(
        &setup,
        "new.pem",
        &["--github", "octo/scan", "--remove-old"],
    );
    let ended = renewing.run().expect(0);
    assert!(
        ended.stderr.contains("what has not expired stays"),
        "{ended}"
    );
    assert_eq!(keys(&setup).len(), 1);
    assert_eq!(setup.new_with("/federatedidentitycredentials/"), 1);
}

#[test]
fn the_scanner_itself_may_not() {
    let setup = Setup::new();
    setup.applied(&[]);
    let writes = setup.writes().len();
    let id = application(&setup);
    let journal = setup.journal();
    let ended = setup
        .as_scanner(&["setup", "renew", "--yes"], &id, &setup.certificate())
        .args([Path::new("--journal"), &journal])
        .run();
    ended.refused(
        1,
        "signed in as the scanner itself",
        "Application Administrator",
    );
    assert_eq!(setup.writes().len(), writes);
}

#[test]
fn an_application_that_is_not_there_is_named() {
    let setup = Setup::new();
    let ended = setup.command("renew", &["--name", "Nobody"]).run();
    ended.refused(1, "no application Nobody", "setup apply");
}
