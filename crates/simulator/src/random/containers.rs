//! Changes of resource groups.

use serde_json::json;

use super::Scene;
use crate::path;

/// A group with more documents than this is not removed: it would be no change like the others.
const MOST: usize = 40;

/// Creates an empty resource group.
pub(super) fn create(scene: &mut Scene<'_>) -> Option<()> {
    let pools = scene.pools;
    let subscription = scene.draw.one(&pools.subscriptions)?;
    let name = format!("rg-{}", scene.draw.word());
    let at = format!("{subscription}/resourceGroups/{name}");
    let body = json!({
        "id": at,
        "name": name,
        "type": "Microsoft.Resources/resourceGroups",
        "location": "westeurope",
        "tags": {},
        "properties": {"provisioningState": "Succeeded"},
    });
    scene.writer.write(&at, body);
    Some(())
}

/// Removes a small resource group with everything in it.
pub(super) fn delete(scene: &mut Scene<'_>) -> Option<()> {
    let pools = scene.pools;
    (0..16).find_map(|_| {
        let group = scene.draw.one(&pools.groups)?;
        let key = path::key(group);
        let beneath = format!("{key}/");
        let store = &scene.writer.tenant.store;
        let small = store.range(&beneath).nth(MOST).is_none() && store.knows(&key);
        (small && scene.is_removable(&key) && scene.writer.remove(group)).then_some(())
    })
}
