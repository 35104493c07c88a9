//! Tenants that the simulator generates from the catalogue.

use std::collections::BTreeMap;

use catalog::{Catalog, Entry, Method, Shape};
use include_dir::{Dir, include_dir};
use serde::Deserialize;
use simulator::{Kind, Size, Tenant};

use crate::error::CliError;

static SHAPES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../content/shapes");

/// The properties that a shape knows of a type.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Known {
    recorded: Vec<String>,
    documented: Vec<String>,
}

/// Generates a tenant of a size such as `subscriptions=50,resources=20000,users=10000`, with documents of every type of
/// the built-in catalogue.
///
/// # Errors
/// A size that cannot be understood or is too large.
pub fn tenant(size: &str) -> Result<Tenant, CliError> {
    let (size, seed) = Size::parse(size).map_err(|error| {
        CliError::usage(error).hint(
            "for example: --generate subscriptions=50,resources=20000,users=10000,seed=7,skew=20",
        )
    })?;
    let catalog = Catalog::builtin().map_err(CliError::failed)?;
    let size = Size {
        kinds: kinds(&catalog)?,
        ..size
    };
    Tenant::generate(&size, seed).map_err(CliError::failed)
}

/// The types of a catalogue as the generator takes them.
fn kinds(catalog: &Catalog) -> Result<Vec<Kind>, CliError> {
    let mut shapes = shapes()?;
    let kinds = catalog.entries().map(|entry| {
        let properties = shapes.remove(&entry.name.key()).unwrap_or_default();
        kind(entry, properties)
    });
    Ok(kinds.collect())
}

fn kind(entry: &Entry, properties: Known) -> Kind {
    Kind {
        name: entry.name.to_string(),
        parent: entry.parent.as_ref().map(ToString::to_string),
        path: entry.path.clone(),
        list: entry.shape == Shape::List,
        posted: entry.method == Method::Post,
        table: entry
            .resource_graph
            .as_ref()
            .map(|table| table.name.clone()),
        properties: properties
            .recorded
            .into_iter()
            .chain(properties.documented)
            .collect(),
    }
}

/// The known properties of every type, by its name in lower case.
fn shapes() -> Result<BTreeMap<String, Known>, CliError> {
    let mut shapes = BTreeMap::new();
    for file in SHAPES.files() {
        let is_yaml = file.path().extension().is_some_and(|end| end == "yaml");
        let Some(text) = file.contents_utf8().filter(|_| is_yaml) else {
            continue;
        };
        let types: BTreeMap<String, Known> = serde_saphyr::from_str(text)
            .map_err(|error| CliError::failed(format!("{}: {error}", file.path().display())))?;
        shapes.extend(
            types
                .into_iter()
                .map(|(name, known)| (name.to_lowercase(), known)),
        );
    }
    Ok(shapes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_that_makes_no_sense_is_refused_with_an_example() {
        let error = tenant("resources=0").unwrap_err();
        assert_eq!(error.exit(), crate::error::Exit::Usage);
        let text = error.to_string();
        assert!(
            text.contains("`resources=0` is outside 1 to 1000000"),
            "{text}"
        );
        assert!(text.contains("hint: for example"), "{text}");
    }

    #[test]
    fn types_come_with_their_properties() {
        let kinds = kinds(&Catalog::builtin().unwrap()).unwrap();
        let blobs = kinds
            .iter()
            .find(|kind| kind.name == "Microsoft.Storage/storageAccounts/blobServices/default")
            .unwrap();
        assert!(
            blobs
                .properties
                .contains(&"properties.deleteRetentionPolicy.enabled".to_owned())
        );
        assert_eq!(
            blobs.parent.as_deref(),
            Some("Microsoft.Storage/storageAccounts")
        );
    }
}
