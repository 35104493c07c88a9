//! Where the changed resources of a type stand in a snapshot.

use catalog::{Entry, Shape};

use super::ids;
use super::resource_changes::Changed;
use crate::resource_graph::parent_of;

/// A changed resource as the document of a type. Everything in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) id: String,
    pub(super) subscription: String,
    /// The document it hangs below; empty for a type of its own.
    pub(super) parent: String,
}

/// The changed resources of a type.
pub(super) fn of(entry: &Entry, changed: &Changed) -> Vec<Place> {
    let Some(table) = &entry.resource_graph else {
        return Vec::new();
    };
    let ids = changed.by_type.get(&table.row_type);
    ids.into_iter()
        .flatten()
        .filter_map(|id| place(entry, id))
        .collect()
}

fn place(entry: &Entry, id: &str) -> Option<Place> {
    let is_another = entry.shape == Shape::Single && !id.ends_with(&entry.path.to_lowercase());
    let parent = match &entry.parent {
        // Another document of the same row type.
        Some(_) if is_another => return None,
        Some(_) => parent_of(entry, id)?,
        None => "",
    };
    Some(Place {
        id: id.to_owned(),
        subscription: ids::subscription(id)?.to_owned(),
        parent: parent.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use catalog::{Catalog, DocumentType};

    use super::*;

    fn entry(name: &str) -> Arc<Entry> {
        let catalog = Catalog::builtin().unwrap();
        Arc::clone(catalog.entry(&DocumentType::from(name)).unwrap())
    }

    fn changed(of: &str, id: &str) -> Changed {
        let mut changed = Changed::default();
        changed
            .by_type
            .entry(of.to_owned())
            .or_default()
            .insert(id.to_owned());
        changed
    }

    #[test]
    fn a_database_stands_below_its_server() {
        let id = "/subscriptions/s/resourcegroups/g/providers/microsoft.sql/servers/x/databases/d";
        let places = of(
            &entry("Microsoft.Sql/servers/databases"),
            &changed("microsoft.sql/servers/databases", id),
        );
        let expected = Place {
            id: id.to_owned(),
            subscription: "s".to_owned(),
            parent: "/subscriptions/s/resourcegroups/g/providers/microsoft.sql/servers/x"
                .to_owned(),
        };
        assert_eq!(places, [expected]);
    }

    #[test]
    fn a_resource_of_its_own_stands_below_nothing() {
        let id = "/subscriptions/s/resourcegroups/g/providers/microsoft.keyvault/vaults/v";
        let vaults = entry("Microsoft.KeyVault/vaults");
        assert_eq!(
            of(&vaults, &changed("microsoft.keyvault/vaults", id))[0].parent,
            ""
        );
        assert!(of(&vaults, &changed("microsoft.sql/servers", id)).is_empty());
    }

    #[test]
    fn another_document_of_the_same_row_type_is_left_out() {
        let web = entry("Microsoft.Web/sites/config/web");
        let site = "/subscriptions/s/resourcegroups/g/providers/microsoft.web/sites/x";
        let of_web = changed("microsoft.web/sites/config", &format!("{site}/config/web"));
        assert_eq!(of(&web, &of_web)[0].parent, site);
        assert!(
            of(
                &web,
                &changed("microsoft.web/sites/config", &format!("{site}/config/logs"))
            )
            .is_empty()
        );
    }
}
