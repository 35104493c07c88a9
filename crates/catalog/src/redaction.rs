//! Reducing secrets before anything rests on disk.

use serde_json::Value;

/// What stands in the place of a secret.
pub const REDACTED: &str = "redacted";

/// The last segment of a path that spares objects and lists.
pub(crate) const INNERMOST: &str = "$";

/// What of a document must not reach the snapshot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Redaction {
    /// Nothing in it is secret.
    #[default]
    None,
    /// Every value is: names stay, values go.
    Values,
    /// The values at these paths are: segments, with `*` for every member or item, and `$` at the end
    /// for the value itself unless it has an inside.
    Paths(Vec<Vec<String>>),
    /// The values at these paths are, but for those of members with one of these names.
    PathsBut(Vec<Vec<String>>, Vec<String>),
}

impl Redaction {
    /// Replaces what is secret in `document`. An absent value, null or an empty text stays what it is,
    /// because that a secret is not set is no secret.
    pub fn apply(&self, document: &mut Value) {
        match self {
            Self::None => {}
            Self::Values => redact_all(document),
            Self::Paths(paths) => paths
                .iter()
                .for_each(|path| redact_path(document, path, &[])),
            Self::PathsBut(paths, spared) => paths
                .iter()
                .for_each(|path| redact_path(document, path, spared)),
        }
    }
}

fn redact_all(value: &mut Value) {
    match value {
        Value::Null => {}
        Value::String(text) if text.is_empty() => {}
        Value::Object(members) => members.values_mut().for_each(redact_all),
        Value::Array(items) => items.iter_mut().for_each(redact_all),
        scalar => *scalar = Value::String(REDACTED.to_owned()),
    }
}

/// Redacts every value but those of the members named; a member that has an inside is never spared, because
/// nobody knows what comes to stand in it.
fn redact_all_but(value: &mut Value, spared: &[String]) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                let is_spared = spared.iter().any(|one| one.eq_ignore_ascii_case(name));
                if !is_spared || member.is_object() || member.is_array() {
                    redact_all_but(member, spared);
                }
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| redact_all_but(item, spared)),
        scalar => redact_all(scalar),
    }
}

fn redact_path(value: &mut Value, path: &[String], spared: &[String]) {
    let Some((segment, rest)) = path.split_first() else {
        redact_all_but(value, spared);
        return;
    };
    match value {
        Value::Array(_) | Value::Object(_) if segment == INNERMOST => {}
        scalar if segment == INNERMOST => redact_all(scalar),
        Value::Array(items) if segment == "*" => items
            .iter_mut()
            .for_each(|item| redact_path(item, rest, spared)),
        // A path says `*` for items; a list where one object was expected is redacted all the same.
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| redact_path(item, path, spared)),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                if segment == "*" || name.eq_ignore_ascii_case(segment) {
                    redact_path(member, rest, spared);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn paths(paths: &[&str]) -> Redaction {
        Redaction::Paths(
            paths
                .iter()
                .map(|path| path.split('.').map(str::to_owned).collect())
                .collect(),
        )
    }

    #[test]
    fn names_of_keys_stay_and_their_values_go() {
        let mut keys = json!({"masterKey": "m", "functionKeys": {"default": "d", "ci": "c"}, "systemKeys": {}});
        Redaction::Values.apply(&mut keys);
        assert_eq!(
            keys,
            json!({"masterKey": REDACTED, "functionKeys": {"default": REDACTED, "ci": REDACTED}, "systemKeys": {}})
        );
    }

    #[test]
    fn only_the_named_paths_go_in_any_case_and_through_lists() {
        let mut site = json!({"properties": {"AppSettings": [{"name": "a", "value": "s"}], "ftpsState": "Disabled"}});
        paths(&["properties.appSettings.*.value"]).apply(&mut site);
        assert_eq!(
            site,
            json!({"properties": {"AppSettings": [{"name": "a", "value": REDACTED}], "ftpsState": "Disabled"}})
        );
    }

    #[test]
    fn what_is_not_set_stays_not_set() {
        let mut server = json!({"properties": {"administratorLoginPassword": null, "emails": ""}});
        let before = server.clone();
        paths(&[
            "properties.administratorLoginPassword",
            "properties.emails",
            "properties.absent.x",
        ])
        .apply(&mut server);
        assert_eq!(server, before);
    }

    #[test]
    fn a_whole_subtree_at_a_path_goes() {
        let mut document = json!({"secret": {"a": [1, {"b": true}]}});
        paths(&["secret"]).apply(&mut document);
        assert_eq!(
            document,
            json!({"secret": {"a": [REDACTED, {"b": REDACTED}]}})
        );
    }

    #[test]
    fn a_dollar_spares_what_has_an_inside() {
        let mut service = json!({"typeProperties": {"connectionString": "s", "password": {"type": "AzureKeyVaultSecret"}}});
        paths(&["typeProperties.*.$"]).apply(&mut service);
        assert_eq!(
            service,
            json!({"typeProperties": {"connectionString": REDACTED, "password": {"type": "AzureKeyVaultSecret"}}})
        );
    }

    #[test]
    fn values_but_those_of_some_names() {
        let mut settings = json!({"properties": {
            "FUNCTIONS_EXTENSION_VERSION": "~4", "Password": "hush",
            "nested": {"functions_extension_version": {"a": "hush"}},
        }});
        let spared = vec!["FUNCTIONS_EXTENSION_VERSION".to_owned()];
        Redaction::PathsBut(vec![vec!["properties".to_owned()]], spared).apply(&mut settings);
        assert_eq!(
            settings,
            json!({"properties": {
                "FUNCTIONS_EXTENSION_VERSION": "~4", "Password": REDACTED,
                "nested": {"functions_extension_version": {"a": REDACTED}},
            }})
        );
    }
}
