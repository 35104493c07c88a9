//! What roles, groups, denials and locks make of the rights, computed and proven; and what is too much.

use serde_json::{Value, json};

use crate::doctor::{
    BASE, SCANNER, company, diagnosis, function_app, subscription, to_do, unready,
};
use crate::support::{APPLICATION, Company};

const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
const STORAGE: &str = "Microsoft.Storage/storageAccounts/read";
const KEYS: &str = "Microsoft.Web/sites/host/listkeys/action";

fn at(scope: &str, kind: &str, name: &str) -> String {
    format!("{scope}/providers/Microsoft.Authorization/{kind}/{name}")
}

/// A role given to a group at a scope.
fn to_group(company: Company, scope: &str, group: &str) -> Company {
    let path = at(
        scope,
        "roleAssignments",
        "d0000000-0000-4000-8000-000000000001",
    );
    let role = at(&subscription(), "roleDefinitions", READER);
    let body = json!({"id": path, "name": "d0000000-0000-4000-8000-000000000001",
        "type": "Microsoft.Authorization/roleAssignments",
        "properties": {"roleDefinitionId": role, "principalId": group, "principalType": "Group", "scope": scope}});
    company.arm(&path, body)
}

/// One action that the checks need.
fn action<'a>(diagnosis: &'a Value, action: &str) -> &'a Value {
    let actions = diagnosis["subscriptions"][0]["actions"].as_array().unwrap();
    let found = actions.iter().find(|one| one["action"] == action);
    found.unwrap_or_else(|| panic!("{action}: {actions:#?}"))
}

/// A role of its own for the application, beside others.
fn own_role(company: Company, role: Value) -> Company {
    let given = json!([{"application": APPLICATION, "role": role, "scope": subscription()},
        {"application": APPLICATION, "role": "ThreatDefenceRole", "scope": subscription()}]);
    company.with("role_assignments", given)
}

#[test]
fn a_role_through_a_nested_group() {
    let (inner, outer) = (
        "90000000-0000-4000-8000-000000000001",
        "90000000-0000-4000-8000-000000000002",
    );
    let groups = json!({"value": [{"id": inner, "displayName": "Scanners"}, {"id": outer, "displayName": "Robots"}]});
    let company = company(&BASE, &["ThreatDefenceRole"])
        .graph("/v1.0/groups", groups)
        .graph(
            &format!("/v1.0/groups/{inner}/members"),
            json!({"value": [{"id": SCANNER}]}),
        )
        .graph(
            &format!("/v1.0/groups/{outer}/members"),
            json!({"value": [{"id": inner}]}),
        );
    let azure = to_group(company, &subscription(), outer).start();
    let found = diagnosis(&azure, 0, &[]);
    let assignments = found["subscriptions"][0]["assignments"].as_array().unwrap();
    let reader = assignments
        .iter()
        .find(|one| one["role"] == "Reader")
        .unwrap();
    assert_eq!(reader["through_group"]["name"], "Robots");
    assert_eq!(reader["through_group"]["nested"], true);
    assert_eq!(action(&found, STORAGE)["probed"], "read");
    let ended = azure.program(&["doctor"]).run().expect(0);
    assert!(
        ended
            .stdout
            .contains("Reader through group Robots (nested)"),
        "{ended}"
    );
}

#[test]
fn a_deny_assignment() {
    let path = at(
        &subscription(),
        "denyAssignments",
        "d0000000-0000-4000-8000-000000000009",
    );
    let denial = json!({"id": path, "name": "d0000000-0000-4000-8000-000000000009",
        "type": "Microsoft.Authorization/denyAssignments",
        "properties": {"denyAssignmentName": "Managed by Contoso", "scope": subscription(),
            "permissions": [{"actions": ["Microsoft.Storage/*"], "notActions": []}],
            "principals": [{"id": SCANNER, "type": "ServicePrincipal"}], "excludePrincipals": []}});
    let azure = company(&BASE, &["Reader", "ThreatDefenceRole"])
        .arm(&path, denial)
        .start();
    let found = diagnosis(&azure, 4, &[]);
    let storage = action(&found, STORAGE);
    assert_eq!(
        (&storage["computed"], &storage["probed"]),
        (&json!("denied"), &json!("refused"))
    );
    assert_eq!(storage["disagreement"], Value::Null);
    let unready = unready(&found);
    assert!(
        unready
            .iter()
            .all(|(check, _)| check.starts_with("storage_")),
        "{unready:?}"
    );
    let to_do = to_do(&found);
    assert_eq!(to_do.len(), 1, "{to_do:?}");
    assert!(
        to_do[0].contains("deny assignment Managed by Contoso"),
        "{to_do:?}"
    );
    assert_eq!(
        found["subscriptions"][0]["deny_assignments"][0]["name"],
        "Managed by Contoso"
    );
}

#[test]
fn not_actions() {
    let role = json!({"actions": ["*/read"], "not_actions": ["Microsoft.Storage/*"]});
    let azure = own_role(company(&BASE, &[]), role).start();
    let found = diagnosis(&azure, 4, &[]);
    let storage = action(&found, STORAGE);
    assert_eq!(
        (&storage["computed"], &storage["probed"]),
        (&json!("taken_away"), &json!("refused"))
    );
    assert_eq!(to_do(&found), ["assign Reader on subscription Production"]);
    let said = &storage["because"];
    assert!(said.as_str().unwrap().contains("notActions"), "{said}");
}

#[test]
fn a_read_only_lock() {
    let group = format!("{}/resourceGroups/data", subscription());
    let path = at(&group, "locks", "frozen");
    let lock = json!({"id": path, "name": "frozen", "type": "Microsoft.Authorization/locks",
        "properties": {"level": "ReadOnly"}});
    let azure = company(&BASE, &["Reader", "ThreatDefenceRole"])
        .arm(&path, lock)
        .start();
    let found = diagnosis(&azure, 4, &[]);
    assert_eq!(found["locks"][0]["name"], "frozen");
    assert_eq!(found["locks"][0]["fails"][0]["resources"], 1);
    let keys = action(&found, KEYS);
    assert_eq!(
        (&keys["computed"], &keys["code"]),
        (&json!("granted"), &json!("ScopeLocked"))
    );
    assert!(
        to_do(&found)[0].contains("read-only lock frozen on resource group data"),
        "{found:#}"
    );
    for (check, lacks) in unready(&found) {
        assert_eq!(lacks.len(), 1, "{check}: {lacks:?}");
    }
    let unassessed = azure.scan(&[]).findings();
    let mut unassessed = unassessed.iter().filter(|one| one.status == "not_assessed");
    assert!(unassessed.any(|one| one.resource_id.eq_ignore_ascii_case(&function_app())));
}

#[test]
fn one_resource_group_is_a_part_of_a_subscription() {
    let group = format!("{}/resourceGroups/data", subscription());
    let given = json!([{"application": APPLICATION, "role": "Reader", "scope": group}]);
    let azure = company(&BASE, &[]).with("role_assignments", given).start();
    let found = diagnosis(&azure, 4, &[]);
    assert_eq!(found["subscriptions"][0]["reach"], "partial");
    assert_eq!(
        found["subscriptions"][0]["parts"],
        json!(["resource group data"])
    );
    assert!(
        to_do(&found).contains(&"assign Reader on subscription Production"),
        "{:?}",
        to_do(&found)
    );
    let ended = azure.program(&["doctor"]).run().expect(4);
    assert!(ended.stdout.contains("only resource group data"), "{ended}");
}

#[test]
fn a_scanner_that_can_write_is_a_finding() {
    let azure = company(&BASE, &["Contributor", "Reader", "ThreatDefenceRole"]).start();
    let found = diagnosis(&azure, 0, &[]);
    let excess = &found["excess"][0];
    assert_eq!(
        (&excess["kind"], &excess["severity"]),
        (&json!("azure_role"), &json!("high"))
    );
    assert_eq!(
        to_do(&found),
        ["take away Contributor on subscription Production"]
    );
}

#[test]
fn a_master_key_of_the_directory_is_a_finding() {
    let roles = [
        "Directory.Read.All",
        "Directory.ReadWrite.All",
        "Policy.Read.All",
        "UserAuthenticationMethod.Read.All",
    ];
    let azure = company(&roles, &["Reader", "ThreatDefenceRole"]).start();
    let found = diagnosis(&azure, 0, &[]);
    let excess = &found["excess"][0];
    assert_eq!(
        (&excess["name"], &excess["severity"]),
        (&json!("Directory.ReadWrite.All"), &json!("critical"))
    );
    assert_eq!(found["graph"]["beyond"], json!(["Directory.ReadWrite.All"]));
}

#[test]
fn what_is_too_much_and_needed_is_replaced_not_taken_away() {
    let roles = [
        "Directory.ReadWrite.All",
        "Policy.Read.All",
        "UserAuthenticationMethod.Read.All",
    ];
    let azure = company(&roles, &["Contributor"]).start();
    let found = diagnosis(&azure, 0, &[]);
    assert_eq!(
        to_do(&found),
        [
            "replace the Microsoft Graph permission Directory.ReadWrite.All by Directory.Read.All",
            "replace Contributor on subscription Production by Reader and ThreatDefenceRole",
        ]
    );
}
