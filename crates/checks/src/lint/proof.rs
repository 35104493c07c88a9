//! The tests: a check proves that it passes, that it fails, and what an absent property means.

use std::collections::BTreeSet;

use expression::{MemberPath, Step, nearest};
use serde_json::Value;

use super::Report;
use crate::check::{Expectation, Test};
use crate::{Check, Status};

pub(super) fn lint(report: &mut Report<'_>) {
    let check = report.check;
    let line = check.tests.first().map_or(1, |test| test.line);
    for (status, what) in [(Status::Pass, "passing"), (Status::Fail, "failing")] {
        if !check
            .tests
            .iter()
            .any(|test| test.expectation == Expectation::Status(status))
        {
            report.at_line(line, format!("the check has no {what} test"));
        }
    }
    if !check
        .tests
        .iter()
        .any(|test| has_absent_property(check, test))
    {
        report.at_line(line, "no test leaves out a property that the check reads, so that nobody knows what absent means");
    }
    if check.manual.is_some()
        && !check
            .tests
            .iter()
            .any(|test| test.expectation == Expectation::Status(Status::Manual))
    {
        report.at_line(line, "the check has no test that a person must look at");
    }
    for test in &check.tests {
        names(report, test);
    }
}

/// Names in a test that the check does not have would silently test nothing.
fn names(report: &mut Report<'_>, test: &Test) {
    let check = report.check;
    let reads: Vec<&str> = check.reads.iter().map(|read| read.name.as_str()).collect();
    let with = test
        .with
        .iter()
        .map(|(name, _)| name.as_str())
        .filter(|name| !reads.contains(name));
    let unreadable = test.unreadable.iter().map(|(name, _)| name.as_str());
    let unreadable = unreadable.filter(|name| *name != "resource" && !reads.contains(name));
    let unknown: BTreeSet<&str> = with.chain(unreadable).collect();
    for name in unknown {
        let hint =
            nearest(name, reads.iter().copied()).map(|near| format!("; did you mean `{near}`?"));
        report.at_line(
            test.line,
            format!(
                "the check reads nothing named `{name}`{}",
                hint.unwrap_or_default()
            ),
        );
    }
    for (name, outcome) in &test.unreadable {
        if outcome.is_known() {
            report.at_line(
                test.line,
                format!("`{name}: {outcome}` is no gap; leave the name out for absent documents"),
            );
        }
    }
}

/// Whether a test that reaches a verdict leaves out something that the verdict reads.
fn has_absent_property(check: &Check, test: &Test) -> bool {
    if matches!(
        test.expectation,
        Expectation::None | Expectation::Status(Status::NotAssessed)
    ) {
        return false;
    }
    let paths = check.deciding_paths();
    let mut read = paths
        .into_iter()
        .filter(|path| !matches!(path.root.as_str(), "params" | "settings"));
    read.any(|path| is_absent(check, test, path))
}

fn is_absent(check: &Check, test: &Test, path: &MemberPath) -> bool {
    let root = match path.root.as_str() {
        "resource" if path.steps.is_empty() => {
            // The document as a whole: absent means that nothing is set in it.
            return test.resource.get("properties").is_none_or(is_empty);
        }
        "resource" => Some(&test.resource),
        "item" => return item_lacks(check, test, path),
        name => test
            .with
            .iter()
            .find(|(given, _)| given == name)
            .map(|(_, value)| value),
    };
    root.is_none_or(|root| lacks(root, &path.steps))
}

/// Whether some item of the list that `each` names lacks the path.
fn item_lacks(check: &Check, test: &Test, path: &MemberPath) -> bool {
    let Some(list) = check.each.as_ref().and_then(|each| each.paths().next()) else {
        return false;
    };
    let steps = list
        .steps
        .iter()
        .cloned()
        .chain([Step::Element])
        .chain(path.steps.iter().cloned())
        .collect();
    is_absent(
        check,
        test,
        &MemberPath {
            root: list.root.clone(),
            steps,
        },
    )
}

/// Whether a value lacks a path: in a list, whether some element does, or there is none.
fn lacks(value: &Value, steps: &[Step]) -> bool {
    let Some((step, rest)) = steps.split_first() else {
        return is_empty(value);
    };
    match (step, value) {
        (Step::Member(name), Value::Object(members)) => {
            members.get(name).is_none_or(|member| lacks(member, rest))
        }
        (Step::Element, Value::Array(items)) => {
            items.is_empty() || items.iter().any(|item| lacks(item, rest))
        }
        (Step::Element, Value::Object(members)) => {
            members.is_empty() || members.values().any(|member| lacks(member, rest))
        }
        _ => true,
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}
