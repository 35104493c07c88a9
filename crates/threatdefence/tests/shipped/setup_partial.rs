//! Administrators who may do only a part: refused before anything is written, or allowed to do that part.

use serde_json::{Value, json};
use simulator::Options;

use crate::support::setup::{Setup, json as report};
use crate::support::{Azure, Company, PRODUCTION, TENANT};

/// May do everything.
const WHOLE: &str = "c0000000-0000-4000-8000-00000000000a";
/// May not consent.
const REGISTRAR: &str = "c0000000-0000-4000-8000-00000000000b";
/// May write nothing in Azure.
const READER: &str = "c0000000-0000-4000-8000-00000000000c";
const SECRET: &str = "a-secret-of-the-test";

const CONSENTS: [&str; 3] = [
    "consent:Directory.Read.All",
    "consent:Policy.Read.All",
    "consent:UserAuthenticationMethod.Read.All",
];

fn company() -> Setup {
    company_with(|company| company)
}

fn company_with(more: impl FnOnce(Company) -> Company) -> Setup {
    let application = |id: &str, roles: Value| {
        json!({"client_id": id, "object_id": id.replacen('c', "b", 1), "display_name": id,
            "secret": SECRET, "graph_roles": roles})
    };
    let scope = format!("/subscriptions/{PRODUCTION}");
    let assignment =
        |id: &str, role: &str| json!({"application": id, "role": role, "scope": scope});
    let (write, consent) = (
        "Application.ReadWrite.All",
        "AppRoleAssignment.ReadWrite.All",
    );
    let tenant = more(Company::new())
        .with("client_id", Value::Null)
        .with(
            "applications",
            json!([
                application(WHOLE, json!([write, consent])),
                application(REGISTRAR, json!([write])),
                application(READER, json!([write, consent])),
            ]),
        )
        .with(
            "role_assignments",
            json!([
                assignment(WHOLE, "Owner"),
                assignment(REGISTRAR, "Owner"),
                assignment(READER, "Reader"),
            ]),
        )
        .tenant();
    Setup::of(Azure::start(
        tenant,
        [TENANT, WHOLE, SECRET],
        Options::default(),
    ))
}

fn apply(setup: &Setup, who: &str, more: &[&str]) -> crate::support::Program {
    let arguments = [&["--subscription", "Production", "--format", "json"], more].concat();
    let certificate = setup.certificate();
    setup
        .command("apply", &arguments)
        .args([std::path::Path::new("--certificate"), &certificate])
        .env("AZURE_CLIENT_ID", who)
}

#[test]
fn who_lacks_a_right_is_refused_before_anything_is_written() {
    let setup = company();
    for (who, message) in [
        (REGISTRAR, "consent to application permissions"),
        (READER, "assign roles"),
    ] {
        let ended = apply(&setup, who, &[]).run();
        ended.refused(1, message, "--allow-partial");
        assert!(setup.writes().is_empty(), "{who}");
        assert!(setup.noted().is_empty(), "{who}");
        assert!(!setup.certificate().exists(), "{who}");
    }
    setup.is_as_before();
}

#[test]
fn each_does_his_part_and_nothing_is_done_twice() {
    let setup = company();
    let first = apply(&setup, REGISTRAR, &["--allow-partial"])
        .run()
        .expect(4);
    assert!(
        first.stderr.contains("Privileged Role Administrator"),
        "who can is said: {first}"
    );
    let first = report(&first);
    assert_eq!(first["left"], json!(CONSENTS));
    assert_eq!(
        first["verified"]["complete"], true,
        "what was made works: {first:#}"
    );
    assert!(!first["lacks"].as_array().unwrap().is_empty());
    let second = report(&apply(&setup, WHOLE, &[]).run().expect(0));
    assert_eq!(second["made"], json!(CONSENTS), "{second:#}");
    assert_eq!(second["verified"]["complete"], true, "{second:#}");
    let removed = setup.command("remove", &["--purge"]).run();
    removed.expect(0);
    setup.is_as_before();
}

#[test]
fn what_cannot_be_taken_away_is_left_with_all_that_needs_it() {
    let setup = company();
    apply(&setup, WHOLE, &[]).run().expect(0);
    let ended = setup
        .command("remove", &["--format", "json"])
        .env("AZURE_CLIENT_ID", READER)
        .run()
        .expect(1);
    assert!(ended.stderr.contains("hint: it takes Owner"), "{ended}");
    let left = report(&ended);
    assert_eq!(left["removed"], json!([]), "{left:#}");
    assert_eq!(left["left"].as_array().unwrap().len(), 5, "{left:#}");
    assert_eq!(
        setup.new_below("/v1.0/applications/"),
        1,
        "the identity stays whole"
    );
    setup.command("remove", &["--purge"]).run().expect(0);
    setup.is_as_before();
}

#[test]
fn a_role_where_it_cannot_be_seen_is_never_written_over() {
    const HIDDEN: &str = "aaaaaaaa-0000-4000-8000-0000000000ff";
    let scope = format!("/subscriptions/{HIDDEN}");
    let id = format!(
        "{scope}/providers/Microsoft.Authorization/roleDefinitions/d0000000-0000-4000-8000-000000000001"
    );
    let role = json!({"id": id, "name": "d0000000-0000-4000-8000-000000000001",
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {"roleName": "ThreatDefenceRole", "type": "CustomRole", "description": "Theirs.",
            "permissions": [{"actions": ["*/read"], "notActions": []}], "assignableScopes": [scope]}});
    let setup = company_with(|company| {
        let subscriptions =
            json!([{"id": PRODUCTION, "name": "Production"}, {"id": HIDDEN, "name": "Hidden"}]);
        company.with("subscriptions", subscriptions).arm(&id, role)
    });
    let before = setup.documents()[&id.to_lowercase()].clone();
    let ended = apply(&setup, WHOLE, &[]).run();
    ended.refused(
        1,
        "at scopes that you cannot see",
        "sign in as somebody who sees it",
    );
    assert_eq!(setup.documents()[&id.to_lowercase()], before);
}

/// A user whose roles let him register applications, consent, and assign roles; and one who may only register.
#[cfg(unix)]
#[test]
fn users_set_up_what_their_roles_allow() {
    use crate::support::administrator::Administered;
    let scope = format!("/subscriptions/{PRODUCTION}");
    let whole = Administered::start(
        Company::new(),
        &["Global Administrator"],
        &[("Owner", &scope)],
    );
    let apply = |who: &Administered, more: &[&str]| {
        let (journal, certificate) = (who.azure.path("j.jsonl"), who.azure.path("c.pem"));
        let arguments = [
            &[
                "setup",
                "apply",
                "--yes",
                "--subscription",
                "Production",
                "--format",
                "json",
            ],
            more,
        ];
        who.program(&arguments.concat())
            .args([std::path::Path::new("--journal"), &journal])
            .args([std::path::Path::new("--certificate"), &certificate])
    };
    let made = report(&apply(&whole, &[]).run().expect(0));
    assert_eq!(made["verified"]["complete"], true, "{made:#}");
    let noted = std::fs::read_to_string(whole.azure.path("j.jsonl")).unwrap();
    assert!(
        noted.contains("ada@contoso.example"),
        "the journal says who: {noted}"
    );

    let registrar = Administered::start(
        Company::new(),
        &["Application Administrator"],
        &[("Reader", &scope)],
    );
    let ended = apply(&registrar, &["--allow-partial"]).run().expect(4);
    let made = report(&ended);
    let steps = made["made"].as_array().unwrap();
    assert!(
        steps.contains(&json!("application")) && steps.contains(&json!("principal")),
        "{made:#}"
    );
    assert!(!steps.contains(&json!("role")), "{made:#}");
}
