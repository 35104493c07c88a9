//! Which checks stand and fall with which permission.

use std::collections::BTreeSet;

use catalog::{Catalog, Contract, Entry, Requirement, Service, Tier};
use checks::Check;

use crate::content::Content;

/// Any identity may ask which tenants it belongs to.
const FOR_EVERYBODY: &str = "Microsoft.Resources/tenants/read";

/// What an identity holds: application permissions of Microsoft Graph, and roles of Azure, by name.
#[derive(Debug, Clone, Default)]
pub struct Held {
    /// `Directory.Read.All`
    pub graph: BTreeSet<String>,
    /// `Reader`
    pub roles: BTreeSet<String>,
    /// Optional actions on the tenant itself.
    pub actions: BTreeSet<String>,
}

impl Held {
    /// The base, Reader and the custom role.
    pub fn base(contract: &Contract) -> Self {
        let azure = &contract.azure;
        Self {
            graph: contract.graph.base.keys().cloned().collect(),
            roles: [azure.reader.name.clone(), azure.role.name.clone()].into(),
            actions: BTreeSet::new(),
        }
    }

    /// The base and every optional permission.
    pub fn everything(contract: &Contract) -> Self {
        let mut held = Self::base(contract);
        held.graph.extend(contract.graph.optional.keys().cloned());
        held.actions.extend(contract.azure.optional.keys().cloned());
        held
    }

    /// The same without one permission or role.
    pub fn without(&self, name: &str) -> Self {
        let mut held = self.clone();
        held.graph.remove(name);
        held.roles.remove(name);
        held.actions.remove(name);
        held
    }

    fn reads(&self, entry: &Entry, contract: &Contract) -> bool {
        if entry.permission.eq_ignore_ascii_case(FOR_EVERYBODY) {
            return true;
        }
        match entry.service {
            Service::Graph => {
                let includes = |granted: &String| contract.includes(granted, &entry.permission);
                self.graph.iter().any(includes)
            }
            Service::Arm if contract.optional_grant(entry).is_some() => {
                let is_it = |action: &String| action.eq_ignore_ascii_case(&entry.permission);
                self.actions.iter().any(is_it)
            }
            Service::Arm => contract
                .reads_with(&entry.permission)
                .is_some_and(|role| self.roles.contains(role)),
        }
    }

    /// Whether all that a check reads can be read, a fallback counting for what it stands in for.
    pub fn suffices(&self, check: &Check, catalog: &Catalog, contract: &Contract) -> bool {
        let requirements = check.requirements(catalog);
        let readable = |requirement: &Requirement| {
            let entry = catalog.entry(&requirement.document_type);
            entry.is_some_and(|entry| self.reads(entry, contract))
        };
        let rescued = |requirement: &Requirement| {
            let mut fallbacks = requirements
                .iter()
                .filter(|other| other.fallback_for.as_ref() == Some(&requirement.document_type))
                .peekable();
            fallbacks.peek().is_some() && fallbacks.all(readable)
        };
        requirements
            .iter()
            .filter(|requirement| requirement.fallback_for.is_none())
            .all(|requirement| readable(requirement) || rescued(requirement))
    }
}

/// What hangs on one permission.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The document types that are read with it.
    pub reads: BTreeSet<String>,
    /// Checks that read with it.
    pub checks: BTreeSet<String>,
    /// Those of them that cannot be assessed without it: by an identity that has all the base beside it,
    /// or for an optional permission every other one too.
    pub lost: BTreeSet<String>,
}

impl Needs {
    /// What hangs on an application permission of Microsoft Graph, a role of Azure, or an optional action.
    pub fn of(name: &str, content: &Content, contract: &Contract) -> Self {
        let with = |entry: &Entry| match entry.service {
            Service::Graph => entry.permission.eq_ignore_ascii_case(name),
            Service::Arm if contract.optional_grant(entry).is_some() => {
                entry.permission.eq_ignore_ascii_case(name)
            }
            Service::Arm => {
                contract.reads_with(&entry.permission) == Some(name)
                    && !entry.permission.eq_ignore_ascii_case(FOR_EVERYBODY)
            }
        };
        let is_optional = contract.tier(name) == Some(Tier::Optional)
            || contract.azure.optional.contains_key(name);
        let held = match is_optional {
            true => Held::everything(contract),
            false => Held::base(contract),
        };
        let without = held.without(name);
        let lost = |check: &Check| !without.suffices(check, &content.catalog, contract);
        Self::with(with, lost, content)
    }

    /// What hangs on one action of the custom role.
    pub fn of_action(action: &str, content: &Content) -> Self {
        let with = |entry: &Entry| entry.permission.eq_ignore_ascii_case(action);
        let lost = |check: &Check| {
            let mut requirements = check.requirements(&content.catalog).into_iter();
            requirements.any(|requirement| {
                let entry = content.catalog.entry(&requirement.document_type);
                requirement.fallback_for.is_none() && entry.is_some_and(|entry| with(entry))
            })
        };
        Self::with(with, lost, content)
    }

    fn with(
        with: impl Fn(&Entry) -> bool,
        lost: impl Fn(&Check) -> bool,
        content: &Content,
    ) -> Self {
        let catalog = &content.catalog;
        let entries = catalog.entries().filter(|entry| with(entry));
        let reads = entries.map(|entry| entry.name.to_string()).collect();
        let reads_with = |check: &&Check| {
            let mut requirements = check.requirements(catalog).into_iter();
            requirements.any(|requirement| {
                catalog
                    .entry(&requirement.document_type)
                    .is_some_and(|entry| with(entry))
            })
        };
        let checks: Vec<&Check> = content.library.checks().iter().filter(reads_with).collect();
        let ids = |checks: Vec<&Check>| checks.iter().map(|check| check.id.clone()).collect();
        Self {
            reads,
            lost: ids(checks.iter().copied().filter(|check| lost(check)).collect()),
            checks: ids(checks),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::args::ContentArgs;

    fn content() -> (Content, Contract) {
        let content = Content::load(&ContentArgs::default()).unwrap();
        (content, Contract::builtin().unwrap())
    }

    /// The optional permissions without which a check cannot be assessed.
    fn beyond(check: &Check, content: &Content, contract: &Contract) -> BTreeSet<String> {
        let everything = Held::everything(contract);
        let needed = |name: &&String| {
            let held = everything.without(name);
            !held.suffices(check, &content.catalog, contract)
        };
        let optional = contract.graph.optional.keys();
        let optional = optional.chain(contract.azure.optional.keys());
        optional.filter(needed).cloned().collect()
    }

    #[test]
    fn the_base_suffices_for_every_check_that_is_not_listed() {
        let (content, contract) = content();
        let base = Held::base(&contract);
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for check in content.library.checks() {
            let everything = Held::everything(&contract);
            assert!(
                everything.suffices(check, &content.catalog, &contract),
                "{} reads what no permission of content/permissions.yaml allows",
                check.id
            );
            if !base.suffices(check, &content.catalog, &contract) {
                found.insert(check.id.clone(), beyond(check, &content, &contract));
            }
        }
        // Both ways: none is added unnoticed, and none stays that needs it no more.
        assert_eq!(
            found, contract.beyond_base,
            "content/permissions.yaml: `beyond_base`"
        );
    }

    #[test]
    fn each_base_permission_and_role_is_needed() {
        let (content, contract) = content();
        let roles = [&contract.azure.reader.name, &contract.azure.role.name];
        for name in contract.graph.base.keys().chain(roles) {
            let needs = Needs::of(name, &content, &contract);
            assert!(!needs.reads.is_empty(), "nothing is read with {name}");
            assert!(!needs.checks.is_empty(), "no check reads with {name}");
        }
    }

    #[test]
    fn a_fallback_rescues_a_check() {
        let (content, contract) = content();
        let needs = Needs::of("AuditLog.Read.All", &content, &contract);
        assert!(needs.checks.contains("entra_privileged_user_has_mfa"));
        assert!(!needs.lost.contains("entra_privileged_user_has_mfa"));
        let needs = Needs::of("Directory.Read.All", &content, &contract);
        assert!(needs.lost.contains("entra_privileged_user_has_mfa"));
    }

    #[test]
    fn the_role_is_needed_for_function_keys_and_entra_checks_need_no_role() {
        let (content, contract) = content();
        let role = Needs::of("ThreatDefenceRole", &content, &contract);
        assert!(role.lost.contains("app_function_access_keys_configured"));
        let reader = Needs::of("Reader", &content, &contract);
        assert!(!reader.lost.contains("entra_security_defaults_enabled"));
        assert!(reader.lost.contains("keyvault_rbac_enabled"));
    }
}
