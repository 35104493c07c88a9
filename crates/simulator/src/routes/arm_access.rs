//! Who calls ARM, and whether they may.

use std::sync::Arc;
use std::time::Instant;

use crate::caches::Caches;
use crate::clock;
use crate::path;
use crate::rbac::{self, Grants, Identity, Locks, Sources};
use crate::reply::{self, Reply};
use crate::request::Request;
use crate::state::State;
use crate::tenant::Tenant;
use crate::tokens::{Principal, Refusal, Service};

/// A caller that may proceed.
pub(super) struct Caller {
    pub(super) principal: Principal,
    /// What is left of the limit, as headers.
    pub(super) headers: Vec<(String, String)>,
}

/// Checks the token, takes the request out of its rate limit, and looks for the api-version.
pub(super) fn admit(state: &State, request: &Request) -> Result<Caller, Reply> {
    let principal = sign_in(state, request)?;
    let verdict = state.throttle.arm(
        &principal.client_id,
        &request.method,
        &request.path,
        Instant::now(),
    );
    if let Some(mut refusal) = verdict.refusal.filter(|_| state.options.throttle) {
        refusal.headers.extend(verdict.headers);
        return Err(refusal);
    }
    if request.query.get("api-version").is_none_or(str::is_empty) {
        let message =
            "The api-version query parameter (?api-version=) is required for all requests.";
        return Err(reply::arm(400, "MissingApiVersionParameter", message));
    }
    Ok(Caller {
        principal,
        headers: verdict.headers,
    })
}

fn sign_in(state: &State, request: &Request) -> Result<Principal, Reply> {
    let checked = state.tokens.check(
        request.header("authorization"),
        Service::Arm,
        &request.origin,
    );
    checked.map_err(|refusal| {
        let (code, message) = match refusal {
            Refusal::Missing => (
                "AuthenticationFailed",
                "Authentication failed. The 'Authorization' header is missing.".to_owned(),
            ),
            Refusal::Invalid => (
                "InvalidAuthenticationToken",
                "The access token is invalid.".to_owned(),
            ),
            Refusal::Expired(at) => (
                "ExpiredAuthenticationToken",
                format!(
                    "The access token expiry UTC time '{}' is earlier than current UTC time '{}'.",
                    clock::message(at),
                    clock::message(clock::now())
                ),
            ),
            Refusal::Audience(audience) => (
                "InvalidAuthenticationTokenAudience",
                format!("The access token has been obtained for wrong audience or resource '{audience}'. It should exactly match with one of the allowed audiences 'https://management.core.windows.net/','https://management.core.windows.net','https://management.azure.com/','https://management.azure.com'."),
            ),
        };
        let challenge = format!(
            "Bearer authorization_uri=\"{}/{}\", error=\"invalid_token\", error_description=\"{message}\"",
            request.origin,
            state.tenant().id
        );
        reply::arm(401, code, message).header("WWW-Authenticate", challenge)
    })
}

/// Refuses a subscription that the tenant does not have.
pub(super) fn known_subscription(tenant: &Tenant, at: &str) -> Result<(), Reply> {
    match path::subscription(at) {
        Some(id) if tenant.subscription(id).is_none() => Err(reply::arm(
            404,
            "SubscriptionNotFound",
            format!("The subscription '{id}' could not be found."),
        )),
        _ => Ok(()),
    }
}

/// Refuses a management group that the tenant does not have. Asked after the caller's rights: who has none above it
/// is not told whether it exists.
pub(super) fn known_group(tenant: &Tenant, at: &str) -> Result<(), Reply> {
    let key = path::key(at);
    match rbac::group_in(&key) {
        Some(id) if tenant.management_group(id).is_none() => {
            let shown = path::segments(at).get(3).copied().unwrap_or(id).to_owned();
            let message = format!("Management group '{shown}' could not be found.");
            Err(reply::arm(404, "NotFound", message))
        }
        _ => Ok(()),
    }
}

/// ARM's refusal of an action.
pub(super) fn denied(principal: &Principal, action: &str, scope: &str) -> Reply {
    let message = format!(
        "The client '{}' with object id '{}' does not have authorization to perform action '{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.",
        principal.shown(),
        principal.object_id
    );
    reply::arm(403, "AuthorizationFailed", message)
}

/// Refuses what a lock keeps from happening. Asked after the caller's rights, as locks hold for those who have them.
pub(super) fn unlocked(caches: &Caches, tenant: &Tenant, request: &Request) -> Result<(), Reply> {
    // Reads are never locked; what is asked of the tenant as a whole is beneath no lock.
    let reads = matches!(request.method.as_str(), "GET" | "HEAD");
    if reads || path::subscription(&request.path).is_none() {
        return Ok(());
    }
    let version = tenant.store.version();
    let locks = caches
        .locks
        .always(version, "", || Arc::new(Locks::of(tenant)));
    let scopes = locks.against(&request.method, &request.path);
    if scopes.is_empty() {
        return Ok(());
    }
    let operation = if request.method == "DELETE" {
        "delete"
    } else {
        "write"
    };
    let message = format!(
        "The scope '{}' cannot perform {operation} operation because following scope(s) are locked: '{}'. Please remove the lock and try again.",
        request.path,
        scopes.join("','")
    );
    Err(reply::arm(409, "ScopeLocked", message))
}

/// The roles of a caller: worked out once for each version of the documents, and again when something fresh has come
/// to count.
pub(super) fn grants(state: &State, tenant: &Tenant, principal: &Principal) -> Arc<Grants> {
    let kind = if principal.is_user() { "user" } else { "app" };
    let key = format!("{kind} {} {}", principal.client_id, principal.object_id);
    let version = tenant.store.version();
    let gather = || {
        let sources = Sources {
            tenant,
            replication: &state.replication,
            history: &state.history,
        };
        Arc::new(Grants::of(sources, &Identity::of(&tenant.store, principal)))
    };
    let first = state.caches.grants.always(version, &key, gather);
    let settled = first.settled(&state.replication);
    if settled == 0 {
        return first;
    }
    let key = format!("{key} {settled}");
    state.caches.grants.always(version, &key, gather)
}
