//! Who signed in: what the tokens say, and when the credential expires where that can be read.

use azure::{Claims, Service};
use serde::Deserialize;

use crate::connect::Connection;

/// The signed-in identity.
#[derive(Debug, Clone)]
pub struct Identity {
    /// In words.
    pub name: String,
    /// The application's id.
    pub application_id: Option<String>,
    /// The object id of the service principal or user.
    pub object_id: Option<String>,
    /// Whether a user signed in, whose own roles decide.
    pub is_user: bool,
    /// Graph application permissions in the token, or why there is no Graph token.
    pub graph_roles: Result<Vec<String>, String>,
    /// The application's credentials with their expiry, or why they could not be read.
    pub credentials: Result<Vec<CredentialExpiry>, String>,
}

/// A secret or certificate of the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialExpiry {
    /// `secret` or `certificate`.
    pub kind: &'static str,
    /// Its name or hint.
    pub name: String,
    /// When it expires, as Graph writes it.
    pub expires: String,
}

#[derive(Deserialize)]
struct Applications {
    value: Vec<Application>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Application {
    #[serde(default)]
    password_credentials: Vec<Proof>,
    #[serde(default)]
    key_credentials: Vec<Proof>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Proof {
    display_name: Option<String>,
    hint: Option<String>,
    end_date_time: Option<String>,
}

/// Asks Graph about the identity.
pub async fn look_up(connection: &Connection) -> Identity {
    let graph = connection.client.claims(Service::Graph).await;
    let arm = &connection.claims;
    let is_user = is_user(arm);
    Identity {
        name: connection.identity.clone(),
        application_id: arm.application_id.clone(),
        object_id: arm.object_id.clone(),
        is_user,
        graph_roles: graph
            .map(|claims| claims.roles)
            .map_err(|failure| failure.to_string()),
        credentials: match (&arm.application_id, is_user) {
            (Some(application), false) => credentials(connection, application).await,
            _ => Ok(Vec::new()),
        },
    }
}

fn is_user(claims: &Claims) -> bool {
    match claims.identity_type.as_deref() {
        Some(kind) => kind.eq_ignore_ascii_case("user"),
        None => claims.scopes.is_some() || claims.user_principal_name.is_some(),
    }
}

/// <https://learn.microsoft.com/graph/api/application-list>
async fn credentials(
    connection: &Connection,
    application: &str,
) -> Result<Vec<CredentialExpiry>, String> {
    let path = format!(
        "/v1.0/applications?$filter=appId eq '{application}'&$select=passwordCredentials,keyCredentials"
    );
    let reply = connection
        .client
        .get(Service::Graph, &path)
        .await
        .map_err(|failure| failure.to_string())?;
    let applications: Applications = reply.json().map_err(|error| error.to_string())?;
    let proofs = |kind: &'static str, proofs: Vec<Proof>| {
        proofs.into_iter().map(move |proof| CredentialExpiry {
            kind,
            name: proof
                .display_name
                .or(proof.hint)
                .unwrap_or_else(|| "unnamed".to_owned()),
            expires: proof.end_date_time.unwrap_or_else(|| "never".to_owned()),
        })
    };
    let mut found: Vec<CredentialExpiry> = applications
        .value
        .into_iter()
        .flat_map(|of| {
            proofs("secret", of.password_credentials)
                .chain(proofs("certificate", of.key_credentials))
        })
        .collect();
    found.sort_by(|left, right| left.expires.cmp(&right.expires));
    Ok(found)
}
