//! The tests that a check's file carries.

use std::ops::Deref;
use std::sync::OnceLock;

use crate::Status;
use crate::check::{Expectation, Test};
use crate::content::Source;
use crate::diagnostic::{Diagnostic, Place};
use crate::form::{self, TestForm};

/// The tests of a check, as a slice. Those of a built-in check are read when somebody first asks
/// for them: a scan does not.
#[derive(Debug, Clone)]
pub struct Tests {
    read: OnceLock<Vec<Test>>,
    /// The file, as long as it may have to be read.
    source: Option<Source>,
}

impl Tests {
    /// Tests that were read along with the check.
    pub(crate) fn of(tests: Vec<Test>) -> Self {
        Self {
            read: OnceLock::from(tests),
            source: None,
        }
    }

    /// The tests of a file that are read when they are needed.
    pub(crate) fn deferred(source: Source) -> Self {
        Self {
            read: OnceLock::new(),
            source: Some(source),
        }
    }

    /// The file whose tests are read when they are needed.
    pub(crate) fn source(&self) -> Option<&Source> {
        self.source.as_ref()
    }
}

impl Deref for Tests {
    type Target = [Test];

    /// A file that cannot be read has no tests; lint, which reads it as a whole, says why.
    fn deref(&self) -> &[Test] {
        self.read.get_or_init(|| {
            let source = self.source.as_ref();
            source.map(tests).unwrap_or_default()
        })
    }
}

impl<'t> IntoIterator for &'t Tests {
    type Item = &'t Test;
    type IntoIter = std::slice::Iter<'t, Test>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

fn tests(source: &Source) -> Vec<Test> {
    let Ok(form) = form::parse(&source.file, &source.text) else {
        return Vec::new();
    };
    let forms = form.tests.into_iter();
    forms
        .filter_map(|test| self::test(&source.file, test.value, test.referenced.into()).ok())
        .collect()
}

/// A test of a file.
pub(crate) fn test(file: &str, form: TestForm, place: Place) -> Result<Test, Diagnostic> {
    let refuse = |message: &str| Diagnostic::file(file, message).at(place);
    let expected = [
        (form.pass, Expectation::Status(Status::Pass)),
        (form.fail, Expectation::Status(Status::Fail)),
        (form.manual, Expectation::Status(Status::Manual)),
        (form.not_assessed, Expectation::Status(Status::NotAssessed)),
        (form.none, Expectation::None),
    ];
    let mut given = expected
        .into_iter()
        .filter_map(|(resource, expectation)| Some((resource?, expectation)));
    let (Some((resource, expectation)), None) = (given.next(), given.next()) else {
        return Err(refuse(
            "a test has a document under exactly one of pass, fail, manual, none and not_assessed",
        ));
    };
    if !resource.is_object() {
        return Err(refuse("the document of a test is an object"));
    }
    Ok(Test {
        expectation,
        resource,
        with: form.with.into_iter().collect(),
        params: form.params,
        emergency_accounts: form.settings.emergency_accounts,
        now: form.settings.now,
        unreadable: form.unreadable.into_iter().collect(),
        why: form.why,
        line: place.line,
    })
}
