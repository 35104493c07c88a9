//! Paths that no known Azure payload has, and members that not every way of reading a type gives.

use catalog::{COLUMNS, DocumentType, Shape, Table};
use expression::{MemberPath, Step};

use super::Report;
use super::names::parts;
use crate::diagnostic::Place;

pub(super) fn lint(report: &mut Report<'_>) {
    for part in parts(report.check) {
        for path in part.paths {
            check_path(report, path, part.place);
        }
    }
}

/// A check that judges several types may ask of all what only one of them has.
fn check_path(report: &mut Report<'_>, path: &MemberPath, place: Place) {
    let mut unknown = None;
    let resources = &report.check.resources;
    for resource in resources {
        let Some((document_type, steps)) = located(report, resource, path, place) else {
            continue;
        };
        let segments: Vec<&str> = steps
            .iter()
            .map(|step| match step {
                Step::Member(name) => name.as_str(),
                Step::Element => "[]",
            })
            .collect();
        if report.catalog.knows_path(&document_type, &segments) == Some(false) {
            let path = segments.join(".").replace(".[]", "[]");
            unknown.get_or_insert((document_type, path));
            continue;
        }
        return carried(report, &document_type, segments.first().copied(), place);
    }
    if let Some((document_type, path)) = unknown {
        let hint = "if the property is real, add it to content/shapes with its source".to_owned();
        let message = format!("no known {document_type} has `{path}`");
        report.add_with_hint(place, message, Some(hint));
    }
}

/// Documents that come from Resource Graph have only what its rows have, those of Microsoft Graph only
/// what is asked for.
fn carried(
    report: &mut Report<'_>,
    document_type: &DocumentType,
    member: Option<&str>,
    place: Place,
) {
    let (Some(entry), Some(member)) = (report.catalog.entry(document_type), member) else {
        return;
    };
    if entry.resource_graph.is_some() && !Table::carries(member) {
        let hint = format!(
            "read the document alone, by a child with `get: .`; Resource Graph has {}",
            COLUMNS.join(", ")
        );
        let message = format!(
            "`{member}` of {document_type} is not in Resource Graph, where such documents come from"
        );
        report.add_with_hint(place, message, Some(hint));
    }
    let selected = |of: &String| of.eq_ignore_ascii_case(member);
    if !entry.select.is_empty() && !member.starts_with('@') && !entry.select.iter().any(selected) {
        let hint = "add it to `select` in content/catalog".to_owned();
        let message = format!("the catalogue does not ask for `{member}` of {document_type}");
        report.add_with_hint(place, message, Some(hint));
    }
}

/// The document type that a path leads into, where documents of type `resource` are judged, and the steps within its
/// documents.
fn located(
    report: &mut Report<'_>,
    resource: &DocumentType,
    path: &MemberPath,
    place: Place,
) -> Option<(DocumentType, Vec<Step>)> {
    let (check, catalog) = (report.check, report.catalog);
    match path.root.as_str() {
        "resource" => Some((resource.clone(), path.steps.clone())),
        "item" => {
            let list = item_list(report)?;
            let steps = list
                .steps
                .iter()
                .cloned()
                .chain([Step::Element])
                .chain(path.steps.iter().cloned());
            let whole = MemberPath {
                root: list.root,
                steps: steps.collect(),
            };
            located(report, resource, &whole, place)
        }
        name => {
            let read = check.read(name)?;
            let entry = catalog.resolve(resource, &read.read)?;
            let steps = within(report, entry.shape, path, &path.steps, place)?;
            let Some(Step::Member(first)) = steps.first() else {
                return Some((entry.name.clone(), steps.to_vec()));
            };
            if !read.children.contains(first) {
                return Some((entry.name.clone(), steps.to_vec()));
            }
            let child = catalog.entry(&entry.name.child(first))?;
            let steps = within(report, child.shape, path, &steps[1..], place)?;
            Some((child.name.clone(), steps.to_vec()))
        }
    }
}

/// The steps within one document of a read. A list has elements, not members.
fn within<'s>(
    report: &mut Report<'_>,
    shape: Shape,
    path: &MemberPath,
    steps: &'s [Step],
    place: Place,
) -> Option<&'s [Step]> {
    match (shape, steps.split_first()) {
        (Shape::Single, _) => Some(steps),
        (Shape::List, Some((Step::Element, rest))) => Some(rest),
        (Shape::List, None) => None,
        (Shape::List, Some((Step::Member(_), _))) => {
            let hint = "ask its elements: list.exists(x, ..)".to_owned();
            report.add_with_hint(
                place,
                format!("`{path}`: a list has no members"),
                Some(hint),
            );
            None
        }
    }
}

/// The path of the list that `each` names, when it is a path.
fn item_list(report: &Report<'_>) -> Option<MemberPath> {
    let each = report.check.each.as_ref()?;
    let mut paths = each.paths();
    let only = paths.next()?;
    (paths.next().is_none() && only.to_string() == each.source().trim()).then(|| only.clone())
}
