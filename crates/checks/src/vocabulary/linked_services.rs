//! Linked services of Data Factory and Synapse: secrets that they hold themselves.

use serde_json::Value;

use super::json::{is, text};

/// Where a linked service's properties (`typeProperties`) hold a secret of their own, as paths:
/// a `SecureString`, at any depth, or an `encryptedCredential`. What names a secret in a key vault
/// (`AzureKeyVaultSecret`) holds none. Text is not looked into: a connection string may or may not
/// have a password in it, and snapshots do not keep it.
///
/// Source: <https://learn.microsoft.com/azure/data-factory/store-credentials-in-key-vault>,
/// <https://learn.microsoft.com/rest/api/datafactory/linked-services/get#securestring>
pub fn inline_secrets(properties: &Value) -> Vec<String> {
    let mut found = Vec::new();
    look("", properties, &mut found);
    found
}

fn look(path: &str, value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if is(value, "type", "AzureKeyVaultSecret") {
                return;
            }
            if is(value, "type", "SecureString") {
                found.push(path.to_owned());
                return;
            }
            for (name, member) in members {
                let below = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                if name.eq_ignore_ascii_case("encryptedCredential") && text(member, "").is_some() {
                    found.push(below);
                } else {
                    look(&below, member, found);
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                look(path, item, found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn secure_strings_and_encrypted_credentials_at_any_depth() {
        let properties = json!({
            "connectionString": "redacted",
            "encryptedCredential": "redacted",
            "password": {"type": "securestring", "value": "redacted"},
            "authHeaders": {"x-api-key": {"type": "SecureString", "value": "redacted"}},
            "list": [{"token": {"type": "SecureString"}}],
        });
        let mut found = inline_secrets(&properties);
        found.sort();
        assert_eq!(
            found,
            [
                "authHeaders.x-api-key",
                "encryptedCredential",
                "list.token",
                "password"
            ]
        );
    }

    #[test]
    fn a_secret_in_a_vault_is_none() {
        let properties = json!({
            "server": "redacted",
            "password": {
                "type": "AzureKeyVaultSecret",
                "store": {"referenceName": "vault", "type": "LinkedServiceReference"},
                "secretName": "redacted",
            },
            "encryptedCredential": null,
        });
        assert!(inline_secrets(&properties).is_empty());
        assert!(inline_secrets(&json!({"encryptedCredential": ""})).is_empty());
        assert!(inline_secrets(&json!({})).is_empty());
        assert!(inline_secrets(&Value::Null).is_empty());
        assert!(inline_secrets(&json!("text")).is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_secret_is_found_under_its_path(path in prop::collection::vec("[a-z]{1,6}", 1..6)) {
            prop_assume!(path.iter().all(|name| name != "type"));
            let secret = json!({"type": "SecureString", "value": "redacted"});
            let whole = path.iter().rev().fold(secret, |inner, name| json!({ name.as_str(): inner }));
            prop_assert_eq!(inline_secrets(&whole), vec![path.join(".")]);
        }
    }
}
