//! `doctor` when signing in fails, as a user, and where Conditional Access decides.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use simulator::FaultKind;

use crate::doctor::{BASE, SCANNER, company, parsed, subscription, words};
use crate::support::{APPLICATION, Azure, Company, Program, rule, rules};

const SECRET: &str = "Right~Secret.0123456789";

/// A scanner that is known by this secret alone, with more keys of the application.
fn with_secret(more: Value) -> Company {
    let mut application = json!({"client_id": APPLICATION, "object_id": SCANNER, "secret": SECRET, "graph_roles": BASE});
    let keys = more.as_object().unwrap().clone();
    application.as_object_mut().unwrap().extend(keys);
    company(&BASE, &["Reader", "ThreatDefenceRole"]).with("applications", json!([application]))
}

fn doctor(azure: &Azure) -> Program {
    azure
        .program(&["doctor", "--format", "json"])
        .env("AZURE_CLIENT_SECRET", SECRET)
}

/// Signing in fails; the one thing to do is on stdout and on stderr.
#[track_caller]
fn refused(program: Program, code: &str, fix: &str) {
    let ended = program.run().refused(1, "", fix);
    let said = &parsed(&ended)["sign_in"];
    assert_eq!(said["ok"], false, "{ended}");
    assert_eq!(said["code"], code, "{ended}");
    assert!(said["fix"].as_str().unwrap().contains(fix), "{ended}");
    assert!(!said["problem"].as_str().unwrap().is_empty(), "{ended}");
    assert!(!ended.stdout.contains(SECRET) && !ended.stderr.contains(SECRET));
}

#[test]
fn a_wrong_secret() {
    let azure = with_secret(json!({})).start();
    let wrong = doctor(&azure).env("AZURE_CLIENT_SECRET", "Wrong~Secret");
    refused(
        wrong,
        "AADSTS7000215",
        "set AZURE_CLIENT_SECRET to the value",
    );
}

#[test]
fn an_expired_secret() {
    let azure = with_secret(json!({"secret_expires": "2020-02-29"})).start();
    refused(doctor(&azure), "AADSTS7000222", "threatdefence setup renew");
}

#[test]
fn a_secret_that_expires_soon() {
    let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * 10 + 1);
    let azure = with_secret(json!({"secret_expires": soon.to_string()})).start();
    let found = parsed(&doctor(&azure).run().expect(0));
    let secret = &found["credentials"]["items"][0];
    assert_eq!(
        (&secret["state"], &secret["used"]),
        (&json!("expires_soon"), &json!("yes"))
    );
    assert_eq!(secret["days_left"], 10);
    assert_eq!(found["what_to_do"][0]["kind"], "renew");
}

fn certificate(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../azure/tests/certificates")
        .join(name)
}

#[test]
fn a_wrong_certificate() {
    let azure = with_secret(json!({"certificate_thumbprints": ["00"]})).start();
    let program = doctor(&azure)
        .without_env("AZURE_CLIENT_SECRET")
        .env("AZURE_CLIENT_CERTIFICATE_PATH", certificate("client.pem"));
    refused(
        program,
        "AADSTS700027",
        "upload the public part of this certificate",
    );
}

#[test]
fn an_unreadable_certificate() {
    let azure = with_secret(json!({})).start();
    let program = doctor(&azure)
        .without_env("AZURE_CLIENT_SECRET")
        .env("AZURE_CLIENT_CERTIFICATE_PATH", "nowhere.pem");
    let ended = program.run().expect(1);
    let said = &parsed(&ended)["sign_in"];
    assert_eq!((&said["ok"], &said["code"]), (&json!(false), &Value::Null));
    assert!(
        said["problem"].as_str().unwrap().contains("nowhere.pem"),
        "{ended}"
    );
}

#[test]
fn an_unknown_application() {
    let azure = with_secret(json!({})).start();
    let unknown = doctor(&azure).env("AZURE_CLIENT_ID", "00000000-1111-4222-8333-444444444444");
    refused(unknown, "AADSTS700016", "check AZURE_CLIENT_ID");
}

#[test]
fn an_application_without_a_service_principal() {
    let app = "c0000000-0000-4000-8000-00000000000f";
    let applications = json!({"value": [{"id": "e0000000-0000-4000-8000-000000000001", "appId": app, "displayName": "Lone"}]});
    let azure = with_secret(json!({}))
        .graph("/v1.0/applications", applications)
        .start();
    let lone = doctor(&azure).env("AZURE_CLIENT_ID", app);
    refused(
        lone,
        "AADSTS7000229",
        &format!("az ad sp create --id {app}"),
    );
}

#[test]
fn a_disabled_service_principal() {
    let principals = json!({"value": [{"id": SCANNER, "appId": APPLICATION, "displayName": "Scanner",
        "accountEnabled": false, "servicePrincipalType": "Application"}]});
    let azure = with_secret(json!({}))
        .graph("/v1.0/servicePrincipals", principals)
        .start();
    let fix = format!("az ad sp update --id {APPLICATION} --set accountEnabled=true");
    refused(doctor(&azure), "AADSTS7000112", &fix);
}

#[test]
fn blocked_by_conditional_access() {
    let message = "AADSTS53003: Access has been blocked by Conditional Access policies.";
    let body = json!({"error": "invalid_grant", "error_description": message});
    let fault = FaultKind::Status {
        code: 400,
        body,
        headers: std::collections::BTreeMap::new(),
    };
    let azure = with_secret(json!({})).start_with(rules([rule("*/oauth2/v2.0/token", fault)]));
    refused(
        doctor(&azure),
        "AADSTS53003",
        &format!("exclude application {APPLICATION}"),
    );
}

#[test]
fn conditional_access_that_holds_for_it() {
    let policy = |name: &str, state: &str, clients: Value| {
        json!({"id": name, "displayName": name, "state": state,
            "conditions": {"applications": {"includeApplications": ["All"]}, "clientApplications": clients,
                "locations": {"includeLocations": ["All"], "excludeLocations": ["office"]}},
            "grantControls": {"operator": "OR", "builtInControls": ["block"]}})
    };
    let all = json!({"includeServicePrincipals": ["ServicePrincipalsInMyTenant"], "excludeServicePrincipals": []});
    let but_it = json!({"includeServicePrincipals": ["ServicePrincipalsInMyTenant"], "excludeServicePrincipals": [SCANNER]});
    let policies = json!({"value": [
        policy("Robots at home", "enabled", all.clone()),
        policy("Robots some day", "enabledForReportingButNotEnforced", all.clone()),
        policy("All other robots", "enabled", but_it),
        policy("Switched off", "disabled", all),
    ]});
    let places = json!({"value": [{"id": "office", "displayName": "Head office"}]});
    let azure = with_secret(json!({}))
        .graph("/v1.0/identity/conditionalAccess/policies", policies)
        .graph("/v1.0/identity/conditionalAccess/namedLocations", places)
        .start();
    let ended = azure
        .program(&["doctor"])
        .env("AZURE_CLIENT_SECRET", SECRET)
        .run()
        .expect(0);
    let said = words(&ended);
    for part in [
        "Robots at home: blocks its sign-ins from everywhere except from Head office",
        "Robots some day: would block its sign-ins, and only reports yet",
    ] {
        assert!(said.contains(part), "{part}: {ended}");
    }
    assert!(
        !said.contains("All other robots") && !said.contains("Switched off"),
        "{ended}"
    );
}

/// An Azure CLI that a user is logged in to: it hands out the simulator's own tokens.
#[cfg(unix)]
fn azure_cli(azure: &Azure, folder: &Path, user: &str, password: &str) -> String {
    use std::os::unix::fs::PermissionsExt;
    let script = format!(
        r#"#!/bin/sh
while [ $# -gt 0 ]; do
  case "$1" in --scope) scope=$2 ;; --resource) scope=$2/.default ;; esac
  shift
done
token=$(curl -sS --cacert '{ca}' '{endpoint}organizations/oauth2/v2.0/token' -d grant_type=password \
  -d client_id=04b07795-8ddb-461a-bbee-02f9e1bf7b46 --data-urlencode "username={user}" \
  --data-urlencode "password={password}" --data-urlencode "scope=$scope" \
  | sed 's/.*"access_token": *"\([^"]*\)".*/\1/')
printf '{{"accessToken":"%s","expires_on":4102444800,"expiresOn":"2100-01-01 00:00:00.000000","tokenType":"Bearer"}}\n' "$token"
"#,
        ca = azure.path("ca.pem").display(),
        endpoint = azure.endpoint(),
    );
    let file = folder.join("az");
    std::fs::write(&file, script).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = std::env::var("PATH").unwrap();
    format!("{}:{path}", folder.display())
}

#[cfg(unix)]
#[test]
fn a_user_signs_in() {
    const USER: &str = "a0000000-0000-4000-8000-000000000001";
    let users = json!([{"user_principal_name": "ada@contoso.onmicrosoft.com", "password": "pass-word-1",
        "object_id": USER, "display_name": "Ada", "directory_roles": ["Global Reader"]}]);
    let assignment = format!(
        "{}/providers/Microsoft.Authorization/roleAssignments/d0000000-0000-4000-8000-000000000001",
        subscription()
    );
    let role =
        "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7";
    let given = json!({"id": assignment, "name": "d0000000-0000-4000-8000-000000000001",
        "type": "Microsoft.Authorization/roleAssignments",
        "properties": {"roleDefinitionId": role, "principalId": USER, "principalType": "User", "scope": subscription()}});
    let azure = company(&BASE, &["Reader"])
        .with("users", users)
        .with("domains", json!(["contoso.onmicrosoft.com"]))
        .arm(&assignment, given)
        .start();
    let folder = tempfile::tempdir().unwrap();
    let path = azure_cli(
        &azure,
        folder.path(),
        "ada@contoso.onmicrosoft.com",
        "pass-word-1",
    );
    let program = azure
        .program(&["doctor", "--format", "json", "--auth", "azure-cli"])
        .without_env("AZURE_CLIENT_ID")
        .without_env("AZURE_CLIENT_SECRET")
        .env("PATH", path);
    let ended = program.run().expect(4);
    let found = parsed(&ended);
    assert_eq!(found["identity"]["kind"], "user", "{ended}");
    assert_eq!(found["identity"]["object_id"], USER);
    assert_eq!(
        found["directory_roles"]["items"][0]["name"], "Global Reader",
        "{ended}"
    );
    assert_eq!(found["excess"], json!([]));
    assert!(
        !found["graph"]["delegated_scopes"]
            .as_array()
            .unwrap()
            .is_empty(),
        "{ended}"
    );
    let command = found["what_to_do"].to_string();
    assert!(
        command.contains("--assignee-principal-type User"),
        "{ended}"
    );
}

#[test]
fn what_signed_in_is_said() {
    let azure = with_secret(json!({})).start();
    let found = parsed(&doctor(&azure).run().expect(0));
    assert_eq!(
        found["sign_in"],
        json!({"ok": true, "method": "client-secret"})
    );
}
