//! The reads: they exist, they are used, they can stand in for each other.

use catalog::DocumentType;
use expression::nearest;

use super::Report;
use super::names::{RESERVED, used};
use crate::check::Read;
use crate::diagnostic::Place;

pub(super) fn lint(report: &mut Report<'_>) {
    let check = report.check;
    let places: Vec<Place> = check.places.reads.clone();
    for (read, place) in check.reads.iter().zip(places) {
        name(report, read, place);
        entry(report, read, place);
        fallback(report, read, place);
        if !used(check).contains(read.name.as_str()) {
            report.add(place, format!("no expression uses `{}`", read.name));
        }
    }
}

fn name(report: &mut Report<'_>, read: &Read, place: Place) {
    if RESERVED.contains(&read.name.as_str()) {
        report.add(
            place,
            format!("the name `{}` has a meaning of its own", read.name),
        );
    }
    let mut characters = read.name.chars();
    let starts_well = characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    if !starts_well || !characters.all(|rest| rest.is_ascii_alphanumeric() || rest == '_') {
        report.add(
            place,
            format!(
                "expressions cannot use the name `{}`: letters, digits and _",
                read.name
            ),
        );
    }
}

fn entry(report: &mut Report<'_>, read: &Read, place: Place) {
    let (check, catalog) = (report.check, report.catalog);
    let resources = check.resources.iter();
    let mut entries = resources.filter_map(|resource| catalog.resolve(resource, &read.read));
    let Some(entry) = entries.next() else {
        let is_judged = |of: &DocumentType| check.resources.contains(of);
        let children = catalog
            .entries()
            .filter(|entry| entry.parent.as_ref().is_some_and(is_judged));
        let keys: Vec<&str> = children.filter_map(|entry| entry.child_key()).collect();
        let types = catalog.entries().map(|entry| entry.name.as_str());
        let near = nearest(&read.read, keys.iter().copied().chain(types));
        let hint = match near {
            Some(near) => Some(format!("did you mean `{near}`?")),
            None if keys.is_empty() => None,
            None => Some(format!(
                "the children of {} are {}",
                check.resources[0],
                keys.join(", ")
            )),
        };
        report.add_with_hint(
            place,
            format!("the catalogue has no type or child `{}`", read.read),
            hint,
        );
        return;
    };
    for child in &read.children {
        if catalog.entry(&entry.name.child(child)).is_none() {
            let children = catalog
                .entries()
                .filter(|other| other.parent.as_ref() == Some(&entry.name));
            let near = nearest(child, children.filter_map(|other| other.child_key()));
            let hint = near.map(|near| format!("did you mean `{near}`?"));
            report.add_with_hint(
                place,
                format!("{} has no child `{child}`", entry.name),
                hint,
            );
        }
    }
}

fn fallback(report: &mut Report<'_>, read: &Read, place: Place) {
    let check = report.check;
    let Some(name) = &read.fallback_for else {
        return;
    };
    match check.read(name) {
        None => report.add(place, format!("`fallback_for` names no read: `{name}`")),
        Some(other) if other.name == read.name || other.fallback_for.is_some() => {
            report.add(
                place,
                format!("`{name}` cannot have a fallback: it is one itself"),
            );
        }
        Some(_) => {
            let rivals = check
                .reads
                .iter()
                .filter(|other| other.fallback_for.as_ref() == Some(name))
                .count();
            if rivals > 1 {
                report.add(place, format!("`{name}` has more than one fallback"));
            }
        }
    }
}
