//! Lets `azure_identity` sign in through this crate's transport.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use azure_core::Error as CoreError;
use azure_core::error::ErrorKind;
use azure_core::http::headers::{HeaderName, HeaderValue, Headers};
use azure_core::http::{AsyncRawResponse, Body, HttpClient, Request as CoreRequest};
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName as RawName, HeaderValue as RawValue};
use url::Url;

use super::{Request, Transport, TransportError};
use crate::address;

/// The longest a single sign-in request may take.
const TIMEOUT: Duration = Duration::from_secs(15);
/// The instance metadata service answers at once, or is not there.
const LOCAL_TIMEOUT: Duration = Duration::from_secs(5);

/// `azure_core`'s HTTP client over [`Transport`].
///
/// `azure_identity` builds https URLs only. For a sign-in endpoint on plain-HTTP loopback this client
/// turns exactly that authority back to http.
#[derive(Debug)]
pub(crate) struct IdentityClient {
    transport: Transport,
    plain_login: Option<Url>,
}

impl IdentityClient {
    /// A client for the sign-in endpoint `login`.
    pub fn new(transport: Transport, login: &Url) -> Arc<Self> {
        let plain = login.scheme() == "http" && address::is_loopback(login);
        Arc::new(Self {
            transport,
            plain_login: plain.then(|| login.clone()),
        })
    }

    /// The URL as it is sent.
    fn target(&self, url: &Url) -> Url {
        let mut target = url.clone();
        if let Some(login) = &self.plain_login
            && url.scheme() == "https"
            && url.host() == login.host()
            && url.port() == login.port()
            && target.set_scheme("http").is_err()
        {
            return url.clone();
        }
        target
    }
}

#[async_trait]
impl HttpClient for IdentityClient {
    async fn execute_request(&self, request: &CoreRequest) -> azure_core::Result<AsyncRawResponse> {
        let url = self.target(request.url());
        let link_local = address::is_link_local(&url);
        let received = self
            .transport
            .send(Request {
                method: method(request.method())?,
                headers: headers(request.headers()),
                body: body(request.body())?,
                timeout: if link_local { LOCAL_TIMEOUT } else { TIMEOUT },
                link_local,
                url,
            })
            .await
            .map_err(|error| transport_error(error, link_local))?;
        Ok(AsyncRawResponse::from_bytes(
            received.status.into(),
            core_headers(&received.headers),
            received.body,
        ))
    }
}

/// Retryable for `azure_core` (`Io`), unless asking again is pointless: a metadata service that is not
/// there would otherwise be asked for more than a minute.
fn transport_error(error: TransportError, link_local: bool) -> CoreError {
    let kind = match &error {
        TransportError::Broken(_) | TransportError::Connect(_) if !link_local => ErrorKind::Io,
        _ => ErrorKind::Other,
    };
    CoreError::with_message(kind, error.to_string())
}

fn method(method: azure_core::http::Method) -> azure_core::Result<Method> {
    Method::from_bytes(method.as_str().as_bytes())
        .map_err(|error| CoreError::new(ErrorKind::Other, error))
}

/// The request's headers, less the user agent: every request of this program bears the same one.
fn headers(headers: &Headers) -> HeaderMap {
    headers
        .iter()
        .filter(|(name, _)| !name.as_str().eq_ignore_ascii_case("user-agent"))
        .filter_map(|(name, value)| {
            let name = RawName::from_bytes(name.as_str().as_bytes()).ok()?;
            Some((name, RawValue::from_str(value.as_str()).ok()?))
        })
        .collect()
}

fn core_headers(headers: &HeaderMap) -> Headers {
    let mut core = Headers::new();
    for (name, value) in headers {
        if let Ok(value) = value.to_str() {
            core.insert(
                HeaderName::from(name.as_str().to_owned()),
                HeaderValue::from(value.to_owned()),
            );
        }
    }
    core
}

fn body(body: &Body) -> azure_core::Result<Option<bytes::Bytes>> {
    match body {
        Body::Bytes(bytes) if bytes.is_empty() => Ok(None),
        Body::Bytes(bytes) => Ok(Some(bytes.clone())),
        Body::SeekableStream(_) => Err(CoreError::with_message(
            ErrorKind::Other,
            "a sign-in request has no streamed body",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(login: &str, url: &str) -> String {
        let transport = Transport::new(None).expect("a transport");
        let client = IdentityClient::new(transport, &Url::parse(login).expect("a URL"));
        client.target(&Url::parse(url).expect("a URL")).into()
    }

    #[test]
    fn only_the_plain_loopback_authority_is_turned_to_http() {
        let plain = "http://127.0.0.1:8080/";
        assert_eq!(
            target(plain, "https://127.0.0.1:8080/t/token"),
            "http://127.0.0.1:8080/t/token"
        );
        for other in [
            "https://127.0.0.1:9090/t/token",
            "https://login.microsoftonline.com/t/token",
        ] {
            assert_eq!(target(plain, other), other);
        }
        let secure = "https://127.0.0.1:8080/t/token";
        assert_eq!(target("https://127.0.0.1:8080/", secure), secure);
        assert_eq!(target("http://login.example:8080/", secure), secure);
    }

    #[test]
    fn a_missing_metadata_service_is_not_asked_again() {
        let refused = || TransportError::Connect("refused".into());
        assert_eq!(*transport_error(refused(), true).kind(), ErrorKind::Other);
        assert_eq!(*transport_error(refused(), false).kind(), ErrorKind::Io);
        let slow = TransportError::TimedOut(TIMEOUT);
        assert_eq!(*transport_error(slow, false).kind(), ErrorKind::Other);
    }
}
