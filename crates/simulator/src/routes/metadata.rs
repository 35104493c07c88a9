//! What clients read before they sign in: the cloud's endpoints and the token endpoint's description.

use serde_json::{Value, json};

use crate::reply::Reply;
use crate::request::Request;
use crate::routes::login;
use crate::state::State;

/// `/metadata/endpoints`: the form of 2022-09-01, a list of clouds from 2019-05-01 on, and the flat form of 2015-01-01.
pub(super) fn endpoints(request: &Request) -> Reply {
    let body = match request.query.get("api-version").unwrap_or_default() {
        "2015-01-01" | "1.0" => flat(&request.origin),
        "2019-05-01" | "2018-05-01" => json!([cloud(&request.origin)]),
        _ => cloud(&request.origin),
    };
    Reply::json(200, body)
}

fn flat(origin: &str) -> Value {
    json!({
        "galleryEndpoint": format!("{origin}/"),
        "graphEndpoint": format!("{origin}/"),
        "portalEndpoint": format!("{origin}/"),
        "authentication": authentication(origin),
    })
}

fn authentication(origin: &str) -> Value {
    json!({
        "loginEndpoint": origin,
        "audiences": ["https://management.core.windows.net/", "https://management.azure.com/"],
        "tenant": "common",
        "identityProvider": "AAD",
    })
}

fn cloud(origin: &str) -> Value {
    json!({
        "name": "Simulator",
        "portal": origin,
        "authentication": authentication(origin),
        "resourceManager": format!("{origin}/"),
        "graph": format!("{origin}/"),
        "graphAudience": format!("{origin}/"),
        "microsoftGraphResourceId": format!("{origin}/"),
        "gallery": format!("{origin}/"),
        "sqlManagement": format!("{origin}/"),
        "batch": "https://batch.core.windows.net/",
        "media": "https://rest.media.azure.net",
        "vmImageAliasDoc": format!("{origin}/vmImageAliasDoc"),
        "activeDirectoryDataLake": "https://datalake.azure.net/",
        "logAnalyticsResourceId": "https://api.loganalytics.io",
        "appInsightsResourceId": "https://api.applicationinsights.io",
        "appInsightsTelemetryChannelResourceId": "https://dc.applicationinsights.azure.com/v2/track",
        "appServiceResourceId": "https://appservice.azure.com",
        "attestationResourceId": "https://attest.azure.net",
        "ossrdbmsResourceId": "https://ossrdbms-aad.database.windows.net",
        "synapseAnalyticsResourceId": "https://dev.azuresynapse.net",
        "suffixes": {
            "acrLoginServer": "azurecr.io",
            "keyVaultDns": "vault.azure.net",
            "mhsmDns": "managedhsm.azure.net",
            "sqlServerHostname": "database.windows.net",
            "mysqlServerEndpoint": "mysql.database.azure.com",
            "mariadbServerEndpoint": "mariadb.database.azure.com",
            "postgresqlServerEndpoint": "postgres.database.azure.com",
            "storage": "core.windows.net",
            "storageSyncEndpointSuffix": "afs.azure.net",
            "attestationEndpoint": "attest.azure.net",
            "synapseAnalytics": "dev.azuresynapse.net",
            "azureDataLakeStoreFileSystem": "azuredatalakestore.net",
            "azureDataLakeAnalyticsCatalogAndJob": "azuredatalakeanalytics.net",
        },
    })
}

/// Instance discovery: which hosts are one authority.
pub(super) fn instance(request: &Request) -> Reply {
    let host = request
        .origin
        .split_once("://")
        .map_or(request.origin.as_str(), |(_, host)| host);
    Reply::json(
        200,
        json!({
            "tenant_discovery_endpoint":
                format!("{}/common/v2.0/.well-known/openid-configuration", request.origin),
            "api-version": "1.1",
            "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
        }),
    )
}

/// The keys that sign tokens: none are public, since tokens are checked by the simulator alone.
pub(super) fn keys() -> Reply {
    Reply::json(200, json!({"keys": []}))
}

/// The description of a tenant's token endpoint.
pub(super) fn openid(state: &State, request: &Request, name: &str) -> Reply {
    let tenant = state.tenant();
    let shared = matches!(name, "common" | "organizations");
    if !shared && !tenant.is_named(name) {
        return login::unknown_tenant(name, "invalid_tenant");
    }
    let (origin, id) = (&request.origin, &tenant.id);
    Reply::json(
        200,
        json!({
            "token_endpoint": format!("{origin}/{name}/oauth2/v2.0/token"),
            "token_endpoint_auth_methods_supported":
                ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "jwks_uri": format!("{origin}/{name}/discovery/v2.0/keys"),
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": format!("{origin}/{id}/v2.0"),
            "grant_types_supported": ["client_credentials", "password", "refresh_token"],
            "authorization_endpoint": format!("{origin}/{name}/oauth2/v2.0/authorize"),
            "device_authorization_endpoint": format!("{origin}/{name}/oauth2/v2.0/devicecode"),
            "end_session_endpoint": format!("{origin}/{name}/oauth2/v2.0/logout"),
            "tenant_region_scope": "EU",
            "cloud_instance_name": origin.split_once("://").map_or("", |(_, host)| host),
        }),
    )
}
