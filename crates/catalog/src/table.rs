//! Where Resource Graph keeps the documents of a type.

use crate::DocumentType;

/// The tables whose rows are documents.
/// <https://learn.microsoft.com/azure/governance/resource-graph/reference/supported-tables-resources>
pub(crate) const TABLES: [&str; 25] = [
    "advisorresources",
    "alertsmanagementresources",
    "appserviceresources",
    "authorizationresources",
    "batchresources",
    "computeresources",
    "desktopvirtualizationresources",
    "dnsresources",
    "extendedlocationresources",
    "featureresources",
    "guestconfigurationresources",
    "healthresources",
    "insightresources",
    "iotsecurityresources",
    "kubernetesconfigurationresources",
    "kustoresources",
    "maintenanceresources",
    "managedserviceresources",
    "networkresources",
    "patchassessmentresources",
    "policyresources",
    "recoveryservicesresources",
    "resourcecontainers",
    "resources",
    "securityresources",
];

/// The columns of a row that are members of a document. Whatever else Resource Manager gives at the
/// top of a document (`systemData`, `etag`, the extensions of a virtual machine) no row has.
/// <https://learn.microsoft.com/azure/governance/resource-graph/concepts/query-language>
pub const COLUMNS: [&str; 13] = [
    "id",
    "name",
    "type",
    "location",
    "kind",
    "tags",
    "sku",
    "plan",
    "identity",
    "zones",
    "managedBy",
    "extendedLocation",
    "properties",
];

/// A table of Resource Graph and the type by which its rows are told apart.
///
/// <https://learn.microsoft.com/azure/governance/resource-graph/reference/supported-tables-resources>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The table, in lower case: `resources`, `appserviceresources`.
    pub name: String,
    /// What the rows have in their column `type`, in lower case.
    pub row_type: String,
    /// What the rows have in their column `name`, in lower case, where other names are other
    /// documents: of `sites/config`, only `web` is `config/web`.
    pub row_name: Option<String>,
}

impl Table {
    /// Whether rows carry a member of a document's top level.
    pub fn carries(member: &str) -> bool {
        COLUMNS
            .iter()
            .any(|column| column.eq_ignore_ascii_case(member))
    }

    /// The rows of `document_type` in the table `name`: those of its own type.
    pub(crate) fn of(name: &str, document_type: &DocumentType) -> Self {
        Self {
            name: name.to_lowercase(),
            row_type: document_type.key(),
            row_name: None,
        }
    }

    /// The rows of the single child at `path` below `parent`: types and names alternate in a path, so
    /// `config/web` is the row `web` of the type `config`.
    pub(crate) fn of_child(name: &str, parent: &Self, path: &str) -> Self {
        let segments: Vec<String> = path.split('/').map(str::to_lowercase).collect();
        let types = segments.iter().step_by(2).cloned().collect::<Vec<_>>();
        Self {
            name: name.to_lowercase(),
            row_type: format!("{}/{}", parent.row_type, types.join("/")),
            row_name: segments
                .len()
                .is_multiple_of(2)
                .then(|| segments.last().cloned())
                .flatten(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_child_is_a_row_of_its_own_name() {
        let sites = Table::of("resources", &DocumentType::from("Microsoft.Web/sites"));
        let web = Table::of_child("appserviceresources", &sites, "config/web");
        assert_eq!(web.row_type, "microsoft.web/sites/config");
        assert_eq!(web.row_name.as_deref(), Some("web"));
        let logs = Table::of_child("resources", &sites, "flowLogs");
        assert_eq!(logs.row_type, "microsoft.web/sites/flowlogs");
        assert_eq!(logs.row_name, None);
    }
}
