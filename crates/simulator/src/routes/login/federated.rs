//! Proof by a token of another issuer that the application trusts for a subject.
//!
//! Form: <https://learn.microsoft.com/entra/workload-id/workload-identity-federation>. The signatures of issuers other
//! than the simulator's own cannot be checked without a network; their tokens are matched by their claims alone.

use serde_json::Value;
use std::sync::Arc;

use super::assertion;
use super::client::{Client, text};
use crate::issuer::Issuer;
use crate::jwt::Jwt;
use crate::reply::{self, Reply};
use crate::state::State;
use crate::tenant::Tenant;

/// Checks a token against the application's federated credentials: issuer, subject and audience, with their case.
pub(super) fn prove(
    state: &State,
    tenant: &Tenant,
    client: &Client<'_>,
    jwt: &Jwt,
) -> Result<(), Reply> {
    let (issuer, subject) = (jwt.text("iss"), jwt.text("sub"));
    let credentials = credentials(state, tenant, client);
    if credentials.is_empty() {
        return Err(refused(
            70_025,
            "The client has no configured federated identity credentials.",
        ));
    }
    let of_issuer: Vec<&Value> = credentials
        .iter()
        .map(Arc::as_ref)
        .filter(|one| text(one, "issuer").trim_end_matches('/') == issuer.trim_end_matches('/'))
        .collect();
    if of_issuer.is_empty() {
        let message = format!(
            "No matching federated identity record found for presented assertion issuer '{issuer}'."
        );
        return Err(refused(700_211, &message));
    }
    let of_subject: Vec<&Value> = of_issuer
        .into_iter()
        .filter(|one| text(one, "subject") == subject)
        .collect();
    if of_subject.is_empty() {
        let message = format!(
            "No matching federated identity record found for presented assertion subject '{subject}'. Check the subject of the federated credential against the one in the token, case included."
        );
        return Err(refused(700_213, &message));
    }
    let audiences = jwt.audiences();
    let fits = |one: &&Value| {
        let listed = one["audiences"].as_array().into_iter().flatten();
        listed
            .filter_map(Value::as_str)
            .any(|listed| audiences.contains(&listed))
    };
    if !of_subject.iter().any(fits) {
        let message = format!(
            "No matching federated identity record found for presented assertion audience '{}'.",
            audiences.join(", ")
        );
        return Err(refused(700_212, &message));
    }
    if Issuer::is_named(issuer) && !state.tokens.issuer().signed(jwt) {
        let message =
            "Assertion failed signature validation. The key of its issuer did not sign it.";
        return Err(reply::login(401, "invalid_client", 50_013, message));
    }
    assertion::in_time(jwt)
}

/// The federated credentials that every endpoint knows by now.
fn credentials(state: &State, tenant: &Tenant, client: &Client<'_>) -> Vec<Arc<Value>> {
    let Some(application) = &client.application else {
        return Vec::new();
    };
    let list = format!(
        "/v1.0/applications/{}/federatedIdentityCredentials",
        text(application, "id")
    );
    let items = tenant.store.collection(&list).items.into_iter();
    items
        .map(|item| item.body)
        .filter(|body| state.replication.knows(text(body, "id")))
        .collect()
}

fn refused(code: u32, message: &str) -> Reply {
    reply::login(401, "invalid_client", code, message)
}
