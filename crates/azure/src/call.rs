//! One request to Azure, before it has a token.

use std::fmt;

use bytes::Bytes;
use reqwest::Method;
use url::Url;

use crate::address;

/// Which of Azure's services a path belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Service {
    /// Azure Resource Manager, with Resource Graph.
    Arm,
    /// Microsoft Graph.
    Graph,
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Arm => "Azure Resource Manager",
            Self::Graph => "Microsoft Graph",
        })
    }
}

/// One request: what is asked, and what it costs the limiter.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub service: Service,
    pub method: Method,
    pub url: Url,
    pub body: Option<Bytes>,
    /// Tokens of the limiter's bucket: one, or as many as a batch holds.
    pub cost: u32,
}

impl Call {
    pub fn get(service: Service, url: Url) -> Self {
        Self {
            service,
            method: Method::GET,
            url,
            body: None,
            cost: 1,
        }
    }

    pub fn post(service: Service, url: Url, body: Bytes) -> Self {
        Self {
            service,
            method: Method::POST,
            url,
            body: Some(body),
            cost: 1,
        }
    }

    pub fn costing(mut self, cost: u32) -> Self {
        self.cost = cost;
        self
    }

    /// The URL as messages show it.
    pub fn shown_url(&self) -> String {
        address::shown(&self.url)
    }
}
