//! Which checks an identity can assess, and which one grant each of the others lacks.

use std::collections::{BTreeMap, BTreeSet};

use catalog::{Catalog, DocumentType, Scope, Service};
use checks::Check;
use checks::vocabulary::roles::role_permits;
use serde_json::{Value, json};

/// What is known of an identity's permissions.
#[derive(Debug, Clone, Default)]
pub struct Grants {
    /// Graph application permissions in the token; `None` when a user signed in, whose own
    /// directory roles decide.
    pub graph_roles: Option<BTreeSet<String>>,
    /// By subscription id: the answer of `Microsoft.Authorization/permissions`, or `None` where it
    /// could not be read.
    pub subscriptions: BTreeMap<String, Option<Value>>,
    /// Reads that were tried and refused, whatever the permissions say: licences, locks, clouds.
    pub refused: BTreeMap<(DocumentType, Scope), String>,
}

/// What a check lacks, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lack {
    /// The permission to grant, or the reason why a grant would not help.
    pub grant: String,
    /// Subscription ids; empty for the directory.
    pub subscriptions: BTreeSet<String>,
}

/// What keeps `check` from being assessed everywhere: nothing when it is ready.
pub fn lacks(check: &Check, catalog: &Catalog, grants: &Grants) -> Vec<Lack> {
    let requirements = check.requirements(catalog);
    let mut lacks: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for requirement in requirements
        .iter()
        .filter(|requirement| requirement.fallback_for.is_none())
    {
        let fallback = requirements
            .iter()
            .find(|other| other.fallback_for.as_ref() == Some(&requirement.document_type));
        let own = lack_of(&requirement.document_type, catalog, grants);
        let rescued = fallback
            .is_some_and(|fallback| lack_of(&fallback.document_type, catalog, grants).is_empty());
        if own.is_empty() || rescued {
            continue;
        }
        for (grant, subscriptions) in own {
            lacks.entry(grant).or_default().extend(subscriptions);
        }
    }
    lacks
        .into_iter()
        .map(|(grant, subscriptions)| Lack {
            grant,
            subscriptions,
        })
        .collect()
}

/// What reading one type lacks: grant → subscriptions.
fn lack_of(
    document_type: &DocumentType,
    catalog: &Catalog,
    grants: &Grants,
) -> BTreeMap<String, BTreeSet<String>> {
    let mut lack: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let Some(entry) = catalog.entry(document_type) else {
        return lack;
    };
    if entry.from_scope {
        return lack;
    }
    for ((refused, scope), reason) in &grants.refused {
        if refused == document_type {
            lack.entry(reason.clone())
                .or_default()
                .extend(scope.subscription_id().map(str::to_owned));
        }
    }
    match entry.service {
        Service::Graph if !has_graph_role(grants, &entry.permission) => {
            lack.entry(entry.permission.clone()).or_default();
        }
        Service::Graph => {}
        Service::Arm => {
            for (id, permissions) in &grants.subscriptions {
                let grant = match permissions {
                    Some(permissions) if permits(permissions, &entry.permission) => continue,
                    Some(_) => entry.permission.clone(),
                    // A list was tried itself; below it, nothing says that a read will be allowed.
                    None if entry.parent.is_none() => continue,
                    None => format!(
                        "{} (not known: the permissions could not be read)",
                        entry.permission
                    ),
                };
                lack.entry(grant).or_default().insert(id.clone());
            }
        }
    }
    lack
}

/// A permission to write includes the one to read.
fn has_graph_role(grants: &Grants, permission: &str) -> bool {
    let Some(roles) = &grants.graph_roles else {
        return true;
    };
    let writing = permission.replace(".Read.", ".ReadWrite.");
    roles
        .iter()
        .any(|role| role.eq_ignore_ascii_case(permission) || role.eq_ignore_ascii_case(&writing))
}

/// Whether the permissions that ARM lists for the caller allow an action.
fn permits(permissions: &Value, action: &str) -> bool {
    let as_role = json!({"properties": {"permissions": permissions.get("value")}});
    role_permits(&as_role, action)
}

#[cfg(test)]
mod tests {
    use checks::Library;

    use super::*;

    fn reader() -> Value {
        json!({"value": [{"actions": ["*/read"], "notActions": []}]})
    }

    fn base() -> Grants {
        let roles = [
            "Directory.Read.All",
            "Policy.Read.All",
            "UserAuthenticationMethod.Read.All",
        ];
        Grants {
            graph_roles: Some(roles.into_iter().map(str::to_owned).collect()),
            subscriptions: BTreeMap::from([("s".to_owned(), Some(reader()))]),
            refused: BTreeMap::new(),
        }
    }

    fn not_ready(grants: &Grants) -> Vec<(String, Vec<Lack>)> {
        let (library, catalog) = (Library::builtin().unwrap(), Catalog::builtin().unwrap());
        let checks = library
            .checks()
            .iter()
            .map(|check| (check.id.clone(), lacks(check, &catalog, grants)));
        checks.filter(|(_, lacks)| !lacks.is_empty()).collect()
    }

    #[test]
    fn with_reader_and_the_base_permissions_only_function_keys_lack_something() {
        let lack = Lack {
            grant: "Microsoft.Web/sites/host/listkeys/action".to_owned(),
            subscriptions: BTreeSet::from(["s".to_owned()]),
        };
        assert_eq!(
            not_ready(&base()),
            [("app_function_access_keys_configured".to_owned(), vec![lack])]
        );
    }

    #[test]
    fn threat_defence_role_makes_everything_ready() {
        let mut grants = base();
        let both = json!({"value": [
            {"actions": ["*/read"]},
            {"actions": ["Microsoft.Web/sites/host/listkeys/action", "Microsoft.Web/sites/config/list/Action"]},
        ]});
        grants.subscriptions.insert("s".to_owned(), Some(both));
        assert!(not_ready(&grants).is_empty());
    }

    #[test]
    fn what_is_not_known_is_not_called_ready() {
        let mut grants = base();
        grants.subscriptions.insert("s".to_owned(), None);
        let not_ready = not_ready(&grants);
        let of = |id: &str| {
            not_ready
                .iter()
                .find(|(known, _)| known == id)
                .map(|(_, lacks)| &lacks[0].grant)
        };
        assert!(
            of("app_minimum_tls_version_12")
                .unwrap()
                .contains("not known")
        );
        assert_eq!(
            of("keyvault_rbac_enabled"),
            None,
            "its list was tried itself"
        );
    }

    #[test]
    fn either_way_of_learning_of_mfa_is_enough() {
        let mut grants = base();
        let ready = |grants: &Grants| {
            !not_ready(grants)
                .iter()
                .any(|(id, _)| id == "entra_privileged_user_has_mfa")
        };
        let roles = grants.graph_roles.as_mut().unwrap();
        roles.remove("UserAuthenticationMethod.Read.All");
        assert!(!ready(&grants));
        grants
            .graph_roles
            .as_mut()
            .unwrap()
            .insert("AuditLog.Read.All".to_owned());
        assert!(ready(&grants));
    }

    #[test]
    fn a_user_is_not_judged_by_application_permissions() {
        let grants = Grants {
            graph_roles: None,
            ..base()
        };
        assert!(
            !not_ready(&grants)
                .iter()
                .any(|(id, _)| id.starts_with("entra_"))
        );
    }

    #[test]
    fn what_azure_refused_counts_whatever_the_permissions_say() {
        let mut grants = base();
        let read = (
            DocumentType::from("Microsoft.Security/pricings"),
            Scope::subscription("s"),
        );
        grants.refused.insert(read, "not registered".to_owned());
        assert!(
            not_ready(&grants)
                .iter()
                .any(|(id, _)| id == "defender_ensure_defender_for_server_is_on")
        );
    }
}
