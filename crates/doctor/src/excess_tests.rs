use rbac::{Assignment, Via};
use serde_json::{Value, json};

use super::*;

fn found(role_name: &str, scope: &str, permissions: Value, condition: Value) -> Vec<Excess> {
    let role: RoleDefinition = serde_json::from_value(
        json!({"name": "r", "properties": {"roleName": role_name, "permissions": permissions}}),
    )
    .unwrap();
    let assignment: Assignment = serde_json::from_value(
        json!({"id": format!("{scope}/a"), "properties": {"scope": scope, "principalId": "me",
            "roleDefinitionId": "/x/r", "condition": condition}}),
    )
    .unwrap();
    let grant = Grant {
        assignment: &assignment,
        role: Some(&role),
        via: Via::Itself,
        inherited: false,
    };
    of_grant(&grant, &Contract::builtin().unwrap())
}

fn severities(found: &[Excess]) -> Vec<(ExcessKind, Severity)> {
    found.iter().map(|one| (one.kind, one.severity)).collect()
}

const SUBSCRIPTION: &str = "/subscriptions/s";

#[test]
fn reader_and_the_custom_role_are_no_excess() {
    let reader = json!([{"actions": ["*/read"]}]);
    assert!(found("Reader", SUBSCRIPTION, reader.clone(), Value::Null).is_empty());
    let actions = &Contract::builtin().unwrap().azure.role.actions;
    let custom = json!([{"actions": actions}]);
    assert!(found("ThreatDefenceRole", SUBSCRIPTION, custom, Value::Null).is_empty());
    let at_root = found("Reader", "/", reader, Value::Null);
    assert_eq!(
        severities(&at_root),
        [(ExcessKind::WideScope, Severity::Low)]
    );
}

#[test]
fn a_write_role_is_a_finding() {
    let contributor = json!([{"actions": ["*"], "notActions": ["Microsoft.Authorization/*/Write",
        "Microsoft.Authorization/*/Delete", "Microsoft.Authorization/elevateAccess/Action"]}]);
    let high = found("Contributor", SUBSCRIPTION, contributor, Value::Null);
    assert_eq!(severities(&high), [(ExcessKind::AzureRole, Severity::High)]);
    let owner = found(
        "Owner",
        SUBSCRIPTION,
        json!([{"actions": ["*"]}]),
        Value::Null,
    );
    assert_eq!(
        severities(&owner),
        [(ExcessKind::AzureRole, Severity::Critical)]
    );
}

#[test]
fn data_and_a_widened_custom_role_are_told_apart() {
    let data = json!([{"dataActions": ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"]}]);
    let data = found("Storage Blob Data Reader", SUBSCRIPTION, data, Value::Null);
    assert_eq!(
        severities(&data),
        [(ExcessKind::DataRole, Severity::Medium)]
    );
    let widened =
        json!([{"actions": ["Microsoft.Web/sites/host/listkeys/action", "Microsoft.Web/sites/*"]}]);
    let widened = found("threatdefencerole", SUBSCRIPTION, widened, Value::Null);
    assert_eq!(
        severities(&widened),
        [(ExcessKind::CustomRole, Severity::High)]
    );
    assert!(widened[0].why.contains("Microsoft.Web/sites/*"));
}

#[test]
fn graph_permissions_are_weighed() {
    assert_eq!(
        of_graph("directory.readwrite.all").severity,
        Severity::Critical
    );
    assert_eq!(of_graph("Group.ReadWrite.All").severity, Severity::High);
    assert_eq!(of_graph("Mail.Read").severity, Severity::Low);
}

#[test]
fn directory_roles_are_weighed() {
    let role = |name: &str| {
        of_directory(&DirectoryRole {
            name: name.to_owned(),
            template_id: None,
            scope: None,
            assignment_id: None,
        })
        .severity
    };
    assert_eq!(role("Global Administrator"), Severity::Critical);
    assert_eq!(role("Groups Administrator"), Severity::High);
    assert_eq!(role("Directory Readers"), Severity::Low);
}
