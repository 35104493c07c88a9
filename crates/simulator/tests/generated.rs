//! A generated tenant, read over HTTP as any client would.

use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use simulator::{Options, Server, Size, Tenant};

/// A server over a generated tenant, and a client that has signed in to it.
struct Generated {
    server: Server,
    client: Client,
    arm: String,
    graph: String,
}

impl Generated {
    async fn start(size: Size) -> Self {
        let tenant = Tenant::generate(&size, 11).unwrap();
        let id = tenant.id().to_owned();
        let (app, secret) = tenant.credentials()[0];
        let form = format!("grant_type=client_credentials&client_id={app}&client_secret={secret}");
        let options = Options {
            tls: false,
            page_size: Some(40),
            ..Options::default()
        };
        let server = Server::start(tenant, options).await.unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut found = Self {
            server,
            client: Client::new(),
            arm: String::new(),
            graph: String::new(),
        };
        found.arm = found
            .token(&id, &form, "https://management.core.windows.net//.default")
            .await;
        found.graph = found
            .token(&id, &form, "https://graph.microsoft.com/.default")
            .await;
        found
    }

    async fn token(&self, tenant: &str, form: &str, scope: &str) -> String {
        let request = self
            .client
            .post(self.url(&format!("{tenant}/oauth2/v2.0/token")))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("{form}&scope={scope}"));
        let body = json_of(request).await;
        body["access_token"].as_str().unwrap().to_owned()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{}", self.server.endpoint(), path.trim_start_matches('/'))
    }

    async fn arm(&self, path: &str) -> Value {
        let url = self.url(&format!("{path}?api-version=2024-01-01"));
        json_of(self.client.get(url).bearer_auth(&self.arm)).await
    }

    /// Every item of a list, page by page.
    async fn all(&self, path: &str, token: &str, next: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut url = self.url(path);
        loop {
            let mut body = json_of(self.client.get(&url).bearer_auth(token)).await;
            let Value::Array(page) = body["value"].take() else {
                panic!("{url}: {body}");
            };
            assert!(page.len() <= 40);
            items.extend(page);
            match body[next].as_str() {
                Some(link) => url = link.to_owned(),
                None => return items,
            }
        }
    }

    async fn query(&self, query: &str) -> Value {
        let url = self.url("/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01");
        let body = json!({"query": query, "options": {"$top": 1000}});
        json_of(self.client.post(url).bearer_auth(&self.arm).json(&body)).await["data"].take()
    }
}

async fn json_of(request: RequestBuilder) -> Value {
    let reply = request.send().await.unwrap();
    let (status, text) = (reply.status(), reply.text().await.unwrap());
    assert!(status.is_success(), "{status} {text}");
    serde_json::from_str(&text).unwrap()
}

fn count(size: usize) -> Size {
    Size {
        subscriptions: 3,
        resources: size,
        users: 130,
        ..Size::default()
    }
}

#[tokio::test]
async fn lists_queries_and_children_agree() {
    let azure = Generated::start(count(1_200)).await;
    let total = azure.query("resources | summarize n=count()").await;
    assert_eq!(total[0]["n"], 1_200);

    let subscriptions = azure.arm("/subscriptions").await;
    let mut accounts = Vec::new();
    for one in subscriptions["value"].as_array().unwrap() {
        let id = one["id"].as_str().unwrap();
        let path =
            format!("{id}/providers/Microsoft.Storage/storageAccounts?api-version=2024-01-01");
        accounts.extend(azure.all(&path, &azure.arm, "nextLink").await);
    }
    let counted = azure
        .query(
            "resources | where type =~ 'microsoft.storage/storageaccounts' | summarize n=count()",
        )
        .await;
    assert_eq!(counted[0]["n"], accounts.len());
    assert!(accounts.len() > 50);

    let has_blobs = accounts
        .iter()
        .find(|account| account["kind"] == "StorageV2")
        .unwrap();
    let id = has_blobs["id"].as_str().unwrap();
    let blobs = azure.arm(&format!("{id}/blobServices/default")).await;
    assert_eq!(blobs["name"], "default");
    assert_eq!(
        blobs["type"],
        "Microsoft.Storage/storageAccounts/blobServices"
    );
    assert!(blobs["properties"]["deleteRetentionPolicy"]["enabled"].is_boolean());
}

#[tokio::test]
async fn the_directory_is_read_with_the_tenants_own_permissions() {
    let azure = Generated::start(count(300)).await;
    let users = azure
        .all("/v1.0/users?$top=40", &azure.graph, "@odata.nextLink")
        .await;
    assert_eq!(users.len(), 130);
    let of = |kind: &str| users.iter().filter(|user| user["userType"] == kind).count();
    assert!(of("Guest") > 5 && of("Member") > 90);
    assert!(users.iter().any(|user| user["accountEnabled"] == false));

    // Each of these needs a permission of its own.
    for path in [
        "/v1.0/reports/authenticationMethods/userRegistrationDetails",
        "/v1.0/identity/conditionalAccess/policies",
        "/v1.0/policies/authorizationPolicy",
        "/v1.0/roleManagement/directory/roleAssignments",
        "/v1.0/identityProtection/riskyUsers",
        "/v1.0/oauth2PermissionGrants",
        "/v1.0/groupSettings",
        "/v1.0/directory/administrativeUnits",
    ] {
        let url = azure.url(path);
        json_of(azure.client.get(url).bearer_auth(&azure.graph)).await;
    }
    let id = users[0]["id"].as_str().unwrap();
    let methods = azure
        .all(
            &format!("/v1.0/users/{id}/authentication/methods"),
            &azure.graph,
            "@odata.nextLink",
        )
        .await;
    assert!(methods.len() >= 2);
}

#[tokio::test]
async fn roles_reach_from_management_groups_to_single_resources() {
    let azure = Generated::start(count(600)).await;
    let subscriptions = azure.arm("/subscriptions").await;
    let id = subscriptions["value"][0]["id"].as_str().unwrap();
    let path =
        format!("{id}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01");
    let given = azure.all(&path, &azure.arm, "nextLink").await;
    let scopes: Vec<&str> = given
        .iter()
        .filter_map(|one| one["properties"]["scope"].as_str())
        .collect();
    assert!(scopes.contains(&"/"));
    assert!(
        scopes
            .iter()
            .any(|scope| scope.contains("/managementGroups/"))
    );
    assert!(scopes.contains(&id));
    assert!(
        scopes
            .iter()
            .any(|scope| scope.contains("/resourceGroups/"))
    );

    let path =
        format!("{id}/providers/Microsoft.Authorization/roleDefinitions?api-version=2022-04-01");
    let definitions = azure.all(&path, &azure.arm, "nextLink").await;
    assert!(definitions.len() > 55);
    for one in &given {
        let role = one["properties"]["roleDefinitionId"].as_str().unwrap();
        let guid = role.rsplit('/').next().unwrap();
        let known = |definition: &&Value| definition["name"] == guid;
        assert!(
            definitions.iter().any(|definition| known(&definition)),
            "{role}"
        );
    }
}
