//! Documents as Azure gives them.

use catalog::{Document, Scope};
use serde_json::{Value, json};

/// The subscription of every ARM document here.
pub const SUBSCRIPTION: &str = "aaaaaaaa-0000-0000-0000-000000000001";

/// The scope of that subscription.
pub fn subscription_scope() -> Scope {
    Scope::subscription(SUBSCRIPTION)
}

/// An ARM document of that type and name, with these properties.
pub fn arm(document_type: &str, name: &str, properties: Value) -> Document {
    let id =
        format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/{document_type}/{name}");
    Document {
        document_type: document_type.into(),
        body: json!({ "id": id, "name": name, "type": document_type, "location": "westeurope", "properties": properties }),
        id,
        scope: subscription_scope(),
    }
}

/// A storage account.
pub fn account(name: &str, properties: Value) -> Document {
    arm("Microsoft.Storage/storageAccounts", name, properties)
}

/// A directory object of that type and id.
pub fn graph(document_type: &str, id: &str, mut body: Value) -> Document {
    body["id"] = id.into();
    let collection = document_type.trim_start_matches("graph/");
    Document {
        document_type: document_type.into(),
        id: format!("/{collection}/{id}"),
        scope: Scope::Tenant,
        body,
    }
}
