//! Application permissions of Microsoft Graph: granted, missing, and more than needed.

use std::collections::BTreeMap;

use azure::Claims;
use catalog::{Catalog, Contract, Service, Tier};
use checks::Check;
use serde::Serialize;

use crate::consent::Consent;
use crate::reading::Unread;

/// What the token for Microsoft Graph allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GraphPermissions {
    /// What every scan uses.
    pub base: Vec<GraphPermission>,
    /// What adds reads that the base cannot make.
    pub optional: Vec<GraphPermission>,
    /// What the token has and no read needs.
    pub beyond: Vec<String>,
    /// What the directory grants and the token does not have: it comes with a later one.
    pub pending: Vec<String>,
    /// What an application may do in the name of the user who signed in.
    pub delegated_scopes: Vec<String>,
    /// Why nothing is known: there is no token.
    pub unread: Option<Unread>,
    /// Whether a user signed in, whose directory roles decide.
    #[serde(skip)]
    pub of_user: bool,
    /// What the token has.
    #[serde(skip)]
    pub token: Vec<String>,
}

/// One application permission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GraphPermission {
    /// Its name.
    pub permission: String,
    /// Whether the token has it, or a wider one. Null for a user.
    pub granted: Option<bool>,
    /// The wider one that includes it, where it is that.
    pub through: Option<String>,
    /// What is read with it.
    pub why: String,
    /// The checks of the library that read with it.
    pub checks: Vec<String>,
}

impl GraphPermissions {
    /// Compares a token with what the scanner is meant to have. `library` are all checks there are.
    pub(crate) fn of(
        claims: Result<&Claims, Unread>,
        of_user: bool,
        contract: &Contract,
        catalog: &Catalog,
        library: &[Check],
    ) -> Self {
        let (token, scopes, unread) = match claims {
            Ok(claims) => (claims.roles.clone(), claims.scopes.clone(), None),
            Err(unread) => (Vec::new(), None, Some(unread)),
        };
        let readers = readers(catalog, library);
        let known = !of_user && unread.is_none();
        let permission = |(name, facts): (&String, &catalog::GraphPermission)| {
            let through = token.iter().find(|one| contract.includes(one, name));
            GraphPermission {
                permission: name.clone(),
                granted: known.then_some(through.is_some()),
                through: through
                    .filter(|one| !one.eq_ignore_ascii_case(name))
                    .cloned(),
                why: facts.why.clone(),
                checks: readers
                    .get(&name.to_lowercase())
                    .cloned()
                    .unwrap_or_default(),
            }
        };
        Self {
            base: contract.graph.base.iter().map(permission).collect(),
            optional: contract.graph.optional.iter().map(permission).collect(),
            beyond: token
                .iter()
                .filter(|one| is_beyond(contract, one))
                .cloned()
                .collect(),
            pending: Vec::new(),
            delegated_scopes: scopes
                .unwrap_or_default()
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
            unread,
            of_user,
            token,
        }
    }

    /// Notes what the directory grants.
    pub(crate) fn note_consents(&mut self, consents: &[Consent]) {
        let is_new = |consent: &&Consent| {
            let mut held = self.token.iter();
            !held.any(|one| one.eq_ignore_ascii_case(&consent.permission))
        };
        let names = consents.iter().filter(is_new);
        self.pending = names.map(|consent| consent.permission.clone()).collect();
    }

    /// Whether the directory grants a permission that the token does not have.
    pub(crate) fn is_pending(&self, contract: &Contract, permission: &str) -> bool {
        let mut pending = self.pending.iter();
        pending.any(|one| contract.includes(one, permission))
    }

    /// Whether reads that need a permission are possible, as far as the token tells: always for a user,
    /// whose reads were tried.
    pub(crate) fn allows(&self, contract: &Contract, permission: &str) -> bool {
        self.of_user
            || self
                .token
                .iter()
                .any(|one| contract.includes(one, permission))
    }
}

/// Neither in a tier, nor a form for reading that includes one that is.
fn is_beyond(contract: &Contract, granted: &str) -> bool {
    if contract.tier(granted).is_some() {
        return false;
    }
    let mut known = contract
        .graph
        .base
        .keys()
        .chain(contract.graph.optional.keys());
    let includes_one = known.any(|needed| contract.includes(granted, needed));
    writes(granted) || !includes_one
}

/// Whether an application permission lets change something.
pub(crate) fn writes(permission: &str) -> bool {
    let lower = permission.to_lowercase();
    let parts: Vec<&str> = lower.split('.').collect();
    !parts
        .iter()
        .any(|part| matches!(*part, "read" | "readbasic" | "selected"))
}

/// Whether a permission of the first tier is meant.
pub(crate) fn is_base(contract: &Contract, permission: &str) -> bool {
    contract.tier(permission) == Some(Tier::Base)
}

/// The checks that read with each permission, by its name in lower case.
fn readers(catalog: &Catalog, library: &[Check]) -> BTreeMap<String, Vec<String>> {
    let mut readers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for check in library {
        for requirement in check.requirements(catalog) {
            let Some(entry) = catalog.entry(&requirement.document_type) else {
                continue;
            };
            if entry.service == Service::Graph {
                let checks = readers.entry(entry.permission.to_lowercase()).or_default();
                checks.push(check.id.clone());
            }
        }
    }
    for checks in readers.values_mut() {
        checks.sort();
        checks.dedup();
    }
    readers
}

#[cfg(test)]
mod tests {
    use checks::Library;

    use super::*;

    fn of(roles: &[&str], of_user: bool) -> GraphPermissions {
        let claims = Claims {
            roles: roles.iter().map(|&role| role.to_owned()).collect(),
            scopes: of_user.then(|| "User.Read Directory.AccessAsUser.All".to_owned()),
            ..Claims::default()
        };
        let (contract, catalog) = (Contract::builtin().unwrap(), Catalog::builtin().unwrap());
        let library = Library::builtin().unwrap();
        GraphPermissions::of(Ok(&claims), of_user, &contract, &catalog, library.checks())
    }

    fn granted(of: &GraphPermissions) -> Vec<(&str, Option<bool>)> {
        let base = of.base.iter();
        base.map(|one| (one.permission.as_str(), one.granted))
            .collect()
    }

    #[test]
    fn tiers_are_compared_with_the_token() {
        let found = of(&["Directory.Read.All", "AuditLog.Read.All"], false);
        assert_eq!(
            granted(&found),
            [
                ("Directory.Read.All", Some(true)),
                ("Policy.Read.All", Some(false)),
                ("UserAuthenticationMethod.Read.All", Some(false)),
            ]
        );
        let audit = found
            .optional
            .iter()
            .find(|one| one.permission == "AuditLog.Read.All")
            .unwrap();
        assert_eq!(audit.granted, Some(true));
        let with_it = audit.checks.iter().map(String::as_str);
        assert!(
            with_it
                .clone()
                .any(|check| check == "entra_privileged_user_has_mfa")
        );
        assert!(
            with_it.clone().all(|check| check.starts_with("entra_")),
            "{:?}",
            audit.checks
        );
        assert!(found.beyond.is_empty());
    }

    #[test]
    fn a_form_for_writing_is_beyond_and_serves_all_the_same() {
        let found = of(
            &[
                "Directory.ReadWrite.All",
                "Mail.Read",
                "RoleManagement.Read.All",
            ],
            false,
        );
        assert_eq!(found.base[0].granted, Some(true));
        assert_eq!(
            found.base[0].through.as_deref(),
            Some("Directory.ReadWrite.All")
        );
        assert_eq!(found.beyond, ["Directory.ReadWrite.All", "Mail.Read"]);
    }

    #[test]
    fn a_user_is_not_judged_by_application_permissions() {
        let found = of(&[], true);
        assert_eq!(found.base[0].granted, None);
        assert_eq!(found.delegated_scopes.len(), 2);
        let contract = Contract::builtin().unwrap();
        assert!(found.allows(&contract, "Directory.Read.All"));
    }

    #[test]
    fn writing_is_told_from_reading() {
        for permission in [
            "Directory.ReadWrite.All",
            "AppRoleAssignment.ReadWrite.All",
            "Sites.FullControl.All",
            "Mail.Send",
        ] {
            assert!(writes(permission), "{permission}");
        }
        for permission in [
            "Mail.Read",
            "Directory.Read.All",
            "Mail.ReadBasic.All",
            "RoleManagement.Read.Directory",
        ] {
            assert!(!writes(permission), "{permission}");
        }
    }
}
