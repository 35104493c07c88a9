//! What clients ask about a user before they send a password: whether the tenant itself checks it.

use serde_json::json;

use crate::reply::Reply;
use crate::request::Request;
use crate::state::State;

/// `/common/userrealm/{name}`: the tenant checks the passwords of its own domains, others are unknown.
pub(in crate::routes) fn realm(state: &State, request: &Request, name: &str) -> Reply {
    let tenant = state.tenant();
    let domain = name.rsplit_once('@').map_or("", |(_, domain)| domain);
    let is_own = tenant
        .domains
        .iter()
        .any(|own| own.eq_ignore_ascii_case(domain));
    let host = request.origin.rsplit('/').next().unwrap_or_default();
    let kind = if is_own || tenant.user(name).is_some() {
        "Managed"
    } else {
        "Unknown"
    };
    let body = json!({
        "ver": "1.0",
        "account_type": kind,
        "domain_name": domain,
        "cloud_instance_name": host,
        "cloud_audience_urn": "urn:federation:MicrosoftOnline",
    });
    Reply::json(200, body)
}
