//! A request as the routes see it: the same for one that came over the wire and one that came in a batch.

use bytes::Bytes;
use serde_json::Value;

use crate::ids;
use crate::path;

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// In capital letters.
    pub(crate) method: String,
    /// Decoded and tidy, with its case.
    pub(crate) path: String,
    /// The query as it was sent.
    pub(crate) query: Query,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// The body as it was sent.
    pub(crate) body: Bytes,
    /// Scheme, host and port under which the client reached the simulator.
    pub(crate) origin: String,
    /// True for a request within a batch.
    pub(crate) in_batch: bool,
}

impl Request {
    /// A header's value; the name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(have, _)| have == name)
            .map(|(_, value)| value.as_str())
    }

    /// The id that all of this request's traces have: the client's own, if it sent one.
    pub(crate) fn correlation(&self) -> String {
        let sent = self.header("x-ms-correlation-request-id");
        sent.map_or_else(ids::random_guid, str::to_owned)
    }

    /// The body as JSON; `None` when it is none.
    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// A request within a batch: same origin and token, own method, URL and body.
    pub(crate) fn inner(&self, method: &str, url: &str, body: &Value) -> Self {
        let (path, query) = split_url(url);
        let body = if body.is_null() {
            Bytes::new()
        } else {
            Bytes::from(body.to_string())
        };
        Self {
            method: method.to_uppercase(),
            path,
            query,
            headers: self.headers.clone(),
            body,
            origin: self.origin.clone(),
            in_batch: true,
        }
    }
}

/// Path and query of a URL, absolute or relative.
pub(crate) fn split_url(url: &str) -> (String, Query) {
    let relative = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => url,
    };
    let (raw, query) = relative.split_once('?').unwrap_or((relative, ""));
    (path::tidy(&path::decode(raw)), Query::parse(query))
}

/// The parameters of a query, in order; names compare without case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads a query string; odd escapes are taken as they are.
    pub(crate) fn parse(raw: &str) -> Self {
        let pairs = url::form_urlencoded::parse(raw.as_bytes());
        Self(pairs.into_owned().collect())
    }

    /// A parameter's value.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(have, _)| have.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The query string with one parameter replaced or added.
    pub(crate) fn with(&self, name: &str, value: &str) -> String {
        let mut out = url::form_urlencoded::Serializer::new(String::new());
        for (have, kept) in &self.0 {
            if !have.eq_ignore_ascii_case(name) {
                out.append_pair(have, kept);
            }
        }
        out.append_pair(name, value);
        out.finish()
    }
}

impl std::fmt::Display for Query {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut out = url::form_urlencoded::Serializer::new(String::new());
        f.write_str(out.extend_pairs(&self.0).finish().as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_split_whether_absolute_or_not() {
        let (path, query) = split_url("https://h:1/a%20b//c?$top=5&X=y");
        assert_eq!(path, "/a b/c");
        assert_eq!(query.get("$TOP"), Some("5"));
        assert_eq!(split_url("users").0, "/users");
        assert_eq!(split_url("https://host").0, "/");
    }

    #[test]
    fn a_parameter_is_replaced_without_losing_the_others() {
        let query = Query::parse("api-version=1&%24skiptoken=a");
        let next = Query::parse(&query.with("$skiptoken", "b"));
        assert_eq!(next.get("$skiptoken"), Some("b"));
        assert_eq!(next.get("api-version"), Some("1"));
    }
}
