//! Signing in: each proof of identity, each way to fail, and the secret that is never shown.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::support::{
    APPLICATION, Azure, Company, Ended, Program, TENANT, client_id, demo, secret,
};

const WRONG: &str = "Wrong~Secret.7f3a9";

/// What an unusable credential ends in: nothing was read, nothing written, nothing given away.
#[track_caller]
fn refused(azure: &Azure, program: Program, secret: &str, message: &str, hint: &str) {
    let ended = program.run().refused(1, message, hint);
    assert!(!shows(&ended, secret), "the secret is shown: {ended}");
    let reads = azure
        .requests()
        .into_iter()
        .filter(|request| request.path.starts_with("/subscriptions"));
    assert_eq!(reads.count(), 0, "nothing is asked without a token");
    assert!(!ended.home.path().join("out/snapshot.tdsnap").exists());
}

fn shows(ended: &Ended, secret: &str) -> bool {
    ended.stdout.contains(secret) || ended.stderr.contains(secret)
}

fn scan(azure: &Azure) -> Program {
    azure.program(&["scan", "-o", "out"])
}

#[test]
fn a_wrong_secret() {
    let azure = demo();
    let program = scan(&azure)
        .env("AZURE_CLIENT_SECRET", WRONG)
        .args(["--log", "trace"]);
    refused(&azure, program, WRONG, "AADSTS7000215", "secret");
}

#[test]
fn an_expired_secret() {
    let application =
        json!([{"client_id": APPLICATION, "secret": WRONG, "secret_expires": "2020-02-29"}]);
    let azure = Company::new()
        .with("client_id", Value::Null)
        .with("applications", application)
        .start();
    let program = scan(&azure)
        .env("AZURE_CLIENT_SECRET", WRONG)
        .args(["--log", "trace"]);
    refused(&azure, program, WRONG, "AADSTS7000222", "secret");
}

#[test]
fn an_unknown_tenant() {
    let azure = demo();
    let program = scan(&azure).env("AZURE_TENANT_ID", "00000000-1111-4222-8333-444444444444");
    refused(&azure, program, &secret(), "AADSTS90002", "tenant");
}

#[test]
fn an_unknown_application() {
    let azure = demo();
    let program = scan(&azure).env("AZURE_CLIENT_ID", "00000000-1111-4222-8333-444444444444");
    refused(&azure, program, &secret(), "AADSTS700016", "");
}

#[test]
fn a_variable_that_is_missing_is_named() {
    let azure = demo();
    for variable in ["AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"] {
        let ended = scan(&azure).without_env(variable).env("PATH", "").run();
        ended.refused(1, variable, "--auth");
    }
    let by_flags = scan(&azure)
        .without_env("AZURE_TENANT_ID")
        .without_env("AZURE_CLIENT_ID")
        .args(["--tenant-id", &azure_tenant(), "--client-id", &client_id()]);
    by_flags.run().expect(0);
}

fn azure_tenant() -> String {
    simulator::Tenant::load(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/tenants/demo"),
    )
    .unwrap()
    .id()
    .to_owned()
}

#[test]
fn no_credentials_at_all() {
    Program::new(["scan"]).env("PATH", "").run().refused(
        1,
        "no credentials were found",
        "az login",
    );
}

#[test]
fn proofs_that_contradict_each_other() {
    let azure = demo();
    let both = || scan(&azure).env("AZURE_FEDERATED_TOKEN_FILE", "token");
    both()
        .run()
        .refused(1, "AZURE_FEDERATED_TOKEN_FILE", "--auth");
    both().args(["--auth", "client-secret"]).run().expect(0);
}

#[test]
fn a_secret_is_no_flag() {
    let ended = Program::new(["scan", "--client-secret", WRONG])
        .run()
        .expect(2);
    assert!(ended.stderr.contains("--client-secret"), "{ended}");
}

#[test]
fn the_secret_is_nowhere_to_be_found_after_a_scan() {
    let azure = demo();
    let ended = scan(&azure).args(["--log", "trace"]).run().expect(0);
    assert!(!shows(&ended, &secret()), "the log shows it");
    assert!(!ended.stderr.contains("Bearer ey"), "the log shows a token");
    for file in files(&ended.home.path().join("out")) {
        let bytes = std::fs::read(&file).unwrap();
        // Head and body of an access token, each a JSON object in base64. A link of a delta query may
        // hold such an object too, but not two of them.
        for hidden in [secret().as_bytes(), b".eyJ"] {
            let found = bytes.windows(hidden.len()).any(|window| window == hidden);
            assert!(!found, "{}", file.display());
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect()
}

fn certificate(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../azure/tests/certificates")
        .join(name)
}

/// The SHA-256 thumbprint of the client certificate, in hex.
fn thumbprint() -> String {
    let pem = std::fs::read_to_string(certificate("client.pem")).unwrap();
    let (_, rest) = pem.split_once("-----BEGIN CERTIFICATE-----").unwrap();
    let (body, _) = rest.split_once("-----END CERTIFICATE-----").unwrap();
    let der = STANDARD
        .decode(body.split_whitespace().collect::<String>())
        .unwrap();
    let digest = ring::digest::digest(&ring::digest::SHA256, &der);
    digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect()
}

/// A tenant whose application is known by a certificate alone.
fn with_certificate(thumbprint: &str) -> Azure {
    let application = json!([{"client_id": APPLICATION, "certificate_thumbprints": [thumbprint],
        "graph_roles": ["*"]}]);
    let role = json!([{"application": APPLICATION, "role": "Reader", "scope": "/"}]);
    Company::new()
        .with("client_id", Value::Null)
        .with("applications", application)
        .with("role_assignments", role)
        .start()
}

fn by_certificate(azure: &Azure, file: &str) -> Program {
    scan(azure)
        .without_env("AZURE_CLIENT_SECRET")
        .env("AZURE_CLIENT_CERTIFICATE_PATH", certificate(file))
}

#[test]
fn a_certificate_signs_in_as_pem_and_as_pfx() {
    let azure = with_certificate(&thumbprint());
    by_certificate(&azure, "client.pem").run().expect(0);
    let password = "correct horse";
    let ended = by_certificate(&azure, "client.pfx")
        .env("AZURE_CLIENT_CERTIFICATE_PASSWORD", password)
        .args(["--log", "trace"])
        .run()
        .expect(0);
    assert!(!shows(&ended, password), "{ended}");
    assert!(!ended.stderr.contains("PRIVATE KEY"), "{ended}");
}

#[test]
fn a_certificate_that_cannot_be_used() {
    let azure = with_certificate("00");
    by_certificate(&azure, "client.pem")
        .run()
        .refused(1, "AADSTS700027", "");
    let wrong =
        by_certificate(&azure, "client.pfx").env("AZURE_CLIENT_CERTIFICATE_PASSWORD", WRONG);
    let ended = wrong.run().refused(1, "its password is wrong", "PFX");
    assert!(!shows(&ended, WRONG), "{ended}");
    by_certificate(&azure, "nowhere.pem").run().expect(1);
}

#[test]
fn a_federated_token_signs_in() {
    let azure = Company::new().start();
    let program = scan(&azure)
        .without_env("AZURE_CLIENT_SECRET")
        .env("AZURE_FEDERATED_TOKEN_FILE", "token")
        .file("token", "a.federated.token")
        .args(["--log", "trace"]);
    let ended = program.run().expect(0);
    assert!(!shows(&ended, "a.federated.token"), "{ended}");
    let missing = scan(&azure)
        .without_env("AZURE_CLIENT_SECRET")
        .env("AZURE_FEDERATED_TOKEN_FILE", "nowhere");
    let ended = missing.run().expect(1);
    assert!(ended.stderr.contains("nowhere"), "{ended}");
    assert!(ended.stderr.contains("hint: "), "{ended}");
}

#[test]
fn the_tenant_is_told_before_anything_is_read() {
    let azure = Company::new().start();
    let ended = scan(&azure).run().expect(0);
    let expected = format!("Signed in as application {APPLICATION} to tenant {TENANT}");
    assert!(ended.stderr.contains(&expected), "{ended}");
}
