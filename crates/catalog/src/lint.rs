//! What an entry must be before it is trusted. What makes an entry unusable is refused when its file
//! is loaded.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use expression::Step;

use crate::entry::{Entry, Service};
use crate::table::TABLES;
use crate::{Catalog, DocumentType, Redaction, Table};

/// The largest page that Microsoft Graph gives of any collection.
/// <https://learn.microsoft.com/graph/api/user-list#optional-query-parameters>
const LARGEST_PAGE: u16 = 999;

/// One defect of one entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryDefect {
    /// The entry.
    pub entry: DocumentType,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What would help.
    pub hint: Option<&'static str>,
}

impl fmt::Display for EntryDefect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "catalogue: {}: {}", self.entry, self.message)?;
        if let Some(hint) = self.hint {
            write!(f, "\n  hint: {hint}")?;
        }
        Ok(())
    }
}

/// Every defect of every entry, in the order of names.
pub fn lint(catalog: &Catalog) -> Vec<EntryDefect> {
    let mut defects = Vec::new();
    let mut reads: BTreeMap<String, &DocumentType> = BTreeMap::new();
    for entry in catalog.entries() {
        let mut report = Report {
            entry,
            catalog,
            defects: &mut defects,
        };
        report.parent();
        report.shape();
        report.version();
        report.query();
        report.table();
        report.condition();
        report.redaction();
        let read = format!(
            "{:?} {:?} {}",
            entry.method,
            entry.parent,
            entry.list_path(None)
        );
        if let Some(other) = reads.insert(read.to_lowercase(), &entry.name) {
            report.add(format!("the same read as {other}"), None);
        }
    }
    defects.sort();
    defects
}

struct Report<'a> {
    entry: &'a Entry,
    catalog: &'a Catalog,
    defects: &'a mut Vec<EntryDefect>,
}

impl Report<'_> {
    fn add(&mut self, message: impl Into<String>, hint: Option<&'static str>) {
        self.defects.push(EntryDefect {
            entry: self.entry.name.clone(),
            message: message.into(),
            hint,
        });
    }

    fn parent(&mut self) {
        if let Some(parent) = &self.entry.parent
            && self.catalog.entry(parent).is_none()
        {
            self.add(format!("no entry for its parent {parent}"), None);
        }
    }

    fn shape(&mut self) {
        let (name, catalog) = (&self.entry.name, self.catalog);
        if !catalog.is_own(name) && catalog.knows_path(name, &[]).is_none() {
            let hint = "list its property paths in content/shapes";
            self.add("no shape says what its documents have", Some(hint));
        }
    }

    fn version(&mut self) {
        if let Some(version) = &self.entry.api_version
            && !is_version(version)
        {
            let hint = "a version is a date, or a date and `-preview`";
            self.add(format!("`{version}` is no api-version"), Some(hint));
        }
    }

    fn query(&mut self) {
        let entry = self.entry;
        if entry.top.is_some_and(|top| top == 0 || top > LARGEST_PAGE) {
            self.add(format!("`top` is not within 1 and {LARGEST_PAGE}"), None);
        }
        if entry.service == Service::Arm && !entry.select.is_empty() {
            self.add("Resource Manager knows no `select`", None);
        }
        let written = format!(
            "{}?{}",
            entry.path,
            entry.query.as_deref().unwrap_or_default()
        );
        if written.contains([' ', '"', '#']) {
            let hint = "a space is %20, a quotation mark %22";
            self.add("the path is not percent-encoded", Some(hint));
        }
        if entry.permission.is_empty() {
            self.add("the permission is empty", None);
        }
        if entry.service == Service::Graph && entry.permission.contains("Write") {
            self.add(
                format!("`{}` is more than reading needs", entry.permission),
                None,
            );
        }
    }

    fn table(&mut self) {
        if let Some(table) = &self.entry.resource_graph
            && !TABLES.contains(&table.name.as_str())
        {
            self.add(
                format!("Resource Graph has no table `{}`", table.name),
                None,
            );
        }
    }

    /// Conditions are judged on the parent as it was read, by whichever way.
    fn condition(&mut self) {
        let (Some(condition), Some(name)) = (&self.entry.when, &self.entry.parent) else {
            if self.entry.when.is_some() {
                self.add("`when` is about a parent, and there is none", None);
            }
            return;
        };
        let Some(parent) = self.catalog.entry(name) else {
            return;
        };
        for path in condition.paths() {
            if path.root != "resource" {
                self.add(format!("`when` knows no `{}`", path.root), None);
                continue;
            }
            let segments: Vec<&str> = path.steps.iter().map(segment).collect();
            if self.catalog.knows_path(name, &segments) == Some(false) {
                let hint = "if the property is real, add it to content/shapes with its source";
                self.add(
                    format!("`when` reads {path}, which no known {name} has"),
                    Some(hint),
                );
            }
            let first = segments.first().copied().unwrap_or("id");
            if parent.resource_graph.is_some() && !Table::carries(first) {
                self.add(
                    format!("`when` reads {path}, which Resource Graph does not carry"),
                    None,
                );
            }
            if !parent.select.is_empty() && !parent.select.iter().any(|of| of == first) {
                self.add(
                    format!("`when` reads {path}, which {name} does not select"),
                    None,
                );
            }
        }
    }

    fn redaction(&mut self) {
        let (Redaction::Paths(paths) | Redaction::PathsBut(paths, _)) = &self.entry.redaction
        else {
            return;
        };
        for path in paths {
            if self.catalog.may_have(&self.entry.name, path) == Some(false) {
                let hint =
                    "a secret that no recording shows belongs under `documented` of the shape";
                self.add(
                    format!("no known document has `{}` to redact", path.join(".")),
                    Some(hint),
                );
            }
        }
    }
}

fn segment(step: &Step) -> &str {
    match step {
        Step::Member(name) => name,
        Step::Element => "[]",
    }
}

/// `2024-01-01` or `2021-05-01-preview`.
fn is_version(version: &str) -> bool {
    let date = version.strip_suffix("-preview").unwrap_or(version);
    let parts: Vec<&str> = date.split('-').collect();
    let number = |part: &str, digits: usize| {
        (part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| part.parse::<u16>().ok())
            .flatten()
    };
    match parts[..] {
        [year, month, day] => {
            number(year, 4).is_some_and(|year| year >= 2013)
                && number(month, 2).is_some_and(|month| (1..=12).contains(&month))
                && number(day, 2).is_some_and(|day| (1..=31).contains(&day))
        }
        _ => false,
    }
}
