//! `setup export`: every form through the shipped program, without a sign-in and without a network.

use serde_json::Value;

use crate::support::{Ended, Program};

const SUBSCRIPTION: &str = "11111111-2222-3333-4444-555555555555";

fn export(form: &str, arguments: &[&str]) -> Ended {
    let all = [&["setup", "export", "--format", form], arguments].concat();
    Program::new(all).run()
}

#[test]
fn every_form_is_text_on_stdout_that_names_the_scope_and_the_permissions() {
    for form in ["az-cli", "powershell", "bicep", "terraform", "portal"] {
        let ended = export(form, &["--subscription", SUBSCRIPTION]).expect(0);
        for part in [
            SUBSCRIPTION,
            "UserAuthenticationMethod.Read.All",
            "ThreatDefenceRole",
            "Microsoft.Web/sites/host/listkeys/action",
        ] {
            assert!(ended.stdout.contains(part), "{form} lacks {part}: {ended}");
        }
        assert!(!ended.stdout.contains("AuditLog.Read.All"), "{form}");
    }
}

#[test]
fn the_role_is_ready_for_the_portal() {
    let ended = export("role-json", &["--management-group", "contoso-root"]).expect(0);
    let role: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(
        role["properties"]["assignableScopes"][0],
        "/providers/Microsoft.Management/managementGroups/contoso-root"
    );
}

#[test]
fn a_file_is_written_where_it_was_asked_for() {
    let flags = [
        "--directory-only",
        "--with",
        "AuditLog.Read.All",
        "-o",
        "setup.sh",
    ];
    let ended = export("az-cli", &flags).expect(0);
    assert_eq!(ended.stdout, "");
    let script = std::fs::read_to_string(ended.home.path().join("setup.sh")).unwrap();
    assert!(script.starts_with("#!/usr/bin/env bash\n"));
    assert!(script.contains("AuditLog.Read.All") && !script.contains("az role"));
}

#[test]
fn what_only_azure_could_tell_is_refused_with_a_way_out() {
    export("az-cli", &[]).refused(2, "where to give roles was not said", "--directory-only");
    export("az-cli", &["--all-subscriptions"]).refused(2, "nobody signs in", "--subscription");
    export("az-cli", &["--subscription", "Production"]).refused(
        2,
        "`Production` is not the id of a subscription",
        "nobody signs in for an export, so give the id",
    );
    export("az-cli", &["--management-group", "a,b"]).refused(
        2,
        "a custom role can name one management group",
        "export one form for each",
    );
}

#[test]
fn what_a_form_cannot_say_is_refused() {
    let here = ["--subscription", SUBSCRIPTION];
    let with = |form: &str, more: &[&str]| export(form, &[&here, more].concat());
    with("az-cli", &["--name", "a\nb"]).refused(2, "the application's name", "punctuation");
    with("role-json", &["--without-role"]).refused(
        2,
        "the role was asked for and left out",
        "--without-role",
    );
    with("bicep", &["--application-id", SUBSCRIPTION]).refused(
        2,
        "a Bicep template",
        "--proof none",
    );
    with("portal", &["--cloud", "Azure"]).refused(2, "`Azure` is not one", "AzureChinaCloud");
}
