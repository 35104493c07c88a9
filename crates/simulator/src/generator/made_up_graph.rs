//! Made-up documents for collections of Microsoft Graph that the generator knows by name only.

use serde_json::{Map, Value, json};

use super::kind::Kind;
use super::made_up;
use super::scene::Picture;
use super::template::Template;
use super::world::World;
use crate::store::Store;

/// How many objects get what hangs below them, and how many documents a list of its own has.
const FEW: usize = 5;

/// Writes documents for each type that nothing is stored of yet.
pub(super) fn write(world: &World, kinds: &[Kind], store: &mut Store) {
    let mut open: Vec<&Kind> = kinds.iter().filter(|kind| kind.is_graph()).collect();
    open.sort_by_key(|kind| kind.parent.is_some());
    for kind in open {
        match &kind.parent {
            None => write_own(world, kind, kind.plain_path(), store),
            Some(parent) => {
                let Some(above) = kinds
                    .iter()
                    .find(|other| other.name.eq_ignore_ascii_case(parent))
                else {
                    continue;
                };
                write_below(world, above, kind, store);
            }
        }
    }
}

fn write_own(world: &World, kind: &Kind, at: &str, store: &mut Store) {
    if store.knows(at) || derived(at) {
        return;
    }
    let template = Template::compile(&made_up::body(&kind.properties)).ok();
    let mut bodies = Vec::new();
    for ordinal in 0..if kind.list { FEW } else { 1 } {
        let mut picture = Picture::in_scope(world, &kind.path, at, None, ordinal);
        bodies.push(body(template.as_ref(), &mut picture));
    }
    if kind.list {
        store.load(at, json!({"value": bodies}));
    } else if let Some(body) = bodies.pop() {
        store.load(at, body);
    }
}

fn body(template: Option<&Template>, picture: &mut Picture<'_>) -> Value {
    use super::template::Scene;

    let mut body = Map::new();
    let id = picture.random().guid();
    body.insert("id".to_owned(), json!(id));
    body.insert(
        "displayName".to_owned(),
        json!(format!("Default {}", &id[..4])),
    );
    picture.name.clone_from(&id);
    if let Some(Value::Object(filled)) = template.and_then(|template| template.fill(picture)) {
        for (name, value) in filled {
            body.entry(name).or_insert(value);
        }
    }
    Value::Object(body)
}

/// What the simulator works out by itself.
fn derived(at: &str) -> bool {
    ["/v1.0/organization", "/v1.0/domains"].contains(&at)
}

fn write_below(world: &World, above: &Kind, kind: &Kind, store: &mut Store) {
    let lower = kind.plain_path().to_lowercase();
    if matches!(
        lower.as_str(),
        "transitivemembers" | "memberof" | "transitivememberof"
    ) {
        return;
    }
    let ids: Vec<String> = store
        .collection(above.plain_path())
        .items
        .iter()
        .take(FEW)
        .filter_map(|item| item.body["id"].as_str().map(str::to_owned))
        .collect();
    for id in ids {
        write_own(
            world,
            kind,
            &format!("{}/{id}/{}", above.plain_path(), kind.plain_path()),
            store,
        );
    }
}
