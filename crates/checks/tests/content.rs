//! The checks in `content/checks`: they lint and pass their own tests.

use std::path::Path;

use catalog::Catalog;
use checks::{Library, lint, test};

#[test]
fn content_checks_lint_and_pass_their_tests() {
    let catalog = Catalog::builtin().expect("the built-in catalogue loads");
    let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content");
    // Read from the folder rather than from the program: an editor of checks need not rebuild.
    let library = Library::folder(&content).unwrap_or_else(|error| panic!("{error}"));
    let mut complaints: Vec<String> = lint(&library, &catalog)
        .iter()
        .map(ToString::to_string)
        .collect();
    let mut tests = 0;
    for check in library.checks() {
        let report = test(check, &catalog);
        tests += report.tests;
        complaints.extend(report.failures.iter().map(ToString::to_string));
    }
    assert!(
        complaints.is_empty(),
        "{} complaints:\n{}",
        complaints.len(),
        complaints.join("\n")
    );
    assert!(tests >= 3 * library.checks().len());
}

#[test]
fn the_program_carries_every_check() {
    let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content");
    let ids = |library: Library| {
        library
            .checks()
            .iter()
            .map(|check| check.id.clone())
            .collect::<Vec<_>>()
    };
    let (builtin, folder) = (
        Library::builtin().unwrap(),
        Library::folder(&content).unwrap(),
    );
    assert_eq!(ids(builtin), ids(folder));
}
