//! Which of Resource Graph's tables a type is in.
//!
//! Source: <https://learn.microsoft.com/azure/governance/resource-graph/reference/supported-tables-resources>.

mod types;

use types::{ELSEWHERE, NESTED, NO_RESOURCES, SECURITY, SECURITY_RESOURCES};

/// Every table that a query may name, beside those of changes.
pub(crate) const TABLES: [&str; 26] = [
    "advisorresources",
    "aksresources",
    "alertsmanagementresources",
    "appserviceresources",
    "authorizationresources",
    "batchresources",
    "chaosresources",
    "computeresources",
    "desktopvirtualizationresources",
    "dnsresources",
    "elasticsanresources",
    "extendedlocationresources",
    "guestconfigurationresources",
    "healthresources",
    "insightresources",
    "kubernetesconfigurationresources",
    "maintenanceresources",
    "managedserviceresources",
    "networkresources",
    "patchassessmentresources",
    "policyresources",
    "recoveryservicesresources",
    "resourcecontainers",
    "resources",
    "securityresources",
    "servicehealthresources",
];

fn is(pattern: &str, kind: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => kind.starts_with(start),
        None => kind == pattern,
    }
}

fn among(patterns: &[&str], kind: &str) -> bool {
    patterns.iter().any(|pattern| is(pattern, kind))
}

/// The table of a type, in lower case. `in_group` is true for what lies in a resource group and hangs on no other
/// resource. Most nested types are in none.
pub(crate) fn table_of(kind: &str, in_group: bool) -> Option<&'static str> {
    let elsewhere = ELSEWHERE.iter().find(|(_, types)| among(types, kind));
    if let Some((table, _)) = elsewhere {
        return Some(table);
    }
    if among(&SECURITY, kind) {
        return Some("securityresources");
    }
    let own = kind.matches('/').count() == 1
        && (SECURITY_RESOURCES.contains(&kind) || !among(&NO_RESOURCES, kind));
    (in_group && (own || NESTED.contains(&kind))).then_some("resources")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_in_the_tables_that_microsoft_documents() {
        for (kind, table) in [
            ("microsoft.storage/storageaccounts", Some("resources")),
            ("microsoft.storage/storageaccounts/blobservices", None),
            ("microsoft.web/sites/config", Some("appserviceresources")),
            (
                "microsoft.network/networkwatchers/flowlogs",
                Some("resources"),
            ),
            ("microsoft.network/virtualnetworks/subnets", None),
            ("microsoft.sql/servers/databases", Some("resources")),
            ("microsoft.sql/servers/firewallrules", None),
            (
                "microsoft.compute/virtualmachines/extensions",
                Some("resources"),
            ),
            (
                "microsoft.compute/virtualmachinescalesets/virtualmachines",
                Some("computeresources"),
            ),
            ("microsoft.security/pricings", Some("securityresources")),
            (
                "microsoft.security/assessments/subassessments",
                Some("securityresources"),
            ),
            ("microsoft.security/securitycontacts", None),
            ("microsoft.security/automations", Some("resources")),
            (
                "microsoft.authorization/roleassignments",
                Some("authorizationresources"),
            ),
            (
                "microsoft.authorization/policyexemptions",
                Some("policyresources"),
            ),
            ("microsoft.authorization/locks", None),
            ("microsoft.authorization/denyassignments", None),
            ("microsoft.insights/diagnosticsettings", None),
            ("microsoft.insights/activitylogalerts", Some("resources")),
            (
                "microsoft.insights/datacollectionruleassociations",
                Some("insightresources"),
            ),
            ("microsoft.recoveryservices/vaults", Some("resources")),
            (
                "microsoft.recoveryservices/vaults/backuppolicies",
                Some("recoveryservicesresources"),
            ),
            (
                "microsoft.dataprotection/backupvaults/backupinstances",
                Some("recoveryservicesresources"),
            ),
            (
                "microsoft.network/firewallpolicies/rulecollectiongroups",
                Some("networkresources"),
            ),
            (
                "microsoft.kubernetesconfiguration/extensions",
                Some("kubernetesconfigurationresources"),
            ),
            (
                "microsoft.managedservices/registrationassignments",
                Some("managedserviceresources"),
            ),
            ("microsoft.resources/deployments", None),
        ] {
            assert_eq!(table_of(kind, true), table, "{kind}");
        }
        assert_eq!(table_of("microsoft.insights/logprofiles", false), None);
        assert_eq!(
            table_of("microsoft.security/pricings", false),
            Some("securityresources")
        );
    }

    #[test]
    fn every_table_named_can_be_queried() {
        for (table, _) in ELSEWHERE {
            assert!(TABLES.contains(&table), "{table}");
        }
    }
}
