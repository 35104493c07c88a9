//! How a later collection learns what became of a document since the last one.

/// The feed that reports changes of a type's documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changes {
    /// Resource Graph's `resourcechanges` and `resourcecontainerchanges`.
    ResourceGraph,
    /// The activity log of the subscription: every write through Resource Manager.
    ActivityLog,
    /// A delta query of Microsoft Graph at this path.
    Delta(String),
    /// The feed of the directory object it hangs below: a group's delta tells of its members too.
    WithParent,
    /// No feed is worth its requests: the type is read anew each time.
    Always,
    /// No feed reports its changes (what is written past Resource Manager). It is kept until it is
    /// old, and the ledger says how old.
    Aged,
}
