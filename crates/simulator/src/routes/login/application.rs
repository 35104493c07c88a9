//! An application signs in by itself (client credentials).

use super::client::{self, Client};
use super::{Asked, app_roles, assertion, held_roles, known_resource, secret, token_reply};
use crate::directory_roles;
use crate::principal::Principal;
use crate::reply::{self, Reply};
use crate::tenant::Tenant;
use crate::tokens::{self, Service};

/// Issues a token for an application.
pub(super) fn token(asked: &Asked<'_>, tenant: &Tenant) -> Result<Reply, Reply> {
    let client = client::find(asked, tenant)?;
    prove(asked, tenant, &client)?;
    known_resource(asked, tenant)?;
    let principal = principal(asked, tenant, &client);
    Ok(token_reply::of_application(asked, tenant, &principal))
}

fn prove(asked: &Asked<'_>, tenant: &Tenant, client: &Client<'_>) -> Result<(), Reply> {
    let (secret, assertion) = (asked.secret.as_deref(), asked.form.get("client_assertion"));
    let any = client.stated.is_some_and(|app| app.accept_any_credential);
    match (secret, assertion) {
        (None, None) => Err(reply::login(
            401,
            "invalid_client",
            7_000_218,
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        )),
        _ if any => Ok(()),
        (Some(secret), _) => secret::prove(asked.state, client, secret),
        (None, Some(assertion)) => assertion::prove(asked, tenant, client, assertion),
    }
}

fn principal(asked: &Asked<'_>, tenant: &Tenant, client: &Client<'_>) -> Principal {
    // The permissions of one service are in the tokens for that one alone.
    let opens_graph = tokens::opens(&asked.resource, Service::Graph, &asked.request.origin);
    let roles = if opens_graph {
        app_roles::of(asked.state, tenant, client)
    } else {
        Vec::new()
    };
    let mut held = held_roles::of(asked.state, tenant, &client.object_id);
    held.push(directory_roles::APPLICATION.to_owned());
    Principal {
        client_id: client.app_id.clone(),
        object_id: client.object_id.clone(),
        roles: roles.into(),
        directory_roles: held.into(),
        user: None,
    }
}
