//! The id, the title, the categories and the type.

use expression::nearest;

use super::Report;
use crate::CATEGORIES;

const LONGEST_TITLE: usize = 100;

pub(super) fn lint(report: &mut Report<'_>) {
    id(report);
    title(report);
    categories(report);
    resource(report);
}

fn id(report: &mut Report<'_>) {
    let is_plain = |name: &str| {
        !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-')
    };
    let check = report.check;
    if !is_plain(&check.id) {
        report.add(
            Default::default(),
            format!(
                "the file name `{}` is no id: use lower case, digits and _",
                check.id
            ),
        );
    }
    if !is_plain(&check.service) {
        report.add(
            Default::default(),
            format!(
                "the folder name `{}` is no service: use lower case, digits and _",
                check.service
            ),
        );
    }
}

fn title(report: &mut Report<'_>) {
    let (title, place) = (&report.check.title, report.check.places.title);
    if title.is_empty() {
        report.add(place, "the title is empty");
    }
    if title.contains('\n') || title.chars().count() > LONGEST_TITLE {
        report.add(
            place,
            format!("the title is longer than one line of {LONGEST_TITLE} characters"),
        );
    }
    if title.ends_with('.') {
        report.add(place, "the title ends with a full stop");
    }
    if words(title) == words(&report.check.id) {
        report.add_with_hint(
            place,
            "the title repeats the id",
            Some("say in plain words what is good".to_owned()),
        );
    }
}

fn words(text: &str) -> Vec<String> {
    let words = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

fn categories(report: &mut Report<'_>) {
    let check = report.check;
    if check.categories.is_empty() {
        report.add(check.places.title, "the check has no category");
    }
    for (category, place) in check.categories.iter().zip(&check.places.categories) {
        if !CATEGORIES.contains(&category.as_str()) {
            let near = nearest(category, CATEGORIES).map(|near| format!("did you mean `{near}`?"));
            let hint = near.unwrap_or_else(|| format!("one of {}", CATEGORIES.join(", ")));
            report.add_with_hint(*place, format!("unknown category `{category}`"), Some(hint));
        }
    }
}

fn resource(report: &mut Report<'_>) {
    let (check, place) = (report.check, report.check.places.resource);
    for (index, resource) in check.resources.iter().enumerate() {
        if check.resources[..index].contains(resource) {
            report.add(place, format!("`{resource}` is named twice"));
        }
        if report.catalog.entry(resource).is_some() {
            continue;
        }
        let near = nearest(
            resource.as_str(),
            report.catalog.entries().map(|entry| entry.name.as_str()),
        );
        let hint = near.map(|near| format!("did you mean `{near}`?"));
        report.add_with_hint(
            place,
            format!("the catalogue has no type `{resource}`"),
            hint,
        );
    }
}
