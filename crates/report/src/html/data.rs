//! The data that the page's script reads, as JSON inside `<script type="application/json">`.
//!
//! Such an element is not run, but its text ends at `</script`, and `<!--` changes how it is
//! read. So every `<`, `>` and `&` is written as a JSON escape. They occur only inside strings.

use std::collections::BTreeMap;

use checks::{Finding, Severity, Status};
use serde::Serialize;
use serde::ser::{SerializeTuple, Serializer};

use crate::context::Context;
use crate::{CheckInfo, Remedy, words};

/// A value as JSON that is safe between script tags.
pub(crate) fn script_json<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    Ok(script_safe(&serde_json::to_string(value)?))
}

/// JSON without anything that HTML or an old JavaScript parser could mistake.
fn script_safe(json: &str) -> String {
    let mut safe = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        match character {
            '<' => safe.push_str("\\u003c"),
            '>' => safe.push_str("\\u003e"),
            '&' => safe.push_str("\\u0026"),
            '\u{2028}' => safe.push_str("\\u2028"),
            '\u{2029}' => safe.push_str("\\u2029"),
            _ => safe.push(character),
        }
    }
    safe
}

/// What rows refer to.
#[derive(Serialize)]
pub(crate) struct Shared<'a> {
    checks: Vec<Check<'a>>,
    subscriptions: BTreeMap<String, &'a str>,
}

#[derive(Serialize)]
struct Check<'a> {
    id: &'a str,
    title: &'a str,
    categories: &'a [String],
    risk: &'a str,
    text: &'a str,
    az: Option<&'a str>,
    references: Vec<&'a str>,
}

impl<'a> Shared<'a> {
    pub(crate) fn of(context: &'a Context) -> Self {
        let run = &context.run;
        Self {
            checks: run.checks.iter().map(Check::of).collect(),
            subscriptions: run
                .subscriptions
                .iter()
                .map(|s| (s.id.to_lowercase(), s.name.as_str()))
                .collect(),
        }
    }
}

impl<'a> Check<'a> {
    fn of(check: &'a CheckInfo) -> Self {
        Self {
            id: &check.id,
            title: &check.title,
            categories: &check.categories,
            risk: check.risk.trim(),
            text: check.remediation_text.trim(),
            az: check.remediation_az.as_deref().map(str::trim),
            // Anything else (`javascript:`, `http:`) has no place behind a link.
            references: check
                .references
                .iter()
                .map(String::as_str)
                .filter(|r| r.starts_with("https://"))
                .collect(),
        }
    }
}

/// One finding: an array, so that fifty thousand of them do not repeat the names of its fields.
/// `report.js` reads it by position.
pub(crate) struct Row<'a> {
    pub(crate) check: Option<usize>,
    pub(crate) finding: &'a Finding,
    pub(crate) remedy: Option<&'a Remedy>,
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let finding = self.finding;
        let mut row = serializer.serialize_tuple(15)?;
        match self.check {
            Some(index) => row.serialize_element(&index)?,
            None => row.serialize_element(&finding.check_id)?,
        }
        row.serialize_element(&status_place(finding.status))?;
        row.serialize_element(&severity_place(finding.severity))?;
        row.serialize_element(&finding.service)?;
        row.serialize_element(&finding.resource_id)?;
        row.serialize_element(&finding.resource_name)?;
        row.serialize_element(&finding.resource_type)?;
        row.serialize_element(&finding.subscription_id)?;
        row.serialize_element(&finding.region)?;
        row.serialize_element(&finding.message)?;
        row.serialize_element(&finding.evidence)?;
        row.serialize_element(&finding.reason.map(words::reason))?;
        row.serialize_element(&finding.permission)?;
        row.serialize_element(&self.remedy.map(|remedy| &remedy.text))?;
        row.serialize_element(&self.remedy.and_then(|remedy| remedy.az.as_ref()))?;
        row.end()
    }
}

/// The place of a status in `report.js`' list.
fn status_place(status: Status) -> usize {
    words::STATUSES
        .iter()
        .position(|&known| known == status)
        .unwrap_or_default()
}

/// The place of a severity in `report.js`' list.
fn severity_place(severity: Severity) -> usize {
    words::SEVERITIES
        .iter()
        .position(|&known| known == severity)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn markup_cannot_occur() {
        let json = script_json(&["</script>", "<!--", "]]>", "&amp;", "\u{2028}\u{2029}"]).unwrap();
        assert!(
            !json.contains(['<', '>', '&', '\u{2028}', '\u{2029}']),
            "{json}"
        );
    }

    proptest! {
        #[test]
        fn every_value_reads_back(text in any::<String>(), markup in "(</?[sS]cript|<!--|-->|&|[\u{2028}\u{2029}]){0,9}") {
            let value = [text, markup];
            let json = script_json(&value).unwrap();
            let dangerous = json.contains(['<', '>', '&', '\u{2028}', '\u{2029}']);
            prop_assert!(!dangerous);
            prop_assert_eq!(serde_json::from_str::<[String; 2]>(&json).unwrap(), value);
        }
    }
}
