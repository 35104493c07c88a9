//! Finding documents by their ids.

use serde_json::Value;

use super::super::super::json::{in_order, items, text};

/// Whether two resource ids are one: Azure writes them in any case.
pub(super) fn same_id(left: &str, right: &str) -> bool {
    left.trim_end_matches('/')
        .eq_ignore_ascii_case(right.trim_end_matches('/'))
}

/// The document of a list that has this id.
pub(super) fn with_id<'a>(list: &'a Value, id: &str) -> Option<&'a Value> {
    let list = items(list);
    let anywhere = || {
        let mut documents = list.iter();
        documents.find(|document| text(document, "id").is_some_and(|own| same_id(own, id)))
    };
    in_order(list, id.trim_end_matches('/')).or_else(anywhere)
}

/// The id of what an id lies in: `/…/loadBalancers/lb` for `/…/loadBalancers/lb/backendAddressPools/p`.
pub(super) fn parent(id: &str) -> Option<&str> {
    let (rest, _) = id.trim_end_matches('/').rsplit_once('/')?;
    rest.rsplit_once('/').map(|(parent, _)| parent)
}

/// The last segment of an id.
pub(super) fn name_of(id: &str) -> &str {
    id.trim_end_matches('/').rsplit('/').next().unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_match_in_any_case() {
        let list = json!([{"id": "/subscriptions/S/resourceGroups/RG/x"}, {"name": "no id"}, null]);
        assert!(with_id(&list, "/SUBSCRIPTIONS/s/resourcegroups/rg/X/").is_some());
        assert!(with_id(&list, "/subscriptions/s").is_none());
        assert!(with_id(&Value::Null, "/x").is_none());
    }

    #[test]
    fn parents_and_names() {
        assert_eq!(parent("/lb/one/pools/two"), Some("/lb/one"));
        assert_eq!(parent("/lb/one/pools/two/"), Some("/lb/one"));
        assert_eq!(parent("lb"), None);
        assert_eq!(parent(""), None);
        assert_eq!(name_of("/lb/one/"), "one");
        assert_eq!(name_of(""), "");
    }
}
