//! Creating service principals: of applications of this tenant, of another tenant, and of Microsoft.
//!
//! <https://learn.microsoft.com/graph/api/serviceprincipal-post-serviceprincipals>

use serde_json::{Map, Value, json};

use super::forms::{self, NewPrincipal};
use super::properties::{self, Kind};
use super::{Call, applications, derived, find, moment, owners, refusals};
use crate::ids;
use crate::reply::Reply;
use crate::tenant::Tenant;

/// Microsoft's own applications that administrators make service principals of.
///
/// <https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in>
const MICROSOFTS: [(&str, &str); 5] = [
    (
        "00000002-0000-0000-c000-000000000000",
        "Windows Azure Active Directory",
    ),
    (
        "00000002-0000-0ff1-ce00-000000000000",
        "Office 365 Exchange Online",
    ),
    (
        "00000003-0000-0ff1-ce00-000000000000",
        "Office 365 SharePoint Online",
    ),
    (
        "797f4846-ba00-4fd7-ba43-dac1f8f63013",
        "Windows Azure Service Management API",
    ),
    ("cfa8b339-82a2-471a-a3c9-0fc0be7a4093", "Azure Key Vault"),
];

/// `POST /servicePrincipals`.
pub(super) fn create(call: Call<'_>) -> Reply {
    let Some(Value::Object(mut sent)) = call.request.json() else {
        return refusals::unreadable();
    };
    match sent.remove("appId") {
        Some(Value::String(app_id)) if !app_id.is_empty() => made(call, &app_id, sent),
        _ => refusals::required("appId", "ServicePrincipal"),
    }
}

/// Makes the service principal of the application with a client id.
pub(super) fn made(call: Call<'_>, app_id: &str, mut sent: Map<String, Value>) -> Reply {
    if let Err(refusal) = properties::check(Kind::ServicePrincipal, &sent) {
        return refusal;
    }
    let mut tenant = call.state.tenant_mut();
    if find::by_app_id(&tenant, "serviceprincipals", app_id).is_some() {
        return refusals::taken(format!(
            "The service principal cannot be created, updated, or restored because the service principal name {app_id} is already in use."
        ));
    }
    let id = ids::random_guid();
    let Some(mut body) = form(&call, &tenant, &id, app_id) else {
        let message = format!(
            "The appId '{app_id}' of the service principal does not reference a valid application object."
        );
        return refusals::property(message, "appId", "NoBackingApplicationObject");
    };
    let fresh = match applications::credentials(&Map::new(), &mut sent) {
        Ok(fresh) => fresh,
        Err(refusal) => return refusal,
    };
    forms::merge(&mut body, sent);
    let body = Value::Object(body);
    call.writer(&mut tenant)
        .write(&find::path("serviceprincipals", &id), body.clone());
    owners::add(&call, &mut tenant, "serviceprincipals", &id);
    for what in fresh.iter().chain([&id]) {
        call.state.replication.note(what);
    }
    call.created("servicePrincipals", &body)
}

/// A service principal as its application makes it; `None` when no application is known under the client id.
fn form(call: &Call<'_>, tenant: &Tenant, id: &str, app_id: &str) -> Option<Map<String, Value>> {
    let created = moment::now().to_string();
    if let Some(application) = find::by_app_id(tenant, "applications", app_id) {
        let known = call.state.replication.knows(find::id_of(&application));
        return known.then(|| of_application(tenant, id, &application, &created));
    }
    let mut foreign = tenant.foreign_applications.iter();
    if let Some(foreign) = foreign.find(|foreign| foreign.app_id.eq_ignore_ascii_case(app_id)) {
        return Some(forms::service_principal(&NewPrincipal {
            id,
            app_id: &foreign.app_id,
            display_name: &foreign.display_name,
            owner: &foreign.owner_tenant,
            created: &created,
            audience: "AzureADMultipleOrgs",
        }));
    }
    let (app_id, name) = MICROSOFTS
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(app_id))?;
    Some(derived::microsofts(id, app_id, name, &created))
}

fn of_application(
    tenant: &Tenant,
    id: &str,
    application: &Value,
    created: &str,
) -> Map<String, Value> {
    let text = |name: &str| application[name].as_str().unwrap_or_default();
    let mut body = forms::service_principal(&NewPrincipal {
        id,
        app_id: text("appId"),
        display_name: text("displayName"),
        owner: &tenant.id,
        created,
        audience: text("signInAudience"),
    });
    let uris = application["identifierUris"].as_array();
    let names = uris.into_iter().flatten().cloned();
    let names: Vec<Value> = std::iter::once(json!(text("appId"))).chain(names).collect();
    body.insert("servicePrincipalNames".to_owned(), Value::Array(names));
    for (own, theirs) in [
        ("appRoles", &application["appRoles"]),
        (
            "oauth2PermissionScopes",
            &application["api"]["oauth2PermissionScopes"],
        ),
        ("info", &application["info"]),
        ("homepage", &application["web"]["homePageUrl"]),
        ("replyUrls", &application["web"]["redirectUris"]),
    ] {
        if !theirs.is_null() {
            body.insert(own.to_owned(), theirs.clone());
        }
    }
    body
}
