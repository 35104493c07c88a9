//! `doctor`: who signed in, what can be read, and what each missing grant costs.

use serde_json::{Value, json};

use crate::support::{APPLICATION, Azure, Company, PRODUCTION, client_id, demo};

fn diagnosis(azure: &Azure, arguments: &[&str]) -> Value {
    let ended = azure
        .program(&["doctor", "--format", "json"])
        .args(arguments)
        .run()
        .expect(0);
    serde_json::from_str(&ended.stdout).unwrap()
}

fn unready(diagnosis: &Value) -> Vec<(&str, Vec<&str>)> {
    let checks = diagnosis["checks"].as_array().unwrap().iter();
    checks
        .filter(|check| check["ready"] == false)
        .map(|check| {
            let lacks = check["lacks"].as_array().unwrap().iter();
            (
                check["check_id"].as_str().unwrap(),
                lacks.map(|lack| lack["grant"].as_str().unwrap()).collect(),
            )
        })
        .collect()
}

#[test]
fn it_says_who_signed_in_and_what_is_visible() {
    let ended = demo().program(&["doctor"]).run().expect(0);
    for part in [
        "Brinkmeer Foods",
        &client_id(),
        "4c8e2f07-91ba-4d53-8e6a-f7025bd91c38",
        "expires 2030-01-12",
        "UserAuthenticationMethod.Read.All",
        "Brinkmeer US",
        "Harborline US",
        "PastDue",
        "28 of 29 selected checks",
        "Microsoft.Web/sites/host/listkeys/action",
        "app_function_access_keys_configured",
    ] {
        assert!(ended.stdout.contains(part), "{part}: {ended}");
    }
}

#[test]
fn it_says_the_same_to_programs() {
    let azure = demo();
    let found = diagnosis(&azure, &[]);
    assert_eq!(found["identity"]["application_id"], client_id());
    assert_eq!(found["identity"]["credentials"][0]["kind"], "secret");
    assert!(
        found["identity"]["credentials"][0]["expires"]
            .as_str()
            .unwrap()
            .starts_with("2030-01-12")
    );
    assert_eq!(found["subscriptions"].as_array().unwrap().len(), 3);
    assert_eq!(found["skipped_subscriptions"].as_array().unwrap().len(), 2);
    assert_eq!(found["checks"].as_array().unwrap().len(), 29);
    assert_eq!(
        unready(&found),
        [(
            "app_function_access_keys_configured",
            vec!["Microsoft.Web/sites/host/listkeys/action"]
        )]
    );
    let writes = azure
        .requests()
        .into_iter()
        .filter(|request| request.method != "GET");
    let writes: Vec<_> = writes
        .filter(|request| !request.path.ends_with("/token") && !request.path.ends_with("$batch"))
        .collect();
    assert!(writes.is_empty(), "doctor only reads: {writes:?}");
}

#[test]
fn what_it_foretells_is_what_the_scan_finds() {
    let azure = demo();
    let found = diagnosis(&azure, &[]);
    let foretold: Vec<&str> = unready(&found)
        .into_iter()
        .map(|(check, _)| check)
        .collect();
    let mut unassessed: Vec<String> = azure
        .scan(&[])
        .findings()
        .into_iter()
        .filter(|finding| finding.status == "not_assessed")
        .map(|finding| finding.check_id)
        .collect();
    unassessed.dedup();
    assert_eq!(unassessed, foretold);
}

/// An application with these Graph permissions and, on the whole tenant, these roles.
fn application(graph_roles: &[&str], roles: &[&str]) -> Azure {
    let application = json!([{"client_id": APPLICATION, "accept_any_credential": true, "graph_roles": graph_roles}]);
    let assignments: Vec<Value> = roles
        .iter()
        .map(|role| json!({"application": APPLICATION, "role": role, "scope": "/"}))
        .collect();
    Company::new()
        .with("client_id", Value::Null)
        .with("applications", application)
        .with("role_assignments", json!(assignments))
        .start()
}

#[test]
fn without_graph_permissions_every_directory_check_lacks_one() {
    let azure = application(&[], &["Reader"]);
    let ended = azure.program(&["doctor"]).run().expect(0);
    assert!(
        ended
            .stdout
            .contains("none: no application permission is granted"),
        "{ended}"
    );
    let found = diagnosis(&azure, &[]);
    assert_eq!(found["identity"]["graph_roles"], json!([]));
    let unready = unready(&found);
    let entra = unready
        .iter()
        .filter(|(check, _)| check.starts_with("entra_"));
    assert_eq!(entra.clone().count(), 4, "{unready:?}");
    for (check, grants) in entra {
        assert!(
            grants.iter().all(|grant| grant.ends_with(".Read.All")),
            "{check}: {grants:?}"
        );
    }
    let required = azure.program(&["doctor", "--require-complete"]).run();
    required.expect(4);
}

#[test]
fn without_any_role_no_subscription_is_visible() {
    let azure = application(&["Directory.Read.All"], &[]);
    let ended = azure
        .program(&["doctor", "--require-complete"])
        .run()
        .expect(4);
    assert!(
        ended.stdout.contains("No subscription is visible"),
        "{ended}"
    );
    assert!(ended.stdout.contains("hint: assign Reader"), "{ended}");
    assert!(!ended.stdout.contains(PRODUCTION), "{ended}");
}

#[test]
fn with_everything_granted_nothing_is_missing() {
    let graph = [
        "Directory.Read.All",
        "Policy.Read.All",
        "UserAuthenticationMethod.Read.All",
    ];
    let azure = application(&graph, &["Reader", "ThreatDefenceRole"]);
    let ended = azure
        .program(&["doctor", "--require-complete"])
        .run()
        .expect(0);
    assert!(ended.stdout.contains("29 of 29 selected checks"), "{ended}");
}

#[test]
fn a_selection_narrows_what_is_looked_at() {
    let found = diagnosis(
        &demo(),
        &["--check", "storage_*", "--subscription", "Harborline US"],
    );
    assert_eq!(found["checks"].as_array().unwrap().len(), 4);
    assert_eq!(found["subscriptions"].as_array().unwrap().len(), 1);
    assert!(unready(&found).is_empty());
}
