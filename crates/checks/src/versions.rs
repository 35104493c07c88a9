//! What is known of versions (runtimes, Kubernetes, databases): `content/versions.yaml`, one dated file.
//!
//! A check takes a value from it as the default of a parameter, so that users can set their own:
//! `params: { oldest: versions.app_service.python.oldest }`.

use serde_json::{Map, Value};

const TEXT: &str = include_str!("../../../content/versions.yaml");
const PREFIX: &str = "versions.";

/// The parameters with values of the file in the place of their names.
///
/// # Errors
/// A name that the file does not have, in words.
pub(crate) fn filled_in(mut params: Map<String, Value>) -> Result<Map<String, Value>, String> {
    let names = |value: &Value| value.as_str().is_some_and(|text| text.starts_with(PREFIX));
    if !params.values().any(names) {
        return Ok(params);
    }
    let file: Value = serde_saphyr::from_str(TEXT)
        .map_err(|error| format!("content/versions.yaml does not parse: {error}"))?;
    for value in params.values_mut() {
        let Some(path) = value.as_str().and_then(|text| text.strip_prefix(PREFIX)) else {
            continue;
        };
        let pointer: String = path.split('.').map(|part| format!("/{part}")).collect();
        let found = file
            .pointer(&pointer)
            .ok_or_else(|| format!("content/versions.yaml has no `{path}`"))?;
        *value = found.clone();
    }
    Ok(params)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn params(of: Value) -> Map<String, Value> {
        of.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn a_name_takes_the_value_of_the_file() {
        let filled = filled_in(params(json!({"as_of": "versions.as_of", "other": 3}))).unwrap();
        assert!(filled["as_of"].as_str().unwrap().starts_with("20"));
        assert_eq!(filled["other"], 3);
    }

    #[test]
    fn an_unknown_name_is_said() {
        let error = filled_in(params(json!({"x": "versions.no.such"}))).unwrap_err();
        assert!(error.contains("no.such"), "{error}");
    }
}
