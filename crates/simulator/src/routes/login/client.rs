//! The application that signs in: stored, stated in the tenant's file, or both.

use std::sync::Arc;

use serde_json::Value;

use super::{Asked, unknown_application};
use crate::reply::{self, Reply};
use crate::routes::directory;
use crate::tenant::Tenant;
use crate::tenant_file::Application;

/// An application that may sign in, once it has proven itself.
pub(super) struct Client<'a> {
    pub(super) app_id: String,
    /// The service principal's.
    pub(super) object_id: String,
    /// What the tenant's file says of it.
    pub(super) stated: Option<&'a Application>,
    /// Its application object, which an application of another tenant does not have here.
    pub(super) application: Option<Arc<Value>>,
}

/// Looks the application up, stored or stated in the tenant's file.
pub(super) fn find<'a>(asked: &Asked<'_>, tenant: &'a Tenant) -> Result<Client<'a>, Reply> {
    let app_id = asked.client_id.as_str();
    let application = application(tenant, app_id);
    let principal = service_principal(tenant, app_id);
    let objects = [&application, &principal];
    let mut known = objects.into_iter().flatten();
    let fresh = known.any(|object| !asked.state.replication.knows(text(object, "id")));
    let Some(first) = application
        .as_ref()
        .or(principal.as_ref())
        .filter(|_| !fresh)
    else {
        return Err(unknown_application(tenant, app_id));
    };
    let Some(principal) = &principal else {
        let message = format!(
            "The client application {app_id} is missing service principal in the tenant {}. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119",
            tenant.id
        );
        return Err(reply::login(
            401,
            "unauthorized_client",
            7_000_229,
            &message,
        ));
    };
    let withdrawn = first["disabledByMicrosoftStatus"].is_string();
    if withdrawn || principal["accountEnabled"] == false {
        let message = format!(
            "Application '{app_id}'({}) is disabled.",
            text(first, "displayName")
        );
        return Err(reply::login(
            400,
            "unauthorized_client",
            7_000_112,
            &message,
        ));
    }
    Ok(Client {
        app_id: app_id.to_owned(),
        object_id: text(principal, "id").to_owned(),
        stated: tenant.application(app_id),
        application: application.clone(),
    })
}

/// The application with a client id, with the public keys of its certificates.
pub(super) fn application(tenant: &Tenant, app_id: &str) -> Option<Arc<Value>> {
    let stored = tenant.store.collection("/v1.0/applications");
    with_client_id(
        tenant,
        "applications",
        directory::applications(tenant, stored),
        app_id,
    )
}

fn service_principal(tenant: &Tenant, app_id: &str) -> Option<Arc<Value>> {
    let stored = tenant.store.collection("/v1.0/servicePrincipals");
    let all = directory::service_principals(tenant, stored);
    with_client_id(tenant, "servicePrincipals", all, app_id)
}

/// The one with a client id; the whole document where it is stored, of which lists may say less.
fn with_client_id(
    tenant: &Tenant,
    list: &str,
    all: Vec<Arc<Value>>,
    app_id: &str,
) -> Option<Arc<Value>> {
    let mut all = all.into_iter();
    let found = all.find(|body| text(body, "appId").eq_ignore_ascii_case(app_id))?;
    let stored = tenant
        .store
        .get(&format!("/v1.0/{list}/{}", text(&found, "id")));
    Some(stored.map_or(found, |document| document.alone()))
}

/// A member's text; empty when it is absent.
pub(super) fn text<'a>(object: &'a Value, member: &str) -> &'a str {
    object[member].as_str().unwrap_or_default()
}
