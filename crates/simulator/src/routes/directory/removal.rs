//! Deleting applications and service principals: they go to the deleted items, and what hangs on them ends.
//!
//! <https://learn.microsoft.com/graph/api/application-delete>, <https://learn.microsoft.com/graph/api/serviceprincipal-delete>

use serde_json::Value;

use super::app_role_lists::{assignments_of, places_of};
use super::properties::Kind;
use super::{Call, deleted_items, derived, find, refusals};
use crate::path;
use crate::reply::Reply;
use crate::tenant::Tenant;

/// `DELETE` of an application or a service principal. An application takes its service principal along.
pub(super) fn remove(call: Call<'_>, kind: Kind, id: &str) -> Reply {
    let mut tenant = call.state.tenant_mut();
    let Some(object) = find::by_id(&tenant, kind.list(), id) else {
        return refusals::missing(id);
    };
    if kind == Kind::Application {
        let app_id = object["appId"].as_str().unwrap_or_default();
        if let Some(principal) = find::by_app_id(&tenant, "serviceprincipals", app_id) {
            end(&call, &mut tenant, Kind::ServicePrincipal, &principal);
        }
    }
    end(&call, &mut tenant, kind, &object);
    Reply::empty(204)
}

fn end(call: &Call<'_>, tenant: &mut Tenant, kind: Kind, object: &Value) {
    let id = find::id_of(object).to_lowercase();
    find::materialise(tenant, kind.list(), object);
    derived::settle(tenant, kind.list(), &id);
    if kind == Kind::ServicePrincipal {
        derived::settle(tenant, kind.list(), &assignments_of(&id));
        for place in places_of(tenant, &id)
            .into_iter()
            .chain(role_assignments_of(tenant, &id))
        {
            call.writer(tenant).remove(&place);
        }
    }
    let at = find::path(kind.list(), &id);
    let beneath = deleted_items::beneath(tenant, &at);
    call.writer(tenant).remove(&at);
    deleted_items::keep(call, tenant, kind, object, beneath);
}

/// The stored assignments of directory roles to a principal.
fn role_assignments_of(tenant: &Tenant, id: &str) -> Vec<String> {
    let stored = tenant
        .store
        .range("/v1.0/rolemanagement/directory/roleassignments/");
    let of_it = stored.filter(|(key, document)| {
        let principal = document.alone();
        let principal = principal["principalId"].as_str();
        path::segments(key).len() == 5
            && principal.is_some_and(|have| have.eq_ignore_ascii_case(id))
    });
    of_it
        .map(|(_, document)| document.path.to_string())
        .collect()
}
