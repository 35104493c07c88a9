//! `setup apply`: what it makes, what it waits for, and what it never shows.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use simulator::{FaultKind, Options};

use crate::support::setup::{FRESH, LINDHAVEN_PRODUCTION, ON_PRODUCTION, Setup, json, text};
use crate::support::{rule, rules};

const BASE: [&str; 3] = [
    "consent:Directory.Read.All",
    "consent:Policy.Read.All",
    "consent:UserAuthenticationMethod.Read.All",
];

fn slow_to_learn(seconds: u64) -> Setup {
    Setup::with(Options {
        replication_delay: Duration::from_secs(seconds),
        ..Options::default()
    })
}

fn list(value: &Value, name: &str) -> Vec<String> {
    let items = value[name].as_array().unwrap().iter();
    items
        .map(|item| item.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn what_entra_id_and_azure_learn_late_is_waited_out() {
    let setup = slow_to_learn(1);
    let ended = setup.apply(&["--format", "json"]).run().expect(0);
    assert!(
        ended
            .stderr
            .contains("waiting for the directory to know the new"),
        "{ended}"
    );
    let report = json(&ended);
    let made = list(&report, "made");
    for id in BASE {
        assert!(made.contains(&id.to_owned()), "{made:?}");
    }
    assert_eq!(report["left"], json!([]));
    assert_eq!(report["verified"]["complete"], true, "{report:#}");
    let come = report["verified"]["come"].as_array().unwrap();
    assert_eq!(
        come.len(),
        6,
        "sign-in, three permissions, two roles: {report:#}"
    );
    assert_eq!(text(&report, "/environment/AZURE_TENANT_ID"), FRESH);
    assert_eq!(setup.new_below("/v1.0/applications/"), 1);
}

#[test]
fn the_second_time_nothing_is_written() {
    let setup = Setup::new();
    setup.applied(&[]);
    let (there, writes) = (setup.documents(), setup.writes().len());
    let again = setup.applied(&[]);
    assert_eq!(again["made"], json!([]));
    assert_eq!(
        again["verified"]["complete"], true,
        "the certificate is still at hand"
    );
    assert_eq!(setup.writes().len(), writes);
    assert!(setup.documents() == there);
}

#[cfg(unix)]
#[test]
fn the_key_is_its_owner_s_alone_and_nowhere_else() {
    use crate::support::setup::mode;
    let setup = Setup::new();
    let ended = setup.apply(&["--log", "trace"]).run().expect(0);
    let key = std::fs::read_to_string(setup.certificate()).unwrap();
    assert_eq!(mode(&setup.certificate()), 0o600);
    let secret = key.lines().nth(5).unwrap();
    for text in [&ended.stdout, &ended.stderr, &setup.noted()] {
        assert!(!text.contains(secret) && !text.contains("PRIVATE KEY"));
    }
    let public = std::fs::read_to_string(setup.azure.path("scanner.cer")).unwrap();
    assert!(public.contains("BEGIN CERTIFICATE") && !public.contains("PRIVATE"));
    assert!(
        ended.stdout.contains("\nunset AZURE_CLIENT_SECRET\n"),
        "the administrator's own would contradict it: {ended}"
    );
    let next = format!(
        "export AZURE_CLIENT_CERTIFICATE_PATH={}",
        setup.certificate().display()
    );
    assert!(ended.stdout.contains(&next), "{ended}");
    assert!(
        ended.last_line().starts_with("threatdefence doctor"),
        "{ended}"
    );
}

#[test]
fn a_secret_is_shown_once_and_never_again() {
    let setup = Setup::new();
    let ended = setup
        .apply(&["--proof", "secret", "--log", "trace"])
        .run()
        .expect(0);
    let line = ended
        .stdout
        .lines()
        .find_map(|line| line.split_once("AZURE_CLIENT_SECRET="));
    let secret = line
        .unwrap_or_else(|| panic!("no secret: {ended}"))
        .1
        .trim_matches('\'');
    assert_eq!(ended.stdout.matches(secret).count(), 1, "{ended}");
    assert!(!ended.stderr.contains(secret) && !setup.noted().contains(secret));
    let application = setup.application()["appId"].as_str().unwrap().to_owned();
    let doctor = setup
        .azure
        .program(&["doctor"])
        .env("AZURE_CLIENT_ID", application)
        .env("AZURE_CLIENT_SECRET", secret);
    doctor.run().expect(0);
}

#[cfg(unix)]
#[test]
fn a_secret_in_a_file_is_nowhere_else() {
    use crate::support::setup::mode;
    let setup = Setup::new();
    let file = setup.azure.path("secret.txt");
    let ended = setup
        .apply(&["--proof", "secret", "--format", "json"])
        .args([Path::new("--write-secret"), &file])
        .run()
        .expect(0);
    let secret = std::fs::read_to_string(&file).unwrap();
    assert_eq!(mode(&file), 0o600);
    for text in [&ended.stdout, &ended.stderr, &setup.noted()] {
        assert!(!text.contains(secret.trim()));
    }
}

#[test]
fn a_program_gets_the_secret_when_it_asks_for_it() {
    let setup = Setup::new();
    let asked = ["--proof", "secret", "--format", "json"];
    let writes = setup.writes().len();
    setup
        .apply(&asked)
        .run()
        .refused(2, "where the client secret is to go", "--write-secret");
    assert_eq!(setup.writes().len(), writes, "nothing was changed");
    let ended = setup
        .apply(&[&asked[..], &["--write-secret", "-"]].concat())
        .run()
        .expect(0);
    assert!(!text(&json(&ended), "/proof/secret").is_empty());
}

#[test]
fn tokens_of_github_need_no_secret() {
    let setup = Setup::new();
    let ended = setup.apply(&["--github", "octo/scan"]).run().expect(0);
    for part in [
        "AZURE_FEDERATED_TOKEN_FILE",
        "id-token: write",
        FRESH,
        "repo:octo/scan:ref:refs/heads/main",
    ] {
        assert!(ended.stdout.contains(part), "`{part}`: {ended}");
    }
    assert!(ended.stderr.contains("not tried here"), "{ended}");
    let application = setup.application();
    assert!(
        application["passwordCredentials"]
            .as_array()
            .is_none_or(Vec::is_empty)
    );
    assert_eq!(setup.new_with("/federatedidentitycredentials/"), 1);
    setup.apply(&["--github", "octo/scan"]).run().expect(0);
    assert_eq!(
        setup.new_with("/federatedidentitycredentials/"),
        1,
        "only once"
    );
}

#[test]
fn nobody_is_asked_where_nobody_can_answer() {
    let setup = Setup::new();
    let ended = setup.asking("apply", &ON_PRODUCTION).run();
    let ended = ended.refused(2, "nobody is there to answer", "--yes");
    assert!(
        ended.stderr.contains("Register the application"),
        "the plan comes first: {ended}"
    );
    assert!(setup.writes().is_empty());
    assert!(setup.noted().is_empty(), "no journal without a change");
}

#[test]
fn files_that_are_there_are_left_alone_before_anything_is_changed() {
    let setup = Setup::new();
    std::fs::write(setup.certificate(), "mine").unwrap();
    setup
        .apply(&[])
        .run()
        .refused(1, "not overwritten", "another file");
    assert_eq!(
        std::fs::read_to_string(setup.certificate()).unwrap(),
        "mine"
    );
    assert!(setup.writes().is_empty());
    std::fs::remove_file(setup.certificate()).unwrap();
    std::fs::write(setup.journal(), "{\"line\": \"something else\"}\n").unwrap();
    setup
        .apply(&[])
        .run()
        .refused(1, "not a journal of setup", "--journal");
    assert!(setup.writes().is_empty());
}

#[test]
fn a_journal_of_another_application_is_refused() {
    let setup = Setup::new();
    setup.applied(&[]);
    let writes = setup.writes().len();
    let other = setup.apply(&["--name", "Another scanner"]).run();
    other.refused(1, "about application ThreatDefence", "--journal");
    assert_eq!(setup.writes().len(), writes);
}

#[test]
fn roles_on_a_management_group_hold_below_it() {
    let setup = Setup::new();
    let certificate = setup.certificate();
    let ended = setup
        .command(
            "apply",
            &["--management-group", "lindhaven", "--format", "json"],
        )
        .args([Path::new("--certificate"), &certificate])
        .run()
        .expect(0);
    assert_eq!(json(&ended)["verified"]["complete"], true, "{ended}");
    assert_eq!(
        setup.new_with(
            "/managementgroups/lindhaven/providers/microsoft.authorization/roleassignments/"
        ),
        2
    );
}

#[test]
fn what_fails_is_named_with_what_is_missing_and_the_same_command_goes_on() {
    let refusal = FaultKind::Status {
        code: 403,
        body: json!({"error": {"code": "AuthorizationFailed", "message": "No."}}),
        headers: Default::default(),
    };
    let path = format!(
        "/subscriptions/{LINDHAVEN_PRODUCTION}/providers/Microsoft.Authorization/roleAssignments/*"
    );
    let setup = Setup::with(rules([rule(&path, refusal).method("PUT").times(1)]));
    let ended = setup.apply(&[]).run();
    let ended = ended.refused(1, "missing: assign:reader", "");
    assert!(
        ended.stdout.contains("# Application ThreatDefence"),
        "what exists is said: {ended}"
    );
    let report = setup.applied(&[]);
    assert_eq!(list(&report, "made").len(), 2, "{report:#}");
    assert_eq!(setup.new_below("/v1.0/applications/"), 1);
}
