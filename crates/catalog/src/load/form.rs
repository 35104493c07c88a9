//! What an entry may say in a catalogue file.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::Outcome;

/// One entry as it is written.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EntryForm {
    pub(super) api_version: Option<String>,
    pub(super) parent: Option<String>,
    pub(super) list: Option<String>,
    pub(super) get: Option<String>,
    pub(super) post: Option<String>,
    pub(super) scope: Option<ScopeForm>,
    pub(super) permission: Option<String>,
    #[serde(default)]
    pub(super) select: Vec<String>,
    pub(super) top: Option<u16>,
    pub(super) when: Option<String>,
    pub(super) redact: Option<RedactForm>,
    #[serde(default)]
    pub(super) errors: BTreeMap<String, Outcome>,
    #[serde(default)]
    pub(super) from_scope: bool,
    pub(super) resource_graph: Option<TableForm>,
    pub(super) changes: Option<ChangesForm>,
    pub(super) delta: Option<String>,
    #[serde(default)]
    pub(super) diagnostic_settings: bool,
    #[serde(default)]
    pub(super) children: BTreeMap<String, EntryForm>,
}

impl EntryForm {
    /// The settings that send a resource's logs somewhere: the same read below any resource.
    ///
    /// <https://learn.microsoft.com/rest/api/monitor/diagnostic-settings/list>
    pub(super) fn diagnostic_settings() -> Self {
        Self {
            list: Some("providers/Microsoft.Insights/diagnosticSettings".to_owned()),
            api_version: Some("2021-05-01-preview".to_owned()),
            ..Self::default()
        }
    }
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(super) enum ScopeForm {
    Tenant,
    Subscription,
}

/// A table, or a table with the type that its rows have where that is not the document's own.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum TableForm {
    Name(String),
    Typed { table: String, r#type: String },
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(super) enum ChangesForm {
    Always,
    Aged,
    WithParent,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum RedactForm {
    Word(String),
    Paths(Vec<String>),
    Except(ExceptForm),
}

/// `redact: { paths: [paths], except: [names] }`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExceptForm {
    pub(super) paths: Vec<String>,
    pub(super) except: Vec<String>,
}
