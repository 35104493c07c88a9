//! A server over the sample tenant and a client that trusts it.

#![expect(
    dead_code,
    reason = "each test file uses its own part of these helpers"
)]

pub mod company;

pub mod directory;

use std::path::Path;

use reqwest::{Certificate, Client, Method, RequestBuilder};
use serde_json::{Value, json};
use simulator::{Options, Server, Tenant};

pub const TENANT: &str = "11111111-1111-4111-8111-111111111111";
pub const SUBSCRIPTION: &str = "/subscriptions/aaaaaaaa-0000-4000-8000-000000000001";
pub const ARM: &str = "https://management.core.windows.net//.default";
pub const GRAPH: &str = "https://graph.microsoft.com/.default";

/// A running server, with a client.
pub struct Sim {
    pub server: Server,
    pub client: Client,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Sim {
    pub async fn start(options: Options) -> Self {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/tenant.json");
        Self::serve(Tenant::load(&file).unwrap(), options).await
    }

    /// Serves a tenant of the form that one JSON file has.
    pub async fn of(tenant: &Value, options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tenant.json");
        std::fs::write(&file, tenant.to_string()).unwrap();
        Self::serve(Tenant::load(&file).unwrap(), options).await
    }

    async fn serve(tenant: Tenant, options: Options) -> Self {
        let server = Server::start(tenant, options).await.unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut client = Client::builder();
        if let Some(pem) = server.ca_pem() {
            let certificate = Certificate::from_pem(pem.as_bytes()).unwrap();
            client = client.tls_certs_only([certificate]);
        }
        Self {
            server,
            client: client.build().unwrap(),
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{}", self.server.endpoint(), path.trim_start_matches('/'))
    }

    /// The token endpoint's answer for the application with this number.
    pub async fn login(&self, tenant: &str, app: u8, secret: &str, scope: &str) -> Answer {
        let client_id = format!("c0000000-0000-4000-8000-00000000000{app}");
        let form = format!(
            "grant_type=client_credentials&client_id={client_id}&client_secret={secret}&scope={scope}"
        );
        let url = self.url(&format!("{tenant}/oauth2/v2.0/token"));
        let request = self
            .client
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form);
        answer(request).await
    }

    pub async fn token(&self, app: u8, scope: &str) -> String {
        let secret = ["", "right", "old", "owner", "nobody"][usize::from(app)];
        let answer = self.login(TENANT, app, secret, scope).await;
        answer.body["access_token"].as_str().unwrap().to_owned()
    }

    pub fn request(&self, method: Method, path: &str, token: &str) -> RequestBuilder {
        self.client
            .request(method, self.url(path))
            .bearer_auth(token)
    }

    /// GETs a path of ARM as the scanner, which is Reader.
    pub async fn arm(&self, path: &str) -> Answer {
        let token = self.token(1, ARM).await;
        let mark = if path.contains('?') { '&' } else { '?' };
        let path = format!("{path}{mark}api-version=2024-01-01");
        answer(self.request(Method::GET, &path, &token)).await
    }

    /// GETs a path of Graph as the scanner, which has Directory.Read.All.
    pub async fn graph(&self, path: &str) -> Answer {
        let token = self.token(1, GRAPH).await;
        answer(self.request(Method::GET, path, &token)).await
    }

    /// Posts a body to ARM as an application.
    pub async fn post(&self, app: u8, path: &str, body: Value) -> Answer {
        let token = self.token(app, ARM).await;
        let path = format!("{path}?api-version=2024-01-01");
        answer(self.request(Method::POST, &path, &token).json(&body)).await
    }

    /// Asks Resource Graph as the scanner.
    pub async fn query(&self, query: &str, options: Value) -> Answer {
        let body = json!({"query": query, "subscriptions": [], "options": options});
        self.post(1, "/providers/Microsoft.ResourceGraph/resources", body)
            .await
    }
}

pub async fn answer(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.unwrap();
    Answer {
        status,
        headers,
        body: serde_json::from_str(&text).unwrap_or(Value::String(text)),
    }
}

impl Answer {
    /// The error's code.
    pub fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }

    /// One member of every item of a list.
    pub fn each(&self, member: &str) -> Vec<String> {
        let items = self.body["value"]
            .as_array()
            .or(self.body["data"].as_array());
        let text = |item: &Value| item[member].as_str().unwrap_or("-").to_owned();
        items
            .map(|items| items.iter().map(text).collect())
            .unwrap_or_default()
    }
}
