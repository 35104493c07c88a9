//! What the token endpoint answers with.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::Asked;
use crate::principal::Principal;
use crate::reply::Reply;
use crate::tenant::Tenant;

/// The answer to an application: an access token.
pub(super) fn of_application(asked: &Asked<'_>, tenant: &Tenant, principal: &Principal) -> Reply {
    finish(access(asked, tenant, principal))
}

/// The answer to a user: an access token, and what else was asked for by scope.
pub(super) fn of_user(asked: &Asked<'_>, tenant: &Tenant, principal: &Principal) -> Reply {
    let mut body = access(asked, tenant, principal);
    let wanted = asked.form.get("scope").unwrap_or_default();
    let wants = |scope: &str| wanted.split_whitespace().any(|one| one == scope);
    let resource = asked.resource.as_str();
    let scopes = principal.user.iter().flat_map(|user| user.scopes.iter());
    let mut granted: Vec<String> = scopes.map(|scope| format!("{resource}/{scope}")).collect();
    granted.push(format!("{resource}/.default"));
    body["scope"] = json!(granted.join(" "));
    if wants("offline_access") || asked.form.get("grant_type") == Some("refresh_token") {
        let refresh = asked.state.tokens.refresh(principal);
        body["refresh_token"] = json!(refresh);
    }
    if wants("openid") {
        let issuer = format!("{}/{}/v2.0", asked.request.origin, tenant.id);
        let id_token = asked.state.tokens.id_token(&tenant.id, &issuer, principal);
        body["id_token"] = json!(id_token);
    }
    if asked.form.get("client_info") == Some("1") {
        let client_info = json!({"uid": principal.object_id, "utid": tenant.id});
        body["client_info"] = json!(URL_SAFE_NO_PAD.encode(client_info.to_string()));
    }
    finish(body)
}

fn access(asked: &Asked<'_>, tenant: &Tenant, principal: &Principal) -> Value {
    let lifetime = asked.state.options.token_lifetime.as_secs();
    let lifetime = i64::try_from(lifetime).unwrap_or(3_599);
    let issuer = format!("{}/{}/", asked.request.origin, tenant.id);
    let token = asked
        .state
        .tokens
        .issue(&tenant.id, &issuer, &asked.resource, principal, lifetime);
    json!({
        "token_type": "Bearer",
        "expires_in": lifetime,
        "ext_expires_in": lifetime,
        "access_token": token,
    })
}

fn finish(body: Value) -> Reply {
    Reply::json(200, body).header("Cache-Control", "no-store, no-cache")
}
