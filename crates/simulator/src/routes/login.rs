//! The token endpoint: client credentials by secret, certificate or federated token.
//!
//! Errors: <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::clock;
use crate::graph_permissions;
use crate::reply::{self, Reply};
use crate::request::{Query, Request};
use crate::state::State;
use crate::tenant_file::Application;
use crate::tokens::{self, Principal};

/// Issues a token, or says why not.
pub(super) fn token(state: &State, request: &Request, name: &str) -> Reply {
    let form = Query::parse(&String::from_utf8_lossy(&request.body));
    let tenant = state.tenant();
    if !tenant.is_named(name) {
        return unknown_tenant(name, "invalid_request");
    }
    if form.get("grant_type") != Some("client_credentials") {
        let message = "The app requested an unsupported grant type. The simulator knows client_credentials only.";
        return reply::login(400, "unsupported_grant_type", 70_003, message);
    }
    let (client, secret) = credentials(request, &form);
    let Some(app) = tenant.application(&client) else {
        let message = format!(
            "Application with identifier '{client}' was not found in the directory '{}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.",
            tenant.display_name
        );
        return reply::login(400, "unauthorized_client", 700_016, &message);
    };
    if let Err(refusal) = prove(app, secret.as_deref(), form.get("client_assertion")) {
        return refusal;
    }
    let resource = resource(&form);
    if !tokens::knows_resource(&resource, &request.origin) {
        let message = format!(
            "The resource principal named {resource} was not found in the tenant named {}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.",
            tenant.display_name
        );
        return reply::login(400, "invalid_resource", 500_011, &message);
    }
    let principal = Principal {
        client_id: app.client_id.clone(),
        object_id: app.object_id.clone(),
        roles: graph_permissions::spelled_out(&app.graph_roles).into(),
        ..Principal::default()
    };
    let lifetime = i64::try_from(state.options.token_lifetime.as_secs()).unwrap_or(3_599);
    let issuer = format!("{}/{}/", request.origin, tenant.id);
    let token = state
        .tokens
        .issue(&tenant.id, &issuer, &resource, &principal, lifetime);
    let body = json!({
        "token_type": "Bearer",
        "expires_in": lifetime,
        "ext_expires_in": lifetime,
        "access_token": token,
    });
    Reply::json(200, body).header("Cache-Control", "no-store, no-cache")
}

/// The answer for a tenant that does not exist.
pub(super) fn unknown_tenant(name: &str, error: &str) -> Reply {
    let message = format!(
        "Tenant '{name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant."
    );
    reply::login(400, error, 90_002, &message)
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

/// The resource that a token is asked for: a scope without its `/.default`, or the older `resource`.
fn resource(form: &Query) -> String {
    let scopes = form.get("scope").or_else(|| form.get("resource"));
    let asked = scopes
        .unwrap_or_default()
        .split_whitespace()
        .find(|scope| !matches!(*scope, "openid" | "profile" | "offline_access"))
        .unwrap_or_default();
    asked.strip_suffix("/.default").unwrap_or(asked).to_owned()
}

fn prove(app: &Application, secret: Option<&str>, assertion: Option<&str>) -> Result<(), Reply> {
    if app.accept_any_credential && (secret.is_some() || assertion.is_some()) {
        return Ok(());
    }
    match (secret, assertion) {
        (Some(secret), _) => prove_secret(app, secret),
        (None, Some(assertion)) => prove_assertion(app, assertion),
        (None, None) => Err(reply::login(
            401,
            "invalid_client",
            7_000_218,
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        )),
    }
}

fn prove_secret(app: &Application, secret: &str) -> Result<(), Reply> {
    if app.secret.as_deref() != Some(secret) {
        let message = format!(
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{}'.",
            app.client_id
        );
        return Err(reply::login(401, "invalid_client", 7_000_215, &message));
    }
    let expires = app.secret_expires.as_deref().and_then(clock::parse);
    if expires.is_some_and(|expires| expires <= clock::now()) {
        let message = format!(
            "The provided client secret keys for app '{}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.",
            app.client_id
        );
        return Err(reply::login(401, "invalid_client", 7_000_222, &message));
    }
    Ok(())
}

fn prove_assertion(app: &Application, assertion: &str) -> Result<(), Reply> {
    let presented = thumbprint(assertion);
    let listed = |thumbprint: &String| {
        let plain: String = thumbprint.chars().filter(char::is_ascii_hexdigit).collect();
        app.certificate_thumbprints.iter().any(|known| {
            let known: String = known.chars().filter(char::is_ascii_hexdigit).collect();
            known.eq_ignore_ascii_case(&plain)
        })
    };
    if presented.as_ref().is_some_and(listed) {
        return Ok(());
    }
    let message = format!(
        "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '{}'].",
        presented.unwrap_or_default().to_uppercase()
    );
    Err(reply::login(401, "invalid_client", 700_027, &message))
}

/// The thumbprint in an assertion's header (`x5t` or `x5t#S256`), in hex.
fn thumbprint(assertion: &str) -> Option<String> {
    let header = URL_SAFE_NO_PAD.decode(assertion.split('.').next()?).ok()?;
    let header: Value = serde_json::from_slice(&header).ok()?;
    let encoded = header["x5t"].as_str().or(header["x5t#S256"].as_str())?;
    let bytes = URL_SAFE_NO_PAD.decode(encoded.trim_end_matches('=')).ok()?;
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app() -> Application {
        Application {
            client_id: "c".to_owned(),
            secret: Some("s".to_owned()),
            certificate_thumbprints: vec!["AB:01".to_owned()],
            ..Application::default()
        }
    }

    fn code(result: Result<(), Reply>) -> u64 {
        let value = result.unwrap_err().value();
        value["error_codes"][0].as_u64().unwrap()
    }

    #[test]
    fn secrets_are_right_wrong_or_expired() {
        assert!(prove(&app(), Some("s"), None).is_ok());
        assert_eq!(code(prove(&app(), Some("x"), None)), 7_000_215);
        assert_eq!(code(prove(&app(), None, None)), 7_000_218);
        let expired = Application {
            secret_expires: Some("2001-01-01".to_owned()),
            ..app()
        };
        assert_eq!(code(prove(&expired, Some("s"), None)), 7_000_222);
    }

    #[test]
    fn assertions_name_a_listed_certificate() {
        let assertion =
            |header: Value| format!("{}.e30.x", URL_SAFE_NO_PAD.encode(header.to_string()));
        let known = assertion(json!({"x5t": URL_SAFE_NO_PAD.encode([0xab, 0x01])}));
        assert!(prove(&app(), None, Some(&known)).is_ok());
        let other = assertion(json!({"x5t#S256": URL_SAFE_NO_PAD.encode([1, 2])}));
        assert_eq!(code(prove(&app(), None, Some(&other))), 700_027);
        assert_eq!(code(prove(&app(), None, Some("€"))), 700_027);
    }

    #[test]
    fn resources_come_from_scopes() {
        let of = |form: &str| resource(&Query::parse(form));
        assert_eq!(
            of("scope=https%3A%2F%2Fa%2F%2F.default+openid"),
            "https://a/"
        );
        assert_eq!(of("scope=openid+profile+https://a/.default"), "https://a");
        assert_eq!(of("resource=https://b"), "https://b");
        assert_eq!(of(""), "");
    }
}
