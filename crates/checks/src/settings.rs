//! What the user sets for an evaluation.

use std::collections::BTreeMap;

use expression::nearest;
use serde_json::{Map, Value};

use crate::Check;

/// What the user sets for an evaluation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    /// Parameters that differ from a check's defaults, by check id.
    pub params: BTreeMap<String, Map<String, Value>>,
    /// The object ids or user principal names of the accounts kept for emergencies.
    pub emergency_accounts: Vec<String>,
    /// Judge only documents in these resource groups; all documents when empty.
    pub resource_groups: Vec<String>,
    /// When the documents were collected, in RFC 3339.
    pub now: Option<String>,
}

/// A setting that no check has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SettingsError {
    /// What is wrong.
    pub message: String,
    /// What was perhaps meant.
    pub hint: Option<String>,
}

/// A check's parameters: its defaults, with what the user set instead.
///
/// # Errors
///
/// When the check has no such parameter, or one of another kind.
pub(crate) fn params(
    check: &Check,
    set: Option<&Map<String, Value>>,
) -> Result<Value, SettingsError> {
    let mut params = check.params.clone();
    for (name, value) in set.into_iter().flatten() {
        let Some(default) = params.get(name) else {
            let near = nearest(name, check.params.keys().map(String::as_str));
            return Err(SettingsError {
                message: format!("{} has no parameter `{name}`", check.id),
                hint: near.map(|near| format!("did you mean `{near}`?")),
            });
        };
        if !default.is_null() && kind(default) != kind(value) {
            return Err(SettingsError {
                message: format!(
                    "parameter `{name}` of {} is {}, not {}",
                    check.id,
                    kind(default),
                    kind(value)
                ),
                hint: Some(format!("its default is {default}")),
            });
        }
        params.insert(name.clone(), value.clone());
    }
    Ok(Value::Object(params))
}

fn kind(value: &Value) -> &'static str {
    expression::Value::from(value).kind()
}
