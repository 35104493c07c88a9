//! The history of deployments.
//!
//! Source: <https://learn.microsoft.com/azure/azure-resource-manager/templates/best-practices#parameters>

use serde_json::Value;

use super::json::{at, is, member};
use super::secrets::looks_secret;

/// The parameters and outputs of a deployment that are likely to be secrets and whose values everybody who
/// may read the deployment sees: `parameter adminPassword`, `output app.connectionString`.
///
/// Told by their names, and by those of the members of objects, at any depth; in a list also by an item's
/// own `name`. Resource Manager keeps no value of the types `SecureString` and `SecureObject`, and none for a
/// parameter that refers to a key vault, so that neither is found. Numbers and booleans are no secrets.
pub fn plaintext_secrets(deployment: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (list, what) in [("parameters", "parameter"), ("outputs", "output")] {
        let Some(entries) = at(at(deployment, "properties"), list).as_object() else {
            continue;
        };
        for (name, entry) in entries {
            let secure = ["SecureString", "SecureObject"];
            if secure.iter().any(|kind| is(entry, "type", kind)) {
                continue;
            }
            search(name, name, member(entry, "value"), &mut |path| {
                found.push(format!("{what} {path}"));
            });
        }
    }
    found
}

/// Looks through a value. `name` tells what it is, `path` where it stands.
fn search(name: &str, path: &str, value: &Value, found: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) if !text.trim().is_empty() && looks_secret(name) => found(path),
        Value::Object(members) => {
            // Of `{ name: DB_PASSWORD, value: … }` the name tells what the value is.
            let named = member(value, "name").as_str();
            for (inner, value) in members {
                let is_value = inner.eq_ignore_ascii_case("value");
                let said = named.filter(|_| is_value).unwrap_or(inner);
                search(said, &format!("{path}.{said}"), value, found);
            }
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| search(name, path, item, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn names_of_readable_values_tell() {
        let deployment = json!({"properties": {
            "parameters": {
                "adminPassword": {"type": "String", "value": "redacted"},
                "sqlPassword": {"type": "SecureString"},
                "token": {"type": "securestring", "value": "redacted"},
                "vaultSecret": {"reference": {"keyVault": {"id": "/x"}, "secretName": "s"}},
                "emptyPassword": {"type": "String", "value": ""},
                "secretRotation": {"type": "Bool", "value": true},
                "location": {"type": "String", "value": "westeurope"},
                "settings": {"type": "Object", "value": {"db": {"connectionString": "redacted", "sku": "S1"}}},
                "appSettings": {"type": "Array", "value": [
                    {"name": "API_KEY", "value": "redacted"}, {"name": "MODE", "value": "redacted"}, "x", null]},
            },
            "outputs": {"storageKey": {"type": "String", "value": "redacted"}, "id": {"type": "String", "value": "/x"}},
        }});
        let mut found = plaintext_secrets(&deployment);
        found.sort();
        assert_eq!(
            found,
            [
                "output storageKey",
                "parameter adminPassword",
                "parameter appSettings.API_KEY",
                "parameter settings.db.connectionString",
            ]
        );
    }

    #[test]
    fn odd_deployments_have_none() {
        for deployment in [
            json!(null),
            json!({}),
            json!({"properties": null}),
            json!({"properties": {"parameters": null, "outputs": []}}),
            json!({"properties": {"parameters": {"password": null, "secret": 4, "token": "x"}}}),
        ] {
            assert!(plaintext_secrets(&deployment).is_empty(), "{deployment}");
        }
    }

    proptest! {
        /// What is found does not depend on the value, and of a secure type nothing ever is.
        #[test]
        fn secure_types_hide_everything(name in "[a-zA-Z]{1,12}", value in "[ -~]{1,12}", secure in any::<bool>()) {
            prop_assume!(!value.trim().is_empty());
            let kind = if secure { "SecureString" } else { "String" };
            let deployment = json!({"properties": {"parameters": {name.clone(): {"type": kind, "value": value}}}});
            let expected = !secure && looks_secret(&name);
            prop_assert_eq!(!plaintext_secrets(&deployment).is_empty(), expected);
        }
    }
}
