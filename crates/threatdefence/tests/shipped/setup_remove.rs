//! `setup remove`: what setup made goes, by the journal or by its marks; what was there before stays.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use simulator::{FaultKind, Options};

use crate::support::setup::{LINDHAVEN_PRODUCTION, ON_PRODUCTION, Setup, json as report, text};
use crate::support::{Azure, Company, PRODUCTION, Program, TENANT, rule, rules};

fn ids(value: &Value, name: &str) -> Vec<String> {
    let items = value[name].as_array().unwrap().iter();
    items
        .map(|item| item.as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_journal_is_enough_to_leave_the_tenant_as_it_was() {
    let setup = Setup::new();
    setup.applied(&["--with", "all"]);
    let removed = setup
        .command("remove", &["--format", "json"])
        .run()
        .expect(0);
    assert!(removed.stderr.contains("30 days"), "{removed}");
    let removed = report(&removed);
    assert_eq!(ids(&removed, "removed").len(), 5, "{removed:#}");
    assert_eq!(removed["stays"], json!([]));
    setup.is_as_before();
    assert!(setup.deleted() > 0, "Entra ID keeps it");
    let again = report(
        &setup
            .command("remove", &["--purge", "--format", "json"])
            .run()
            .expect(0),
    );
    assert!(
        ids(&again, "removed")
            .iter()
            .all(|id| id.starts_with("purge:")),
        "{again:#}"
    );
    assert_eq!(setup.deleted(), 0);
    let nothing = setup.command("remove", &["--purge"]).run().expect(0);
    assert!(nothing.stderr.contains("nothing to take away"), "{nothing}");
}

#[test]
fn without_the_journal_setup_s_marks_are_enough() {
    let setup = Setup::new();
    setup.applied(&[]);
    std::fs::remove_file(setup.journal()).unwrap();
    setup.command("remove", &["--purge"]).run().expect(0);
    setup.is_as_before();
    assert_eq!(setup.deleted(), 0);
}

#[test]
fn what_was_made_a_moment_ago_is_taken_away_too() {
    let setup = Setup::with(Options {
        replication_delay: Duration::from_secs(1),
        ..Options::default()
    });
    setup.applied(&[]);
    setup.command("remove", &["--purge"]).run().expect(0);
    setup.is_as_before();
    assert_eq!(setup.deleted(), 0);
}

#[test]
fn nothing_goes_before_somebody_says_so() {
    let setup = Setup::new();
    setup.applied(&[]);
    let (there, writes) = (setup.documents(), setup.writes().len());
    let ended = setup.asking("remove", &[]).run();
    let ended = ended.refused(2, "nobody is there to answer", "--yes");
    assert!(
        ended.stderr.contains("the application ThreatDefence"),
        "{ended}"
    );
    assert_eq!(setup.writes().len(), writes);
    assert!(setup.documents() == there);
}

#[test]
fn a_removal_that_was_cut_off_goes_on() {
    let failing = FaultKind::Status {
        code: 403,
        body: json!({"error": {"code": "AuthorizationFailed", "message": "No."}}),
        headers: Default::default(),
    };
    let roles = format!(
        "/subscriptions/{LINDHAVEN_PRODUCTION}/providers/Microsoft.Authorization/roleDefinitions/*"
    );
    let setup = Setup::with(rules([rule(&roles, failing).method("DELETE").times(1)]));
    setup.applied(&[]);
    let ended = setup.command("remove", &["--purge"]).run();
    ended.refused(
        1,
        "the role ThreatDefenceRole",
        "Owner or User Access Administrator",
    );
    assert_eq!(setup.new_with("/roledefinitions/"), 1);
    setup.command("remove", &["--purge"]).run().expect(0);
    setup.is_as_before();
}

const SECRET: &str = "a-secret-of-the-test";
const ADMINISTRATOR: &str = "c0000000-0000-4000-8000-00000000000a";
const OTHER: &str = "c0000000-0000-4000-8000-00000000000d";
const OLD_APPLICATION: &str = "a0000000-0000-4000-8000-000000000001";
const OLD_CLIENT: &str = "a0000000-0000-4000-8000-000000000002";

/// A company with an application of the scanner's name that setup did not make.
fn with_an_older_application() -> Setup {
    let scope = format!("/subscriptions/{PRODUCTION}");
    let application = |id: &str| {
        json!({"client_id": id, "object_id": id.replacen('c', "b", 1), "secret": SECRET,
            "graph_roles": ["Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All"]})
    };
    let tenant = Company::new()
        .with("client_id", Value::Null)
        .with("applications", json!([application(ADMINISTRATOR), application(OTHER)]))
        .with(
            "role_assignments",
            json!([{"application": ADMINISTRATOR, "role": "Owner", "scope": scope}]),
        )
        .graph(
            "/v1.0/applications",
            json!({"value": [{"id": OLD_APPLICATION, "appId": OLD_CLIENT, "displayName": "ThreatDefence",
                "signInAudience": "AzureADMyOrg", "requiredResourceAccess": [], "tags": [],
                "keyCredentials": [], "passwordCredentials": []}]}),
        )
        .tenant();
    Setup::of(Azure::start(
        tenant,
        [TENANT, ADMINISTRATOR, SECRET],
        Options::default(),
    ))
}

fn apply(setup: &Setup, more: &[&str]) -> Program {
    let certificate = setup.certificate();
    setup
        .command("apply", &[&["--subscription", "Production"], more].concat())
        .args([Path::new("--certificate"), &certificate])
}

#[test]
fn an_application_that_setup_did_not_make_is_left_alone() {
    let setup = with_an_older_application();
    let ended = setup.command("remove", &[]).run();
    ended.refused(1, "nothing says that setup made it", "--application-id");
    assert!(setup.writes().is_empty());
    setup.is_as_before();
}

#[test]
fn what_setup_added_to_an_older_application_goes_and_the_application_stays() {
    let setup = with_an_older_application();
    let by_id = ["--application-id", OLD_CLIENT];
    apply(&setup, &by_id).run().expect(0);
    let there = setup.documents();
    let key = format!("/v1.0/applications/{OLD_APPLICATION}");
    assert_eq!(there[&key]["keyCredentials"].as_array().unwrap().len(), 1);
    let removed = setup
        .command(
            "remove",
            &[&by_id[..], &["--purge", "--format", "json"]].concat(),
        )
        .run()
        .expect(0);
    let removed = report(&removed);
    assert!(
        text(&removed, "/stays/0").contains("was there before setup"),
        "{removed:#}"
    );
    setup.is_as_before();
}

#[test]
fn everything_goes_only_when_the_application_is_named_and_everything_is_asked_for() {
    let setup = with_an_older_application();
    let by_id = ["--application-id", OLD_CLIENT];
    let kept = setup.command("remove", &by_id).run().expect(0);
    assert!(kept.stdout.contains("it was there before setup"), "{kept}");
    setup.is_as_before();
    std::fs::remove_file(setup.journal()).unwrap_or_default();
    setup
        .command("remove", &[&by_id[..], &["--everything"]].concat())
        .run()
        .expect(0);
    assert!(
        !setup
            .documents()
            .contains_key(&format!("/v1.0/applications/{OLD_APPLICATION}"))
    );
}

#[test]
fn a_role_that_another_scanner_has_too_stays_until_nobody_has_it() {
    let setup = Setup::new();
    setup.applied(&[]);
    let (journal, certificate) = (
        setup.azure.path("second.jsonl"),
        setup.azure.path("second.pem"),
    );
    let second = |name: &str, more: &[&str]| {
        let program = setup
            .azure
            .program(&["setup", name, "--yes", "--name", "Second"]);
        program.args(more).args([Path::new("--journal"), &journal])
    };
    second("apply", &ON_PRODUCTION)
        .args([Path::new("--certificate"), &certificate])
        .run()
        .expect(0);

    let first = report(
        &setup
            .command("remove", &["--format", "json"])
            .run()
            .expect(0),
    );
    let stays = ids(&first, "stays").join("\n");
    assert!(stays.contains("of it are of others"), "{first:#}");
    assert_eq!(setup.new_with("/roledefinitions/"), 1);
    assert_eq!(
        setup.new_with("/roleassignments/"),
        2,
        "those of the second"
    );

    let removed = second("remove", &["--purge"]).run().expect(0);
    assert!(
        removed.stdout.contains("was there before setup"),
        "not the second's own: {removed}"
    );
    setup.command("remove", &["--purge"]).run().expect(0);
    setup.is_as_before();
}

/// The definition of the custom role as the tenant has it now.
fn role(setup: &Setup) -> Value {
    let documents = setup.documents();
    let roles: Vec<&Value> = documents
        .iter()
        .filter(|(key, _)| key.contains("/roledefinitions/"))
        .map(|(_, body)| body)
        .filter(|body| body["properties"]["roleName"] == "ThreatDefenceRole")
        .collect();
    assert_eq!(roles.len(), 1, "{roles:#?}");
    let properties = &roles[0]["properties"];
    json!({"permissions": properties["permissions"], "assignableScopes": properties["assignableScopes"],
        "description": properties["description"]})
}

#[test]
fn a_role_that_setup_extended_goes_back_to_what_it_was() {
    let setup = Setup::new();
    let (journal, certificate) = (
        setup.azure.path("older.jsonl"),
        setup.azure.path("older.pem"),
    );
    setup
        .azure
        .program(&[
            "setup",
            "apply",
            "--yes",
            "--name",
            "Older",
            "--subscription",
            "Lindhaven Test",
        ])
        .args([Path::new("--journal"), &journal])
        .args([Path::new("--certificate"), &certificate])
        .run()
        .expect(0);
    let before = role(&setup);
    setup.applied(&[]);
    assert_eq!(
        role(&setup)["assignableScopes"].as_array().unwrap().len(),
        2
    );
    let removed = setup.command("remove", &["--purge"]).run().expect(0);
    assert!(
        removed.stdout.contains("it goes back to what it was"),
        "{removed}"
    );
    assert_eq!(role(&setup), before);
    assert_eq!(
        setup.new_with("/roleassignments/"),
        2,
        "those of the older one"
    );
}

#[test]
fn a_journal_that_knows_only_of_a_renewal_does_not_hide_what_setup_made() {
    let setup = Setup::new();
    setup.applied(&[]);
    std::fs::remove_file(setup.journal()).unwrap();
    let file = setup.azure.path("new.pem");
    setup
        .command("renew", &[])
        .args([Path::new("--certificate"), &file])
        .run()
        .expect(0);
    setup.command("remove", &["--purge"]).run().expect(0);
    setup.is_as_before();
}

#[cfg(unix)]
#[test]
fn a_removal_that_was_killed_goes_on() {
    let long = FaultKind::Slow(Duration::from_secs(50));
    for path in [
        "*/roleAssignments/*",
        "/v1.0/servicePrincipals/*",
        "/v1.0/applications/*",
    ] {
        let slow = rule(path, long.clone()).method("DELETE").times(1);
        let setup = Setup::with(rules([slow]));
        setup.applied(&[]);
        let deletions = || {
            let writes = setup.writes();
            let fits = |write: &&String| {
                let kind = path.trim_start_matches("*/").trim_end_matches('*');
                write.starts_with("DELETE") && write.contains(kind)
            };
            writes.iter().filter(fits).count()
        };
        let mut running = setup.command("remove", &["--purge"]).start();
        running.wait_until(|| deletions() > 0);
        running.signal("KILL");
        running.wait().expect(-1);
        setup.command("remove", &["--purge"]).run().expect(0);
        setup.is_as_before();
        assert_eq!(setup.deleted(), 0, "{path}");
    }
}
