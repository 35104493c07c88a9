//! The catalogue itself: entries by name.

use std::collections::{BTreeMap, BTreeSet};
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
    own: BTreeSet<DocumentType>,
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
            let names = self.add(&file, &text)?;
            self.own.extend(names);
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
        self.ask_shapes(document_type, |shapes, of| shapes.knows(of, path))
    }

    /// The same for a path of a redaction.
    pub(crate) fn may_have(&self, of: &DocumentType, path: &[String]) -> Option<bool> {
        self.ask_shapes(of, |shapes, of| shapes.may_have(of, path))
    }

    /// Whether an entry comes from a content folder. Such a type needs no shape.
    pub(crate) fn is_own(&self, document_type: &DocumentType) -> bool {
        self.own.contains(document_type)
    }

    /// A path is known when either collection of shapes knows it.
    fn ask_shapes(
        &self,
        document_type: &DocumentType,
        ask: impl Fn(&Shapes, &DocumentType) -> Option<bool>,
    ) -> Option<bool> {
        let shape = shape_of(document_type);
        let builtin = ask(self.shapes.get_or_init(builtin_shapes), &shape);
        builtin.max(ask(&self.own_shapes, &shape))
    }

    fn add(&mut self, file: &str, text: &str) -> Result<Vec<DocumentType>, CatalogError> {
        let entries = parse(file, text)?;
        let names = entries.iter().map(|entry| entry.name.clone()).collect();
        for entry in entries {
            self.entries.insert(entry.name.clone(), entry);
        }
        Ok(names)
    }
}

/// Diagnostic settings look the same below every resource, so that one shape holds for all.
fn shape_of(document_type: &DocumentType) -> DocumentType {
    match document_type.key().ends_with("/diagnosticsettings") {
        true => DocumentType::from("Microsoft.Insights/diagnosticSettings"),
        false => document_type.clone(),
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
    fn every_shape_file_loads() {
        let mut shapes = Shapes::default();
        for file in shape_files() {
            shapes.add(file).unwrap();
        }
    }

    #[test]
    fn diagnostic_settings_of_every_resource_share_a_shape() {
        let catalog = Catalog::builtin().unwrap();
        let of = DocumentType::from("Contoso.Data/stores/diagnosticSettings");
        assert_eq!(
            catalog.knows_path(&of, &["properties", "workspaceId"]),
            Some(true)
        );
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
