//! A check's own tests.

use catalog::Catalog;

use crate::check::{Check, Expectation, Test};
use crate::compile::whole;
use crate::evaluate::Evaluator;
use crate::judge::Judged;
use crate::staging::stage;
use crate::{Diagnostic, Reason, Settings, Status, render_remediation};

/// What came of a check's tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestReport {
    /// The check.
    pub check_id: String,
    /// How many tests ran.
    pub tests: usize,
    /// Those that failed.
    pub failures: Vec<Failure>,
}

/// A test that failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct Failure {
    /// The check's file.
    pub file: String,
    /// The line the test begins on.
    pub line: u64,
    /// What was expected, what came, and why the test says so.
    pub message: String,
}

/// Runs the tests of a check through the same evaluation as real documents. A check that does not
/// compile as a whole fails with what is wrong.
pub fn test(check: &Check, catalog: &Catalog) -> TestReport {
    let whole = match whole(check) {
        Ok(whole) => whole,
        Err(diagnostics) => return refused(check, diagnostics),
    };
    let check = whole.as_ref();
    let failures = check.tests.iter().filter_map(|test| {
        let message = run(check, test, catalog).err()?;
        let why = test
            .why
            .as_ref()
            .map(|why| format!(" ({why})"))
            .unwrap_or_default();
        Some(Failure {
            file: check.file.clone(),
            line: test.line,
            message: format!("{message}{why}"),
        })
    });
    TestReport {
        check_id: check.id.clone(),
        tests: check.tests.len(),
        failures: failures.collect(),
    }
}

fn refused(check: &Check, diagnostics: Vec<Diagnostic>) -> TestReport {
    let failures = diagnostics.into_iter().map(|diagnostic| Failure {
        file: diagnostic.file,
        line: diagnostic.line.unwrap_or(1),
        message: diagnostic.message,
    });
    TestReport {
        check_id: check.id.clone(),
        tests: check.tests.len(),
        failures: failures.collect(),
    }
}

fn run(check: &Check, test: &Test, catalog: &Catalog) -> Result<(), String> {
    let memory = stage(check, test, catalog)?;
    let settings = Settings {
        params: [(check.id.clone(), test.params.clone())].into(),
        emergency_accounts: test.emergency_accounts.clone(),
        resource_groups: Vec::new(),
        now: test.now.clone(),
    };
    let evaluator =
        Evaluator::new(&[check], catalog, &settings).map_err(|error| error.to_string())?;
    let mut judged = Vec::new();
    let collect = &mut |one: Judged, _: &Check| -> Result<(), std::convert::Infallible> {
        judged.push(one);
        Ok(())
    };
    evaluator
        .judge_all(&memory, collect)
        .map_err(|error| error.to_string())?;
    judged.iter().try_for_each(|one| sound(check, one))?;
    compare(test.expectation, &judged)
}

/// Whether the check behaved: no expression failed, and everything it wants to say can be said.
fn sound(check: &Check, judged: &Judged) -> Result<(), String> {
    if let Some(defect) = &judged.defect {
        return Err(defect.clone());
    }
    render_remediation(check, &judged.finding)
        .map_err(|error| format!("`remediation` failed: {error}"))?;
    Ok(())
}

fn compare(expectation: Expectation, judged: &[Judged]) -> Result<(), String> {
    let found = || {
        let described: Vec<String> = judged
            .iter()
            .map(|one| format!("{} \"{}\"", one.finding.status, one.finding.message))
            .collect();
        if described.is_empty() {
            "no finding".to_owned()
        } else {
            described.join(", ")
        }
    };
    match expectation {
        Expectation::None if judged.is_empty() => Ok(()),
        Expectation::None => Err(format!("expected no finding, got {}", found())),
        Expectation::Status(status) => {
            let met = |one: &Judged| {
                one.finding.status == status && one.finding.reason != Some(Reason::Error)
            };
            if !judged.is_empty() && judged.iter().all(met) {
                Ok(())
            } else {
                Err(format!("expected {status}, got {}", found()))
            }
        }
    }
}

impl Expectation {
    /// The word a test's file has for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Status(status) => Status::as_str(status),
            Self::None => "none",
        }
    }
}
