//! The token endpoint: applications by secret, certificate or federated token, users by password or refresh token.
//!
//! Errors: <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>.

mod app_roles;
mod application;
mod assertion;
mod certificate;
mod client;
mod federated;
mod held_roles;
mod realm;
mod secret;
mod token_reply;
mod user;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::reply::{self, Reply};
use crate::request::{Query, Request};
use crate::state::State;
use crate::tenant::Tenant;
use crate::tokens;

pub(super) use realm::realm;

/// What a client asks the token endpoint for.
struct Asked<'a> {
    state: &'a State,
    request: &'a Request,
    /// The tenant as the path names it.
    name: &'a str,
    form: Query,
    client_id: String,
    secret: Option<String>,
    /// What the token is to open.
    resource: String,
}

/// Issues a token, or says why not.
pub(super) fn token(state: &State, request: &Request, name: &str) -> Reply {
    let form = Query::parse(&String::from_utf8_lossy(&request.body));
    let tenant = state.tenant();
    let grant = form.get("grant_type").unwrap_or_default().to_owned();
    let by_user = matches!(grant.as_str(), "password" | "refresh_token");
    let shared = by_user && matches!(name, "common" | "organizations");
    if !shared && !tenant.is_named(name) {
        return unknown_tenant(name, "invalid_request");
    }
    let (client_id, secret) = credentials(request, &form);
    let asked = Asked {
        resource: resource(&form),
        state,
        request,
        name,
        form,
        client_id,
        secret,
    };
    let answer = match grant.as_str() {
        "client_credentials" => application::token(&asked, &tenant),
        "password" => user::by_password(&asked, &tenant),
        "refresh_token" => user::by_refresh_token(&asked, &tenant),
        _ => {
            let message = "The app requested an unsupported grant type. The simulator knows client_credentials, password and refresh_token.";
            Err(reply::login(400, "unsupported_grant_type", 70_003, message))
        }
    };
    answer.unwrap_or_else(|refusal| refusal)
}

/// The answer for a tenant that does not exist.
pub(super) fn unknown_tenant(name: &str, error: &str) -> Reply {
    let message = format!(
        "Tenant '{name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant."
    );
    reply::login(400, error, 90_002, &message)
}

fn unknown_application(tenant: &Tenant, client_id: &str) -> Reply {
    let message = format!(
        "Application with identifier '{client_id}' was not found in the directory '{}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.",
        tenant.display_name
    );
    reply::login(400, "unauthorized_client", 700_016, &message)
}

fn known_resource(asked: &Asked<'_>, tenant: &Tenant) -> Result<(), Reply> {
    let resource = &asked.resource;
    if tokens::knows_resource(resource, &asked.request.origin) {
        return Ok(());
    }
    let message = format!(
        "The resource principal named {resource} was not found in the tenant named {}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.",
        tenant.display_name
    );
    Err(reply::login(400, "invalid_resource", 500_011, &message))
}

/// Client id and secret, from the form or from basic authentication.
fn credentials(request: &Request, form: &Query) -> (String, Option<String>) {
    let basic = request
        .header("authorization")
        .and_then(|value| value.strip_prefix("Basic "))
        .and_then(|encoded| STANDARD.decode(encoded.trim()).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok());
    if let Some((client, secret)) = basic.as_deref().and_then(|pair| pair.split_once(':')) {
        return (
            crate::path::decode(client),
            Some(crate::path::decode(secret)),
        );
    }
    let client = form.get("client_id").unwrap_or_default().to_owned();
    (client, form.get("client_secret").map(str::to_owned))
}

/// The resource that a token is asked for: a scope without its permission, or the older `resource`.
fn resource(form: &Query) -> String {
    let scopes = form.get("scope").or_else(|| form.get("resource"));
    let asked = scopes
        .unwrap_or_default()
        .split_whitespace()
        .find(|scope| !matches!(*scope, "openid" | "profile" | "email" | "offline_access"))
        .unwrap_or_default();
    let bare = asked.strip_suffix("/.default");
    let bare = bare.or_else(|| asked.strip_suffix("/user_impersonation"));
    bare.unwrap_or(asked).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_come_from_scopes() {
        let of = |form: &str| resource(&Query::parse(form));
        assert_eq!(
            of("scope=https%3A%2F%2Fa%2F%2F.default+openid"),
            "https://a/"
        );
        assert_eq!(of("scope=openid+profile+https://a/.default"), "https://a");
        assert_eq!(of("scope=https://a/user_impersonation"), "https://a");
        assert_eq!(of("resource=https://b"), "https://b");
        assert_eq!(of(""), "");
    }
}
