//! Proof by client secret.

use super::client::Client;
use crate::clock;
use crate::proofs::Found;
use crate::reply::{self, Reply};
use crate::state::State;

/// Accepts the secret of the tenant's file, and every one that was made while the server runs.
pub(super) fn prove(state: &State, client: &Client<'_>, secret: &str) -> Result<(), Reply> {
    let stated = stated(client, secret);
    let counts = |key: &str| state.replication.knows(key);
    let made = state.proofs.find(&client.app_id, secret, counts);
    if stated == Some(true) || matches!(made, Found::Valid(_)) {
        return Ok(());
    }
    if stated == Some(false) || made == Found::Expired {
        return Err(expired(&client.app_id));
    }
    let message = format!(
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{}'.",
        client.app_id
    );
    Err(reply::login(401, "invalid_client", 7_000_215, &message))
}

/// Whether the secret of the tenant's file still holds; `None` when it is another one.
fn stated(client: &Client<'_>, secret: &str) -> Option<bool> {
    let app = client.stated?;
    if app.secret.as_deref() != Some(secret) {
        return None;
    }
    let expires = app.secret_expires.as_deref().and_then(clock::parse);
    Some(expires.is_none_or(|expires| expires > clock::now()))
}

fn expired(app_id: &str) -> Reply {
    let message = format!(
        "The provided client secret keys for app '{app_id}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds."
    );
    reply::login(401, "invalid_client", 7_000_222, &message)
}
