//! `doctor`: who signed in, what can be read, and what each missing grant costs.

use serde_json::{Value, json};

use crate::support::{APPLICATION, Azure, Company, Ended, PRODUCTION, client_id, demo};

/// The object id of the scanner's service principal.
pub const SCANNER: &str = "c0000000-0000-4000-8000-00000000000a";

/// The application permissions that every scan uses.
pub const BASE: [&str; 3] = [
    "Directory.Read.All",
    "Policy.Read.All",
    "UserAuthenticationMethod.Read.All",
];

/// The first subscription, as a scope.
pub fn subscription() -> String {
    format!("/subscriptions/{PRODUCTION}")
}

/// A function app, whose keys only ThreatDefenceRole may list.
pub fn function_app() -> String {
    Company::id("Microsoft.Web/sites", "orders")
}

/// A company with a function app and a scanner that has these Graph permissions and, on the first
/// subscription, these roles.
pub fn company(graph_roles: &[&str], roles: &[&str]) -> Company {
    let given = roles
        .iter()
        .map(|role| json!({"application": APPLICATION, "role": role, "scope": subscription()}));
    let application = json!([{"client_id": APPLICATION, "object_id": SCANNER, "display_name": "Scanner",
        "accept_any_credential": true, "graph_roles": graph_roles}]);
    let site = json!({"id": function_app(), "name": "orders", "type": "Microsoft.Web/sites",
        "kind": "functionapp", "location": "westeurope", "properties": {}});
    Company::new()
        .with("client_id", Value::Null)
        .with("applications", application)
        .with("role_assignments", json!(given.collect::<Vec<_>>()))
        .arm(&function_app(), site)
        .arm(
            &format!("{}/host/default/listkeys", function_app()),
            json!({"functionKeys": {"default": "key"}}),
        )
}

/// What doctor prints for programs.
#[track_caller]
pub fn diagnosis(azure: &Azure, code: i32, arguments: &[&str]) -> Value {
    let ended = azure
        .program(&["doctor", "--format", "json"])
        .args(arguments)
        .run()
        .expect(code);
    parsed(&ended)
}

/// The JSON on stdout.
pub fn parsed(ended: &Ended) -> Value {
    serde_json::from_str(&ended.stdout).unwrap()
}

/// What was printed, without its line breaks.
pub fn words(ended: &Ended) -> String {
    let words: Vec<&str> = ended.stdout.split_whitespace().collect();
    words.join(" ")
}

/// The checks that are not ready, with what each lacks.
pub fn unready(diagnosis: &Value) -> Vec<(&str, Vec<&str>)> {
    let checks = diagnosis["checks"].as_array().unwrap().iter();
    checks
        .filter(|check| check["ready"] == false)
        .map(|check| {
            let lacks = check["lacks"].as_array().unwrap().iter();
            (
                check["check_id"].as_str().unwrap(),
                lacks
                    .map(|lack| lack["grant"].as_str().or(lack["reason"].as_str()).unwrap())
                    .collect(),
            )
        })
        .collect()
}

/// What there is to do, in order.
pub fn to_do(diagnosis: &Value) -> Vec<&str> {
    let all = diagnosis["what_to_do"].as_array().unwrap().iter();
    all.map(|one| one["what"].as_str().unwrap()).collect()
}

/// The commands of the thing to do at this place.
pub fn commands(diagnosis: &Value, at: usize) -> Vec<&str> {
    let commands = diagnosis["what_to_do"][at]["commands"].as_array().unwrap();
    commands.iter().filter_map(Value::as_str).collect()
}

#[test]
fn it_says_who_signed_in_and_what_is_visible() {
    let ended = demo().program(&["doctor"]).run().expect(4);
    for part in [
        "Brinkmeer Foods",
        &client_id(),
        "4c8e2f07-91ba-4d53-8e6a-f7025bd91c38",
        "expires 2030-01-12",
        "this sign-in used it",
        "UserAuthenticationMethod.Read.All (base)",
        "Brinkmeer US",
        "Harborline US",
        "PastDue",
        "inherited from management group brinkmeer",
        "28 of 29 selected checks",
        "app_function_access_keys_configured",
        "assign ThreatDefenceRole on subscription Harborline US (opens 1 check)",
    ] {
        assert!(words(&ended).contains(part), "{part}: {ended}");
    }
    assert!(
        !ended.stdout.contains('\u{1b}'),
        "no colour beside a terminal"
    );
}

#[test]
fn it_says_the_same_to_programs() {
    let azure = demo();
    let found = diagnosis(&azure, 4, &[]);
    assert_eq!(found["identity"]["application_id"], client_id());
    assert_eq!(found["identity"]["kind"], "service_principal");
    assert_eq!(found["credentials"]["items"][0]["kind"], "secret");
    assert_eq!(
        found["credentials"]["items"][0]["expires"],
        "2030-01-12T10:00:00Z"
    );
    assert_eq!(found["subscriptions"].as_array().unwrap().len(), 3);
    assert_eq!(found["skipped_subscriptions"].as_array().unwrap().len(), 2);
    assert_eq!(found["checks"].as_array().unwrap().len(), 29);
    assert_eq!(found["complete"], false);
    assert_eq!(
        unready(&found),
        [(
            "app_function_access_keys_configured",
            vec!["ThreatDefenceRole"]
        )]
    );
}

#[test]
fn it_changes_nothing() {
    let azure = demo();
    diagnosis(&azure, 4, &[]);
    let reads = [
        "/token",
        "$batch",
        "/batch",
        "/host/default/listkeys",
        "/config/appsettings/list",
    ];
    let writes: Vec<_> = azure
        .requests()
        .into_iter()
        .filter(|request| request.method != "GET")
        .filter(|request| !reads.iter().any(|end| request.path.ends_with(end)))
        .collect();
    assert!(writes.is_empty(), "doctor only reads: {writes:?}");
}

#[test]
fn what_it_foretells_is_what_the_scan_finds() {
    let azure = demo();
    let found = diagnosis(&azure, 4, &[]);
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

#[test]
fn with_everything_granted_one_line_says_so() {
    let azure = company(&BASE, &["Reader", "ThreatDefenceRole"]).start();
    let ended = azure.program(&["doctor"]).run().expect(0);
    assert!(ended.stdout.contains("29 of 29 selected checks"), "{ended}");
    assert!(
        ended
            .stdout
            .contains("\nWhat to do\n  Nothing: all 29 selected checks"),
        "{ended}"
    );
    let found = diagnosis(&azure, 0, &[]);
    assert_eq!(found["complete"], true);
    assert_eq!(found["what_to_do"], json!([]));
    assert_eq!(found["excess"], json!([]));
}

#[test]
fn a_selection_narrows_what_is_looked_at() {
    let arguments = ["--service", "storage", "--subscription", "Harborline US"];
    let found = diagnosis(&demo(), 0, &arguments);
    assert_eq!(found["checks"].as_array().unwrap().len(), 4);
    assert_eq!(found["subscriptions"].as_array().unwrap().len(), 1);
    assert!(unready(&found).is_empty());
}

#[test]
fn incompleteness_needs_no_flag() {
    let ended = demo().program(&["doctor", "--require-complete"]).run();
    let ended = ended.expect(2);
    assert!(ended.stderr.contains("--require-complete"), "{ended}");
}
