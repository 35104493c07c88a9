//! A user signs in: by its password (resource owner password credentials), or again by a refresh token.

use std::sync::Arc;

use serde_json::Value;

use super::client::{application, text};
use super::{Asked, held_roles, known_resource, token_reply, unknown_application};
use crate::directory_roles;
use crate::principal::{Principal, SignedInUser};
use crate::reply::{self, Reply};
use crate::tenant::Tenant;
use crate::tokens::{self, Service};

/// Public clients that are in every tenant: the Azure CLI, Azure PowerShell, Microsoft Graph PowerShell, azd.
const PUBLIC: [&str; 3] = [
    "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
    "1950a258-227b-4e31-a9cf-717495945fc2",
    "14d82eec-204b-4c2f-b7e8-296a70dab67e",
];

/// The delegated permissions on Microsoft Graph that the Azure CLI is consented for.
const GRAPH_SCOPES: [&str; 12] = [
    "AppRoleAssignment.ReadWrite.All",
    "Application.ReadWrite.All",
    "AuditLog.Read.All",
    "DelegatedPermissionGrant.ReadWrite.All",
    "Directory.AccessAsUser.All",
    "Group.ReadWrite.All",
    "User.Read.All",
    "User.ReadWrite.All",
    "email",
    "openid",
    "profile",
    "offline_access",
];

/// Issues a token for a name and password.
pub(super) fn by_password(asked: &Asked<'_>, tenant: &Tenant) -> Result<Reply, Reply> {
    public_client(asked, tenant)?;
    let name = asked.form.get("username").unwrap_or_default();
    let Some(body) = find(tenant, "userPrincipalName", name) else {
        let message = format!(
            "The user account {name} does not exist in the {} directory. To sign into this application, the account must be added to the directory.",
            tenant.id
        );
        return Err(reply::login(400, "invalid_grant", 50_034, &message));
    };
    let known = tenant.user(name).and_then(|user| user.password.as_deref());
    if known.is_none() || known != asked.form.get("password") {
        let message = "Error validating credentials due to invalid username or password.";
        return Err(reply::login(400, "invalid_grant", 50_126, message));
    }
    issue(asked, tenant, &body)
}

/// Issues a token for the user that a refresh token was given to.
pub(super) fn by_refresh_token(asked: &Asked<'_>, tenant: &Tenant) -> Result<Reply, Reply> {
    public_client(asked, tenant)?;
    let sent = asked.form.get("refresh_token").unwrap_or_default();
    let holder = asked.state.tokens.holder(sent, &asked.client_id);
    let Some(body) = holder.and_then(|id| find(tenant, "id", &id)) else {
        let message = "The provided grant is invalid or malformed: the refresh token is unknown, expired, or another application's.";
        return Err(reply::login(400, "invalid_grant", 9_002_313, message));
    };
    issue(asked, tenant, &body)
}

fn issue(asked: &Asked<'_>, tenant: &Tenant, user: &Value) -> Result<Reply, Reply> {
    if user["accountEnabled"] == false {
        let message = "The user account is disabled.";
        return Err(reply::login(400, "invalid_grant", 50_057, message));
    }
    known_resource(asked, tenant)?;
    let principal = principal(asked, tenant, user);
    Ok(token_reply::of_user(asked, tenant, &principal))
}

/// Users sign in through applications that keep no secret.
fn public_client(asked: &Asked<'_>, tenant: &Tenant) -> Result<(), Reply> {
    let id = asked.client_id.as_str();
    if PUBLIC.iter().any(|known| known.eq_ignore_ascii_case(id)) {
        return Ok(());
    }
    let Some(application) = application(tenant, id) else {
        return Err(unknown_application(tenant, id));
    };
    if application["isFallbackPublicClient"] == true {
        return Ok(());
    }
    Err(reply::login(
        401,
        "invalid_client",
        7_000_218,
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ))
}

fn find(tenant: &Tenant, member: &str, wanted: &str) -> Option<Arc<Value>> {
    let users = tenant.store.collection("/v1.0/users").items.into_iter();
    users
        .map(|item| item.body)
        .find(|body| !wanted.is_empty() && text(body, member).eq_ignore_ascii_case(wanted))
}

fn principal(asked: &Asked<'_>, tenant: &Tenant, user: &Value) -> Principal {
    let object_id = text(user, "id");
    let mut held = held_roles::of(asked.state, tenant, object_id);
    let guest = text(user, "userType").eq_ignore_ascii_case("guest");
    let everybody = if guest {
        directory_roles::GUEST
    } else {
        directory_roles::MEMBER
    };
    held.push(everybody.to_owned());
    let opens_graph = tokens::opens(&asked.resource, Service::Graph, &asked.request.origin);
    let scopes: Vec<String> = if opens_graph {
        GRAPH_SCOPES.map(str::to_owned).to_vec()
    } else {
        vec!["user_impersonation".to_owned()]
    };
    Principal {
        client_id: asked.client_id.clone(),
        object_id: object_id.to_owned(),
        roles: [].into(),
        directory_roles: held.into(),
        user: Some(SignedInUser {
            name: text(user, "userPrincipalName").to_owned(),
            display_name: text(user, "displayName").to_owned(),
            scopes: scopes.into(),
        }),
    }
}
