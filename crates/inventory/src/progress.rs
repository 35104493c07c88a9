//! What a collection tells whoever watches it.

use catalog::{DocumentType, Outcome, Scope};

/// Told of each step, from whatever thread takes it.
pub trait Progress: Send + Sync {
    /// This many more reads are planned.
    fn planned(&self, reads: u64);

    /// A read ended.
    fn ended(&self, document_type: &DocumentType, scope: &Scope, outcome: Outcome, documents: u64);

    /// Something that the reader of the log may want to know; nothing is lost by it.
    fn noted(&self, message: &str);
}

/// Watches nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Progress for Unwatched {
    fn planned(&self, _reads: u64) {}

    fn ended(
        &self,
        _document_type: &DocumentType,
        _scope: &Scope,
        _outcome: Outcome,
        _documents: u64,
    ) {
    }

    fn noted(&self, _message: &str) {}
}
