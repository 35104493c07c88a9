//! Writes of Microsoft Graph's applications, service principals and what belongs to them.
//!
//! <https://learn.microsoft.com/graph/api/resources/applications-api-overview>

mod app_role_lists;
mod app_roles;
mod applications;
mod certificate;
mod deleted_items;
mod derived;
mod directory_roles;
mod federated;
mod find;
mod forms;
mod keys;
mod moment;
mod owners;
mod passwords;
mod properties;
mod refusals;
mod removal;
mod service_principals;

use serde_json::{Map, Value};

use crate::path;
use crate::reply::Reply;
use crate::request::Request;
use crate::routes::graph::Address;
use crate::routes::graph_writes;
use crate::routes::writes::Writer;
use crate::state::State;
use crate::tenant::Tenant;
use crate::tokens::Principal;
use properties::Kind;

pub(super) use app_role_lists::{are_granted, of_principal, to_resource};
pub(super) use derived::{applications, by_id as derived_by_id, service_principals};
pub(super) use directory_roles::{
    assignments as role_assignments, definitions as role_definitions, related,
};
pub(super) use find::{hide_keys, without_keys};

/// A request that changes the directory.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) state: &'a State,
    pub(super) request: &'a Request,
    pub(super) at: &'a Address,
    pub(super) principal: &'a Principal,
}

impl Call<'_> {
    fn writer<'t>(&'t self, tenant: &'t mut Tenant) -> Writer<'t> {
        graph_writes::writer(tenant, self.state, self.request, self.principal)
    }

    /// Changes an object, which is stored by it when it was derived so far.
    fn write_object(
        &self,
        tenant: &mut Tenant,
        list: &str,
        object: &Value,
        members: Map<String, Value>,
    ) {
        find::materialise(tenant, list, object);
        let at = find::path(list, find::id_of(object));
        self.writer(tenant).write(&at, Value::Object(members));
    }

    /// The reply that tells of a new object.
    fn created(&self, context: &str, object: &Value) -> Reply {
        let context = format!(
            "{}/{}/$metadata#{context}/$entity",
            self.request.origin, self.at.version
        );
        let mut shown = Map::from_iter([("@odata.context".to_owned(), Value::String(context))]);
        shown.extend(find::members(object));
        if let Some(keys) = shown.get_mut("keyCredentials") {
            hide_keys(keys);
        }
        Reply::json(201, Value::Object(shown))
    }

    /// True when whoever asks wants an object to be made where there is none.
    fn upserts(&self) -> bool {
        let prefer = self.request.header("prefer").unwrap_or_default();
        prefer.to_lowercase().contains("create-if-missing")
    }
}

/// Answers what is written to applications and the like; `None` for everything else.
pub(super) fn serve(call: Call<'_>) -> Option<Reply> {
    let key = call.at.key();
    let parts = path::segments(&key);
    let method = match call.request.method.as_str() {
        // Graph takes neither for these objects, but takes a PUT for a PATCH elsewhere.
        "PUT" => "PATCH",
        other => other,
    };
    match (method, parts.as_slice()) {
        ("POST", ["applications"]) => Some(applications::create(call)),
        ("POST", ["serviceprincipals"]) => Some(service_principals::create(call)),
        ("PATCH", [list @ ("applications" | "serviceprincipals"), id]) => {
            Some(applications::update(call, Kind::of(list)?, id))
        }
        ("DELETE", [list @ ("applications" | "serviceprincipals"), id]) => {
            Some(removal::remove(call, Kind::of(list)?, id))
        }
        ("POST", [list @ ("applications" | "serviceprincipals"), id, action]) => {
            match action.trim_start_matches("microsoft.graph.") {
                "addpassword" => Some(passwords::add(call, list, id)),
                "removepassword" => Some(passwords::remove(call, list, id)),
                "federatedidentitycredentials" if *list == "applications" => {
                    Some(federated::create(call, id))
                }
                "approleassignments" | "approleassignedto" if *list == "serviceprincipals" => {
                    Some(app_roles::create(call, list, id, action))
                }
                _ => None,
            }
        }
        ("PATCH", ["applications", id, "federatedidentitycredentials", which]) => {
            Some(federated::update(call, id, which))
        }
        ("DELETE", ["applications", id, "federatedidentitycredentials", which]) => {
            Some(federated::remove(call, id, which))
        }
        ("POST", [list @ ("users" | "groups"), id, side @ "approleassignments"]) => {
            Some(app_roles::create(call, list, id, side))
        }
        (
            _,
            [
                list @ ("serviceprincipals" | "users" | "groups"),
                id,
                side @ ("approleassignments" | "approleassignedto"),
                assignment,
            ],
        ) => Some(app_roles::change(
            call,
            method,
            [list, id, side, assignment],
        )),
        (
            "POST",
            [
                "directory",
                "deleteditems",
                id,
                "restore" | "microsoft.graph.restore",
            ],
        ) => Some(deleted_items::restore(call, id)),
        ("DELETE", ["directory", "deleteditems", id]) => Some(deleted_items::purge(call, id)),
        _ => None,
    }
}
