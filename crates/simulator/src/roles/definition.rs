//! One role definition, stored or derived, and the scopes at which it may be assigned.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value;

use super::{DEFINITIONS, Permission};
use crate::path;
use crate::store::Document;
use crate::tenant::Tenant;

/// A role definition, wherever it comes from.
#[derive(Debug, Clone)]
pub(crate) struct Definition {
    /// The GUID.
    pub(crate) name: String,
    /// Where it is stored; `None` for one that is derived.
    pub(crate) stored: Option<Arc<str>>,
    pub(crate) body: Arc<Value>,
}

impl Definition {
    fn of(document: &Document) -> Self {
        let name = document.path.rsplit('/').next().unwrap_or_default();
        Self {
            name: name.to_owned(),
            stored: Some(Arc::clone(&document.path)),
            body: document.alone(),
        }
    }

    /// Every definition of the tenant. A stored one goes before a derived one of the same GUID.
    pub(crate) fn all(tenant: &Tenant) -> Vec<Self> {
        let mut found: Vec<Self> = tenant.store.role_definitions().map(Self::of).collect();
        let names: HashSet<String> = found.iter().map(|one| one.name.to_lowercase()).collect();
        let derived = super::definitions(tenant, "").into_iter();
        found.extend(derived.filter_map(|(at, body)| {
            let name = at.rsplit('/').next().unwrap_or_default().to_owned();
            (!names.contains(&name.to_lowercase())).then(|| Self {
                name,
                stored: None,
                body: Arc::new(body),
            })
        }));
        found
    }

    /// The definition with a GUID.
    pub(crate) fn find(tenant: &Tenant, guid: &str) -> Option<Self> {
        let mut all = Self::all(tenant).into_iter();
        all.find(|one| one.name.eq_ignore_ascii_case(guid))
    }

    /// The name that people see.
    pub(crate) fn role_name(&self) -> &str {
        self.body["properties"]["roleName"]
            .as_str()
            .unwrap_or_default()
    }

    /// True for a role that the tenant made.
    pub(crate) fn is_custom(&self) -> bool {
        let kind = self.body["properties"]["type"].as_str();
        kind.is_some_and(|kind| kind.eq_ignore_ascii_case("CustomRole"))
    }

    /// The permission blocks.
    pub(crate) fn permissions(&self) -> Vec<Permission> {
        Permission::all_of(&self.body)
    }

    /// The scopes at which, and beneath which, it may be assigned: tidy and in lower case.
    pub(crate) fn assignable_scopes(&self) -> Vec<String> {
        let stated = self.body["properties"]["assignableScopes"].as_array();
        let stated = stated.into_iter().flatten().filter_map(Value::as_str);
        let mut scopes: Vec<String> = stated.map(path::key).collect();
        // A document that does not say so is there for the scope that it is stored at.
        if scopes.is_empty()
            && let Some(stored) = &self.stored
        {
            scopes.push(crate::rbac::home_of(stored));
        }
        scopes
    }

    /// True when it may be assigned at a scope, given the scope and all above it in lower case.
    pub(crate) fn is_assignable(&self, at_or_above: &HashSet<String>) -> bool {
        let scopes = self.assignable_scopes();
        scopes.iter().any(|scope| at_or_above.contains(scope))
    }

    /// Its document as seen from a home: a subscription's path, or nothing outside of any.
    pub(crate) fn seen_from(&self, home: &str) -> Arc<Value> {
        let mut body = self.body.as_ref().clone();
        let id = format!("{home}/{DEFINITIONS}/{}", self.name);
        body["id"] = Value::String(id);
        body["name"] = Value::String(self.name.clone());
        Arc::new(body)
    }
}

/// The stored definition with a name or GUID.
pub(super) fn stored(tenant: &Tenant, name: &str) -> Option<Definition> {
    let mut all = tenant.store.role_definitions().map(Definition::of);
    all.find(|one| {
        one.name.eq_ignore_ascii_case(name) || one.role_name().eq_ignore_ascii_case(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn tenant() -> Tenant {
        let mut tenant = Tenant::new(serde_saphyr::from_str("{ tenant_id: t }").unwrap());
        let own = json!({"properties": {"roleName": "Own", "type": "CustomRole", "assignableScopes": ["/Subscriptions/A/"]}});
        let at = format!("/subscriptions/a/{DEFINITIONS}/g1");
        tenant.store.load(&at, own);
        let reader = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
        let stored = json!({"properties": {"roleName": "Reader", "type": "BuiltInRole"}});
        tenant
            .store
            .load(&format!("/{DEFINITIONS}/{reader}"), stored);
        tenant
    }

    #[test]
    fn a_stored_definition_stands_for_the_derived_one() {
        let all = Definition::all(&tenant());
        let readers: Vec<_> = all
            .iter()
            .filter(|one| one.role_name() == "Reader")
            .collect();
        assert_eq!(readers.len(), 1);
        assert!(readers[0].stored.is_some());
        assert!(!readers[0].is_custom());
    }

    #[test]
    fn assignable_scopes_compare_without_case_and_default_to_the_home() {
        let own = Definition::find(&tenant(), "G1").unwrap();
        assert!(own.is_custom());
        assert_eq!(own.assignable_scopes(), ["/subscriptions/a"]);
        let reader = Definition::find(&tenant(), "acdd72a7-3385-48ef-bd42-f606fba81ae7").unwrap();
        assert_eq!(reader.assignable_scopes(), ["/"]);
    }

    #[test]
    fn a_definition_is_named_where_it_is_seen_from() {
        let own = Definition::find(&tenant(), "g1").unwrap();
        let seen = own.seen_from("/subscriptions/b");
        assert_eq!(seen["id"], format!("/subscriptions/b/{DEFINITIONS}/g1"));
        assert_eq!(own.seen_from("")["id"], format!("/{DEFINITIONS}/g1"));
    }
}
