//! Verdicts on real documents, judged by reading them.

use checks::{Finding, Status};

use crate::layout::{Layout, Placed};

/// What a check says because of a recorded document.
struct Verdict {
    check: &'static str,
    /// The recording, below the payloads' `arm/`.
    file: &'static str,
    /// The document in it; the only one when empty.
    name: &'static str,
    status: Status,
    /// What the document says.
    why: &'static str,
}

const fn verdict(
    check: &'static str,
    (file, name): (&'static str, &'static str),
    status: Status,
    why: &'static str,
) -> Verdict {
    Verdict {
        check,
        file,
        name,
        status,
        why,
    }
}

use Status::{Fail, Pass};

/// A check on a resource is judged by the resource or a child of it, one on a subscription by what lies in it.
const VERDICTS: [Verdict; 38] = [
    verdict(
        "storage_blob_public_access_level_is_disabled",
        ("Microsoft.Storage/storageAccounts/get__aso-2.json", ""),
        Pass,
        "allowBlobPublicAccess is false",
    ),
    verdict(
        "storage_blob_public_access_level_is_disabled",
        ("Microsoft.Storage/storageAccounts/get__aso-1.json", ""),
        Fail,
        "an account without allowBlobPublicAccess may have public containers",
    ),
    verdict(
        "storage_ensure_minimum_tls_version_12",
        ("Microsoft.Storage/storageAccounts/get__c7n-1.json", ""),
        Pass,
        "minimumTlsVersion is TLS1_2",
    ),
    verdict(
        "storage_ensure_minimum_tls_version_12",
        ("Microsoft.Storage/storageAccounts/get__azcli-2.json", ""),
        Fail,
        "minimumTlsVersion is TLS1_0",
    ),
    verdict(
        "storage_secure_transfer_required_is_enabled",
        ("Microsoft.Storage/storageAccounts/get__azcli-5.json", ""),
        Fail,
        "supportsHttpsTrafficOnly is false",
    ),
    verdict(
        "storage_ensure_soft_delete_is_enabled",
        (
            "Microsoft.Storage/storageAccounts_blobServices/get__azcli-4.json",
            "",
        ),
        Fail,
        "containers are kept, blobs are not",
    ),
    verdict(
        "storage_ensure_soft_delete_is_enabled",
        (
            "Microsoft.Storage/storageAccounts_blobServices/get__c7n-1.json",
            "",
        ),
        Fail,
        "blobs are kept seven days, nothing is said of containers",
    ),
    verdict(
        "network_ssh_internet_access_restricted",
        (
            "Microsoft.Network/networkSecurityGroups/get__azcli-1.json",
            "",
        ),
        Fail,
        "default-allow-ssh lets * in to TCP 22",
    ),
    verdict(
        "network_ssh_internet_access_restricted",
        (
            "Microsoft.Network/networkSecurityGroups/list__c7n-4.json",
            "nsg-mixed-rules",
        ),
        Pass,
        "80 and 443 are allowed, 22 is denied",
    ),
    verdict(
        "network_ssh_internet_access_restricted",
        (
            "Microsoft.Network/networkSecurityGroups/get__java-1.json",
            "",
        ),
        Pass,
        "rule3 allows UDP alone, and SSH is TCP",
    ),
    verdict(
        "network_ssh_internet_access_restricted",
        (
            "Microsoft.Network/networkSecurityGroups/list__java-1.json",
            "nsg806524",
        ),
        Pass,
        "rule2 allows 22 to 25 from an application security group",
    ),
    verdict(
        "network_rdp_internet_access_restricted",
        (
            "Microsoft.Network/networkSecurityGroups/get__java-1.json",
            "",
        ),
        Fail,
        "rule3 allows every UDP port, and Remote Desktop uses UDP as well",
    ),
    verdict(
        "network_rdp_internet_access_restricted",
        (
            "Microsoft.Network/networkSecurityGroups/list__c7n-4.json",
            "nsg-deny-all-ingress",
        ),
        Pass,
        "the one rule denies everything",
    ),
    verdict(
        "network_flow_log_captured_sent",
        (
            "Microsoft.Network/networkWatchers_flowLogs/list__azcli-1.json",
            "flow_log_test",
        ),
        Fail,
        "the log is on, its traffic analytics is off",
    ),
    verdict(
        "vm_ensure_using_managed_disks",
        (
            "Microsoft.Compute/virtualMachines/list__java-1.json",
            "chashvm",
        ),
        Fail,
        "the system disk and both data disks are blobs",
    ),
    verdict(
        "vm_ensure_using_managed_disks",
        ("Microsoft.Compute/virtualMachines/get__c7n-1.json", ""),
        Pass,
        "the system disk is managed and there is no other",
    ),
    verdict(
        "vm_ensure_attached_disks_encrypted_with_cmk",
        ("Microsoft.Compute/disks/get__c7n-1.json", ""),
        Fail,
        "attached, EncryptionAtRestWithPlatformKey",
    ),
    verdict(
        "keyvault_rbac_enabled",
        ("Microsoft.KeyVault/vaults/get__azcli-2.json", ""),
        Pass,
        "enableRbacAuthorization is true",
    ),
    verdict(
        "keyvault_rbac_enabled",
        ("Microsoft.KeyVault/vaults/get__azcli-1.json", ""),
        Fail,
        "enableRbacAuthorization is absent, which means access policies",
    ),
    verdict(
        "keyvault_key_expiration_set_in_non_rbac",
        ("Microsoft.KeyVault/vaults_keys/write-PUT__aso-1.json", ""),
        Fail,
        "the key has no exp",
    ),
    verdict(
        "sqlserver_auditing_enabled",
        ("Microsoft.Sql/servers_auditingSettings/get__aso-1.json", ""),
        Pass,
        "Enabled, to a storage endpoint",
    ),
    verdict(
        "sqlserver_auditing_enabled",
        (
            "Microsoft.Sql/servers_auditingSettings/list__c7n-1.json",
            "",
        ),
        Fail,
        "Disabled, although isAzureMonitorTargetEnabled is true",
    ),
    verdict(
        "sqlserver_tde_encryption_enabled",
        (
            "Microsoft.Sql/servers_databases_transparentDataEncryption/get__java-1.json",
            "",
        ),
        Pass,
        "status, the member of 2014's API, is Enabled",
    ),
    verdict(
        "sqlserver_tde_encryption_enabled",
        (
            "Microsoft.Sql/servers_databases_transparentDataEncryption/get__azcli-2.json",
            "",
        ),
        Fail,
        "state is Disabled",
    ),
    verdict(
        "postgresql_flexible_server_log_retention_days_greater_3",
        (
            "Microsoft.DBforPostgreSQL/flexibleServers_configurations/list__azcli-1.json",
            "logfiles.retention_days",
        ),
        Fail,
        "three days are not more than three",
    ),
    verdict(
        "aks_clusters_public_access_disabled",
        (
            "Microsoft.ContainerService/managedClusters/get__azcli-5.json",
            "",
        ),
        Pass,
        "enablePrivateCluster is true, the pool's nodes have no public address",
    ),
    verdict(
        "aks_clusters_public_access_disabled",
        (
            "Microsoft.ContainerService/managedClusters/get__aso-1.json",
            "",
        ),
        Fail,
        "no apiServerAccessProfile, which means a public API server",
    ),
    verdict(
        "app_minimum_tls_version_12",
        ("Microsoft.Web/sites_config/get-web__azcli-4.json", ""),
        Pass,
        "minTlsVersion is 1.2 in config/web, while the site says null",
    ),
    verdict(
        "app_minimum_tls_version_12",
        ("Microsoft.Web/sites_config/get-web__azcli-3.json", ""),
        Fail,
        "minTlsVersion is 1.0",
    ),
    verdict(
        "app_ensure_http_is_redirected_to_https",
        ("Microsoft.Web/sites/get__java-2.json", ""),
        Fail,
        "httpsOnly is null",
    ),
    verdict(
        "app_function_access_keys_configured",
        (
            "Microsoft.Web/sites_host/POST-listkeys-default__azcli-1.json",
            "",
        ),
        Pass,
        "two host keys, default and keyname1",
    ),
    verdict(
        "monitor_alert_create_policy_assignment",
        (
            "Microsoft.Insights/activityLogAlerts/list__c7n-1.json",
            "dfh-sql-alert",
        ),
        Fail,
        "thirteen alerts: those on everything administrative cover one server or one type",
    ),
    verdict(
        "monitor_diagnostic_settings_exists",
        ("Microsoft.Insights/diagnosticSettings/list__c7n-1.json", ""),
        Pass,
        "three categories go to a storage account",
    ),
    verdict(
        "defender_ensure_defender_for_server_is_on",
        (
            "Microsoft.Security/pricings/list__c7n-1.json",
            "VirtualMachines",
        ),
        Pass,
        "the tier is Standard; 2018's API knows no plan",
    ),
    verdict(
        "defender_ensure_defender_for_server_is_on",
        (
            "Microsoft.Security/pricings/get-VirtualMachines__azcli-2.json",
            "",
        ),
        Fail,
        "the tier is Free",
    ),
    verdict(
        "iam_custom_role_has_permissions_to_administer_resource_locks",
        (
            "Microsoft.Authorization/roleDefinitions/list__c7n-1.json",
            "7b266cd7-0bba-4ae2-8423-90ede5e1e898",
        ),
        Pass,
        "a custom role with Microsoft.Authorization/locks/*",
    ),
    verdict(
        "policy_ensure_asc_enforcement_enabled",
        (
            "Microsoft.Authorization/policyAssignments/list__c7n-1.json",
            "SecurityCenterBuiltIn",
        ),
        Pass,
        "assigned to the subscription; an API without enforcementMode means Default",
    ),
    verdict(
        "policy_ensure_asc_enforcement_enabled",
        (
            "Microsoft.Authorization/policyAssignments/list__azcli-2.json",
            "SecurityCenterBuiltIn",
        ),
        Fail,
        "enforcementMode is DoNotEnforce",
    ),
];

/// The verdicts on the exported directory, with what it says.
const DIRECTORY: [(&str, Status, &str); 3] = [
    (
        "entra_conditional_access_policy_require_mfa_for_management_api",
        Pass,
        "a policy asks everyone for a second factor everywhere, by authentication strength",
    ),
    (
        "entra_policy_default_users_cannot_create_security_groups",
        Fail,
        "allowedToCreateSecurityGroups is true",
    ),
    (
        "entra_security_defaults_enabled",
        Status::Manual,
        "seven Conditional Access policies are on instead",
    ),
];

/// Every verdict holds.
pub fn hold(layout: &Layout<'_>, findings: &[Finding]) {
    for verdict in &VERDICTS {
        let placed = document(layout, verdict);
        let of_document =
            |finding: &&Finding| finding.check_id == verdict.check && concerns(finding, placed);
        let found: Vec<&Finding> = findings.iter().filter(of_document).collect();
        let [finding] = found.as_slice() else {
            panic!("{} on {}: {found:#?}", verdict.check, placed.path);
        };
        assert_eq!(
            finding.status, verdict.status,
            "{}: {finding:#?}",
            verdict.why
        );
    }
    for (check, status, why) in DIRECTORY {
        let finding = findings.iter().find(|finding| finding.check_id == check);
        let finding = finding.unwrap_or_else(|| panic!("{check} found nothing"));
        assert_eq!(finding.status, status, "{why}: {finding:#?}");
    }
}

fn document<'a>(layout: &'a Layout<'_>, verdict: &Verdict) -> &'a Placed {
    let file = format!("arm/{}", verdict.file);
    let is_named =
        |placed: &&Placed| verdict.name.is_empty() || placed.body["name"] == verdict.name;
    let documents = layout.documents.values();
    let found: Vec<&Placed> = documents
        .filter(|placed| placed.files.contains(&file))
        .filter(is_named)
        .collect();
    match found.as_slice() {
        [placed] => placed,
        _ => panic!("{} documents {} in {file}", found.len(), verdict.name),
    }
}

/// Whether a finding is on a document or on what it lies below.
fn concerns(finding: &Finding, placed: &Placed) -> bool {
    let on = finding.resource_id.to_lowercase();
    let path = placed.path.to_lowercase();
    path == on || path.starts_with(&format!("{on}/"))
}
