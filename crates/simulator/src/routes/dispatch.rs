//! Which service a path belongs to.

use crate::path;
use crate::reply::{self, Reply};
use crate::request::Request;
use crate::routes::{arm, batch, graph, login, metadata, resource_graph};
use crate::state::State;

/// Sends a request to the service that its path belongs to.
pub(crate) fn route(state: &State, request: &Request) -> Reply {
    let key = path::key(&request.path);
    let parts = path::segments(&key);
    match parts.as_slice() {
        [] => reply::arm(404, "NotFound", "There is nothing at the root."),
        ["metadata", "endpoints"] => metadata::endpoints(request),
        ["common" | "organizations", "discovery", "instance"] => metadata::instance(request),
        [_, "discovery", "v2.0", "keys"] => metadata::keys(),
        [tenant, "v2.0", ".well-known", "openid-configuration"]
        | [tenant, ".well-known", "openid-configuration"] => {
            metadata::openid(state, request, tenant)
        }
        [tenant, "oauth2", "v2.0", "token"] | [tenant, "oauth2", "token"] => {
            login::token(state, request, tenant)
        }
        ["common", "userrealm", name] => login::realm(state, request, name),
        ["v1.0" | "beta", "$batch"] => batch::graph(state, request),
        ["v1.0" | "beta", ..] => graph::serve(state, request),
        ["batch"] => batch::arm(state, request),
        ["providers", "microsoft.resourcegraph", "resources"] => {
            resource_graph::query(state, request)
        }
        _ => arm::serve(state, request),
    }
}
