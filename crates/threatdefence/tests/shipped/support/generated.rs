//! Small generated tenants that hold a document of every type of the catalogue.

use std::collections::BTreeMap;
use std::path::Path;

use catalog::{Catalog, Entry, Method, Shape};
use serde::Deserialize;
use simulator::{Kind, Options, Size, Tenant};

use super::Azure;

/// The properties that are known of a type.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Known {
    recorded: Vec<String>,
    documented: Vec<String>,
}

/// A generated tenant of three subscriptions, served with options.
pub fn generated(seed: u64, options: Options) -> Azure {
    let mut known = known();
    let kinds = Catalog::builtin().unwrap();
    let kinds = kinds
        .entries()
        .map(|entry| kind(entry, known.remove(&entry.name.key()).unwrap_or_default()));
    let size = Size {
        subscriptions: 3,
        resources: 240,
        users: 30,
        skew: None,
        kinds: kinds.collect(),
    };
    let tenant = Tenant::generate(&size, seed).unwrap();
    let (client, secret) = tenant.credentials()[0];
    let (client, secret) = (client.to_owned(), secret.to_owned());
    let id = tenant.id().to_owned();
    Azure::start(tenant, [&id, &client, &secret], options)
}

fn kind(entry: &Entry, known: Known) -> Kind {
    let properties = known.recorded.into_iter().chain(known.documented);
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
        properties: properties.collect(),
    }
}

fn known() -> BTreeMap<String, Known> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/shapes");
    let mut known = BTreeMap::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_none_or(|end| end != "yaml") {
            continue;
        }
        let text = std::fs::read_to_string(path).unwrap();
        let types: BTreeMap<String, Known> = serde_saphyr::from_str(&text).unwrap();
        let types = types.into_iter();
        known.extend(types.map(|(name, properties)| (name.to_lowercase(), properties)));
    }
    known
}
