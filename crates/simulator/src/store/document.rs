//! One stored document.

use std::sync::Arc;

use serde_json::Value;

/// One document: what a list shows of it, what a read of it alone shows, or both.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    /// The path as it was first written, with its case.
    pub(crate) path: Arc<str>,
    pub(super) listed: Option<Arc<Value>>,
    pub(super) single: Option<Arc<Value>>,
    /// Changes with every write.
    pub(crate) etag: String,
}

impl Document {
    /// The body that a read of this document alone gives.
    pub(crate) fn alone(&self) -> Arc<Value> {
        self.single
            .as_ref()
            .or(self.listed.as_ref())
            .map_or_else(|| Arc::new(Value::Null), Arc::clone)
    }

    /// The body that a list shows. Some services say less in a list than in the document itself.
    pub(crate) fn in_list(&self) -> Arc<Value> {
        self.listed
            .as_ref()
            .or(self.single.as_ref())
            .map_or_else(|| Arc::new(Value::Null), Arc::clone)
    }
}
