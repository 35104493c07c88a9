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

/// How Azure is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Write {
    /// Makes a resource of this name, or replaces it.
    Put,
    /// Changes the properties that are named.
    Patch,
    /// Deletes; what is not there any more is no failure to Resource Manager, but 404 to Graph.
    Delete,
    /// Makes an object whose name Azure chooses, or does an action: twice is not the same as once.
    Post,
}

impl Write {
    fn method(self) -> Method {
        match self {
            Self::Put => Method::PUT,
            Self::Patch => Method::PATCH,
            Self::Delete => Method::DELETE,
            Self::Post => Method::POST,
        }
    }

    /// Whether doing it twice is the same as doing it once (RFC 9110 §9.2.2; the JSON merge patches of
    /// Resource Manager and Graph are so too).
    pub(crate) const fn is_repeatable(self) -> bool {
        !matches!(self, Self::Post)
    }
}

/// One request: what is asked, and what else it holds.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub service: Service,
    pub method: Method,
    pub url: Url,
    pub body: Option<Bytes>,
    /// How it changes Azure; `None` for what only reads, whatever its method.
    pub write: Option<Write>,
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
            write: None,
            inner: Vec::new(),
        }
    }

    pub fn post(service: Service, url: Url, body: Bytes) -> Self {
        Self {
            service,
            method: Method::POST,
            url,
            body: Some(body),
            write: None,
            inner: Vec::new(),
        }
    }

    pub fn write(service: Service, how: Write, url: Url, body: Option<Bytes>) -> Self {
        Self {
            service,
            method: how.method(),
            url,
            body,
            write: Some(how),
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
