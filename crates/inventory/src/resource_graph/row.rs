//! A row of Resource Graph as the document that Resource Manager gives.
//!
//! Resource Graph has the same columns for every type: what a type lacks is null or empty, and the
//! type's name is in lower case. <https://learn.microsoft.com/azure/governance/resource-graph/concepts/query-language>

use catalog::{Entry, Shape};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The columns that are asked for: the members that documents have in Resource Manager.
pub(crate) const COLUMNS: &str = "id, name, type, location, kind, tags, sku, plan, identity, zones, managedBy, \
                                  extendedLocation, properties";

/// A row, taken apart as far as it needs to be.
#[derive(Debug, Deserialize)]
pub(super) struct Row<'a> {
    pub(super) id: String,
    pub(super) r#type: String,
    #[serde(borrow)]
    name: Option<&'a RawValue>,
    #[serde(borrow)]
    location: Option<&'a RawValue>,
    #[serde(borrow)]
    kind: Option<&'a RawValue>,
    #[serde(borrow)]
    tags: Option<&'a RawValue>,
    #[serde(borrow)]
    sku: Option<&'a RawValue>,
    #[serde(borrow)]
    plan: Option<&'a RawValue>,
    #[serde(borrow)]
    identity: Option<&'a RawValue>,
    #[serde(borrow)]
    zones: Option<&'a RawValue>,
    #[serde(borrow, rename = "managedBy")]
    managed_by: Option<&'a RawValue>,
    #[serde(borrow, rename = "extendedLocation")]
    extended_location: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) properties: Option<&'a RawValue>,
}

/// The document of a row, in the order in which Resource Manager writes its members.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a RawValue>,
    r#type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sku: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zones: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    managed_by: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extended_location: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<&'a RawValue>,
}

impl<'a> Row<'a> {
    /// Takes a row apart.
    ///
    /// # Errors
    /// It has no id or no type.
    pub(super) fn read(row: &'a RawValue) -> Result<Self, String> {
        serde_json::from_str(row.get())
            .map_err(|error| format!("a row of Resource Graph is no resource: {error}"))
    }

    /// Whether the row is of this type: `config/web` is one of several rows of `sites/config`.
    pub(super) fn is_of(&self, entry: &Entry) -> bool {
        let Some(table) = &entry.resource_graph else {
            return false;
        };
        self.r#type.eq_ignore_ascii_case(&table.row_type)
            && (table.row_name.is_none() || self.ends_on(&entry.path))
    }

    fn ends_on(&self, path: &str) -> bool {
        let (id, path) = (self.id.to_lowercase(), path.to_lowercase());
        id.strip_suffix(&path)
            .is_some_and(|before| before.ends_with('/'))
    }

    /// The id of the document that this one hangs below.
    pub(super) fn parent(&self, entry: &Entry) -> Option<&str> {
        parent_of(entry, &self.id)
    }

    /// The document, with the id and the properties given where they are not the row's own.
    ///
    /// # Errors
    /// None that a row which was read can cause.
    pub(super) fn document(
        &self,
        entry: &Entry,
        id: &str,
        properties: Option<&RawValue>,
    ) -> Result<Box<RawValue>, String> {
        let body = Body {
            id,
            name: said(self.name),
            r#type: &type_name(entry),
            location: said(self.location),
            kind: said(self.kind),
            tags: said(self.tags),
            sku: said(self.sku),
            plan: said(self.plan),
            identity: said(self.identity),
            zones: said(self.zones),
            managed_by: said(self.managed_by),
            extended_location: said(self.extended_location),
            properties: properties.or(said(self.properties)),
        };
        serde_json::value::to_raw_value(&body).map_err(|error| error.to_string())
    }
}

/// The id of the document that a row hangs below: without the types, and their names, by which the row's
/// type is longer than the parent's. A list may have a shorter path than the ids of its items.
pub(crate) fn parent_of<'i>(entry: &Entry, id: &'i str) -> Option<&'i str> {
    let parent = entry.parent.as_ref()?.key();
    let row_type = entry
        .resource_graph
        .as_ref()
        .map_or("", |table| &table.row_type);
    let own = match row_type.strip_prefix(&format!("{parent}/")) {
        Some(types) => 2 * types.split('/').count(),
        None => entry.path.split('/').count() + usize::from(entry.shape == Shape::List),
    };
    let mut above = id.trim_end_matches('/');
    for _ in 0..own {
        above = above.rsplit_once('/')?.0;
    }
    (!above.is_empty()).then_some(above)
}

/// What a column says, if anything.
fn said(column: Option<&RawValue>) -> Option<&RawValue> {
    column.filter(|value| !matches!(value.get(), "null" | "\"\""))
}

/// The type as Resource Manager spells it in a document: without the name of a single child.
/// Children that are listed elsewhere than where they are have the type of the row, as protected
/// items that a vault lists.
fn type_name(entry: &Entry) -> String {
    let name = entry.name.as_str();
    match (&entry.parent, entry.shape, &entry.resource_graph) {
        (Some(parent), Shape::Single, _) => {
            let types: Vec<&str> = entry.path.split('/').step_by(2).collect();
            format!("{parent}/{}", types.join("/"))
        }
        (Some(_), _, Some(table)) if !name.eq_ignore_ascii_case(&table.row_type) => {
            table.row_type.clone()
        }
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use catalog::{Catalog, DocumentType};

    use super::*;

    fn entry(name: &str) -> Arc<Entry> {
        let catalog = Catalog::builtin().unwrap();
        Arc::clone(catalog.entry(&DocumentType::from(name)).unwrap())
    }

    fn raw(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).unwrap()
    }

    #[test]
    fn what_resource_graph_adds_or_empties_is_taken_out() {
        let row = raw(
            r#"{"id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/V","name":"V",
                "type":"microsoft.keyvault/vaults","location":"westeurope","kind":"","managedBy":"","tags":null,
                "sku":null,"tenantId":"t","zones":null,"properties":{"a": 1.50}}"#,
        );
        let row = Row::read(&row).unwrap();
        let document = row
            .document(&entry("Microsoft.KeyVault/vaults"), &row.id, None)
            .unwrap();
        assert_eq!(
            document.get(),
            r#"{"id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/V","name":"V","type":"Microsoft.KeyVault/vaults","location":"westeurope","properties":{"a": 1.50}}"#
        );
    }

    #[test]
    fn a_single_child_is_told_from_its_siblings_and_knows_its_parent() {
        let web = entry("Microsoft.Web/sites/config/web");
        let row_of = |last: &str| {
            raw(&format!(
                r#"{{"id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/x/config/{last}",
                     "type":"microsoft.web/sites/config"}}"#
            ))
        };
        let (ours, other) = (row_of("Web"), row_of("slotConfigNames"));
        let row = Row::read(&ours).unwrap();
        assert!(row.is_of(&web));
        assert!(!Row::read(&other).unwrap().is_of(&web));
        assert_eq!(
            row.parent(&web),
            Some("/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/x")
        );
        let document = row.document(&web, &row.id, None).unwrap();
        assert!(
            document
                .get()
                .contains(r#""type":"Microsoft.Web/sites/config""#)
        );
    }

    #[test]
    fn an_item_of_a_child_list_hangs_below_the_document_before_it() {
        let databases = entry("Microsoft.Sql/servers/databases");
        let row = raw(
            r#"{"id":"/subscriptions/s/resourceGroups/g/providers/Microsoft.Sql/servers/S/databases/master",
                "type":"microsoft.sql/servers/databases"}"#,
        );
        assert_eq!(
            Row::read(&row).unwrap().parent(&databases),
            Some("/subscriptions/s/resourceGroups/g/providers/Microsoft.Sql/servers/S")
        );
    }

    #[test]
    fn an_item_may_be_deeper_than_its_list() {
        let items = entry("Microsoft.RecoveryServices/vaults/backupProtectedItems");
        let vault =
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.RecoveryServices/vaults/v";
        let row = raw(&format!(
            r#"{{"id":"{vault}/backupFabrics/Azure/protectionContainers/c;d/protectedItems/VM;e",
                 "type":"microsoft.recoveryservices/vaults/backupfabrics/protectioncontainers/protecteditems"}}"#
        ));
        assert_eq!(Row::read(&row).unwrap().parent(&items), Some(vault));
    }

    #[test]
    fn what_is_listed_elsewhere_has_the_type_of_its_row() {
        let items = entry("Microsoft.RecoveryServices/vaults/backupProtectedItems");
        let row = raw(
            r#"{"id":"/v/backupFabrics/Azure/protectionContainers/c/protectedItems/i",
                "type":"microsoft.recoveryservices/vaults/backupfabrics/protectioncontainers/protecteditems"}"#,
        );
        let row = Row::read(&row).unwrap();
        assert!(row.is_of(&items));
        let document = row.document(&items, &row.id, None).unwrap();
        assert!(
            document
                .get()
                .contains("vaults/backupfabrics/protectioncontainers/protecteditems\""),
            "{document}"
        );
    }

    #[test]
    fn a_row_without_an_id_is_an_error() {
        assert!(Row::read(&raw(r#"{"type":"a/b"}"#)).is_err());
        assert!(Row::read(&raw("17")).is_err());
    }
}
