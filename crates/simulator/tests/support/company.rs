//! A tenant with an administrator, a group within a group, two subscriptions and two management groups.

use reqwest::Method;
use serde_json::{Value, json};
use simulator::Options;

use super::{ARM, Answer, Sim, TENANT, answer};

pub const A: &str = "/subscriptions/aaaaaaaa-0000-4000-8000-000000000001";
pub const B: &str = "/subscriptions/bbbbbbbb-0000-4000-8000-000000000001";
pub const TOP: &str = "/providers/Microsoft.Management/managementGroups/top";
pub const LOW: &str = "/providers/Microsoft.Management/managementGroups/low";
/// The applications' numbers: one without any right, and one that owns everything.
pub const SCANNER: u8 = 1;
pub const OWNER: u8 = 3;
/// The scanner's service principal.
pub const SCANNER_ID: &str = "c0000000-0000-4000-8000-00000000000a";
pub const OWNER_ID: &str = "c0000000-0000-4000-8000-00000000000c";
/// A group with the scanner in it, and one with that group in it.
pub const INNER: &str = "90000000-0000-4000-8000-000000000001";
pub const OUTER: &str = "90000000-0000-4000-8000-000000000002";
pub const USER: &str = "a0000000-0000-4000-8000-000000000001";
pub const READER: &str = "acdd72a7-3385-48ef-bd42-f606fba81ae7";

/// A GUID that ends on a number.
pub fn guid(number: u32) -> String {
    format!("d0000000-0000-4000-8000-{number:012}")
}

/// The path of a role definition or the like beneath a scope.
pub fn at(scope: &str, kind: &str, name: &str) -> String {
    format!("{scope}/providers/Microsoft.Authorization/{kind}/{name}")
}

/// A function app in subscription A.
pub fn site() -> String {
    format!("{A}/resourceGroups/web/providers/Microsoft.Web/sites/app")
}

/// Serves the company with more documents of ARM.
pub async fn company(documents: Value) -> Sim {
    company_with(documents, Options::default()).await
}

pub async fn company_with(documents: Value, options: Options) -> Sim {
    let mut arm = json!({
        site(): {"id": site(), "name": "app", "type": "Microsoft.Web/sites", "location": "westeurope"},
        format!("{}/host/default/listkeys", site()): {"masterKey": "m"},
    });
    let more = documents.as_object().cloned().unwrap_or_default();
    arm.as_object_mut().unwrap().extend(more);
    let app = |number: u8, object: &str, secret: &str| json!({"client_id": format!("c0000000-0000-4000-8000-00000000000{number}"), "object_id": object, "secret": secret, "graph_roles": if number == OWNER { vec!["*"] } else { vec![] }});
    let tenant = json!({
        "tenant": {
            "tenant_id": TENANT,
            "domains": ["contoso.onmicrosoft.com"],
            "subscriptions": [
                {"id": &A[15..], "name": "A", "management_group": "low"},
                {"id": &B[15..], "name": "B"},
            ],
            "management_groups": [{"id": "top", "name": "Top"}, {"id": "low", "parent": "top"}],
            "applications": [app(1, SCANNER_ID, "right"), app(3, OWNER_ID, "owner")],
            "role_assignments": [
                {"application": "c0000000-0000-4000-8000-000000000003", "role": "Owner", "scope": "/"},
            ],
        },
        "hosts": {
            "management.azure.com": arm,
            "graph.microsoft.com": {
                "/v1.0/users": {"value": [{"id": USER, "userPrincipalName": "ada@contoso.onmicrosoft.com"}]},
                "/v1.0/groups": {"value": [{"id": INNER}, {"id": OUTER}]},
                format!("/v1.0/groups/{INNER}/members"): {"value": [{"id": SCANNER_ID}]},
                format!("/v1.0/groups/{OUTER}/members"): {"value": [{"id": INNER}]},
            },
        },
    });
    Sim::of(&tenant, options).await
}

impl Sim {
    /// Sends a request to ARM as an application.
    pub async fn send(&self, app: u8, method: Method, path: &str, body: Value) -> Answer {
        let token = self.token(app, ARM).await;
        let mark = if path.contains('?') { '&' } else { '?' };
        let path = format!("{path}{mark}api-version=2022-04-01");
        let request = self.request(method, &path, &token);
        if body.is_null() {
            return answer(request).await;
        }
        answer(request.json(&body)).await
    }

    pub async fn read(&self, app: u8, path: &str) -> Answer {
        self.send(app, Method::GET, path, Value::Null).await
    }

    pub async fn put(&self, app: u8, path: &str, body: Value) -> Answer {
        self.send(app, Method::PUT, path, body).await
    }

    pub async fn delete(&self, app: u8, path: &str) -> Answer {
        self.send(app, Method::DELETE, path, Value::Null).await
    }

    /// Gives a role at a scope as the owner; gives the assignment's path.
    pub async fn give(&self, number: u32, scope: &str, role: &str, principal: &str) -> String {
        let path = at(scope, "roleAssignments", &guid(number));
        let given = self.put(OWNER, &path, given(role, principal)).await;
        assert_eq!(given.status, 201, "{:?}", given.body);
        path
    }
}

/// The body of a role assignment.
pub fn given(role: &str, principal: &str) -> Value {
    let role = at("", "roleDefinitions", role);
    json!({"properties": {"roleDefinitionId": role, "principalId": principal}})
}

/// The body of a custom role.
pub fn custom(name: &str, scopes: &[&str]) -> Value {
    json!({"properties": {
        "roleName": name,
        "type": "CustomRole",
        "description": "For a test",
        "assignableScopes": scopes,
        "permissions": [{"actions": ["Microsoft.Web/sites/host/listkeys/action"], "notActions": []}],
    }})
}

/// The codes of a status and an error.
pub fn told(answer: &Answer) -> (u16, &str) {
    (answer.status, answer.code())
}
