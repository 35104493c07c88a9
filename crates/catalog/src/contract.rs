//! What the scanner's identity is given: `content/permissions.yaml`.
//!
//! The catalogue says what each read needs. This says which of that everybody grants, which is
//! optional, and which roles hold the rest; [`Contract::gaps`] proves that the two fit.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::{Catalog, CatalogError, Entry, Service};

const FILE: &str = "permissions.yaml";
const TEXT: &str = include_str!("../../../content/permissions.yaml");

/// What the scanner's identity is given.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// Application permissions of Microsoft Graph.
    pub graph: GraphPermissions,
    /// Roles of Azure.
    pub azure: AzureRoles,
    /// Checks for which the base does not suffice, with the optional permissions they need.
    pub beyond_base: BTreeMap<String, BTreeSet<String>>,
}

/// Application permissions of Microsoft Graph, by name
/// (<https://learn.microsoft.com/graph/permissions-reference>).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GraphPermissions {
    /// What every scan uses.
    pub base: BTreeMap<String, GraphPermission>,
    /// What adds reads that the base cannot make.
    pub optional: BTreeMap<String, GraphPermission>,
}

/// One application permission of Microsoft Graph.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GraphPermission {
    /// What is read with it, as a sentence.
    pub why: String,
    /// Wider permissions that include it, beside its own form for writing.
    #[serde(default)]
    pub also: Vec<String>,
}

/// Roles of Azure.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AzureRoles {
    /// The built-in role that reads resources.
    pub reader: BuiltInRole,
    /// The custom role for reads that Reader lacks.
    pub role: CustomRole,
    /// Actions on the tenant itself, which neither role grants below it.
    pub optional: BTreeMap<String, OptionalAction>,
}

/// An action that adds reads, for those who want them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionalAction {
    /// What is read with it, as a sentence.
    pub why: String,
    /// What grants it, in words.
    pub grant: String,
    /// The scope of the role assignment; `TENANT_ID` stands for the tenant's id.
    pub scope: String,
}

/// A role that is there in every tenant.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuiltInRole {
    /// Its name.
    pub name: String,
    /// The GUID of its definition.
    pub id: String,
}

/// A role that is made in the tenant.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomRole {
    /// Its name.
    pub name: String,
    /// Its description, as people see it in the portal.
    pub description: String,
    /// Its actions, and there are no others.
    pub actions: Vec<String>,
}

/// Whom an application permission is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Everybody grants it.
    Base,
    /// It adds reads.
    Optional,
}

impl Contract {
    /// The contract that comes with the program.
    ///
    /// # Errors
    /// A file that does not parse; a test proves that it does.
    pub fn builtin() -> Result<Self, CatalogError> {
        serde_saphyr::from_str(TEXT).map_err(|error| CatalogError {
            file: FILE.to_owned(),
            message: error.to_string(),
        })
    }

    /// The tier of an application permission; `None` for one that no read needs.
    pub fn tier(&self, permission: &str) -> Option<Tier> {
        let among = |tier: &BTreeMap<String, GraphPermission>| {
            tier.keys()
                .any(|name| name.eq_ignore_ascii_case(permission))
        };
        if among(&self.graph.base) {
            return Some(Tier::Base);
        }
        among(&self.graph.optional).then_some(Tier::Optional)
    }

    /// Whether the application permission that a read `needed` comes with the one that was `granted`:
    /// the same, its form for writing, or a wider one.
    pub fn includes(&self, granted: &str, needed: &str) -> bool {
        let writing = needed.replace(".Read.", ".ReadWrite.");
        let mut tiers = self.graph.base.iter().chain(&self.graph.optional);
        let also = tiers
            .find(|(name, _)| name.eq_ignore_ascii_case(needed))
            .map_or(&[][..], |(_, permission)| &permission.also);
        granted.eq_ignore_ascii_case(needed)
            || granted.eq_ignore_ascii_case(&writing)
            || also.iter().any(|wider| granted.eq_ignore_ascii_case(wider))
    }

    /// The optional permission that the read of an entry needs: an application permission of Microsoft Graph, or what
    /// grants an action on the tenant itself; `None` for what the base or nobody allows.
    pub fn optional_grant(&self, entry: &Entry) -> Option<&str> {
        let needed = &entry.permission;
        let is_needed = |name: &str| name.eq_ignore_ascii_case(needed);
        match entry.service {
            Service::Graph => {
                let mut optional = self.graph.optional.keys();
                optional.find(|name| is_needed(name)).map(String::as_str)
            }
            Service::Arm => {
                let mut optional = self.azure.optional.iter();
                let found = optional.find(|(name, _)| is_needed(name));
                found.map(|(_, action)| action.grant.as_str())
            }
        }
    }

    /// Whether the read of an entry is possible with the base, Reader and the custom role.
    pub fn base_suffices(&self, entry: &Entry) -> bool {
        match entry.service {
            Service::Graph => self.tier(&entry.permission) == Some(Tier::Base),
            Service::Arm => {
                self.optional_grant(entry).is_none() && self.reads_with(&entry.permission).is_some()
            }
        }
    }

    /// The role that allows an action of Azure: Reader for whatever ends in `/read`, the custom role for
    /// its own; `None` when neither does.
    pub fn reads_with(&self, action: &str) -> Option<&str> {
        if action.to_lowercase().ends_with("/read") {
            return Some(&self.azure.reader.name);
        }
        let role = &self.azure.role;
        let own = role
            .actions
            .iter()
            .any(|one| one.eq_ignore_ascii_case(action));
        own.then_some(&role.name)
    }

    /// Where contract and catalogue do not fit, in words: permissions that nothing reads with, and reads
    /// whose permission nobody is given.
    pub fn gaps(&self, catalog: &Catalog) -> Vec<String> {
        let needed: BTreeSet<&str> = catalog
            .entries()
            .filter(|entry| entry.service == Service::Graph)
            .map(|entry| entry.permission.as_str())
            .collect();
        let known = self.graph.base.keys().chain(self.graph.optional.keys());
        let unread = known
            .filter(|name| !needed.contains(name.as_str()))
            .map(|name| format!("{name} is granted, and no read needs it"));
        let ungiven = catalog
            .entries()
            .filter(|entry| !self.base_suffices(entry) && self.optional_grant(entry).is_none())
            .map(|entry| {
                format!(
                    "{} needs {}, which nobody is given",
                    entry.name, entry.permission
                )
            });
        unread.chain(ungiven).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contract() -> Contract {
        Contract::builtin().unwrap()
    }

    #[test]
    fn the_base_and_the_role_are_what_people_have_deployed() {
        let contract = contract();
        let base: Vec<&String> = contract.graph.base.keys().collect();
        assert_eq!(
            base,
            [
                "Directory.Read.All",
                "Policy.Read.All",
                "UserAuthenticationMethod.Read.All"
            ]
        );
        assert_eq!(
            contract.azure.role.actions,
            [
                "Microsoft.Web/sites/host/listkeys/action",
                "Microsoft.Web/sites/config/list/Action"
            ]
        );
    }

    #[test]
    fn contract_and_catalogue_fit() {
        let catalog = Catalog::builtin().unwrap();
        assert_eq!(contract().gaps(&catalog), Vec::<String>::new());
    }

    #[test]
    fn a_wider_permission_includes_the_one_needed() {
        let contract = contract();
        let includes = |granted, needed| contract.includes(granted, needed);
        assert!(includes("directory.read.all", "Directory.Read.All"));
        assert!(includes("Directory.ReadWrite.All", "Directory.Read.All"));
        assert!(includes(
            "RoleManagement.Read.All",
            "RoleManagement.Read.Directory"
        ));
        assert!(!includes("Policy.Read.All", "Directory.Read.All"));
    }

    #[test]
    fn each_action_has_its_role() {
        let contract = contract();
        let role = |action| contract.reads_with(action);
        assert_eq!(role("Microsoft.Web/sites/Read"), Some("Reader"));
        assert_eq!(
            role("Microsoft.Web/sites/config/list/action"),
            Some("ThreatDefenceRole")
        );
        assert_eq!(role("Microsoft.Web/sites/write"), None);
    }
}
