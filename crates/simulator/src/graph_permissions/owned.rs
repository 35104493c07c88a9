//! What an object of the directory says about who may change it: its owners, and whether it gives directory roles.

use serde_json::Value;

use super::ask::Ask;
use crate::tenant::Tenant;

/// Lists whose objects can be owned.
const OWNED: [&str; 3] = ["applications", "serviceprincipals", "groups"];

/// True when the caller owns the object that a path leads to or through.
pub(super) fn is_owner(ask: &Ask<'_>) -> bool {
    match ask.parts().as_slice() {
        [list, id, ..] if OWNED.contains(list) => owns(ask, list, id),
        _ => false,
    }
}

/// True when a service principal is to be made of an application that the caller owns.
pub(super) fn makes_principal_of_own(ask: &Ask<'_>) -> bool {
    let app_id = ask.body["appId"].as_str();
    ask.creates_in("serviceprincipals") && app_id.is_some_and(|id| owns(ask, "applications", id))
}

/// True when a group is concerned whose members get directory roles.
pub(super) fn is_privileged_group(ask: &Ask<'_>) -> bool {
    if ask.is_reading() {
        return false;
    }
    match ask.parts().as_slice() {
        ["groups"] => ask.body["isAssignableToRole"] == true,
        ["groups", id, ..] => {
            let group = ask.tenant.store.get(&format!("/v1.0/groups/{id}"));
            group.is_some_and(|group| group.alone()["isAssignableToRole"] == true)
        }
        _ => false,
    }
}

fn owns(ask: &Ask<'_>, list: &str, id: &str) -> bool {
    let Some(id) = id_of(ask.tenant, list, id) else {
        return false;
    };
    let owners = ask
        .tenant
        .store
        .collection(&format!("/v1.0/{list}/{id}/owners"));
    owners.items.iter().any(|owner| {
        let owner = owner.body["id"].as_str();
        owner.is_some_and(|owner| owner.eq_ignore_ascii_case(&ask.principal.object_id))
    })
}

/// The id of an object that may be named by its client id.
fn id_of(tenant: &Tenant, list: &str, id: &str) -> Option<String> {
    if tenant.store.get(&format!("/v1.0/{list}/{id}")).is_some() {
        return Some(id.to_owned());
    }
    let is = |value: &Value| {
        let have = value.as_str();
        have.is_some_and(|have| have.eq_ignore_ascii_case(id))
    };
    let items = tenant.store.collection(&format!("/v1.0/{list}")).items;
    let found = items.iter().find(|item| is(&item.body["appId"]))?;
    found.body["id"].as_str().map(str::to_owned)
}
