//! From rows to what the snapshot keeps.

use std::sync::Arc;

use catalog::{Entry, Scope};
use serde_json::value::RawValue;

use super::row::Row;
use super::spread::{Hierarchy, local};
use crate::record::record_of;
use crate::writer::Record;

/// Turns rows into records, for the types and subscriptions that were asked for.
pub(crate) struct Records<'a> {
    /// The types.
    pub(crate) entries: &'a [Arc<Entry>],
    /// The subscriptions, in lower case.
    pub(crate) subscriptions: &'a [String],
    /// What is above them.
    pub(crate) hierarchy: &'a Hierarchy,
}

impl Records<'_> {
    /// The records of a row: one for each subscription it counts in; none for a row of a type or of a
    /// subscription that nobody asked for.
    ///
    /// # Errors
    /// The row is no resource, or a child whose id does not say below what: nobody would find it.
    pub(crate) fn of(&self, row: &RawValue) -> Result<Vec<Record>, String> {
        let row = Row::read(row)?;
        let mut records = Vec::new();
        for entry in self.entries.iter().filter(|entry| row.is_of(entry)) {
            let parent = row.parent(entry);
            if entry.parent.is_some() && parent.is_none() {
                return Err(format!("{} is below nothing", row.id));
            }
            for subscription in self.hierarchy.spread(&row, self.subscriptions) {
                let scope = Scope::subscription(subscription);
                let document = match local(&row, subscription) {
                    Some(local) => row.document(entry, &local.id, local.properties.as_deref())?,
                    None => row.document(entry, &row.id, None)?,
                };
                records.push(record_of(entry, &scope, parent, 0, &document)?);
            }
        }
        Ok(records)
    }
}

#[cfg(test)]
mod tests {
    use catalog::{Catalog, DocumentType};

    use super::*;

    #[test]
    fn a_child_whose_id_names_no_parent_is_not_lost_without_a_word() {
        let catalog = Catalog::builtin().unwrap();
        let databases = DocumentType::from("Microsoft.Sql/servers/databases");
        let entries = [Arc::clone(catalog.entry(&databases).unwrap())];
        let records = Records {
            entries: &entries,
            subscriptions: &["s".to_owned()],
            hierarchy: &Hierarchy::default(),
        };
        let of = |id: &str| {
            let row = format!(r#"{{"id":"{id}","type":"microsoft.sql/servers/databases"}}"#);
            records.of(&RawValue::from_string(row).unwrap())
        };
        let server = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Sql/servers/x";
        let found = of(&format!("{server}/databases/d")).unwrap();
        assert_eq!(found[0].parent, server.to_lowercase());
        assert!(of("d").unwrap_err().contains("below nothing"));
    }
}
