//! Documents that change with another: two views of one setting, or a setting that may be written as
//! part of the document above it.

/// Children that the writing of their parent may change: the parent's type, and how the child's types
/// begin below it. All other children keep their settings when their parent is written.
const WRITTEN_WITH_PARENT: [(&str, &str); 10] = [
    // `siteConfig` of a site is its `config/web`.
    // <https://learn.microsoft.com/rest/api/appservice/web-apps/create-or-update>
    ("microsoft.web/sites", "config"),
    ("microsoft.web/sites/slots", "config"),
    // `administrators` of a server, and with them whether only Entra ID signs in.
    // <https://learn.microsoft.com/rest/api/sql/servers/create-or-update>
    ("microsoft.sql/servers", "administrators"),
    ("microsoft.sql/servers", "azureadonlyauthentications"),
    ("microsoft.sql/managedinstances", "administrators"),
    (
        "microsoft.sql/managedinstances",
        "azureadonlyauthentications",
    ),
    // Many parameters follow from the tier and the version, and Entra ID from `authConfig`.
    // <https://learn.microsoft.com/rest/api/postgresql/servers/update>
    ("microsoft.dbforpostgresql/flexibleservers", ""),
    ("microsoft.dbformysql/flexibleservers", ""),
    // `securitySettings` of a vault is half of its `backupconfig`.
    // <https://learn.microsoft.com/rest/api/recoveryservices/vaults/update>
    ("microsoft.recoveryservices/vaults", ""),
    ("microsoft.dataprotection/backupvaults", ""),
];

/// Children of one parent that are views of the same setting, by how their types begin.
const VIEWS: [&[&str]; 5] = [
    // The settings of a site; the second version of its authentication beside the first.
    &["config"],
    &["auditingsettings", "extendedauditingsettings"],
    &["securityalertpolicies", "advancedthreatprotectionsettings"],
    &["vulnerabilityassessments", "sqlvulnerabilityassessments"],
    &["administrators", "azureadonlyauthentications"],
];

/// Lists of a subscription whose items another type's writing makes: the type that is written, and
/// how the lists' types begin.
/// <https://learn.microsoft.com/rest/api/authorization/role-eligibility-schedule-requests>
const MADE_BY: [(&str, &str); 3] = [
    (
        "microsoft.authorization/roleeligibilityschedulerequests",
        "microsoft.authorization/roleeligibilityschedule",
    ),
    (
        "microsoft.authorization/roleassignmentschedulerequests",
        "microsoft.authorization/roleassignment",
    ),
    (
        "microsoft.authorization/rolemanagementpolicies",
        "microsoft.authorization/rolemanagementpolic",
    ),
];

/// Whether writing a document of the type `parent` may change its child of the types `child`
/// (relative to the parent's).
pub(super) fn written_with_parent(parent: &str, child: &str) -> bool {
    WRITTEN_WITH_PARENT
        .iter()
        .any(|(of, begin)| *of == parent && begins(child, begin))
}

/// Whether writing the sibling of the types `written` may change that of the types `child`.
pub(super) fn views_of_one(written: &str, child: &str) -> bool {
    VIEWS.iter().any(|views| {
        let is_one = |types: &str| views.iter().any(|view| begins(types, view));
        is_one(written) && is_one(child)
    })
}

/// Whether writing a document of the type `written` may change the list of the type `list`.
pub(super) fn made_by(written: &str, list: &str) -> bool {
    MADE_BY
        .iter()
        .any(|(of, begin)| *of == written && list.starts_with(begin))
}

/// Whether a path of types begins with another, by whole types; with the empty one, always.
pub(super) fn begins(types: &str, begin: &str) -> bool {
    begin.is_empty()
        || types
            .strip_prefix(begin)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_settings_that_the_parent_carries_change_with_it() {
        assert!(written_with_parent("microsoft.web/sites", "config"));
        assert!(!written_with_parent(
            "microsoft.web/sites",
            "basicpublishingcredentialspolicies"
        ));
        assert!(!written_with_parent(
            "microsoft.storage/storageaccounts",
            "blobservices"
        ));
        assert!(written_with_parent(
            "microsoft.dbforpostgresql/flexibleservers",
            "configurations"
        ));
    }

    #[test]
    fn views_of_one_setting_change_together() {
        assert!(views_of_one("extendedauditingsettings", "auditingsettings"));
        assert!(views_of_one("config", "config"));
        assert!(!views_of_one("auditingsettings", "firewallrules"));
        assert!(!views_of_one("configurations", "config"), "whole types");
    }

    #[test]
    fn requests_make_schedules() {
        let written = "microsoft.authorization/roleeligibilityschedulerequests";
        assert!(made_by(
            written,
            "microsoft.authorization/roleeligibilityscheduleinstances"
        ));
        assert!(!made_by(written, "microsoft.authorization/locks"));
    }
}
