//! The directory roles that a user or service principal holds: by itself, or as a member of a role-assignable group.
//!
//! Groups within role-assignable groups are not walked through: Entra ID does not allow them to give roles.

use std::collections::BTreeSet;

use serde_json::Value;

use super::client::text;
use crate::directory_roles;
use crate::routes::graph_lists::Directory;
use crate::routes::memberships::Memberships;
use crate::state::State;
use crate::tenant::Tenant;

/// Template ids of the active directory roles that hold in the whole tenant.
pub(super) fn of(state: &State, tenant: &Tenant, object_id: &str) -> Vec<String> {
    let caches = &state.caches;
    let memberships = Memberships::of(Directory { tenant, caches });
    let mut found = BTreeSet::new();
    let mut holders = vec![object_id.to_lowercase()];
    for holder in memberships.holders(object_id, false) {
        if holder["isAssignableToRole"] == true {
            holders.push(text(&holder, "id").to_lowercase());
        }
    }
    for holder in &holders {
        let direct = memberships.holders(holder, false);
        found.extend(direct.iter().filter_map(|role| template(role)));
    }
    let assigned = tenant
        .store
        .collection("/v1.0/roleManagement/directory/roleAssignments");
    for item in assigned.items {
        let body = &item.body;
        let held = holders.contains(&text(body, "principalId").to_lowercase());
        let whole = matches!(text(body, "directoryScopeId"), "/" | "");
        if held && whole && state.replication.knows(text(body, "id")) {
            found.insert(text(body, "roleDefinitionId").to_lowercase());
        }
    }
    found.into_iter().collect()
}

/// The template of a directory role; `None` for a group.
fn template(holder: &Value) -> Option<String> {
    if text(holder, "@odata.type") != "#microsoft.graph.directoryRole" {
        return None;
    }
    let stored = text(holder, "roleTemplateId");
    if !stored.is_empty() {
        return Some(stored.to_lowercase());
    }
    let (_, template) = directory_roles::find(text(holder, "displayName"))?;
    Some(template.to_owned())
}
