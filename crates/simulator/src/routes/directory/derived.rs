//! Applications and service principals that nothing is stored of: those of the tenant's file, and Microsoft Graph.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::forms::{self, NewApplication, NewPrincipal};
use crate::ids;
use crate::microsoft_graph;
use crate::store::Collection;
use crate::tenant::Tenant;
use crate::tenant_file::Application;

const CREATED: &str = "2025-01-01T00:00:00Z";

/// The stored applications, and those of the tenant's file that no document stands for.
pub(in crate::routes) fn applications(tenant: &Tenant, stored: Collection) -> Vec<Arc<Value>> {
    let mut all = bodies(stored);
    for app in &tenant.applications {
        if !stands_for(&all, &app.client_id)
            && !is_settled(tenant, "applications", &application_id(app))
        {
            all.push(Arc::new(application(tenant, app)));
        }
    }
    all
}

/// The stored service principals, those of the tenant's file that no document stands for, and Microsoft Graph's.
pub(in crate::routes) fn service_principals(
    tenant: &Tenant,
    stored: Collection,
) -> Vec<Arc<Value>> {
    let mut all = bodies(stored);
    for app in &tenant.applications {
        if !stands_for(&all, &app.client_id)
            && !is_settled(tenant, "serviceprincipals", &app.object_id)
        {
            all.push(Arc::new(service_principal(tenant, app)));
        }
    }
    if !stands_for(&all, microsoft_graph::APP_ID)
        && !is_settled(tenant, "serviceprincipals", &graph_id(tenant))
    {
        all.push(Arc::new(graph(tenant)));
    }
    all
}

/// An object of one of these two collections that is derived, by its id.
pub(in crate::routes) fn by_id(tenant: &Tenant, list: &str, id: &str) -> Option<Value> {
    if is_settled(tenant, list, id) {
        return None;
    }
    let mut apps = tenant.applications.iter();
    match list {
        "applications" => {
            let app = apps.find(|app| application_id(app).eq_ignore_ascii_case(id))?;
            Some(application(tenant, app))
        }
        "serviceprincipals" if graph_id(tenant).eq_ignore_ascii_case(id) => Some(graph(tenant)),
        "serviceprincipals" => {
            let app = apps.find(|app| app.object_id.eq_ignore_ascii_case(id))?;
            Some(service_principal(tenant, app))
        }
        _ => None,
    }
}

/// True when what is derived at a place was stored or removed since: nothing is derived there any more.
pub(super) fn is_settled(tenant: &Tenant, list: &str, id: &str) -> bool {
    !tenant.settled.is_empty() && tenant.settled.contains(&place(list, id))
}

/// Notes that nothing is to be derived at a place any more.
pub(super) fn settle(tenant: &mut Tenant, list: &str, id: &str) {
    let place = place(list, id);
    tenant.settled.insert(place);
}

fn place(list: &str, id: &str) -> String {
    format!("{list}/{id}").to_lowercase()
}

fn bodies(stored: Collection) -> Vec<Arc<Value>> {
    stored.items.into_iter().map(|item| item.body).collect()
}

fn stands_for(all: &[Arc<Value>], app_id: &str) -> bool {
    all.iter().any(|body| {
        let id = body["appId"].as_str();
        id.is_some_and(|id| id.eq_ignore_ascii_case(app_id))
    })
}

fn application_id(app: &Application) -> String {
    ids::guid_of(&format!("application {}", app.client_id))
}

fn application(tenant: &Tenant, app: &Application) -> Value {
    let mut body = forms::application(&NewApplication {
        id: &application_id(app),
        app_id: &app.client_id,
        display_name: &app.display_name,
        domain: tenant.domains.first().map(String::as_str),
        created: CREATED,
        audience: "AzureADMyOrg",
    });
    let secrets: Vec<Value> = app
        .secret
        .iter()
        .map(|secret| secret_of(app, secret))
        .collect();
    let keys: Vec<Value> = app
        .certificate_thumbprints
        .iter()
        .map(|thumbprint| key_of(app, thumbprint))
        .collect();
    body.insert("passwordCredentials".to_owned(), Value::Array(secrets));
    body.insert("keyCredentials".to_owned(), Value::Array(keys));
    Value::Object(body)
}

fn secret_of(app: &Application, secret: &str) -> Value {
    let hint: String = secret.chars().take(3).collect();
    json!({
        "customKeyIdentifier": null,
        "displayName": "scanner",
        "endDateTime": expiry(app),
        "hint": hint,
        "keyId": ids::guid_of(&format!("secret {}", app.client_id)),
        "secretText": null,
        "startDateTime": CREATED,
    })
}

fn key_of(app: &Application, thumbprint: &str) -> Value {
    json!({
        "customKeyIdentifier": thumbprint.to_uppercase(),
        "displayName": "scanner",
        "endDateTime": expiry(app),
        "key": null,
        "keyId": ids::guid_of(&format!("certificate {thumbprint} {}", app.client_id)),
        "startDateTime": CREATED,
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
    })
}

fn expiry(app: &Application) -> String {
    match app.secret_expires.as_deref() {
        None => "2099-12-31T00:00:00Z".to_owned(),
        Some(date) if date.contains('T') => date.to_owned(),
        Some(date) => format!("{date}T00:00:00Z"),
    }
}

fn service_principal(tenant: &Tenant, app: &Application) -> Value {
    Value::Object(forms::service_principal(&NewPrincipal {
        id: &app.object_id,
        app_id: &app.client_id,
        display_name: &app.display_name,
        owner: &tenant.id,
        created: CREATED,
        audience: "AzureADMyOrg",
    }))
}

fn graph_id(tenant: &Tenant) -> String {
    ids::guid_of(&format!(
        "service principal {} {}",
        microsoft_graph::APP_ID,
        tenant.id
    ))
}

fn graph(tenant: &Tenant) -> Value {
    let mut body = microsofts(
        &graph_id(tenant),
        microsoft_graph::APP_ID,
        "Microsoft Graph",
        CREATED,
    );
    body.insert(
        "appRoles".to_owned(),
        Value::Array(microsoft_graph::app_roles()),
    );
    body.insert(
        "oauth2PermissionScopes".to_owned(),
        Value::Array(microsoft_graph::scopes()),
    );
    Value::Object(body)
}

/// The service principal of one of Microsoft's own applications.
pub(super) fn microsofts(id: &str, app_id: &str, name: &str, created: &str) -> Map<String, Value> {
    forms::service_principal(&NewPrincipal {
        id,
        app_id,
        display_name: name,
        owner: microsoft_graph::OWNER,
        created,
        audience: "AzureADMultipleOrgs",
    })
}
