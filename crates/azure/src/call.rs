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

/// One request: what is asked, and what else it holds.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub service: Service,
    pub method: Method,
    pub url: Url,
    pub body: Option<Bytes>,
    /// The requests inside a batch; Azure charges each of them to its own quotas.
    pub inner: Vec<Url>,
}

impl Call {
    pub fn get(service: Service, url: Url) -> Self {
        Self {
            service,
            method: Method::GET,
            url,
            body: None,
            inner: Vec::new(),
        }
    }

    pub fn post(service: Service, url: Url, body: Bytes) -> Self {
        Self {
            service,
            method: Method::POST,
            url,
            body: Some(body),
            inner: Vec::new(),
        }
    }

    /// Makes it a batch of these requests: it draws on the quotas of each.
    pub fn holding(mut self, inner: Vec<Url>) -> Self {
        self.inner = inner;
        self
    }

    /// The URL as messages show it.
    pub fn shown_url(&self) -> String {
        address::shown(&self.url)
    }
}
