//! Everything that a tenant stores, by path.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::tenant::Tenant;

/// Every stored document by its path in lower case, as a read of the path gives it.
pub(crate) fn of(tenant: &Tenant) -> BTreeMap<String, Value> {
    let stored = tenant.store.range("/");
    stored
        .map(|(key, document)| (key.to_string(), document.alone().as_ref().clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn documents_and_the_items_of_lists_are_told() {
        let mut tenant = Tenant::new(serde_saphyr::from_str("{ tenant_id: t }").unwrap());
        tenant
            .store
            .load("/v1.0/users", json!({"value": [{"id": "A"}]}));
        tenant.store.load("/v1.0/policies/x", json!({"id": "x"}));
        let told = of(&tenant);
        assert_eq!(told.len(), 2);
        assert_eq!(told["/v1.0/users/a"], json!({"id": "A"}));
    }
}
