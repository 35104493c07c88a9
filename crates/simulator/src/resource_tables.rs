//! Which of Resource Graph's tables a type is in.
//!
//! Source: <https://learn.microsoft.com/azure/governance/resource-graph/reference/supported-tables-resources>.

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

/// Types outside `resources`. A star at the end stands for everything nested beneath.
const ELSEWHERE: [(&str, &[&str]); 23] = [
    (
        "advisorresources",
        &[
            "microsoft.advisor/assessments",
            "microsoft.advisor/configurations",
            "microsoft.advisor/recommendations",
            "microsoft.advisor/recommendations/suppressions",
            "microsoft.advisor/suppressions",
        ],
    ),
    (
        "aksresources",
        &[
            "microsoft.containerservice/fleets/autoupgradeprofiles",
            "microsoft.containerservice/fleets/members",
            "microsoft.containerservice/fleets/updateruns",
            "microsoft.containerservice/fleets/updatestrategies",
        ],
    ),
    (
        "alertsmanagementresources",
        &["microsoft.alertsmanagement/alerts"],
    ),
    (
        "appserviceresources",
        &[
            "microsoft.web/sites/config",
            "microsoft.web/sites/slots/config",
            "microsoft.web/sites/workflows",
        ],
    ),
    (
        "authorizationresources",
        &[
            "microsoft.authorization/classicadministrators",
            "microsoft.authorization/roleassignments",
            "microsoft.authorization/roledefinitions",
        ],
    ),
    ("batchresources", &["microsoft.batch/batchaccounts/pools"]),
    (
        "chaosresources",
        &[
            "microsoft.chaos/experiments/executions",
            "microsoft.chaos/experiments/statuses",
            "microsoft.chaos/targets",
            "microsoft.chaos/targets/capabilities",
        ],
    ),
    (
        "computeresources",
        &[
            "microsoft.compute/virtualmachinescalesets/virtualmachines",
            "microsoft.compute/virtualmachinescalesets/virtualmachines/networkinterfaces",
            "microsoft.compute/virtualmachinescalesets/virtualmachines/networkinterfaces/ipconfigurations/publicipaddresses",
        ],
    ),
    (
        "desktopvirtualizationresources",
        &["microsoft.desktopvirtualization/hostpools/sessionhosts"],
    ),
    (
        "dnsresources",
        &[
            "microsoft.network/dnszones/a",
            "microsoft.network/dnszones/aaaa",
            "microsoft.network/dnszones/cname",
            "microsoft.network/dnszones/mx",
            "microsoft.network/dnszones/ptr",
            "microsoft.network/dnszones/soa",
            "microsoft.network/dnszones/srv",
            "microsoft.network/dnszones/txt",
            "microsoft.network/privatednszones/a",
            "microsoft.network/privatednszones/aaaa",
            "microsoft.network/privatednszones/cname",
            "microsoft.network/privatednszones/mx",
            "microsoft.network/privatednszones/ptr",
            "microsoft.network/privatednszones/soa",
            "microsoft.network/privatednszones/srv",
            "microsoft.network/privatednszones/txt",
        ],
    ),
    (
        "elasticsanresources",
        &["microsoft.elasticsan/elasticsans/volumegroups/volumes"],
    ),
    (
        "extendedlocationresources",
        &["microsoft.extendedlocation/customlocations/enabledresourcetypes"],
    ),
    (
        "guestconfigurationresources",
        &["microsoft.guestconfiguration/*"],
    ),
    (
        "healthresources",
        &[
            "microsoft.resourcehealth/availabilitystatuses",
            "microsoft.resourcehealth/resourceannotations",
        ],
    ),
    (
        "insightresources",
        &[
            "microsoft.insights/datacollectionruleassociations",
            "microsoft.insights/tenantactiongroups",
        ],
    ),
    (
        "kubernetesconfigurationresources",
        &[
            "microsoft.kubernetesconfiguration/extensions",
            "microsoft.kubernetesconfiguration/fluxconfigurations",
            "microsoft.kubernetesconfiguration/namespaces",
            "microsoft.kubernetesconfiguration/sourcecontrolconfigurations",
        ],
    ),
    (
        "maintenanceresources",
        &[
            "microsoft.containerservice/managedclusters/scheduledevents",
            "microsoft.maintenance/applyupdates",
            "microsoft.maintenance/configurationassignments",
            "microsoft.maintenance/maintenanceconfigurations/applyupdates",
            "microsoft.maintenance/updates",
        ],
    ),
    (
        "managedserviceresources",
        &[
            "microsoft.managedservices/registrationassignments",
            "microsoft.managedservices/registrationdefinitions",
        ],
    ),
    (
        "networkresources",
        &[
            "microsoft.network/effectiveconnectivityconfigurations",
            "microsoft.network/effectivesecurityadminrules",
            "microsoft.network/firewallpolicies/rulecollectiongroups",
            "microsoft.network/networkgroupmemberships",
            "microsoft.network/networkmanagerconnections",
            "microsoft.network/networkmanagers/connectivityconfigurations",
            "microsoft.network/networkmanagers/networkgroups",
            "microsoft.network/networkmanagers/networkgroups/members",
            "microsoft.network/networkmanagers/networkgroups/staticmembers",
            "microsoft.network/networkmanagers/routingconfigurations",
            "microsoft.network/networkmanagers/routingconfigurations/rulecollections",
            "microsoft.network/networkmanagers/routingconfigurations/rulecollections/rules",
            "microsoft.network/networkmanagers/securityadminconfigurations",
            "microsoft.network/networkmanagers/securityadminconfigurations/rulecollections",
            "microsoft.network/networkmanagers/securityadminconfigurations/rulecollections/rules",
            "microsoft.network/networkmanagers/securityuserconfigurations",
            "microsoft.network/networkmanagers/securityuserconfigurations/rulecollections",
            "microsoft.network/networkmanagers/securityuserconfigurations/rulecollections/rules",
            "microsoft.network/networksecurityperimeters/linkreferences",
            "microsoft.network/networksecurityperimeters/links",
            "microsoft.network/networksecurityperimeters/profiles",
            "microsoft.network/networksecurityperimeters/profiles/accessrules",
            "microsoft.network/networksecurityperimeters/resourceassociations",
        ],
    ),
    (
        "patchassessmentresources",
        &[
            "microsoft.compute/virtualmachines/patchassessmentresults",
            "microsoft.compute/virtualmachines/patchassessmentresults/softwarepatches",
            "microsoft.hybridcompute/machines/patchassessmentresults",
            "microsoft.hybridcompute/machines/patchassessmentresults/softwarepatches",
        ],
    ),
    (
        "policyresources",
        &[
            "microsoft.authorization/policyassignments",
            "microsoft.authorization/policydefinitions",
            "microsoft.authorization/policydefinitions/versions",
            "microsoft.authorization/policyenrollments",
            "microsoft.authorization/policyexemptions",
            "microsoft.authorization/policysetdefinitions",
            "microsoft.authorization/policysetdefinitions/versions",
            "microsoft.policyinsights/componentpolicystates",
            "microsoft.policyinsights/policymetadata",
            "microsoft.policyinsights/policystates",
        ],
    ),
    (
        "recoveryservicesresources",
        &[
            "microsoft.dataprotection/backupvaults/backupinstances",
            "microsoft.dataprotection/backupvaults/backupjobs",
            "microsoft.dataprotection/backupvaults/backuppolicies",
            "microsoft.dataprotection/backupvaults/deletedbackupinstances",
            "microsoft.recoveryservices/locations/deletedvaults",
            "microsoft.recoveryservices/vaults/alerts",
            "microsoft.recoveryservices/vaults/backupfabrics/protectioncontainers/protectableitems",
            "microsoft.recoveryservices/vaults/backupfabrics/protectioncontainers/protecteditems",
            "microsoft.recoveryservices/vaults/backupjobs",
            "microsoft.recoveryservices/vaults/backuppolicies",
            "microsoft.recoveryservices/vaults/replicationfabrics/replicationprotectioncontainers/replicationprotecteditems",
            "microsoft.recoveryservices/vaults/replicationjobs",
            "microsoft.recoveryservices/vaults/replicationpolicies",
            "microsoft.recoveryservices/vaults/replicationrecoveryplans",
        ],
    ),
    (
        "servicehealthresources",
        &["microsoft.resourcehealth/events*"],
    ),
];

/// What Defender for Cloud keeps in `securityresources`; its other types are in no table, or in `resources`.
const SECURITY: [&str; 15] = [
    "microsoft.security/apicollections*",
    "microsoft.security/assessments*",
    "microsoft.security/attackpaths",
    "microsoft.security/governancerules",
    "microsoft.security/healthreports",
    "microsoft.security/insights",
    "microsoft.security/integrations",
    "microsoft.security/iotalerts",
    "microsoft.security/locations/alerts",
    "microsoft.security/pricings",
    "microsoft.security/regulatorycompliancestandards*",
    "microsoft.security/securescores*",
    "microsoft.security/securityconnectors/devops*",
    "microsoft.security/softwareinventories",
    "microsoft.security/standardassignments",
];

/// Types nested in another that are in `resources` like those of their own.
const NESTED: [&str; 61] = [
    "microsoft.app/connectedenvironments/certificates",
    "microsoft.app/managedenvironments/certificates",
    "microsoft.app/managedenvironments/managedcertificates",
    "microsoft.automation/automationaccounts/configurations",
    "microsoft.automation/automationaccounts/runbooks",
    "microsoft.azurearcdata/sqlserverinstances/availabilitygroups",
    "microsoft.azurearcdata/sqlserverinstances/databases",
    "microsoft.cdn/profiles/afdendpoints",
    "microsoft.cdn/profiles/endpoints",
    "microsoft.compute/capacityreservationgroups/capacityreservations",
    "microsoft.compute/galleries/applications",
    "microsoft.compute/galleries/applications/versions",
    "microsoft.compute/galleries/images",
    "microsoft.compute/galleries/images/versions",
    "microsoft.compute/hostgroups/hosts",
    "microsoft.compute/virtualmachines/extensions",
    "microsoft.compute/virtualmachines/runcommands",
    "microsoft.compute/virtualmachines/vmapplications",
    "microsoft.containerregistry/registries/agentpools",
    "microsoft.containerregistry/registries/replications",
    "microsoft.containerregistry/registries/taskruns",
    "microsoft.containerregistry/registries/tasks",
    "microsoft.containerregistry/registries/webhooks",
    "microsoft.dashboard/grafana/managedprivateendpoints",
    "microsoft.datamigration/services/projects",
    "microsoft.devcenter/devcenters/devboxdefinitions",
    "microsoft.devcenter/projects/pools",
    "microsoft.devtestlab/labs/virtualmachines",
    "microsoft.elasticsan/elasticsans/volumegroups",
    "microsoft.hdinsight/clusterpools/clusters",
    "microsoft.healthcareapis/workspaces/dicomservices",
    "microsoft.healthcareapis/workspaces/fhirservices",
    "microsoft.healthcareapis/workspaces/iotconnectors",
    "microsoft.hybridcompute/machines/extensions",
    "microsoft.hybridcompute/machines/licenseprofiles",
    "microsoft.hybridcompute/machines/runcommands",
    "microsoft.machinelearningservices/workspaces/batchendpoints",
    "microsoft.machinelearningservices/workspaces/batchendpoints/deployments",
    "microsoft.machinelearningservices/workspaces/onlineendpoints",
    "microsoft.machinelearningservices/workspaces/onlineendpoints/deployments",
    "microsoft.machinelearningservices/workspaces/serverlessendpoints",
    "microsoft.media/mediaservices/liveevents",
    "microsoft.media/mediaservices/streamingendpoints",
    "microsoft.netapp/netappaccounts/backuppolicies",
    "microsoft.netapp/netappaccounts/backupvaults",
    "microsoft.netapp/netappaccounts/capacitypools",
    "microsoft.netapp/netappaccounts/capacitypools/volumes",
    "microsoft.netapp/netappaccounts/snapshotpolicies",
    "microsoft.network/networkwatchers/connectionmonitors",
    "microsoft.network/networkwatchers/flowlogs",
    "microsoft.network/privatednszones/virtualnetworklinks",
    "microsoft.network/virtualhubs/bgpconnections",
    "microsoft.network/virtualhubs/ipconfigurations",
    "microsoft.notificationhubs/namespaces/notificationhubs",
    "microsoft.sql/managedinstances/databases",
    "microsoft.sql/servers/databases",
    "microsoft.sql/servers/elasticpools",
    "microsoft.sql/servers/jobagents",
    "microsoft.synapse/workspaces/bigdatapools",
    "microsoft.synapse/workspaces/sqlpools",
    "microsoft.web/sites/slots",
];

/// Namespaces and types whose resources are settings of something else, though they may lie in a resource group.
const NO_RESOURCES: [&str; 14] = [
    "microsoft.alertsmanagement/alerts",
    "microsoft.authorization/*",
    "microsoft.consumption/*",
    "microsoft.costmanagement/*",
    "microsoft.features/*",
    "microsoft.insights/diagnosticsettings",
    "microsoft.insights/eventtypes*",
    "microsoft.insights/logprofiles",
    "microsoft.policyinsights/*",
    "microsoft.resourcehealth/*",
    "microsoft.resources/deployments",
    "microsoft.resources/tags",
    "microsoft.security/*",
    "microsoft.serialconsole/*",
];

/// Defender's types that are resources with a location and tags.
const SECURITY_RESOURCES: [&str; 8] = [
    "microsoft.security/assignments",
    "microsoft.security/automations",
    "microsoft.security/customassessmentautomations",
    "microsoft.security/customentitystoreassignments",
    "microsoft.security/datascanners",
    "microsoft.security/iotsecuritysolutions",
    "microsoft.security/securityconnectors",
    "microsoft.security/standards",
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
