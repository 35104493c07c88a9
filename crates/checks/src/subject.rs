//! What a finding is about.

use catalog::{Document, DocumentType};
use serde_json::Value;

/// What a finding is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) document_type: DocumentType,
    pub(crate) subscription: Option<String>,
    pub(crate) region: Option<String>,
}

impl Subject {
    /// The document itself.
    pub(crate) fn document(document: &Document) -> Self {
        Self {
            id: document.id.clone(),
            name: name(&document.body, &document.id),
            document_type: document.document_type.clone(),
            subscription: document.scope.subscription_id().map(str::to_owned),
            region: region(&document.body),
        }
    }

    /// An item of a document's list, the one at `index`. What the item does not say of itself is the document's. An
    /// item without an id of its own has the document's, and behind a `#` what tells it from its siblings.
    pub(crate) fn item(
        document: &Document,
        item: &Value,
        item_type: Option<&DocumentType>,
        index: usize,
    ) -> Self {
        let whole = Self::document(document);
        let Some(id) = text(item, "id") else {
            let mark = mark(item).unwrap_or_else(|| (index + 1).to_string());
            let name = item.as_str().map(str::to_owned).or_else(|| own_name(item));
            return Self {
                id: format!("{}#{mark}", whole.id),
                name: name.unwrap_or_else(|| whole.name.clone()),
                ..whole
            };
        };
        let document_type = text(item, "type")
            .map(DocumentType::new)
            .or_else(|| item_type.cloned())
            .unwrap_or_else(|| whole.document_type.clone());
        Self {
            name: name(item, &id),
            // An id that is no path, such as a directory object's, is made one below its owner.
            id: if id.starts_with('/') {
                id
            } else {
                format!("{}/{id}", whole.id)
            },
            document_type,
            region: region(item).or(whole.region),
            subscription: whole.subscription,
        }
    }

    /// A document of which only the id is known.
    pub(crate) fn known_by_id(
        id: &str,
        document_type: &DocumentType,
        subscription: Option<&str>,
    ) -> Self {
        Self {
            id: id.to_owned(),
            name: last_segment(id).to_owned(),
            document_type: document_type.clone(),
            subscription: subscription.map(str::to_owned),
            region: None,
        }
    }
}

fn text(body: &Value, member: &str) -> Option<String> {
    body.get(member)?
        .as_str()
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

/// Where a resource is, as Azure's APIs name regions: App Service and others give the name that
/// people see (`West Europe`), and Resource Graph the other (`westeurope`) for all.
fn region(body: &Value) -> Option<String> {
    let mut region = text(body, "location")?.to_lowercase();
    region.retain(|letter| letter != ' ');
    Some(region)
}

fn own_name(body: &Value) -> Option<String> {
    ["displayName", "userPrincipalName", "name"]
        .into_iter()
        .find_map(|member| text(body, member))
}

/// What tells an item without an id from its siblings.
fn mark(item: &Value) -> Option<String> {
    let members = ["name", "objectId", "principalId", "displayName", "value"];
    let text_of = |member: &str| text(item, member);
    let itself = item.as_str().filter(|text| !text.is_empty());
    itself
        .map(str::to_owned)
        .or_else(|| members.into_iter().find_map(text_of))
}

fn name(body: &Value, id: &str) -> String {
    own_name(body).unwrap_or_else(|| last_segment(id).to_owned())
}

fn last_segment(id: &str) -> &str {
    id.trim_end_matches('/').rsplit('/').next().unwrap_or(id)
}

/// Whether an id lies in one of these resource groups.
pub(crate) fn in_resource_groups(id: &str, groups: &[String]) -> bool {
    let mut segments = id.split('/');
    segments
        .find(|segment| segment.eq_ignore_ascii_case("resourceGroups"))
        .and_then(|_| segments.next())
        .is_some_and(|group| {
            groups
                .iter()
                .any(|wanted| expression::same_text(wanted, group))
        })
}

#[cfg(test)]
mod tests {
    use catalog::Scope;
    use serde_json::json;

    use super::*;

    fn document(body: Value) -> Document {
        Document {
            document_type: "Microsoft.KeyVault/vaults".into(),
            id: "/subscriptions/S/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv"
                .to_owned(),
            scope: Scope::subscription("S"),
            body,
        }
    }

    #[test]
    fn a_region_has_one_name_whichever_api_names_it() {
        for location in ["West Europe", "westeurope", "WestEurope"] {
            let site = document(json!({ "name": "app", "location": location }));
            assert_eq!(
                Subject::document(&site).region.as_deref(),
                Some("westeurope")
            );
        }
    }

    #[test]
    fn the_name_is_the_one_a_person_knows() {
        let name = |body| Subject::document(&document(body)).name;
        assert_eq!(
            name(json!({ "displayName": "A", "userPrincipalName": "B", "name": "C" })),
            "A"
        );
        assert_eq!(
            name(json!({ "displayName": null, "userPrincipalName": "B", "name": "C" })),
            "B"
        );
        assert_eq!(name(json!({ "displayName": "", "name": "C" })), "C");
        assert_eq!(name(json!({})), "kv");
        assert_eq!(name(json!(null)), "kv");
    }

    #[test]
    fn an_item_speaks_for_itself_where_it_can() {
        let vault = document(json!({ "name": "kv", "location": "westeurope" }));
        let keys: DocumentType = "Microsoft.KeyVault/vaults/keys".into();
        let item = Subject::item(
            &vault,
            &json!({ "id": "/x/keys/k", "name": "k" }),
            Some(&keys),
            0,
        );
        assert_eq!(
            (item.id.as_str(), item.name.as_str(), item.document_type),
            ("/x/keys/k", "k", keys.clone())
        );
        assert_eq!(
            (item.region.as_deref(), item.subscription.as_deref()),
            (Some("westeurope"), Some("s"))
        );
        let item = Subject::item(
            &vault,
            &json!({ "id": "7", "type": "T/t", "location": "north" }),
            None,
            0,
        );
        assert!(item.id.ends_with("/vaults/kv/7"));
        assert_eq!(
            (item.document_type.as_str(), item.region.as_deref()),
            ("T/t", Some("north"))
        );
    }

    #[test]
    fn items_without_an_id_are_told_apart() {
        let vault = document(json!({ "name": "kv" }));
        let item = |item: Value| {
            let item = Subject::item(&vault, &item, Some(&"K/k".into()), 2);
            assert_eq!(item.document_type.as_str(), "Microsoft.KeyVault/vaults");
            let (id, mark) = item.id.split_once('#').unwrap();
            assert_eq!(id, vault.id);
            (mark.to_owned(), item.name)
        };
        let told = |mark: &str, name: &str| (mark.to_owned(), name.to_owned());
        assert_eq!(item(json!({ "name": "one" })), told("one", "one"));
        assert_eq!(item(json!({ "objectId": "o" })), told("o", "kv"));
        assert_eq!(item(json!("text")), told("text", "text"));
        assert_eq!(item(json!({ "port": 1 })), told("3", "kv"));
        assert_eq!(item(json!("")), told("3", ""));
    }

    #[test]
    fn resource_groups_are_found_in_ids_of_any_case() {
        let groups = ["rg-One".to_owned()];
        assert!(in_resource_groups(
            "/subscriptions/s/RESOURCEGROUPS/RG-one/providers/x",
            &groups
        ));
        assert!(!in_resource_groups(
            "/subscriptions/s/resourceGroups/rg-two",
            &groups
        ));
        assert!(!in_resource_groups("/subscriptions/s", &groups));
    }
}
