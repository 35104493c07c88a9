//! The checks that tests of the machinery look at.

/// A few checks of every kind: on one property, on children, on other documents, on the directory, with conditions, with
/// items. What is tested with them stays as it is when checks are added. The whole library is tested by the
/// demonstration, by generated tenants and by recordings.
const CHECKS: [&str; 29] = [
    "aks_clusters_public_access_disabled",
    "app_ensure_http_is_redirected_to_https",
    "app_function_access_keys_configured",
    "app_function_ftps_deployment_disabled",
    "app_minimum_tls_version_12",
    "defender_ensure_defender_for_server_is_on",
    "entra_conditional_access_policy_require_mfa_for_management_api",
    "entra_policy_default_users_cannot_create_security_groups",
    "entra_privileged_user_has_mfa",
    "entra_security_defaults_enabled",
    "iam_custom_role_has_permissions_to_administer_resource_locks",
    "keyvault_key_expiration_set_in_non_rbac",
    "keyvault_logging_enabled",
    "keyvault_rbac_enabled",
    "monitor_alert_create_policy_assignment",
    "monitor_diagnostic_settings_exists",
    "network_flow_log_captured_sent",
    "network_rdp_internet_access_restricted",
    "network_ssh_internet_access_restricted",
    "policy_ensure_asc_enforcement_enabled",
    "postgresql_flexible_server_log_retention_days_greater_3",
    "sqlserver_auditing_enabled",
    "sqlserver_tde_encryption_enabled",
    "storage_blob_public_access_level_is_disabled",
    "storage_ensure_minimum_tls_version_12",
    "storage_ensure_soft_delete_is_enabled",
    "storage_secure_transfer_required_is_enabled",
    "vm_ensure_attached_disks_encrypted_with_cmk",
    "vm_ensure_using_managed_disks",
];

/// The variable of the environment that selects checks.
pub const SELECTION: &str = "THREATDEFENCE_CHECK";

/// The checks as the variable has them.
pub fn selection() -> String {
    CHECKS.join(",")
}
