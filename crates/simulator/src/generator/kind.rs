//! What a catalogue says about a document type, as far as a generator needs it.

/// A document type that a client reads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kind {
    /// Its full name: `Microsoft.Storage/storageAccounts/blobServices/default`, `graph/users`.
    pub name: String,
    /// The type of the document it hangs below.
    pub parent: Option<String>,
    /// Absolute with `{subscription}`, or relative to the parent's document.
    pub path: String,
    /// True for a list, false for one document.
    pub list: bool,
    /// True when it is asked for by POST.
    pub posted: bool,
    /// Resource Graph's table, if it has one.
    pub table: Option<String>,
    /// Paths of properties that such documents have: `properties.rules[].name`, `tags.*`.
    pub properties: Vec<String>,
}

impl Kind {
    /// True for a type of Microsoft Graph.
    pub(super) fn is_graph(&self) -> bool {
        self.name.starts_with("graph/")
    }

    /// The path without a query.
    pub(super) fn plain_path(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }

    /// True for a type that Resource Graph counts as a resource and that hangs below no other.
    pub(super) fn is_resource(&self) -> bool {
        self.parent.is_none() && self.table.as_deref() == Some("resources")
    }
}
