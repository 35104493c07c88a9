//! Lint: what a check's file must be before it is trusted.
//!
//! What the form and the language refuse by themselves (unknown keys, expressions that do not
//! compile, duplicate ids) is refused when the files are loaded.

mod header;
mod names;
mod paths;
mod proof;
mod reads;
mod texts;

use catalog::Catalog;

use crate::compile::whole;
use crate::diagnostic::Place;
use crate::{Check, Diagnostic, Library};

/// Every defect of every check, by file and place.
pub fn lint(library: &Library, catalog: &Catalog) -> Vec<Diagnostic> {
    let mut diagnostics: Vec<Diagnostic> = library
        .checks()
        .iter()
        .flat_map(|check| lint_check(check, catalog))
        .collect();
    diagnostics.sort();
    diagnostics.dedup();
    diagnostics
}

/// Every defect of one check, by place. A built-in check is compiled as a whole for it, so that an
/// expression nobody has used yet is judged too.
pub fn lint_check(check: &Check, catalog: &Catalog) -> Vec<Diagnostic> {
    let whole = match whole(check) {
        Ok(whole) => whole,
        Err(diagnostics) => return diagnostics,
    };
    let check = whole.as_ref();
    let mut report = Report {
        check,
        catalog,
        diagnostics: Vec::new(),
    };
    header::lint(&mut report);
    texts::lint(&mut report);
    reads::lint(&mut report);
    names::lint(&mut report);
    paths::lint(&mut report);
    proof::lint(&mut report);
    report.diagnostics.sort();
    report.diagnostics
}

/// The defects of one check while they are found.
struct Report<'a> {
    check: &'a Check,
    catalog: &'a Catalog,
    diagnostics: Vec<Diagnostic>,
}

impl Report<'_> {
    fn add(&mut self, place: Place, message: impl Into<String>) {
        self.add_with_hint(place, message, None);
    }

    fn add_with_hint(&mut self, place: Place, message: impl Into<String>, hint: Option<String>) {
        self.diagnostics.push(
            Diagnostic::file(&self.check.file, message)
                .at(place)
                .hint(hint),
        );
    }

    fn at_line(&mut self, line: u64, message: impl Into<String>) {
        self.add(Place { line, column: 1 }, message);
    }
}
