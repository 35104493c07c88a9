//! Diagnoses of small tenants over real HTTP.

mod support;
mod text;

use serde_json::json;
use support::*;

#[tokio::test]
async fn with_everything_granted_all_is_green() {
    let found = Company::new().diagnosis().await;
    assert_eq!(unready(&found), []);
    assert!(found.complete);
    assert_eq!(found.excess, []);
    assert!(to_do(&found).is_empty(), "{}", found.as_text(120, false));
}

#[tokio::test]
async fn each_missing_base_permission_is_the_one_thing_to_grant() {
    for missing in BASE {
        let rest: Vec<&str> = BASE.into_iter().filter(|one| *one != missing).collect();
        let found = Company::new()
            .application("graph_roles", json!(rest))
            .diagnosis()
            .await;
        assert!(!found.complete);
        assert_eq!(to_do(&found).len(), 1, "{}", found.as_text(120, false));
        assert!(
            found.what_to_do[0].what.ends_with(missing),
            "{missing}: {:?}",
            found.what_to_do
        );
    }
}

#[tokio::test]
async fn either_way_of_learning_of_mfa_is_enough() {
    let found = Company::new()
        .application(
            "graph_roles",
            json!(["Directory.Read.All", "Policy.Read.All", "AuditLog.Read.All"]),
        )
        .diagnosis()
        .await;
    assert_eq!(unready(&found), []);
}

#[tokio::test]
async fn a_read_only_lock_keeps_keys_from_being_listed() {
    let lock = format!(
        "{}/providers/Microsoft.Authorization/locks/frozen",
        subscription()
    );
    let body = json!({"id": lock, "name": "frozen", "properties": {"level": "ReadOnly"}});
    let found = Company::new().arm(&lock, body).diagnosis().await;
    let checks: Vec<&str> = unready(&found)
        .into_iter()
        .map(|(check, _)| check)
        .collect();
    assert_eq!(
        checks,
        [
            "app_function_access_keys_configured",
            "app_function_application_insights_enabled",
            "app_function_latest_runtime_version",
            "app_settings_use_keyvault_references",
        ]
    );
    assert!(
        found.what_to_do[0].what.contains("frozen"),
        "{:?}",
        found.what_to_do
    );
}

#[tokio::test]
async fn a_policy_that_blocks_the_scanner_is_told() {
    let policy = json!({"id": "p", "displayName": "Block workloads", "state": "enabled",
        "conditions": {"clientApplications": {"includeServicePrincipals": ["ServicePrincipalsInMyTenant"],
            "excludeServicePrincipals": []}, "applications": {"includeApplications": ["All"]}},
        "grantControls": {"operator": "OR", "builtInControls": ["block"]}});
    let found = Company::new()
        .graph(
            "/v1.0/identity/conditionalAccess/policies",
            json!({"value": [policy]}),
        )
        .diagnosis()
        .await;
    let text = found.as_text(120, false);
    assert!(text.contains("Block workloads"), "{text}");
}

#[tokio::test]
async fn a_selection_is_all_that_counts() {
    let company = Company::new().application("graph_roles", json!([]));
    let sim = company.start().await;
    let found = sim
        .diagnosis(
            &inventory::ScopeRequest::default(),
            &["keyvault_rbac_enabled"],
        )
        .await;
    assert!(found.complete, "{}", found.as_text(120, false));
}
