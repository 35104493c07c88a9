//! Management locks: they hold for everyone, whatever their roles.
//!
//! <https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources>

use super::scope;
use crate::path;
use crate::tenant::Tenant;

/// What a lock keeps from happening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    ReadOnly,
    CanNotDelete,
}

#[derive(Debug, Clone)]
struct Lock {
    level: Level,
    /// In lower case.
    scope: String,
    /// As it was written.
    shown: String,
}

/// Every lock of a tenant.
#[derive(Debug, Default)]
pub(crate) struct Locks(Vec<Lock>);

impl Locks {
    /// Reads the stored locks; one whose level says nothing locks nothing.
    pub(crate) fn of(tenant: &Tenant) -> Self {
        let stored = tenant.store.authorization("locks");
        let locks = stored.filter_map(|document| {
            let body = document.alone();
            let level = match body["properties"]["level"]
                .as_str()?
                .to_lowercase()
                .as_str()
            {
                "readonly" => Level::ReadOnly,
                "cannotdelete" => Level::CanNotDelete,
                _ => return None,
            };
            let scope = scope::home_of(&document.path);
            let shown = document
                .path
                .get(..scope.len())
                .unwrap_or(&scope)
                .to_owned();
            Some(Lock {
                level,
                scope,
                shown,
            })
        });
        Self(locks.collect())
    }

    /// The scopes whose locks keep a request from being carried out; none when it may be.
    ///
    /// A lock reaches everything beneath it. What holds something locked cannot be deleted either. Locks themselves
    /// are always at hand: they could never be taken off otherwise.
    pub(crate) fn against(&self, method: &str, at: &str) -> Vec<&str> {
        let key = path::key(at);
        if self.0.is_empty() || is_lock(&key) {
            return Vec::new();
        }
        let stops = |lock: &&Lock| {
            let reaches = scope::covers(&lock.scope, &key);
            match method {
                "DELETE" => reaches || scope::covers(&key, &lock.scope),
                "PUT" | "PATCH" | "POST" => reaches && lock.level == Level::ReadOnly,
                _ => false,
            }
        };
        let mut found: Vec<&str> = Vec::new();
        for lock in self.0.iter().filter(stops) {
            if !found.contains(&lock.shown.as_str()) {
                found.push(&lock.shown);
            }
        }
        found
    }
}

fn is_lock(key: &str) -> bool {
    key.contains("/providers/microsoft.authorization/locks/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const GROUP: &str = "/subscriptions/s/resourceGroups/G";
    const SITE: &str = "/subscriptions/S/resourcegroups/g/providers/Microsoft.Web/sites/x";

    fn locks(at: &str, level: &str) -> Locks {
        let mut tenant = Tenant::new(serde_saphyr::from_str("{ tenant_id: t }").unwrap());
        let at = format!("{at}/providers/Microsoft.Authorization/locks/l");
        let body = json!({"properties": {"level": level}});
        tenant.store.load(&at, body);
        Locks::of(&tenant)
    }

    #[test]
    fn a_read_only_lock_stops_writes_deletes_and_posts_beneath() {
        let locks = locks(GROUP, "ReadOnly");
        for method in ["PUT", "PATCH", "DELETE", "POST"] {
            assert_eq!(locks.against(method, SITE), [GROUP], "{method}");
        }
        assert!(locks.against("GET", SITE).is_empty());
        assert!(
            locks
                .against("PUT", "/subscriptions/s/resourceGroups/g2")
                .is_empty()
        );
    }

    #[test]
    fn a_delete_lock_stops_deletes_alone() {
        let locks = locks("/subscriptions/s", "cannotdelete");
        assert_eq!(locks.against("DELETE", SITE), ["/subscriptions/s"]);
        assert!(locks.against("PUT", SITE).is_empty());
        assert!(locks.against("POST", SITE).is_empty());
    }

    #[test]
    fn what_holds_something_locked_cannot_be_deleted() {
        let locks = locks(SITE, "CanNotDelete");
        assert_eq!(locks.against("DELETE", GROUP), [SITE]);
        assert!(locks.against("PUT", GROUP).is_empty());
    }

    #[test]
    fn locks_themselves_can_be_taken_off() {
        let locks = locks(GROUP, "ReadOnly");
        let own = format!("{GROUP}/providers/Microsoft.Authorization/locks/l");
        assert!(locks.against("DELETE", &own).is_empty());
    }

    #[test]
    fn a_level_that_is_not_specified_locks_nothing() {
        assert!(
            locks(GROUP, "NotSpecified")
                .against("DELETE", SITE)
                .is_empty()
        );
    }
}
