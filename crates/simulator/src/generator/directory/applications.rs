//! Applications, service principals, and what they may do without a user.

use serde_json::{Value, json};

use super::{Directory, member, service_principal};
use crate::generator::dates;
use crate::generator::random::Random;
use crate::generator::scene::identities;
use crate::generator::words::{DOMAINS, ENVIRONMENTS, WORKLOADS};
use crate::store::Store;

/// Microsoft's own applications, with the tenant that owns them.
///
/// Source: <https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in>
const MICROSOFTS: [(&str, &str); 16] = [
    ("00000003-0000-0000-c000-000000000000", "Microsoft Graph"),
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
    (
        "00000002-0000-0000-c000-000000000000",
        "Windows Azure Active Directory",
    ),
    (
        "c5393580-f805-4401-95e8-94b7a6ef2fc2",
        "Office 365 Management APIs",
    ),
    (
        "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe",
        "Microsoft Teams Services",
    ),
    ("1fec8e78-bce4-4aaf-ab1b-5451cc387264", "Microsoft Teams"),
    ("cfa8b339-82a2-471a-a3c9-0fc0be7a4093", "Azure Key Vault"),
    ("e406a681-f3d4-42a8-90b6-c2b029497af1", "Azure Storage"),
    ("022907d3-0f1b-48f7-badc-1ba6abab6d66", "Azure SQL Database"),
    ("abfa0a7c-a6b6-4736-8310-5855508787cd", "Azure App Service"),
    (
        "7319c514-987d-4e9b-ac3d-d38c4f427f4c",
        "Azure Kubernetes Service",
    ),
    ("00000007-0000-0000-c000-000000000000", "Dataverse"),
    ("00000009-0000-0000-c000-000000000000", "Power BI Service"),
    (
        "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
        "Microsoft Azure CLI",
    ),
];
const MICROSOFT: &str = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";

/// Application permissions of Microsoft Graph: id, name, and whether it changes things.
///
/// Ids: <https://learn.microsoft.com/graph/permissions-reference>
const PERMISSIONS: [(&str, &str); 8] = [
    ("7ab1d382-f21e-4acd-a863-ba3e13f7da61", "Directory.Read.All"),
    ("df021288-bdef-4463-88db-98f22de89214", "User.Read.All"),
    ("5b567255-7703-4780-807c-7be8301ae99b", "Group.Read.All"),
    ("b633e1c5-b582-4048-a93e-9f11b44c7e96", "Mail.Send"),
    ("b0afded3-3588-46d8-8b3d-9842eff778da", "AuditLog.Read.All"),
    (
        "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8",
        "RoleManagement.ReadWrite.Directory",
    ),
    (
        "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9",
        "Application.ReadWrite.All",
    ),
    ("246dd0d5-5bd0-4def-940b-0421030a5b68", "Policy.Read.All"),
];

/// What the company calls an application.
pub(super) fn name(number: usize) -> String {
    let workload = WORKLOADS[number * 11 % WORKLOADS.len()];
    let (environment, _, _) = ENVIRONMENTS[number % ENVIRONMENTS.len()];
    match number % 4 {
        0 => format!("app-{workload}-{environment}"),
        1 => format!("sp-{workload}-deploy-{environment}"),
        2 => format!("{workload} connector {number:03}"),
        _ => format!("func-{workload}-{number:03}"),
    }
}

fn app_id(seed: u64, number: usize) -> String {
    Random::of(seed, "application", number).guid()
}

pub(super) fn write(directory: Directory<'_>, store: &mut Store) {
    let seed = directory.seed;
    let graph = Random::of(seed, "Microsoft's principal", 0).guid();
    let mut applications = Vec::new();
    let mut principals = vec![scanner(directory)];
    let mut assigned = Vec::new();
    for number in 0..directory.applications() {
        let mut random = Random::of(seed, "application's details", number);
        let id = random.guid();
        let app = app_id(seed, number);
        applications.push(application(number, &id, &app, &mut random));
        let owners: Vec<Value> = if random.chance(60) {
            vec![member(&directory.someone(random.below(directory.users)))]
        } else {
            Vec::new()
        };
        store.load(
            &format!("/v1.0/applications/{id}/owners"),
            json!({"value": owners}),
        );
        let principal = service_principal(seed, number);
        let mut body = body_of(
            &principal,
            &app,
            &name(number),
            directory.tenant,
            "Application",
        );
        body["accountEnabled"] = json!(!random.chance(4));
        principals.push(body);
        let given = permissions(&principal, &name(number), &graph, &mut random);
        store.load(
            &format!("/v1.0/servicePrincipals/{principal}/appRoleAssignments"),
            json!({"value": given}),
        );
        assigned.extend(given);
    }
    for (number, (app, name)) in MICROSOFTS.iter().enumerate() {
        let id = Random::of(seed, "Microsoft's principal", number).guid();
        let mut body = body_of(&id, app, name, MICROSOFT, "Application");
        if number == 0 {
            body["appRoles"] = roles();
        }
        principals.push(body);
    }
    for number in 0..identities(directory.users) {
        let id = Random::of(seed, "identity's principal", number).guid();
        let app = Random::of(seed, "identity's application", number).guid();
        let shown = format!("id-{}-{number:04}", WORKLOADS[number % WORKLOADS.len()]);
        principals.push(body_of(
            &id,
            &app,
            &shown,
            directory.tenant,
            "ManagedIdentity",
        ));
    }
    store.load("/v1.0/applications", json!({"value": applications}));
    store.load("/v1.0/servicePrincipals", json!({"value": principals}));
    store.load(
        &format!("/v1.0/servicePrincipals/{graph}/appRoleAssignedTo"),
        json!({"value": assigned}),
    );
}

fn scanner(directory: Directory<'_>) -> Value {
    let (client, object) = directory.scanner;
    body_of(
        object,
        client,
        "ThreatDefence scanner",
        directory.tenant,
        "Application",
    )
}

fn body_of(id: &str, app: &str, name: &str, owner: &str, kind: &str) -> Value {
    json!({
        "id": id,
        "deletedDateTime": null,
        "accountEnabled": true,
        "alternativeNames": [],
        "appDisplayName": name,
        "appId": app,
        "appOwnerOrganizationId": owner,
        "appRoleAssignmentRequired": false,
        "createdDateTime": "2024-03-11T09:30:12Z",
        "displayName": name,
        "homepage": null,
        "servicePrincipalType": kind,
        "servicePrincipalNames": [app],
        "signInAudience": "AzureADMyOrg",
        "tags": [],
        "appRoles": [],
        "oauth2PermissionScopes": [],
        "keyCredentials": [],
        "passwordCredentials": [],
    })
}

fn roles() -> Value {
    let roles = PERMISSIONS.iter().map(|(id, name)| {
        json!({"id": id, "value": name, "displayName": name, "isEnabled": true, "allowedMemberTypes": ["Application"],
            "origin": "Application"})
    });
    Value::Array(roles.collect())
}

fn permissions(principal: &str, name: &str, graph: &str, random: &mut Random) -> Vec<Value> {
    let count = random.below(4);
    let first = random.below(PERMISSIONS.len());
    (0..count)
        .filter_map(|place| PERMISSIONS.get((first + place) % PERMISSIONS.len()))
        .map(|(role, _)| {
            json!({"id": random.hex(43), "deletedDateTime": null, "appRoleId": role,
                "createdDateTime": "2024-03-11T09:31:00Z", "principalDisplayName": name, "principalId": principal,
                "principalType": "ServicePrincipal", "resourceDisplayName": "Microsoft Graph", "resourceId": graph})
        })
        .collect()
}

fn application(number: usize, id: &str, app: &str, random: &mut Random) -> Value {
    let mut secrets = Vec::new();
    for _ in 0..random.below(3) {
        let own = json!({"hint": random.hex(3), "secretText": null});
        secrets.push(credential(random, own));
    }
    let mut keys = Vec::new();
    if random.chance(25) {
        let own = json!({"type": "AsymmetricX509Cert", "usage": "Verify", "key": null,
            "customKeyIdentifier": random.hex(40).to_uppercase()});
        keys.push(credential(random, own));
    }
    let anywhere = random.chance(8);
    json!({
        "id": id,
        "deletedDateTime": null,
        "appId": app,
        "displayName": name(number),
        "createdDateTime": "2024-03-11T09:30:12Z",
        "publisherDomain": DOMAINS[0],
        "signInAudience": if anywhere { "AzureADMultipleOrgs" } else { "AzureADMyOrg" },
        "identifierUris": [format!("api://{app}")],
        "tags": [],
        "notes": null,
        "isFallbackPublicClient": random.chance(5),
        "passwordCredentials": secrets,
        "keyCredentials": keys,
        "requiredResourceAccess": [{"resourceAppId": MICROSOFTS[0].0, "resourceAccess": [
            {"id": PERMISSIONS[random.below(PERMISSIONS.len())].0, "type": "Role"}]}],
        "web": {"homePageUrl": null, "logoutUrl": null, "redirectUris": redirects(number, random),
            "implicitGrantSettings": {"enableAccessTokenIssuance": random.chance(5), "enableIdTokenIssuance": random.chance(15)}},
        "spa": {"redirectUris": []},
        "publicClient": {"redirectUris": []},
        "servicePrincipalLockConfiguration": null,
    })
}

fn redirects(number: usize, random: &mut Random) -> Vec<String> {
    let secure = format!(
        "https://{}.{}/signin-oidc",
        WORKLOADS[number * 11 % WORKLOADS.len()],
        DOMAINS[0]
    );
    match random.below(10) {
        0..5 => vec![secure],
        5 => vec![secure, "http://localhost:5000/signin".to_owned()],
        _ => Vec::new(),
    }
}

fn credential(random: &mut Random, own: Value) -> Value {
    let end = match random.below(10) {
        0 | 1 => "expired",
        2 => "soon",
        _ => "later",
    };
    let end = dates::days(end, random).unwrap_or(1);
    let mut body = json!({
        "keyId": random.guid(),
        "displayName": "deployment",
        "startDateTime": dates::moment(end - 730, random),
        "endDateTime": dates::moment(end, random),
    });
    if let (Value::Object(body), Value::Object(own)) = (&mut body, own) {
        body.extend(own);
    }
    body
}
