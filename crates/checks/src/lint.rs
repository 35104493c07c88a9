//! Lint: what a check's file must be before it is trusted.

use catalog::Catalog;

use crate::{Diagnostic, Library};

/// Every defect of every check, by file and place.
pub fn lint(library: &Library, catalog: &Catalog) -> Vec<Diagnostic> {
    let _ = (library, catalog);
    Vec::new()
}
