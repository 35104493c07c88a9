//! The application that signs in: the tenant file's, a stored one, or both.

use std::sync::Arc;

use serde_json::Value;

use super::{Asked, unknown_application};
use crate::reply::{self, Reply};
use crate::tenant::Tenant;
use crate::tenant_file::Application;

/// An application that may sign in, once it has proven itself.
pub(super) struct Client<'a> {
    pub(super) app_id: String,
    /// The service principal's.
    pub(super) object_id: String,
    /// What the tenant's file says of it.
    pub(super) stated: Option<&'a Application>,
    /// Its stored application object, which an application of another tenant does not have here.
    pub(super) application: Option<Arc<Value>>,
}

/// Looks the application up.
pub(super) fn find<'a>(asked: &Asked<'_>, tenant: &'a Tenant) -> Result<Client<'a>, Reply> {
    let app_id = asked.client_id.as_str();
    let stated = tenant.application(app_id);
    let application = stored(tenant, "applications", app_id);
    let principal = stored(tenant, "servicePrincipals", app_id);
    if stated.is_none() && application.is_none() && principal.is_none() {
        return Err(unknown_application(tenant, app_id));
    }
    for object in [&application, &principal].into_iter().flatten() {
        if !asked.state.replication.knows(text(object, "id")) {
            return Err(unknown_application(tenant, app_id));
        }
    }
    let shown = [&application, &principal].into_iter().flatten().next();
    let shown = shown.map_or(app_id, |object| text(object, "displayName"));
    let withdrawn = application
        .as_ref()
        .is_some_and(|object| object["disabledByMicrosoftStatus"].is_string());
    let disabled = principal
        .as_ref()
        .is_some_and(|object| object["accountEnabled"] == false);
    if withdrawn || disabled {
        let message = format!("Application '{app_id}'({shown}) is disabled.");
        return Err(reply::login(
            400,
            "unauthorized_client",
            7_000_112,
            &message,
        ));
    }
    let object_id = match (stated, &principal) {
        (Some(stated), _) => stated.object_id.clone(),
        (None, Some(principal)) => text(principal, "id").to_owned(),
        (None, None) => {
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
        }
    };
    Ok(Client {
        app_id: app_id.to_owned(),
        object_id,
        stated,
        application,
    })
}

/// The stored object of a list with this client id.
pub(super) fn stored(tenant: &Tenant, list: &str, app_id: &str) -> Option<Arc<Value>> {
    let items = tenant.store.collection(&format!("/v1.0/{list}")).items;
    let found = items
        .iter()
        .find(|item| text(&item.body, "appId").eq_ignore_ascii_case(app_id))?;
    tenant
        .store
        .get(&found.path)
        .map(|document| document.alone())
}

/// A member's text; empty when it is absent.
pub(super) fn text<'a>(object: &'a Value, member: &str) -> &'a str {
    object[member].as_str().unwrap_or_default()
}
