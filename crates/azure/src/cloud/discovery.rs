//! Finds a cloud's endpoints from its Resource Manager: Azure Stack, a private cloud, the simulator.

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use std::time::Duration;

use super::Cloud;
use crate::address;
use crate::call::{Call, Service};
use crate::error::Error;
use crate::options::Options;
use crate::retry::Effort;
use crate::stack::Stack;
use crate::transport::Transport;

/// The version whose reply is an array of clouds; some hosts answer it with one object all the same.
const PATH: &str = "metadata/endpoints?api-version=2022-09-01";

/// One cloud of the reply. Members that sign-in and reading do not need are left out.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Description {
    name: Option<String>,
    resource_manager: Option<String>,
    microsoft_graph_resource_id: Option<String>,
    authentication: Authentication,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Authentication {
    login_endpoint: String,
    #[serde(default)]
    audiences: Vec<String>,
}

impl Cloud {
    /// Asks `{arm}/metadata/endpoints` which endpoints belong to a Resource Manager. No token is sent.
    ///
    /// # Errors
    ///
    /// [`Error::Endpoint`] for plain HTTP beyond loopback, [`Error::Discovery`] for no or an
    /// unusable answer.
    pub async fn discover(arm: &Url, transport: &Transport) -> Result<Self, Error> {
        usable(arm)?;
        let failed = |reason: String| Error::Discovery {
            url: address::shown(arm),
            reason,
        };
        let base = arm.as_str().trim_end_matches('/');
        let url =
            Url::parse(&format!("{base}/{PATH}")).map_err(|error| failed(error.to_string()))?;
        let options = Options {
            deadline: Duration::from_secs(20),
            server_retries: 2,
            ..Options::default()
        };
        let stack = Stack::new(transport.clone(), options);
        let reply = stack
            .send(&Call::get(Service::Arm, url), None, &mut Effort::new())
            .await
            .map_err(|failure| failed(failure.to_string()))?;
        let value = reply.json().map_err(|error| failed(error.to_string()))?;
        let cloud = read(arm, value).map_err(failed)?;
        usable(&cloud.login)?;
        usable(&cloud.graph)?;
        Ok(cloud)
    }
}

/// The cloud of this Resource Manager out of the reply, one object or a list of them.
fn read(arm: &Url, value: Value) -> Result<Cloud, String> {
    let descriptions = match value {
        Value::Array(clouds) => clouds,
        single => vec![single],
    };
    let mut descriptions = descriptions
        .into_iter()
        .map(serde_json::from_value::<Description>)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| format!("the reply describes no cloud ({error})"))?;
    let position = match descriptions.iter().position(|cloud| cloud.serves(arm)) {
        Some(position) => position,
        None if descriptions.len() == 1 => 0,
        None => return Err("none of the clouds in the reply has this Resource Manager".to_owned()),
    };
    descriptions.swap_remove(position).into_cloud(arm)
}

impl Description {
    fn serves(&self, arm: &Url) -> bool {
        self.resource_manager
            .as_deref()
            .and_then(|url| Url::parse(url).ok())
            .is_some_and(|url| address::same_origin(&url, arm))
    }

    fn into_cloud(self, arm: &Url) -> Result<Cloud, String> {
        let parse = |text: &str| Url::parse(text).map_err(|_| format!("`{text}` is not a URL"));
        let graph = self
            .microsoft_graph_resource_id
            .ok_or("the reply names no Microsoft Graph (microsoftGraphResourceId)")?;
        let audiences = &self.authentication.audiences;
        let audience = audiences
            .iter()
            .find(|audience| Url::parse(audience).is_ok_and(|url| address::same_origin(&url, arm)))
            .or_else(|| audiences.first())
            .map_or(arm.as_str(), String::as_str);
        Ok(Cloud {
            name: self.name.unwrap_or_else(|| address::shown(arm)),
            arm: arm.clone(),
            login: parse(&self.authentication.login_endpoint)?,
            graph_scope: scope(&graph),
            graph: parse(&graph)?,
            arm_scope: scope(audience),
        })
    }
}

fn scope(audience: &str) -> String {
    format!("{}/.default", audience.trim_end_matches('/'))
}

fn usable(url: &Url) -> Result<(), Error> {
    if url.scheme() == "https" || (url.scheme() == "http" && address::is_loopback(url)) {
        return Ok(());
    }
    Err(Error::Endpoint {
        url: address::shown(url),
        reason: format!(
            "the scheme {} is not used beyond this machine",
            url.scheme()
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn description(arm: &str) -> Value {
        json!({
            "name": "Contoso",
            "resourceManager": arm,
            "microsoftGraphResourceId": "https://graph.contoso.example/",
            "authentication": {
                "loginEndpoint": "https://login.contoso.example",
                "audiences": ["https://other.example/", "https://arm.contoso.example"],
            },
        })
    }

    fn arm() -> Url {
        Url::parse("https://arm.contoso.example/").expect("a URL")
    }

    #[test]
    fn one_object_and_a_list_are_read_alike() {
        let one = read(&arm(), description("https://arm.contoso.example/")).expect("a cloud");
        let list = json!([
            description("https://x.example"),
            description("https://arm.contoso.example/")
        ]);
        assert_eq!(read(&arm(), list), Ok(one.clone()));
        assert_eq!(one.name, "Contoso");
        assert_eq!(one.arm_scope, "https://arm.contoso.example/.default");
        assert_eq!(one.graph_scope, "https://graph.contoso.example/.default");
        assert_eq!(one.login.as_str(), "https://login.contoso.example/");
    }

    #[test]
    fn a_list_without_this_resource_manager_is_refused() {
        let list = json!([
            description("https://x.example"),
            description("https://y.example")
        ]);
        assert!(
            read(&arm(), list)
                .expect_err("no match")
                .contains("none of the clouds")
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        let mut without = description("https://arm.contoso.example/");
        without["microsoftGraphResourceId"] = Value::Null;
        assert!(
            read(&arm(), without)
                .expect_err("no Graph")
                .contains("Microsoft Graph")
        );
        assert!(
            read(&arm(), json!({}))
                .expect_err("nothing")
                .contains("no cloud")
        );
        assert!(read(&arm(), json!([])).is_err());
    }

    #[test]
    fn endpoints_are_https_or_loopback() {
        let url = |text| Url::parse(text).expect("a URL");
        assert!(usable(&url("http://127.0.0.1:1/")).is_ok());
        assert!(usable(&url("https://a.example/")).is_ok());
        assert!(usable(&url("http://a.example/")).is_err());
    }
}
