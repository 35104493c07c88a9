//! A check's file as it is written.

use std::collections::BTreeMap;

use catalog::Outcome;
use serde::Deserialize;
use serde_json::{Map, Value};
use serde_saphyr::{Location, Spanned};

use crate::Severity;
use crate::diagnostic::Diagnostic;

/// A text and where it stands.
pub(crate) type Text = Spanned<String>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckForm {
    pub(crate) title: Text,
    pub(crate) severity: Severity,
    pub(crate) severity_reason: Option<Text>,
    pub(crate) categories: Vec<Text>,
    pub(crate) resource: Spanned<ResourceForm>,
    #[serde(default)]
    pub(crate) with: Pairs<Spanned<ReadForm>>,
    pub(crate) when: Option<Text>,
    pub(crate) each: Option<Text>,
    #[serde(default)]
    pub(crate) params: Map<String, Value>,
    pub(crate) manual: Option<Text>,
    pub(crate) pass: Text,
    pub(crate) message: MessageForm,
    pub(crate) differs: Option<Text>,
    #[serde(default)]
    pub(crate) evidence: Pairs<Text>,
    pub(crate) risk: Text,
    pub(crate) remediation: RemediationForm,
    pub(crate) references: Vec<Text>,
    pub(crate) tests: Vec<Spanned<TestForm>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a document type, or a list of document types")]
pub(crate) enum ResourceForm {
    One(String),
    Several(Vec<String>),
}

#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "a document type, or { read: type, children: [..], fallback_for: name }"
)]
pub(crate) enum ReadForm {
    Read(String),
    Detailed(DetailedReadForm),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DetailedReadForm {
    pub(crate) read: String,
    #[serde(default)]
    pub(crate) children: Vec<String>,
    pub(crate) fallback_for: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MessageForm {
    pub(crate) pass: Text,
    pub(crate) fail: Text,
    pub(crate) manual: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RemediationForm {
    pub(crate) text: Text,
    pub(crate) az: Option<Text>,
    pub(crate) terraform: Option<Text>,
    pub(crate) bicep: Option<Text>,
    pub(crate) powershell: Option<Text>,
    pub(crate) portal: Option<Text>,
    pub(crate) breaks: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TestForm {
    pub(crate) pass: Option<Value>,
    pub(crate) fail: Option<Value>,
    pub(crate) manual: Option<Value>,
    pub(crate) none: Option<Value>,
    pub(crate) not_assessed: Option<Value>,
    #[serde(default)]
    pub(crate) with: BTreeMap<String, Value>,
    #[serde(default)]
    pub(crate) params: Map<String, Value>,
    #[serde(default)]
    pub(crate) settings: TestSettingsForm,
    #[serde(default)]
    pub(crate) unreadable: BTreeMap<String, Outcome>,
    pub(crate) why: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TestSettingsForm {
    #[serde(default)]
    pub(crate) emergency_accounts: Vec<String>,
    pub(crate) now: Option<String>,
}

/// A mapping in the order it is written.
#[derive(Debug)]
pub(crate) struct Pairs<T>(pub(crate) Vec<(String, T)>);

impl<T> Default for Pairs<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Pairs<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> serde::de::Visitor<'de> for Visitor<T> {
            type Value = Pairs<T>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a mapping of names")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut access: A,
            ) -> Result<Pairs<T>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = access.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Visitor(std::marker::PhantomData))
    }
}

/// Reads a check's file. Booleans are those of YAML 1.2, so that a bare `off` or `no`, which are
/// values of Azure, stay text.
pub(crate) fn parse(file: &str, text: &str) -> Result<CheckForm, Diagnostic> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        emit_comments: false,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| describe(file, &error))
}

fn describe(file: &str, error: &serde_saphyr::Error) -> Diagnostic {
    let error = error.without_snippet();
    let place = error.location().unwrap_or(Location::UNKNOWN);
    let (message, hint) = match error {
        serde_saphyr::Error::SerdeUnknownField {
            field, expected, ..
        } => {
            let near = expression::nearest(field, expected.iter().copied());
            let hint = near.map_or_else(
                || format!("the keys here are {}", expected.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            (format!("unknown key `{field}`"), Some(hint))
        }
        serde_saphyr::Error::SerdeUnknownVariant {
            variant, expected, ..
        } => (
            format!("unknown word `{variant}`"),
            Some(format!("one of {}", expected.join(", "))),
        ),
        serde_saphyr::Error::SerdeMissingField { field, .. } => {
            (format!("the key `{field}` is missing"), None)
        }
        other => (other.to_string(), None),
    };
    Diagnostic::file(file, message).at(place.into()).hint(hint)
}
