//! The names that expressions use, and the parameters.

use std::collections::BTreeSet;

use expression::{MemberPath, Program, Template, nearest};

use super::Report;
use crate::Check;
use crate::diagnostic::Place;

/// Names that are bound for every check.
pub(super) const RESERVED: [&str; 8] = [
    "resource",
    "item",
    "params",
    "settings",
    "tenant",
    "subscription",
    "now",
    "evidence",
];

/// The settings that users have.
const SETTINGS: [&str; 1] = ["emergency_accounts"];

/// What a remediation knows of the resource: what a finding says of it.
const HEADER: [&str; 5] = ["id", "name", "type", "location", "subscriptionId"];

/// An expression of a check, what it is for, and where.
pub(super) struct Part<'c> {
    pub(super) variables: Vec<&'c str>,
    pub(super) paths: Vec<&'c MemberPath>,
    pub(super) place: Place,
    /// Whether `item` is bound.
    pub(super) of_item: bool,
}

/// Every expression and message that is evaluated with the documents at hand.
pub(super) fn parts(check: &Check) -> Vec<Part<'_>> {
    let places = &check.places;
    let each = check.each.is_some();
    let mut parts = Vec::new();
    parts.extend(
        check
            .when
            .as_deref()
            .map(|when| of_program(when, places.when, false)),
    );
    parts.extend(
        check
            .each
            .as_ref()
            .map(|list| of_program(list, places.each, false)),
    );
    parts.extend(
        check
            .manual
            .as_ref()
            .map(|manual| of_program(manual, places.manual, each)),
    );
    parts.push(of_program(&check.pass, places.pass, each));
    let messages = [
        Some(&check.message.pass),
        Some(&check.message.fail),
        check.message.manual.as_ref(),
    ];
    for (message, place) in messages.into_iter().zip(places.messages) {
        parts.extend(message.map(|message| of_template(message, place, each)));
    }
    for ((_, program), place) in check.evidence.iter().zip(&places.evidence) {
        parts.push(of_program(program, *place, each));
    }
    parts
}

fn of_program(program: &Program, place: Place, of_item: bool) -> Part<'_> {
    Part {
        variables: program.variables().collect(),
        paths: program.paths().collect(),
        place,
        of_item,
    }
}

fn of_template(template: &Template, place: Place, of_item: bool) -> Part<'_> {
    Part {
        variables: template.variables().collect(),
        paths: template.paths().collect(),
        place,
        of_item,
    }
}

/// Every name that some expression uses.
pub(super) fn used(check: &Check) -> BTreeSet<&str> {
    parts(check)
        .into_iter()
        .flat_map(|part| part.variables)
        .collect()
}

pub(super) fn lint(report: &mut Report<'_>) {
    let check = report.check;
    for part in parts(check) {
        for name in part.variables {
            variable(report, name, part.of_item, part.place);
        }
        for path in part.paths {
            setting(report, path, part.place);
        }
    }
    let read_params: BTreeSet<&str> = parts(check)
        .iter()
        .flat_map(|part| part.paths.clone())
        .filter(|path| path.root == "params")
        .flat_map(|path| match path.members().first() {
            Some(name) => vec![*name],
            None => check.params.keys().map(String::as_str).collect(),
        })
        .collect();
    for name in check.params.keys() {
        if !read_params.contains(name.as_str()) {
            report.add(
                check.places.pass,
                format!("no expression reads the parameter `{name}`"),
            );
        }
    }
    remediation(report);
}

fn variable(report: &mut Report<'_>, name: &str, of_item: bool, place: Place) {
    let check = report.check;
    if name == "item" && !of_item {
        report.add(
            place,
            "`item` is only known to a check with `each`, and not in `when` and `each`",
        );
        return;
    }
    let known = RESERVED
        .iter()
        .copied()
        .filter(|known| *known != "evidence");
    let known: Vec<&str> = known
        .chain(check.reads.iter().map(|read| read.name.as_str()))
        .collect();
    if !known.contains(&name) {
        let near = nearest(name, known).map(|near| format!("did you mean `{near}`?"));
        let hint = near.or_else(|| Some("other documents get their names under `with`".to_owned()));
        report.add_with_hint(place, format!("`{name}` is not known here"), hint);
    }
}

/// A parameter or setting that is not there would read as null for ever.
fn setting(report: &mut Report<'_>, path: &MemberPath, place: Place) {
    let check = report.check;
    let members = path.members();
    let Some(name) = members.first() else {
        return;
    };
    if check.read(&path.root).is_some() {
        // A read of that name is refused for its name.
        return;
    }
    let known: Vec<&str> = match path.root.as_str() {
        "params" => check.params.keys().map(String::as_str).collect(),
        "settings" => SETTINGS.to_vec(),
        _ => return,
    };
    if !known.contains(name) {
        let near = nearest(name, known).map(|near| format!("did you mean `{near}`?"));
        report.add_with_hint(place, format!("there is no `{}.{name}`", path.root), near);
    }
}

/// A remediation is written from a finding, long after the documents are gone.
fn remediation(report: &mut Report<'_>) {
    let check = report.check;
    let labels: Vec<&str> = check
        .evidence
        .iter()
        .map(|(label, _)| label.as_str())
        .collect();
    for (part, instruction) in check.remediation.parts() {
        for path in instruction.template.paths() {
            let members = path.members();
            let first = members.first().copied();
            let known = match path.root.as_str() {
                "resource" => first.is_some_and(|first| HEADER.contains(&first)),
                "item" => {
                    check.each.is_some() && first.is_some_and(|first| HEADER.contains(&first))
                }
                "evidence" => {
                    first.is_some_and(|first| labels.is_empty() || labels.contains(&first))
                }
                "params" => first.is_some_and(|first| check.params.contains_key(first)),
                "subscription" => true,
                _ => false,
            };
            if !known {
                let hint = format!(
                    "a remediation is filled in from the finding: resource.{{{}}}, subscription, params, and what `evidence` shows, as evidence.<label>",
                    HEADER.join(", ")
                );
                report.add_with_hint(
                    check.places.remediation,
                    format!("remediation `{part}` cannot know `{path}`"),
                    Some(hint),
                );
            }
        }
    }
}
