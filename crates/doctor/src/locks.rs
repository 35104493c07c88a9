//! Read-only locks: they refuse what is posted, also where posting only reads.
//!
//! <https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources>

use catalog::{Catalog, Method, Plan, Scope};
use checks::Check;
use serde::Serialize;

use crate::ask::text;
use crate::azure_access::SubscriptionAccess;
use crate::judgement::shown;
use crate::probe::{Probes, has};

/// A read-only lock that makes planned reads fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lock {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The subscription that it is in.
    pub subscription_id: String,
    /// The scope that is locked.
    pub scope: String,
    /// The same in words.
    #[serde(skip)]
    pub place: String,
    /// What fails for it.
    pub fails: Vec<LockedRead>,
}

/// A read that a lock refuses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LockedRead {
    /// The type that is read.
    pub read: String,
    /// The resources it is refused for, of those that were listed.
    pub resources: usize,
    /// Whether there may be more: only the first page of the list was looked at.
    pub more: bool,
    /// The checks that need it.
    pub checks: Vec<String>,
}

/// The locks of all subscriptions that make planned reads fail.
pub(crate) fn find(
    subscriptions: &[SubscriptionAccess],
    plan: &Plan,
    probes: &Probes,
    checks: &[&Check],
    catalog: &Catalog,
) -> Vec<Lock> {
    let mut found = Vec::new();
    for access in subscriptions {
        for body in &access.locks {
            let Some(mut lock) = read_only(body, &access.id) else {
                continue;
            };
            lock.fails = fails(&lock, plan, probes, checks, catalog);
            if !lock.fails.is_empty() {
                found.push(lock);
            }
        }
    }
    found
}

/// A lock at its scope, unless it only forbids deleting.
fn read_only(body: &serde_json::Value, subscription: &str) -> Option<Lock> {
    let level = text(body, "/properties/level")?;
    if !level.eq_ignore_ascii_case("ReadOnly") {
        return None;
    }
    let id = text(body, "/id")?;
    let at = id
        .to_lowercase()
        .rfind("/providers/microsoft.authorization/locks/")?;
    let scope = rbac::Scope::parse(id.get(..at)?)?;
    Some(Lock {
        id: id.to_owned(),
        name: text(body, "/name").unwrap_or(id).to_owned(),
        subscription_id: subscription.to_owned(),
        place: shown(&scope),
        scope: scope.as_str().to_owned(),
        fails: Vec::new(),
    })
}

fn fails(
    lock: &Lock,
    plan: &Plan,
    probes: &Probes,
    checks: &[&Check],
    catalog: &Catalog,
) -> Vec<LockedRead> {
    let of = Scope::subscription(&lock.subscription_id);
    let prefix = format!("{}/", lock.scope.to_lowercase());
    let is_locked = |id: &str| format!("{}/", id.to_lowercase()).starts_with(&prefix);
    let posted = plan
        .all_steps()
        .into_iter()
        .filter(|step| step.entry.method == Method::Post);
    let fails = posted.filter_map(|step| {
        let entry = &step.entry;
        let parents = probes.parents.get(&(entry.parent.clone()?, of.clone()))?;
        let listed = parents.documents.iter();
        let resources = listed
            .filter(|(id, body)| is_locked(id) && has(entry, body))
            .count();
        // A lock on one resource is about that one alone.
        let more = parents.more && rbac::Scope::parse(&lock.scope)?.level() < rbac::Level::Resource;
        (resources > 0 || more).then(|| LockedRead {
            read: entry.name.to_string(),
            resources,
            more,
            checks: readers(&entry.name, checks, catalog),
        })
    });
    fails.collect()
}

fn readers(
    document_type: &catalog::DocumentType,
    checks: &[&Check],
    catalog: &Catalog,
) -> Vec<String> {
    let needs = |check: &&&Check| {
        check
            .requirements(catalog)
            .iter()
            .any(|requirement| requirement.document_type == *document_type)
    };
    checks
        .iter()
        .filter(needs)
        .map(|check| check.id.clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use checks::Library;
    use serde_json::{Value, json};

    use super::*;
    use crate::probe::Parents;

    const SITES: &str = "Microsoft.Web/sites";

    fn found(scope: &str, level: &str, more: bool) -> Vec<LockedRead> {
        let (catalog, library) = (Catalog::builtin().unwrap(), Library::builtin().unwrap());
        let check = library
            .check("app_function_access_keys_configured")
            .unwrap();
        let plan = Plan::new(&catalog, &check.requirements(&catalog)).unwrap();
        let id = "/subscriptions/s/resourceGroups/web/providers/Microsoft.Web/sites/one";
        let parents = Parents {
            documents: vec![(id.to_owned(), json!({"id": id, "kind": "functionapp"}))],
            more,
        };
        let mut probes = Probes::default();
        let read = (SITES.into(), Scope::subscription("s"));
        probes.parents.insert(read, parents);
        let lock: Value = json!({
            "id": format!("{scope}/providers/Microsoft.Authorization/locks/frozen"),
            "name": "frozen", "properties": {"level": level},
        });
        let lock = read_only(&lock, "S");
        lock.map(|lock| fails(&lock, &plan, &probes, &[check], &catalog))
            .unwrap_or_default()
    }

    #[test]
    fn a_lock_above_a_resource_refuses_its_posted_reads() {
        for scope in [
            "/subscriptions/S",
            "/subscriptions/s/resourcegroups/WEB",
            "/subscriptions/s/resourceGroups/web/providers/Microsoft.Web/sites/one",
        ] {
            let fails = found(scope, "ReadOnly", false);
            assert_eq!(fails.len(), 1, "{scope}");
            assert_eq!(fails[0].read, "Microsoft.Web/sites/host/default/listkeys");
            assert_eq!(fails[0].resources, 1);
            assert_eq!(fails[0].checks, ["app_function_access_keys_configured"]);
        }
    }

    #[test]
    fn other_locks_are_no_matter() {
        assert!(found("/subscriptions/s", "CanNotDelete", false).is_empty());
        assert!(found("/subscriptions/s/resourceGroups/web2", "ReadOnly", false).is_empty());
        assert!(found("/subscriptions/s/resourceGroups/we", "ReadOnly", false).is_empty());
    }

    #[test]
    fn beyond_the_first_page_it_may_matter() {
        let fails = found("/subscriptions/s/resourceGroups/other", "ReadOnly", true);
        assert!(fails[0].more && fails[0].resources == 0);
    }
}
