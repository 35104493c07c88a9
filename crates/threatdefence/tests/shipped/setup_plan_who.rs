//! `setup plan` for administrators of other kinds: service principals, eligible users, owners of many
//! subscriptions; and for the application of a provider.

use serde_json::{Value, json};
use simulator::FaultKind;

use crate::support::administrator::{ADA_ID, Administered};
use crate::support::{APPLICATION, Azure, Company, PRODUCTION, TENANT, rule, rules};

const SECRET: &str = "a-secret-of-the-test";
const GLOBAL: &str = "Global Administrator";
const OWNER: &str = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";

fn production() -> String {
    format!("/subscriptions/{PRODUCTION}")
}

/// An Azure whose administrator is a service principal with these application permissions and a role.
fn with_service_principal(permissions: &[&str], role: &str) -> Azure {
    let tenant = Company::new()
        .with("client_id", Value::Null)
        .with(
            "applications",
            json!([{"client_id": APPLICATION, "object_id": "b0000000-0000-4000-8000-0000000000aa",
                "display_name": "Deployer", "secret": SECRET, "graph_roles": permissions}]),
        )
        .with(
            "role_assignments",
            json!([{"application": APPLICATION, "role": role, "scope": production()}]),
        )
        .tenant();
    Azure::start(
        tenant,
        [TENANT, APPLICATION, SECRET],
        simulator::Options::default(),
    )
}

fn report(azure: &Azure, flags: &[&str], code: i32) -> Value {
    let arguments = [&["setup", "plan", "--format", "json"], flags].concat();
    let ended = azure.program(&arguments).run().expect(code);
    serde_json::from_str(&ended.stdout).unwrap()
}

fn as_user(administered: &Administered, flags: &[&str], code: i32) -> Value {
    let arguments = [&["setup", "plan", "--format", "json"], flags].concat();
    let ended = administered.program(&arguments).run().expect(code);
    serde_json::from_str(&ended.stdout).unwrap()
}

#[test]
fn a_service_principal_needs_application_permissions() {
    let on_production = ["--subscription", "Production"];
    let writes = "Application.ReadWrite.All";
    let azure = with_service_principal(&[writes, "AppRoleAssignment.ReadWrite.All"], "Owner");
    let whole = report(&azure, &on_production, 0);
    assert_eq!(whole["lacks"], json!([]), "{whole:#}");
    assert_eq!(whole["steps"].as_array().unwrap().len(), 9);
    assert!(
        whole["administrator"]
            .as_str()
            .unwrap()
            .contains(APPLICATION),
        "{whole:#}"
    );

    let azure = with_service_principal(&[writes], "Owner");
    let without = report(&azure, &on_production, 4);
    assert_eq!(
        without["lacks"][0]["needs"],
        "the application permission AppRoleAssignment.ReadWrite.All, or Privileged Role Administrator or Global \
         Administrator",
        "{without:#}"
    );
}

#[test]
fn who_may_not_read_applications_is_told_so() {
    let azure = with_service_principal(&[], "Owner");
    let ended = azure.program(&["setup", "plan", "--directory-only"]).run();
    ended.refused(
        1,
        "could not be read",
        "sign in as somebody who may read it",
    );
}

#[test]
fn a_role_that_waits_to_be_activated_is_named() {
    let eligible = format!(
        "{}/providers/Microsoft.Authorization/roleEligibilityScheduleInstances",
        production()
    );
    let role = format!("/providers/Microsoft.Authorization/roleDefinitions/{OWNER}");
    let company = Company::new().arm(
        &eligible,
        json!({"value": [{"id": format!("{eligible}/x"), "name": "x", "properties": {"roleDefinitionId": role}}]}),
    );
    let administered = Administered::start(company, &[GLOBAL], &[("Reader", &production())]);
    let found = as_user(&administered, &["--subscription", "Production"], 4);
    for lack in found["lacks"].as_array().unwrap() {
        assert_eq!(lack["activate"], "Owner", "{found:#}");
    }
    let ended = administered
        .program(&["setup", "plan", "--subscription", "Production"])
        .run()
        .expect(4);
    assert!(
        ended
            .stdout
            .contains("hint: you are eligible for Owner: activate it in"),
        "{ended}"
    );
}

#[test]
fn a_condition_on_the_administrators_role_is_a_warning() {
    let id = format!(
        "{}/providers/Microsoft.Authorization/roleAssignments/f0000000-0000-4000-8000-000000000001",
        production()
    );
    let role = format!("/providers/Microsoft.Authorization/roleDefinitions/{OWNER}");
    let company = Company::new().arm(
        &id,
        json!({"id": id, "name": "f0000000-0000-4000-8000-000000000001", "properties": {
            "scope": production(), "principalId": ADA_ID, "principalType": "User", "roleDefinitionId": role,
            "condition": "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {x}"}}),
    );
    let administered = Administered::start(company, &[GLOBAL], &[]);
    let found = as_user(&administered, &["--subscription", "Production"], 0);
    assert_eq!(
        found["warnings"],
        json!([
            "on subscription Production, your role Owner is assigned under a condition, which may forbid \
                assigning these roles"
        ])
    );
}

#[test]
fn a_deny_assignment_is_named_as_the_reason() {
    let id = format!(
        "{}/providers/Microsoft.Authorization/denyAssignments/f0000000-0000-4000-8000-000000000002",
        production()
    );
    let company = Company::new().arm(
        &id,
        json!({"id": id, "name": "f0000000-0000-4000-8000-000000000002", "properties": {
            "denyAssignmentName": "Locked by a blueprint", "scope": production(),
            "permissions": [{"actions": ["Microsoft.Authorization/roleAssignments/write"]}],
            "principals": [{"id": "00000000-0000-0000-0000-000000000000", "type": "SystemDefined"}],
            "excludePrincipals": []}}),
    );
    let administered = Administered::start(company, &[GLOBAL], &[("Owner", &production())]);
    let found = as_user(&administered, &["--subscription", "Production"], 4);
    let lacks = found["lacks"].as_array().unwrap();
    assert_eq!(lacks.len(), 1, "{found:#}");
    let why = lacks[0]["why"].as_str().unwrap_or_default();
    assert!(why.contains("`Locked by a blueprint`"), "{found:#}");
}

#[test]
fn many_subscriptions_take_few_requests() {
    let id = |n: usize| format!("aaaaaaaa-0000-4000-8000-{n:012}");
    let subscriptions: Vec<Value> = (0..100)
        .map(|n| json!({"id": id(n), "name": format!("Subscription {n}")}))
        .collect();
    let company = Company::new().with("subscriptions", Value::Array(subscriptions));
    let administered = Administered::start(company, &[GLOBAL], &[("Owner", "/")]);
    let found = as_user(&administered, &["--all-subscriptions"], 0);
    assert_eq!(found["steps"].as_array().unwrap().len(), 207, "{found:#}");
    let requests = administered.azure.requests();
    let alone = requests.iter().filter(|request| !request.in_batch).count();
    let together = requests.len() - alone;
    // Four lists on each of a hundred subscriptions, twenty in a batch.
    assert!(together >= 400, "{together} in batches");
    assert!(alone < 50, "{alone} alone");
}

#[test]
fn without_batches_the_same_is_found() {
    let of = |id: &str, name: &str| json!({"id": id, "name": name});
    let other = "aaaaaaaa-0000-4000-8000-0000000000ee";
    let company = || {
        let subscriptions = json!([of(PRODUCTION, "Production"), of(other, "Other")]);
        Company::new().with("subscriptions", subscriptions)
    };
    let owner = [("Owner", "/")];
    let flags = ["--all-subscriptions"];
    let usual = Administered::start(company(), &[GLOBAL], &owner);
    let refused = FaultKind::Status {
        code: 404,
        body: json!({"error": {"code": "NotFound", "message": "No such thing."}}),
        headers: Default::default(),
    };
    let options = rules([rule("/batch", refused)]);
    let alone = Administered::start_with(company(), &[GLOBAL], &owner, options);
    let (usual, alone) = (as_user(&usual, &flags, 0), as_user(&alone, &flags, 0));
    assert_eq!(usual["steps"], alone["steps"]);
    assert_eq!(alone["warnings"], json!([]));
}

#[test]
fn what_cannot_be_read_elsewhere_is_said_and_here_it_ends_the_run() {
    let other = "aaaaaaaa-0000-4000-8000-0000000000ee";
    let company = Company::new().with(
        "subscriptions",
        json!([{"id": PRODUCTION, "name": "Production"}, {"id": other, "name": "Other"}]),
    );
    let denied = FaultKind::Status {
        code: 403,
        body: json!({"error": {"code": "AuthorizationFailed", "message": "No."}}),
        headers: Default::default(),
    };
    let path = format!("/subscriptions/{other}/providers/Microsoft.Authorization/roleDefinitions");
    let options = rules([rule(&path, denied)]);
    let administered = Administered::start_with(company, &[GLOBAL], &[("Owner", "/")], options);
    let found = as_user(&administered, &["--subscription", "Production"], 0);
    let said = "could not be read: the roles defined in another subscription: denied (403 AuthorizationFailed)";
    assert_eq!(found["warnings"], json!([said]));
    let ended = administered
        .program(&["setup", "plan", "--subscription", "Other"])
        .run();
    ended.refused(
        1,
        "the roles defined for subscription Other could not be read: denied (403 AuthorizationFailed)",
        "Reader is enough",
    );
}

#[test]
fn a_disabled_subscription_is_left_out_and_said() {
    let company = Company::new().with(
        "subscriptions",
        json!([{"id": PRODUCTION, "name": "Production"},
            {"id": "aaaaaaaa-0000-4000-8000-0000000000ee", "name": "Closed", "state": "Disabled"}]),
    );
    let administered = Administered::start(company, &[GLOBAL], &[("Owner", "/")]);
    let found = as_user(&administered, &["--all-subscriptions"], 0);
    let said = "the subscription Closed is left out: it is in state Disabled";
    assert_eq!(found["warnings"], json!([said]));
    let ended = administered
        .program(&["setup", "plan", "--subscription", "Closed"])
        .run();
    ended.refused(
        2,
        "no role can be assigned on the subscription `Closed`",
        "reactivate",
    );
}

#[test]
fn the_application_of_a_provider_is_let_in_and_no_more() {
    let administered = Administered::start(Company::new(), &[GLOBAL], &[("Owner", &production())]);
    let provider = "a0000000-0000-4000-8000-0000000000bb";
    let found = as_user(
        &administered,
        &["--subscription", "Production", "--application-id", provider],
        0,
    );
    let steps = found["steps"].as_array().unwrap();
    assert_eq!(
        steps[0]["description"],
        format!("Create the service principal of the application {provider}")
    );
    let of_its_owner = |step: &Value| {
        let id = step["id"].as_str().unwrap_or_default();
        id == "application" || id.starts_with("proof")
    };
    assert!(!steps.iter().any(of_its_owner), "{found:#}");
}
