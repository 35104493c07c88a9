//! Whole generated tenants.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::path::ProviderPath;
use crate::store::Store;

fn kinds() -> Vec<Kind> {
    let catalog = catalog::Catalog::builtin().unwrap();
    let entries = catalog.entries().map(|entry| Kind {
        name: entry.name.to_string(),
        parent: entry.parent.as_ref().map(ToString::to_string),
        path: entry.path.clone(),
        list: entry.shape == catalog::Shape::List,
        posted: entry.method == catalog::Method::Post,
        table: entry
            .resource_graph
            .as_ref()
            .map(|table| table.name.clone()),
        properties: Vec::new(),
    });
    entries.collect()
}

fn size(subscriptions: usize, resources: usize, users: usize) -> Size {
    Size {
        subscriptions,
        resources,
        users,
        kinds: kinds(),
        ..Size::default()
    }
}

fn small() -> Tenant {
    generate(&size(2, 400, 50), 7).unwrap()
}

#[test]
fn figures() {
    let size = size(50, 20_000, 10_000);
    let started = std::time::Instant::now();
    let tenant = generate(&size, 7).unwrap();
    let elapsed = started.elapsed();
    let mut bytes = 0;
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (_, document) in tenant.store.range("/") {
        let length = serde_json::to_vec(document.in_list().as_ref())
            .unwrap()
            .len();
        bytes += length;
        let kind = ProviderPath::parse(&document.path).map_or_else(
            || {
                document
                    .path
                    .split('/')
                    .take(4)
                    .collect::<Vec<_>>()
                    .join("/")
            },
            |p| p.type_name(),
        );
        let entry = counts.entry(kind).or_default();
        entry.0 += 1;
        entry.1 += length;
    }
    for (kind, (count, bytes)) in &counts {
        eprintln!("{count:7} {:6} {kind}", bytes / count);
    }
    eprintln!(
        "{elapsed:?} {bytes} bytes {} documents",
        counts.values().map(|c| c.0).sum::<usize>()
    );
}
