//! From Azure's reply to what the snapshot keeps: ids, redaction, and the documents' text.

use catalog::{Entry, Redaction, Scope, Service};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::writer::Record;

/// What identifies a document. Anything else in it is left unread here.
#[derive(Deserialize)]
struct Identity {
    id: Option<Value>,
    name: Option<Value>,
}

/// Turns one item of a reply into a record. `ordinal` tells apart items without an id or a name.
///
/// # Errors
/// The item is not a JSON object: the reply cannot be trusted.
pub(crate) fn record_of(
    entry: &Entry,
    scope: &Scope,
    parent: Option<&str>,
    ordinal: u64,
    item: &RawValue,
) -> Result<Record, String> {
    let identity: Identity = serde_json::from_str(item.get())
        .map_err(|error| format!("an item of the reply is no object: {error}"))?;
    Ok(Record {
        name: entry.name.to_string(),
        scope: scope.clone(),
        parent: parent.unwrap_or_default().to_lowercase(),
        id: id_of(entry, parent, ordinal, &identity),
        body: body_of(&entry.redaction, item)?,
    })
}

fn id_of(entry: &Entry, parent: Option<&str>, ordinal: u64, identity: &Identity) -> String {
    let text = |value: &Option<Value>| match value {
        Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
        _ => None,
    };
    let id = text(&identity.id);
    if let Some(id) = id
        .as_ref()
        .filter(|id| entry.service == Service::Arm && is_arm_id(id))
    {
        return id.clone();
    }
    let base = match (parent, entry.service) {
        (Some(parent), _) => format!(
            "{}/{}",
            parent.trim_end_matches('/'),
            entry.child_key().unwrap_or_default()
        ),
        (None, Service::Graph) => entry.path.trim_start_matches("/v1.0").to_owned(),
        (None, Service::Arm) => format!("/{}", entry.name),
    };
    if entry.shape == catalog::Shape::Single {
        return base;
    }
    match id.or_else(|| text(&identity.name)) {
        Some(own) => format!("{base}/{own}"),
        None => format!("{base}/{ordinal}"),
    }
}

/// Diagnostic settings of a subscription write their id without the slash in front.
fn is_arm_id(id: &str) -> bool {
    id.starts_with('/') || id.to_lowercase().starts_with("subscriptions/")
}

/// Most documents pass as the text they came in; only those with something to hide are taken apart.
fn body_of(redaction: &Redaction, item: &RawValue) -> Result<String, String> {
    if *redaction == Redaction::None {
        return Ok(item.get().to_owned());
    }
    let mut value: Value = serde_json::from_str(item.get()).map_err(|error| error.to_string())?;
    redaction.apply(&mut value);
    Ok(value.to_string())
}

#[cfg(test)]
mod tests {
    use catalog::{Catalog, DocumentType};

    use super::*;

    fn record(of: &str, parent: Option<&str>, item: &str) -> Record {
        let catalog = Catalog::builtin().unwrap();
        let entry = catalog.entry(&DocumentType::from(of)).unwrap();
        let item = RawValue::from_string(item.to_owned()).unwrap();
        record_of(entry, &Scope::Tenant, parent, 3, &item).unwrap()
    }

    #[test]
    fn ids_are_azures_where_it_gives_one_and_the_path_elsewhere() {
        let id = |of, parent, item| record(of, parent, item).id;
        assert_eq!(
            id(
                "Microsoft.Compute/disks",
                None,
                r#"{"id":"/Subscriptions/S/x"}"#
            ),
            "/Subscriptions/S/x"
        );
        assert_eq!(id("graph/users", None, r#"{"id":"7"}"#), "/users/7");
        assert_eq!(
            id(
                "graph/directoryRoles/members",
                Some("/directoryRoles/r"),
                r#"{"id":"7"}"#
            ),
            "/directoryRoles/r/members/7"
        );
        assert_eq!(
            id(
                "graph/policies/authorizationPolicy",
                None,
                r#"{"id":"authorizationPolicy"}"#
            ),
            "/policies/authorizationPolicy"
        );
        assert_eq!(
            id(
                "Microsoft.Web/sites/host/default/listkeys",
                Some("/sub/site"),
                r#"{"functionKeys":{}}"#
            ),
            "/sub/site/host/default/listkeys"
        );
        assert_eq!(
            id(
                "Microsoft.KeyVault/vaults/keys",
                Some("/v"),
                r#"{"name":"k"}"#
            ),
            "/v/keys/k"
        );
        assert_eq!(
            id(
                "Microsoft.KeyVault/vaults/keys",
                Some("/v"),
                r#"{"id":null}"#
            ),
            "/v/keys/3"
        );
    }

    #[test]
    fn function_keys_never_reach_the_snapshot() {
        let body = record(
            "Microsoft.Web/sites/host/default/listkeys",
            Some("/s"),
            r#"{"masterKey":"topsecret","functionKeys":{"ci":"topsecret"}}"#,
        )
        .body;
        assert!(!body.contains("topsecret"));
        assert!(body.contains("ci"));
    }

    #[test]
    fn an_item_that_is_no_object_is_an_error() {
        let catalog = Catalog::builtin().unwrap();
        let entry = catalog
            .entry(&DocumentType::from("Microsoft.Compute/disks"))
            .unwrap();
        let item = RawValue::from_string("17".to_owned()).unwrap();
        assert!(record_of(entry, &Scope::Tenant, None, 0, &item).is_err());
    }
}
