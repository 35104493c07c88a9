//! `setup plan`: what would be made, and what the administrator lacks to make it.

use serde_json::{Value, json};

use crate::support::administrator::{ADA, Administered};
use crate::support::{Company, Ended, PRODUCTION, TENANT};

const GLOBAL: &str = "Global Administrator";
const GROUP: &str = "/providers/Microsoft.Management/managementGroups/platform";

fn production() -> String {
    format!("/subscriptions/{PRODUCTION}")
}

/// A company that lets nobody register applications without a role.
fn company() -> Company {
    Company::new()
        .with("management_groups", json!([{"id": "platform", "name": "Platform"}]))
        .with(
            "subscriptions",
            json!([{"id": PRODUCTION, "name": "Production", "management_group": "platform"}]),
        )
        .graph(
            "/v1.0/policies/authorizationPolicy",
            json!({"id": "authorizationPolicy", "defaultUserRolePermissions": {"allowedToCreateApps": false}}),
        )
}

fn plan(administered: &Administered, flags: &[&str]) -> Ended {
    let arguments = [&["setup", "plan"], flags].concat();
    administered.program(&arguments).run()
}

fn plan_as_json(administered: &Administered, flags: &[&str], code: i32) -> Value {
    let flags = [flags, &["--format", "json"]].concat();
    let ended = plan(administered, &flags).expect(code);
    serde_json::from_str(&ended.stdout).unwrap()
}

fn texts(list: &Value) -> Vec<&str> {
    let items = list.as_array().unwrap().iter();
    items.map(|item| item.as_str().unwrap()).collect()
}

fn ids(report: &Value) -> Vec<&str> {
    let steps = report["steps"].as_array().unwrap().iter();
    steps.map(|step| step["id"].as_str().unwrap()).collect()
}

#[test]
fn an_empty_tenant_is_planned_and_left_as_it_is() {
    let owner = production();
    let administered = Administered::start(company(), &[GLOBAL], &[("Owner", &owner)]);
    let ended = plan(&administered, &["--subscription", "production"]).expect(0);
    let text = &ended.stdout;
    assert!(
        text.starts_with(&format!(
            "Signed in as  {ADA}\nTenant        Contoso ({TENANT})\n"
        )),
        "{ended}"
    );
    for line in [
        "9 changes, in this order:",
        "Entra ID\n   1. Register the application `ThreatDefence` for this tenant alone, asking",
        "   3. Consent to Directory.Read.All on Microsoft Graph",
        "   6. Make a certificate for `ThreatDefence`: the key is made here and stays\n      here; expires 20",
        "Azure\n   7. Define ThreatDefenceRole",
        "   8. Assign Reader on subscription Production",
        "Nothing was written.\nNext: threatdefence setup apply --subscription production",
    ] {
        assert!(text.contains(line), "`{line}` is not in: {ended}");
    }
    let wide = text
        .lines()
        .find(|line| line.chars().count() > 80 && !line.starts_with("Next"));
    assert_eq!(wide, None, "{ended}");
    for request in administered.azure.requests() {
        let reads = request.method == "GET"
            || request.path.ends_with("batch")
            || request.path.ends_with("/token");
        assert!(reads, "{} {}", request.method, request.path);
    }
}

#[test]
fn a_secret_says_when_it_ends_and_a_repository_needs_none() {
    let administered = Administered::start(company(), &[GLOBAL], &[("Owner", GROUP)]);
    let flags = [
        "--management-group",
        "Platform",
        "--proof",
        "secret",
        "--days",
        "90",
    ];
    let ended = plan(&administered, &flags).expect(0);
    let text = ended.stdout.replace("\n      ", " ");
    assert!(
        text.contains(", in 90 days; whoever holds it is the scanner"),
        "{ended}"
    );
    assert!(
        text.contains("Assign Reader on management group Platform"),
        "{ended}"
    );
    let ended = plan(
        &administered,
        &["--directory-only", "--github", "octo/scan"],
    )
    .expect(0);
    let text = ended.stdout.replace("\n      ", " ");
    assert!(
        text.contains("for repo:octo/scan:ref:refs/heads/main sign in as `ThreatDefence`"),
        "{ended}"
    );
    assert!(text.contains("no secret at all"), "{ended}");
}

#[test]
fn each_lack_is_named_with_its_role_and_scope() {
    let at = production();
    let on_production = ["--subscription", PRODUCTION];
    let register = "Application Developer, Cloud Application Administrator, Application Administrator or \
                    Global Administrator";
    let consent = "Privileged Role Administrator or Global Administrator";
    let define = "User Access Administrator or Owner there";
    let assign =
        "Role Based Access Control Administrator, User Access Administrator or Owner there";
    let owner: &[(&str, &str)] = &[("Owner", &at)];
    let reader: &[(&str, &str)] = &[("Reader", &at)];
    for (directory, roles, lacks) in [
        (
            &["Application Administrator"][..],
            owner,
            &[(
                "consent to application permissions of Microsoft Graph",
                consent,
            )][..],
        ),
        (
            &["Privileged Role Administrator"],
            owner,
            &[("register applications", register)],
        ),
        (
            &[GLOBAL],
            reader,
            &[
                ("define custom roles on subscription Production", define),
                ("assign roles on subscription Production", assign),
            ],
        ),
        (
            &[GLOBAL],
            &[("Role Based Access Control Administrator", &at)],
            &[("define custom roles on subscription Production", define)],
        ),
    ] {
        let administered = Administered::start(company(), directory, roles);
        let report = plan_as_json(&administered, &on_production, 4);
        let found: Vec<(&str, &str)> = report["lacks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|lack| {
                (
                    lack["what"].as_str().unwrap(),
                    lack["needs"].as_str().unwrap(),
                )
            })
            .collect();
        assert_eq!(found, lacks, "{directory:?} {roles:?}: {report:#}");
        assert_eq!(report["warnings"], json!([]), "{report:#}");
        let blocked = report["steps"]
            .as_array()
            .unwrap()
            .iter()
            .any(|step| step["blocked"] == true);
        assert!(blocked && report["complete"] == false);
    }
}

#[test]
fn a_lack_is_shown_before_anything_else_could_start() {
    let at = production();
    let administered =
        Administered::start(company(), &["Application Administrator"], &[("Owner", &at)]);
    let ended = plan(&administered, &["--subscription", "Production"]).expect(4);
    let lack = "You cannot\n  - consent to application permissions of Microsoft Graph (changes 3, 4, 5)\n    \
                needed: Privileged Role Administrator or Global Administrator\n";
    assert!(ended.stdout.contains(lack), "{ended}");
    let next = ended.last_line();
    assert!(
        next.contains("setup apply --subscription Production"),
        "{ended}"
    );
    assert!(next.ends_with(" --allow-partial"), "{ended}");
}

#[test]
fn members_register_applications_where_the_policy_lets_them() {
    let open = company().graph(
        "/v1.0/policies/authorizationPolicy",
        json!({"id": "authorizationPolicy", "defaultUserRolePermissions": {"allowedToCreateApps": true}}),
    );
    let administered = Administered::start(open, &[], &[]);
    let report = plan_as_json(&administered, &["--directory-only"], 4);
    assert_eq!(report["lacks"].as_array().unwrap().len(), 1, "{report:#}");
    assert_eq!(report["lacks"][0]["steps"][0], "consent:Directory.Read.All");
}

#[test]
fn an_owner_of_the_management_group_may_do_all_below_it() {
    let administered = Administered::start(company(), &[GLOBAL], &[("Owner", GROUP)]);
    for flags in [
        ["--management-group", "platform"],
        ["--subscription", "Production"],
    ] {
        let report = plan_as_json(&administered, &flags, 0);
        assert_eq!(report["lacks"], json!([]), "{report:#}");
        assert_eq!(ids(&report).len(), 9, "{report:#}");
    }
    let reader = Administered::start(company(), &[GLOBAL], &[("Reader", GROUP)]);
    let report = plan_as_json(&reader, &["--management-group", "platform"], 4);
    assert_eq!(
        report["lacks"][0]["what"],
        "define custom roles on management group Platform"
    );
}

#[test]
fn where_the_scanner_gets_its_roles_has_to_be_clear() {
    let at = production();
    let administered = Administered::start(company(), &[GLOBAL], &[("Owner", &at)]);
    plan(&administered, &[]).refused(2, "it is not said where", "--subscription ID|NAME");
    plan(&administered, &["--subscription", "Prodution"]).refused(
        2,
        "you see no subscription with the id or name `Prodution`",
        "did you mean Production?",
    );
    let groups = ["--management-group", "platform,other"];
    plan(&administered, &groups).refused(
        2,
        "only one in its assignable scopes",
        "a parent that they share",
    );
    plan(&administered, &["--management-group", "nowhere"]).refused(2, "no management group", "");
}

#[test]
fn several_applications_of_one_name_are_told_apart_by_their_id() {
    let of = |n: u8| {
        json!({"id": format!("0b000000-0000-4000-8000-00000000000{n}"),
        "appId": format!("a0000000-0000-4000-8000-00000000000{n}"), "displayName": "ThreatDefence",
        "signInAudience": "AzureADMyOrg", "createdDateTime": format!("2026-0{n}-01T00:00:00Z")})
    };
    let twice = company().graph("/v1.0/applications", json!({"value": [of(2), of(1)]}));
    let administered = Administered::start(twice, &[GLOBAL], &[]);
    let ended = plan(&administered, &["--directory-only"]).refused(
        2,
        "a0000000-0000-4000-8000-000000000001, registered 2026-01-01T00:00:00Z\n  a0000000-0000-4000-8000-000000000002",
        "--application-id",
    );
    assert!(ended.stdout.is_empty(), "{ended}");
    let one = [
        "--directory-only",
        "--application-id",
        "a0000000-0000-4000-8000-000000000002",
    ];
    let report = plan_as_json(&administered, &one, 0);
    assert_eq!(ids(&report)[0], "ask-for", "{report:#}");
    assert!(
        texts(&report["already"])[0].ends_with("000000000002)"),
        "{report:#}"
    );
}
