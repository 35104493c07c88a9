//! The catalogue itself: entries by name.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use include_dir::{Dir, include_dir};

use crate::load::{CatalogError, parse};
use crate::{DocumentType, Entry, Shapes};

static BUILTIN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../content/catalog");
static SHAPES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../content/shapes");

/// Every document type that can be read.
#[derive(Debug, Default)]
pub struct Catalog {
    entries: BTreeMap<DocumentType, Arc<Entry>>,
    shapes: OnceLock<Shapes>,
    own_shapes: Shapes,
}

impl Catalog {
    /// The catalogue that comes with the program.
    ///
    /// # Errors
    /// A file that cannot be used; a test proves that none is.
    pub fn builtin() -> Result<Self, CatalogError> {
        let mut catalog = Self::default();
        for file in BUILTIN.files() {
            let name = file.path().display().to_string();
            if name.ends_with(".yaml") {
                catalog.add(&name, file.contents_utf8().unwrap_or_default())?;
            }
        }
        Ok(catalog)
    }

    /// Adds the files of `DIR/catalog` and `DIR/shapes`; an entry of the same name replaces the
    /// present one, and known property paths add to those present.
    ///
    /// # Errors
    /// A file that cannot be read or used.
    pub fn overlay(mut self, content: &Path) -> Result<Self, CatalogError> {
        for (file, text) in yaml_files(&content.join("catalog"))? {
            self.add(&file, &text)?;
        }
        for (file, text) in yaml_files(&content.join("shapes"))? {
            self.own_shapes
                .add(&text)
                .map_err(|message| CatalogError { file, message })?;
        }
        Ok(self)
    }

    /// The entry of a type.
    pub fn entry(&self, document_type: &DocumentType) -> Option<&Arc<Entry>> {
        self.entries.get(document_type)
    }

    /// What `read` means in a check on `resource`: its child of that key, else the type of that name.
    pub fn resolve(&self, resource: &DocumentType, read: &str) -> Option<&Arc<Entry>> {
        self.entry(&resource.child(read))
            .or_else(|| self.entry(&DocumentType::from(read)))
    }

    /// Every entry, in the order of names.
    pub fn entries(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.entries.values()
    }

    /// Whether known payloads of a type have a path; `None` when no payload of it is known.
    pub fn knows_path(&self, document_type: &DocumentType, path: &[&str]) -> Option<bool> {
        let builtin = self
            .shapes
            .get_or_init(builtin_shapes)
            .knows(document_type, path);
        let own = self.own_shapes.knows(document_type, path);
        builtin.max(own)
    }

    fn add(&mut self, file: &str, text: &str) -> Result<(), CatalogError> {
        for entry in parse(file, text)? {
            self.entries.insert(entry.name.clone(), entry);
        }
        Ok(())
    }
}

/// The names and texts of a folder's YAML files, in the order of names; none when there is no folder.
fn yaml_files(folder: &Path) -> Result<Vec<(String, String)>, CatalogError> {
    let fail = |path: &Path, error: std::io::Error| CatalogError {
        file: path.display().to_string(),
        message: error.to_string(),
    };
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .map_err(|error| fail(folder, error))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .collect();
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let text = std::fs::read_to_string(path).map_err(|error| fail(path, error))?;
        Ok((path.display().to_string(), text))
    };
    paths.iter().map(read).collect()
}

/// Only lint asks for shapes, so they are read when it does. A broken file knows nothing; the test
/// below proves that none is broken.
fn builtin_shapes() -> Shapes {
    let mut shapes = Shapes::default();
    for file in shape_files() {
        let _ = shapes.add(file);
    }
    shapes
}

fn shape_files() -> impl Iterator<Item = &'static str> {
    SHAPES
        .files()
        .filter(|file| {
            file.path()
                .extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .filter_map(|file| file.contents_utf8())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_builtin_catalogue_loads_and_every_parent_is_in_it() {
        let catalog = Catalog::builtin().unwrap();
        assert!(catalog.entries().count() > 20);
        for entry in catalog.entries() {
            if let Some(parent) = &entry.parent {
                assert!(
                    catalog.entry(parent).is_some(),
                    "{} names the unknown parent {parent}",
                    entry.name
                );
            }
        }
    }

    #[test]
    fn every_shape_file_loads_and_every_type_has_a_shape() {
        let mut shapes = Shapes::default();
        for file in shape_files() {
            shapes.add(file).unwrap();
        }
        for entry in Catalog::builtin().unwrap().entries() {
            assert!(
                shapes.knows(&entry.name, &[]).is_some(),
                "no known payload of {}",
                entry.name
            );
        }
    }

    #[test]
    fn a_child_of_the_resource_comes_before_a_type_of_that_name() {
        let catalog = Catalog::builtin().unwrap();
        let vault = DocumentType::from("Microsoft.KeyVault/vaults");
        assert_eq!(
            catalog.resolve(&vault, "keys").unwrap().name.as_str(),
            "Microsoft.KeyVault/vaults/keys"
        );
        assert_eq!(
            catalog
                .resolve(&vault, "graph/users")
                .unwrap()
                .name
                .as_str(),
            "graph/users"
        );
        assert!(catalog.resolve(&vault, "nothing").is_none());
    }

    #[test]
    fn a_folder_adds_and_replaces() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("catalog")).unwrap();
        std::fs::write(
            folder.path().join("catalog/own.yaml"),
            "Contoso.Data/stores: { api_version: '2030-01-01' }\nMicrosoft.Compute/disks: { api_version: '2030-02-02' }\n",
        )
        .unwrap();
        let catalog = Catalog::builtin().unwrap().overlay(folder.path()).unwrap();
        assert!(
            catalog
                .entry(&DocumentType::from("contoso.data/STORES"))
                .is_some()
        );
        let disks = catalog
            .entry(&DocumentType::from("Microsoft.Compute/disks"))
            .unwrap();
        assert_eq!(disks.api_version.as_deref(), Some("2030-02-02"));
    }

    #[test]
    fn a_folder_makes_more_paths_known() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("shapes")).unwrap();
        let disks = DocumentType::from("Microsoft.Compute/disks");
        let text = "Microsoft.Compute/disks: { documented: [properties.ownInvention] }\n";
        std::fs::write(folder.path().join("shapes/own.yaml"), text).unwrap();
        let catalog = Catalog::builtin().unwrap();
        assert_eq!(
            catalog.knows_path(&disks, &["properties", "ownInvention"]),
            Some(false)
        );
        let catalog = catalog.overlay(folder.path()).unwrap();
        assert_eq!(
            catalog.knows_path(&disks, &["properties", "ownInvention"]),
            Some(true)
        );
        assert_eq!(
            catalog.knows_path(&disks, &["properties", "encryption"]),
            Some(true)
        );
    }

    #[test]
    fn a_folder_without_a_catalogue_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let before = Catalog::builtin().unwrap().entries().count();
        assert_eq!(
            Catalog::builtin()
                .unwrap()
                .overlay(folder.path())
                .unwrap()
                .entries()
                .count(),
            before
        );
    }
}
