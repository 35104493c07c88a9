//! Changes of resources: a property, a tag, a new one beside another, one that goes.

use serde_json::{Value, json};

use super::{Scene, flip};
use crate::path::{self, ProviderPath};

/// Turns over a property of a resource.
pub(super) fn update(scene: &mut Scene<'_>) -> Option<()> {
    let pools = scene.pools;
    (0..8).find_map(|_| {
        let key = scene.pick_by_type(&pools.resources, |_, _| true)?;
        let (at, mut body) = scene.document(&key)?;
        flip::flip(&mut body, scene.draw).then(|| {
            scene.writer.write(&at, body);
        })
    })
}

/// Tags a resource or a resource group.
pub(super) fn tag(scene: &mut Scene<'_>) -> Option<()> {
    let pools = scene.pools;
    let group = scene
        .draw
        .once_in(3)
        .then(|| scene.draw.one(&pools.groups).cloned());
    let key = match group.flatten() {
        Some(group) => group,
        None => scene.pick_by_type(&pools.resources, |_, _| true)?,
    };
    scene.writer.keep_group(&key);
    let (at, mut body) = scene.document(&key)?;
    if !body["tags"].is_object() {
        body["tags"] = json!({});
    }
    body["tags"]["reviewed"] = json!(scene.draw.word());
    scene.writer.write(&at, body);
    Some(())
}

/// Creates a resource like another one, with all that lies within it. What was said about the other one (its role
/// assignments and diagnostic settings) is not said about the new one.
pub(super) fn clone(scene: &mut Scene<'_>) -> Option<()> {
    let pools = scene.pools;
    let key = scene.pick_by_type(&pools.resources, |_, _| true)?;
    let (from, mut body) = scene.document(&key)?;
    let (above, old_name) = from.rsplit_once('/')?;
    let name = (0..8).find_map(|_| {
        let name = new_name(old_name, &scene.draw.word());
        let taken = scene.writer.tenant.store.knows(&format!("{above}/{name}"));
        (!taken).then_some(name)
    })?;
    let to = format!("{above}/{name}");
    let beneath = format!("{key}/");
    let within: Vec<(String, Value)> = scene
        .writer
        .tenant
        .store
        .range(&beneath)
        .filter(|(below, _)| !below[beneath.len()..].contains("providers/"))
        .map(|(_, document)| (document.path.to_string(), document.alone().as_ref().clone()))
        .collect();
    rename(&mut body, &from, &to);
    if body["name"] == json!(old_name) {
        body["name"] = json!(name);
    }
    scene.writer.write(&to, body);
    for (at, mut body) in within {
        let at = format!("{to}{}", at.get(from.len()..).unwrap_or_default());
        rename(&mut body, &from, &to);
        if ProviderPath::parse(&at).is_some_and(|provider| provider.ends_on_type()) {
            // What an action answers is no document of its own.
            scene.writer.tenant.store.write(&at, body);
        } else {
            scene.writer.write_along(&at, body);
        }
    }
    Some(())
}

/// Removes a resource.
pub(super) fn delete(scene: &mut Scene<'_>) -> Option<()> {
    let pools = scene.pools;
    let key = scene.pick_by_type(&pools.resources, |scene, key| scene.is_removable(key))?;
    let at = scene.document(&key)?.0;
    scene.writer.remove(&at).then_some(())
}

/// A name that keeps the form of another: as long names are cut, and without a hyphen where there was none.
fn new_name(old: &str, word: &str) -> String {
    let kept: String = old.chars().take(16).collect();
    let hyphen = if old.contains('-') { "-" } else { "" };
    format!("{kept}{hyphen}{word}")
}

/// Replaces a path at the start of every text.
fn rename(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::String(text) => {
            let fits = text
                .get(..from.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(from));
            let rest = text.get(from.len()..).unwrap_or_default();
            if fits && (rest.is_empty() || rest.starts_with('/')) {
                *text = format!("{to}{rest}");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, from, to)),
        Value::Object(members) => members
            .iter_mut()
            .for_each(|(_, member)| rename(member, from, to)),
        _ => {}
    }
}

/// A resource that settings can be hung on: not one that is itself within another.
pub(super) fn is_top_level(scene: &Scene<'_>, key: &str) -> bool {
    path::segments(key).len() == 8 && scene.writer.tenant.store.get(key).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_paths_are_renamed() {
        let mut body = json!({"id": "/A/b", "x": ["/a/B/c", "/a/bc", "see /a/b"]});
        rename(&mut body, "/a/b", "/a/z");
        assert_eq!(
            body,
            json!({"id": "/a/z", "x": ["/a/z/c", "/a/bc", "see /a/b"]})
        );
    }

    #[test]
    fn names_keep_their_form() {
        assert_eq!(new_name("contosodata", "0a1b2c"), "contosodata0a1b2c");
        assert_eq!(new_name("vm-1", "0a1b2c"), "vm-1-0a1b2c");
    }
}
