//! What evaluation asks of a collection of documents. The snapshot implements it; tests of checks
//! use the in-memory collection of the crate `checks`.

use std::ops::ControlFlow;

use crate::{Document, DocumentType, Outcome, Scope};

/// One line of the ledger, as far as evaluation needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadState {
    /// Where the read belongs.
    pub scope: Scope,
    /// How it ended.
    pub outcome: Outcome,
    /// Azure's own words when it did not succeed, without secrets.
    pub detail: Option<String>,
}

/// The children of one document: how reading them ended and what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Children {
    /// How the read ended and why.
    pub state: ReadState,
    /// The children, ordered by id. A single document is a list of one.
    pub documents: Vec<Document>,
}

/// Why documents could not be had: the store behind them failed.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SourceError(pub String);

/// Read access to collected documents and to how their reads ended.
///
/// Everything comes in a fixed order (scope, then id in lower case), so that what is computed
/// from it is the same each time.
pub trait Documents {
    /// The tenant's id.
    fn tenant_id(&self) -> &str;

    /// The reads of a listed type (no parent), one for each scope it was planned for. Empty when
    /// the type was never planned.
    fn reads(&self, document_type: &DocumentType) -> Result<Vec<ReadState>, SourceError>;

    /// Visits every document of a type in a scope without holding them all in memory, until `visit`
    /// breaks off.
    fn visit(
        &self,
        document_type: &DocumentType,
        scope: &Scope,
        visit: &mut dyn FnMut(Document) -> ControlFlow<()>,
    ) -> Result<(), SourceError>;

    /// The children of type `child` below the document with id `parent`. A read that was never
    /// planned answers [`Outcome::Pending`].
    fn children(&self, child: &DocumentType, parent: &Document) -> Result<Children, SourceError>;

    /// Reads of children of this type that did not end well, whatever their parent: lets a check
    /// on a child type report parents whose children could not be listed. Each with the parent's id.
    fn child_gaps(
        &self,
        child: &DocumentType,
        scope: &Scope,
    ) -> Result<Vec<(String, ReadState)>, SourceError>;
}
