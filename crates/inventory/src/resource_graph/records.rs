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
    /// The row is no resource.
    pub(crate) fn of(&self, row: &RawValue) -> Result<Vec<Record>, String> {
        let row = Row::read(row)?;
        let mut records = Vec::new();
        for entry in self.entries.iter().filter(|entry| row.is_of(entry)) {
            let parent = row.parent(entry);
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
