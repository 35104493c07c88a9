//! The type of a document, by the path it is stored at: as a catalogue of types names it, in lower case.

use crate::path::{self, ProviderPath};
use crate::store::is_graph;

/// Graph's collections whose items have items of their own; the segment behind them is an id.
const OWNERS: [&str; 8] = [
    "users",
    "groups",
    "applications",
    "serviceprincipals",
    "directoryroles",
    "devices",
    "administrativeunits",
    "contacts",
];

/// `microsoft.storage/storageaccounts/blobservices`, `microsoft.insights/diagnosticsettings`, `graph/users`,
/// `graph/groups/members`. `item` tells whether the last segment of a path of Graph is the name of an item in a list.
pub(crate) fn of(at: &str, item: impl FnOnce(&str) -> bool) -> String {
    let key = path::key(at);
    if is_graph(&key) {
        return of_graph(&key, item);
    }
    if let Some(provider) = ProviderPath::parse(&key) {
        return provider.type_name();
    }
    match path::segments(&key).as_slice() {
        ["subscriptions", _] => "microsoft.resources/subscriptions".to_owned(),
        ["subscriptions", _, "resourcegroups", _] => {
            "microsoft.resources/resourcegroups".to_owned()
        }
        other => other.join("/"),
    }
}

fn of_graph(key: &str, item: impl FnOnce(&str) -> bool) -> String {
    let mut parts: Vec<&str> = path::segments(key).into_iter().skip(1).collect();
    let collection = key
        .rsplit_once('/')
        .map_or("", |(collection, _)| collection);
    let is_item = parts.len() > 1 && item(collection);
    if is_item {
        parts.pop();
    }
    if parts.len() > 2 - usize::from(is_item)
        && parts.first().is_some_and(|first| OWNERS.contains(first))
    {
        parts.remove(1);
    }
    std::iter::once("graph")
        .chain(parts)
        .collect::<Vec<_>>()
        .join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_dropped_from_types() {
        let arm = |at: &str| of(at, |_| false);
        let account =
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a";
        assert_eq!(arm(account), "microsoft.storage/storageaccounts");
        assert_eq!(
            arm(&format!("{account}/blobServices/default")),
            "microsoft.storage/storageaccounts/blobservices"
        );
        assert_eq!(
            arm(&format!(
                "{account}/providers/Microsoft.Insights/diagnosticSettings/d"
            )),
            "microsoft.insights/diagnosticsettings"
        );
        assert_eq!(arm("/subscriptions/s"), "microsoft.resources/subscriptions");
        assert_eq!(
            arm("/subscriptions/s/resourceGroups/g"),
            "microsoft.resources/resourcegroups"
        );
    }

    #[test]
    fn ids_are_dropped_from_paths_of_graph() {
        let item = |at: &str| of(at, |_| true);
        let single = |at: &str| of(at, |_| false);
        assert_eq!(item("/v1.0/users/u"), "graph/users");
        assert_eq!(item("/v1.0/groups/g/members/u"), "graph/groups/members");
        assert_eq!(
            item("/v1.0/users/u/authentication/methods/m"),
            "graph/users/authentication/methods"
        );
        assert_eq!(single("/v1.0/users/u/manager"), "graph/users/manager");
        assert_eq!(
            item("/v1.0/identity/conditionalAccess/policies/p"),
            "graph/identity/conditionalaccess/policies"
        );
        assert_eq!(
            single("/v1.0/policies/authorizationPolicy"),
            "graph/policies/authorizationpolicy"
        );
    }
}
