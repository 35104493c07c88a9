//! Writes and reads of Microsoft Graph as the application that may do everything.

#![allow(
    dead_code,
    reason = "each test file uses its own part of these helpers"
)]

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, GRAPH, Sim, answer};

pub const MICROSOFT_GRAPH: &str = "00000003-0000-0000-c000-000000000000";
pub const DIRECTORY_READ: &str = "7ab1d382-f21e-4acd-a863-ba3e13f7da61";
pub const POLICY_READ: &str = "246dd0d5-5bd0-4def-940b-0421030a5b68";

impl Sim {
    pub async fn graph_write(&self, method: Method, path: &str, body: Value) -> Answer {
        let token = self.token(3, GRAPH).await;
        answer(self.request(method, path, &token).json(&body)).await
    }

    pub async fn graph_post(&self, path: &str, body: Value) -> Answer {
        self.graph_write(Method::POST, path, body).await
    }

    pub async fn graph_patch(&self, path: &str, body: Value) -> Answer {
        self.graph_write(Method::PATCH, path, body).await
    }

    pub async fn graph_delete(&self, path: &str) -> Answer {
        let token = self.token(3, GRAPH).await;
        answer(self.request(Method::DELETE, path, &token)).await
    }

    pub async fn graph_read(&self, path: &str) -> Answer {
        let token = self.token(3, GRAPH).await;
        answer(self.request(Method::GET, path, &token)).await
    }

    /// Makes an application; gives its object id and its client id.
    pub async fn new_application(&self, name: &str) -> (String, String) {
        let made = self
            .graph_post("/v1.0/applications", json!({"displayName": name}))
            .await;
        assert_eq!(made.status, 201, "{:?}", made.body);
        (made.text("id"), made.text("appId"))
    }

    /// Makes the service principal of an application; gives its object id.
    pub async fn new_principal(&self, app_id: &str) -> String {
        let made = self
            .graph_post("/v1.0/servicePrincipals", json!({"appId": app_id}))
            .await;
        assert_eq!(made.status, 201, "{:?}", made.body);
        made.text("id")
    }

    /// The object id of Microsoft Graph's service principal.
    pub async fn graph_principal(&self) -> String {
        let path = format!("/v1.0/servicePrincipals(appId='{MICROSOFT_GRAPH}')");
        self.graph_read(&path).await.text("id")
    }
}

impl Answer {
    /// A member's text.
    pub fn text(&self, member: &str) -> String {
        self.body[member].as_str().unwrap_or_default().to_owned()
    }

    /// The error's message.
    pub fn message(&self) -> &str {
        self.body["error"]["message"].as_str().unwrap_or_default()
    }
}
