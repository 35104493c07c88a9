//! Changes of what lies beneath resources, which Resource Graph does not tell of: the activity log does.

use serde_json::json;

use super::resources::is_top_level;
use super::{Scene, flip};
use crate::path;

/// Turns over a setting beneath a resource.
pub(super) fn update(scene: &mut Scene<'_>) -> Option<()> {
    let pools = scene.pools;
    (0..8).find_map(|_| {
        let key = scene.pick_by_type(&pools.children, |_, _| true)?;
        let (at, mut body) = scene.document(&key)?;
        flip::flip(&mut body, scene.draw).then(|| {
            scene.writer.write(&at, body);
        })
    })
}

/// Removes a resource's diagnostic setting, or gives it one if it has none.
pub(super) fn diagnose(scene: &mut Scene<'_>) -> Option<()> {
    let pools = scene.pools;
    let key = scene.pick_by_type(&pools.resources, is_top_level)?;
    let resource = scene.document(&key)?.0;
    let list = format!("{resource}/providers/Microsoft.Insights/diagnosticSettings");
    let existing = scene.writer.tenant.store.collection(&list).items;
    if let Some(one) = existing.first().filter(|one| !one.path.is_empty()) {
        return (scene.is_removable(&one.path) && scene.writer.remove(&one.path)).then_some(());
    }
    let name = format!("to-storage-{}", scene.draw.word());
    let subscription = path::subscription(&resource)?;
    let at = format!("{list}/{name}");
    let body = json!({
        "id": at,
        "type": "Microsoft.Insights/diagnosticSettings",
        "name": name,
        "properties": {
            "storageAccountId": format!("/subscriptions/{subscription}/resourceGroups/logs/providers/Microsoft.Storage/storageAccounts/logs"),
            "workspaceId": null,
            "logs": [{"category": null, "categoryGroup": "audit", "enabled": true, "retentionPolicy": {"enabled": false, "days": 0}}],
            "metrics": [],
        },
    });
    scene.writer.write(&at, body);
    Some(())
}
