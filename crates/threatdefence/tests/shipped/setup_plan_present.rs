//! `setup plan` where something is there already: nothing is planned twice, and what differs is mended.

use serde_json::{Value, json};

use crate::support::administrator::Administered;
use crate::support::{Company, PRODUCTION};

const GLOBAL: &str = "Global Administrator";
const APPLICATION: &str = "a0000000-0000-4000-8000-000000000001";
const PRINCIPAL: &str = "b0000000-0000-4000-8000-000000000001";
const ROLE: &str = "d0000000-0000-4000-8000-000000000001";
const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
const CONTRIBUTOR: &str = "b24988ac-6180-42a0-ab88-20f7382dd24c";
const GROUP: &str = "/providers/Microsoft.Management/managementGroups/platform";
/// Directory.Read.All, Policy.Read.All and UserAuthenticationMethod.Read.All as app roles
/// (<https://learn.microsoft.com/graph/permissions-reference>).
const BASE: [&str; 3] = [
    "7ab1d382-f21e-4acd-a863-ba3e13f7da61",
    "246dd0d5-5bd0-4def-940b-0421030a5b68",
    "38d9df27-64da-44fd-b7c5-a6fbac20248f",
];
/// Another subscription, which nothing is asked for on.
const OTHER: &str = "aaaaaaaa-0000-4000-8000-0000000000ff";
/// Directory.ReadWrite.All.
const WRITER: &str = "19dbc75e-c2e2-444c-a770-ec69d8559fc7";
const GRAPH: &str = "00000003-0000-0000-c000-000000000000";
const GRAPH_PRINCIPAL: &str = "b0000000-0000-4000-8000-0000000000ff";

/// What is there of the scanner.
struct Scanner {
    permissions: &'static [&'static str],
    enabled: bool,
    actions: Value,
    assignable: Value,
    assigned: Vec<(&'static str, String)>,
}

fn production() -> String {
    format!("/subscriptions/{PRODUCTION}")
}

impl Scanner {
    /// Everything as setup makes it.
    fn whole() -> Self {
        Self {
            permissions: &BASE,
            enabled: true,
            actions: json!([
                "Microsoft.Web/sites/host/listkeys/action",
                "Microsoft.Web/sites/config/list/Action"
            ]),
            assignable: json!([production()]),
            assigned: vec![(READER, production()), (ROLE, production())],
        }
    }

    fn company(&self) -> Company {
        let asks_for: Vec<Value> = self
            .permissions
            .iter()
            .map(|id| json!({"id": id, "type": "Role"}))
            .collect();
        let company = Company::new()
            .with("management_groups", json!([{"id": "platform", "name": "Platform"}]))
            .with(
                "subscriptions",
                json!([{"id": PRODUCTION, "name": "Production", "management_group": "platform"},
                    {"id": OTHER, "name": "Other", "management_group": "platform"}]),
            )
            .graph(
                "/v1.0/applications",
                json!({"value": [{"id": "0b000000-0000-4000-8000-000000000001", "appId": APPLICATION,
                    "displayName": "ThreatDefence", "signInAudience": "AzureADMyOrg",
                    "requiredResourceAccess": [{"resourceAppId": GRAPH, "resourceAccess": asks_for}],
                    "keyCredentials": [{"keyId": "e0000000-0000-4000-8000-000000000001", "type": "AsymmetricX509Cert",
                        "usage": "Verify", "displayName": "CN=ThreatDefence", "endDateTime": "2099-01-01T00:00:00Z"}]}]}),
            )
            .graph(
                "/v1.0/servicePrincipals",
                json!({"value": [graph_service(), {"id": PRINCIPAL, "appId": APPLICATION,
                    "displayName": "ThreatDefence", "accountEnabled": self.enabled,
                    "servicePrincipalType": "Application"}]}),
            );
        let definition = format!(
            "{}/providers/Microsoft.Authorization/roleDefinitions/{ROLE}",
            self.assignable[0].as_str().unwrap()
        );
        let company = company.arm(
            &definition,
            json!({"id": definition, "name": ROLE, "type": "Microsoft.Authorization/roleDefinitions",
                "properties": {"roleName": "THREATDEFENCEROLE", "type": "CustomRole", "description": "",
                    "permissions": [{"actions": self.actions, "notActions": []}],
                    "assignableScopes": self.assignable}}),
        );
        self.assigned.iter().enumerate().fold(company, |company, (n, (role, scope))| {
            let id = format!("{scope}/providers/Microsoft.Authorization/roleAssignments/f0000000-0000-4000-8000-00000000000{n}");
            let role = format!("/providers/Microsoft.Authorization/roleDefinitions/{role}");
            company.arm(
                &id,
                json!({"id": id, "name": format!("f0000000-0000-4000-8000-00000000000{n}"),
                    "type": "Microsoft.Authorization/roleAssignments",
                    "properties": {"scope": scope, "principalId": PRINCIPAL,
                        "principalType": "ServicePrincipal", "roleDefinitionId": role}}),
            )
        })
    }

    /// Its plan, with consent to these app roles of Microsoft Graph.
    fn plan(&self, consents: &[&str], code: i32) -> Value {
        let consents: Vec<Value> = consents
            .iter()
            .enumerate()
            .map(|(n, role)| {
                json!({"id": format!("consent-{n}"), "appRoleId": role, "principalId": PRINCIPAL,
                    "resourceId": GRAPH_PRINCIPAL, "resourceDisplayName": "Microsoft Graph"})
            })
            .collect();
        let path = format!("/v1.0/servicePrincipals/{PRINCIPAL}/appRoleAssignments");
        let company = self.company().graph(&path, json!({ "value": consents }));
        let administered = Administered::start(company, &[GLOBAL], &[("Owner", GROUP)]);
        let flags = [
            "setup",
            "plan",
            "--subscription",
            "Production",
            "--format",
            "json",
        ];
        let ended = administered.program(&flags).run().expect(code);
        serde_json::from_str(&ended.stdout).unwrap()
    }
}

/// Microsoft Graph as this tenant has it.
fn graph_service() -> Value {
    let role = |id: &str, name: &str| {
        json!({"id": id, "value": name, "displayName": name, "isEnabled": true,
            "allowedMemberTypes": ["Application"]})
    };
    json!({"id": GRAPH_PRINCIPAL, "appId": GRAPH, "displayName": "Microsoft Graph",
    "servicePrincipalType": "Application", "appRoles": [
        role(BASE[0], "Directory.Read.All"),
        role(BASE[1], "Policy.Read.All"),
        role(BASE[2], "UserAuthenticationMethod.Read.All"),
        role(WRITER, "Directory.ReadWrite.All"),
    ]})
}

fn said<'a>(report: &'a Value, part: &str) -> Vec<&'a str> {
    let items = report[part].as_array().unwrap().iter();
    items.map(|item| item.as_str().unwrap()).collect()
}

fn ids(report: &Value) -> Vec<&str> {
    let steps = report["steps"].as_array().unwrap().iter();
    steps.map(|step| step["id"].as_str().unwrap()).collect()
}

#[test]
fn everything_there_is_planned_no_more() {
    let report = Scanner::whole().plan(&BASE, 0);
    assert_eq!(ids(&report), Vec::<&str>::new(), "{report:#}");
    assert_eq!(report["complete"], true);
    let already = said(&report, "already");
    assert_eq!(already.len(), 9, "{report:#}");
    for there in [
        "certificate `CN=ThreatDefence`, which ends 2099-01-01",
        "the custom role ThreatDefenceRole",
        "Reader is assigned on subscription Production",
    ] {
        assert!(already.contains(&there), "`{there}` is not in: {report:#}");
    }
    assert_eq!(said(&report, "warnings"), Vec::<&str>::new());
    assert_eq!(said(&report, "excess"), Vec::<&str>::new());
}

#[test]
fn what_differs_is_mended() {
    let scanner = Scanner {
        permissions: &BASE[..2],
        enabled: false,
        actions: json!([
            "Microsoft.Web/sites/host/listkeys/action",
            "Microsoft.Web/sites/write"
        ]),
        ..Scanner::whole()
    };
    let report = scanner.plan(&BASE[..2], 0);
    assert_eq!(
        ids(&report),
        [
            "ask-for",
            "enable-principal",
            "consent:UserAuthenticationMethod.Read.All",
            "change-role"
        ],
        "{report:#}"
    );
    let change = report["steps"][3]["description"].as_str().unwrap();
    assert_eq!(
        change,
        "Change ThreatDefenceRole: add the actions Microsoft.Web/sites/config/list/Action; take the actions \
         Microsoft.Web/sites/write away"
    );
}

#[test]
fn a_role_for_other_scopes_is_extended_and_keeps_them() {
    let scanner = Scanner {
        assignable: json!([format!("/subscriptions/{OTHER}")]),
        assigned: vec![(READER, production())],
        ..Scanner::whole()
    };
    let report = scanner.plan(&BASE, 0);
    let assign = format!("assign:custom:{}", production());
    assert_eq!(ids(&report), ["change-role", &assign], "{report:#}");
}

#[test]
fn what_is_assigned_above_counts() {
    let scanner = Scanner {
        assignable: json!([GROUP]),
        assigned: vec![(READER, GROUP.to_owned()), (ROLE, GROUP.to_owned())],
        ..Scanner::whole()
    };
    let report = scanner.plan(&BASE, 0);
    assert_eq!(ids(&report), Vec::<&str>::new(), "{report:#}");
    let inherited = "Reader reaches subscription Production: it is assigned above, on management group platform";
    assert!(
        said(&report, "already")
            .iter()
            .any(|there| there.starts_with(inherited)),
        "{report:#}"
    );
}

#[test]
fn excess_is_said_and_left_alone() {
    let mut scanner = Scanner::whole();
    scanner.assigned.push((CONTRIBUTOR, production()));
    let report = scanner.plan(&[BASE[0], BASE[1], BASE[2], WRITER], 0);
    assert_eq!(ids(&report), Vec::<&str>::new(), "{report:#}");
    assert_eq!(
        said(&report, "excess"),
        [
            "Directory.ReadWrite.All on Microsoft Graph, which no scan needs",
            "the role Contributor on subscription Production, which no scan needs"
        ]
    );
}

#[test]
fn what_was_made_is_planned_no_more() {
    let company = Company::new()
        .with(
            "management_groups",
            json!([{"id": "platform", "name": "Platform"}]),
        )
        .with(
            "subscriptions",
            json!([{"id": PRODUCTION, "name": "Production", "management_group": "platform"}]),
        );
    let administered = Administered::start(company, &[GLOBAL], &[("Owner", GROUP)]);
    let flags = [
        "--management-group",
        "Platform",
        "--proof",
        "secret",
        "--with",
        "all",
    ];
    let run = |command: &str, more: &[&str], code: i32| {
        let arguments = [&["setup", command], &flags[..], more].concat();
        administered.program(&arguments).run().expect(code)
    };
    run("apply", &["--yes"], 0);
    let again = run("plan", &["--format", "json"], 0);
    let report: Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(report["complete"], true, "{report:#}");
    assert_eq!(
        (&report["warnings"], &report["excess"]),
        (&json!([]), &json!([])),
        "{report:#}"
    );
    let ended = run("plan", &[], 0);
    assert!(
        ended.stdout.contains("There is nothing to change."),
        "{ended}"
    );
    assert!(
        ended.last_line().starts_with("Everything is there."),
        "{ended}"
    );
}
