//! The transport layer: one way to the network for everything, sign-in included.

mod connections;
mod error;
#[cfg(test)]
mod http2_tests;
mod identity_client;
mod proxy;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::HeaderMap;
use reqwest::{Certificate, Client, Method, Proxy};
use tokio::time::Instant;
use url::Url;

use crate::address;
use crate::error::Error;
use crate::statistics::{Counters, Statistics};

use connections::Connections;
pub(crate) use error::{TransportError, UNTRUSTED_HINT};
use error::{chain, classify};
pub(crate) use identity_client::IdentityClient;

/// What every request calls itself.
const USER_AGENT: &str = concat!("threatdefence/", env!("CARGO_PKG_VERSION"));
const CONNECT: Duration = Duration::from_secs(10);
/// Connections kept for HTTP/1.1, where each carries one request at a time.
const IDLE_CONNECTIONS: usize = 256;
const IDLE: Duration = Duration::from_secs(60);
/// What may be on its way to us over HTTP/2 before we have read it, on one connection and for one
/// reply. Replies are read as they come; smaller windows would make a hundred lists wait for each
/// other, and windows that grow with the measured bandwidth are small when it matters.
const CONNECTION_WINDOW: u32 = 16 * 1024 * 1024;
const STREAM_WINDOW: u32 = 2 * 1024 * 1024;
/// A connection that carries requests and is silent for so long is asked whether it still lives.
const PING: Duration = Duration::from_secs(20);
/// No reply of Azure comes near this; Resource Graph stops at 16 MiB.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// The HTTP client. Cloning it is cheap and shares connections and counts.
///
/// It trusts the system's roots and the CA file's, follows no redirects, uses `HTTPS_PROXY` except
/// for loopback, and speaks plain HTTP to loopback only.
#[derive(Clone)]
pub struct Transport {
    connections: Arc<Connections>,
    counters: Arc<Counters>,
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").finish_non_exhaustive()
    }
}

/// One attempt's request.
pub(crate) struct Request {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Option<Bytes>,
    /// The longest to wait for the complete reply.
    pub timeout: Duration,
    /// Whether plain HTTP to a link-local address is right: managed identities are served there.
    pub link_local: bool,
}

/// One attempt's complete reply.
#[derive(Debug)]
pub(crate) struct Received {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Transport {
    /// A client that trusts the system's roots, and those of a PEM bundle besides.
    ///
    /// # Errors
    ///
    /// A bundle without a certificate, or a TLS set-up that fails.
    pub fn new(ca_pem: Option<&[u8]>) -> Result<Self, Error> {
        // Fails only when the process has chosen a provider already, which is then used.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let proxy = proxy::from_environment(|name| std::env::var(name).ok())?;
        let authorities = ca_pem.map(authorities).transpose()?.unwrap_or_default();
        let connections = Connections::new(move || build(proxy.clone(), authorities.clone()))?;
        Ok(Self {
            connections: Arc::new(connections),
            counters: Arc::default(),
        })
    }

    /// What has passed this transport so far.
    pub fn statistics(&self) -> Statistics {
        self.counters.snapshot()
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Sends one attempt and reads the complete reply.
    pub(crate) async fn send(&self, request: Request) -> Result<Received, TransportError> {
        if !may_be_sent(&request) {
            return Err(TransportError::PlainHttp);
        }
        let started = Instant::now();
        let host = host_and_port(&request.url);
        let (method, path) = (request.method.clone(), request.url.path().to_owned());
        let timeout = request.timeout;
        let result = tokio::time::timeout(timeout, self.exchange(request))
            .await
            .unwrap_or(Err(TransportError::TimedOut(timeout)));
        let counted = result
            .as_ref()
            .ok()
            .map(|reply| (reply.status, reply.body.len()));
        self.counters.count(&host, counted);
        let elapsed_ms = started.elapsed().as_millis() as u64;
        match &result {
            Ok(reply) => {
                tracing::debug!(%method, host, path, status = reply.status, elapsed_ms, "request");
            }
            Err(error) => tracing::debug!(%method, host, path, %error, elapsed_ms, "request"),
        }
        result
    }

    async fn exchange(&self, request: Request) -> Result<Received, TransportError> {
        let lease = self.connections.lease();
        let mut builder = lease
            .client()
            .request(request.method, request.url)
            .headers(request.headers);
        if let Some(body) = request.body {
            builder = builder.body(body);
        }
        let mut response = builder.send().await.map_err(classify)?;
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(classify)? {
            if body.len() + chunk.len() > LARGEST_BODY {
                return Err(TransportError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Received {
            status,
            headers,
            body: body.freeze(),
        })
    }
}

/// A client. It speaks HTTP/2 where the server does, else HTTP/1.1.
fn build(proxy: Option<Proxy>, authorities: Vec<Certificate>) -> Result<Client, Error> {
    let mut builder = Client::builder()
        .user_agent(USER_AGENT)
        .connect_timeout(CONNECT)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .pool_max_idle_per_host(IDLE_CONNECTIONS)
        .pool_idle_timeout(IDLE)
        .tcp_nodelay(true)
        .http2_initial_connection_window_size(CONNECTION_WINDOW)
        .http2_initial_stream_window_size(STREAM_WINDOW)
        .http2_keep_alive_interval(PING)
        .http2_keep_alive_timeout(PING)
        .tls_certs_merge(authorities)
        .no_proxy();
    if let Some(proxy) = proxy {
        builder = builder.proxy(proxy);
    }
    builder.build().map_err(|error| Error::Tls(chain(&error)))
}

fn may_be_sent(request: &Request) -> bool {
    match request.url.scheme() {
        "https" => true,
        "http" => {
            address::is_loopback(&request.url)
                || (request.link_local && address::is_link_local(&request.url))
        }
        _ => false,
    }
}

fn authorities(pem: &[u8]) -> Result<Vec<Certificate>, Error> {
    let certificates =
        Certificate::from_pem_bundle(pem).map_err(|error| Error::AuthorityFile(chain(&error)))?;
    if certificates.is_empty() {
        return Err(Error::AuthorityFile(
            "no BEGIN CERTIFICATE block".to_owned(),
        ));
    }
    Ok(certificates)
}

fn host_and_port(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(url: &str, link_local: bool) -> Request {
        Request {
            method: Method::GET,
            url: Url::parse(url).expect("a URL"),
            headers: HeaderMap::new(),
            body: None,
            timeout: Duration::from_secs(1),
            link_local,
        }
    }

    #[test]
    fn plain_http_stays_on_this_machine() {
        assert!(may_be_sent(&request(
            "https://management.azure.com/",
            false
        )));
        assert!(may_be_sent(&request("http://127.0.0.1:9/", false)));
        assert!(!may_be_sent(&request(
            "http://management.azure.com/",
            false
        )));
        assert!(!may_be_sent(&request(
            "http://169.254.169.254/metadata",
            false
        )));
        assert!(may_be_sent(&request(
            "http://169.254.169.254/metadata",
            true
        )));
        assert!(!may_be_sent(&request("http://10.0.0.1/", true)));
        assert!(!may_be_sent(&request("ftp://127.0.0.1/", false)));
    }

    #[tokio::test]
    async fn a_refused_request_is_not_counted() {
        let transport = Transport::new(None).expect("a transport");
        let result = transport.send(request("http://example.com/", false)).await;
        assert!(matches!(result, Err(TransportError::PlainHttp)));
        assert_eq!(transport.statistics(), Statistics::default());
    }

    #[test]
    fn a_ca_file_without_a_certificate_is_refused() {
        for pem in [
            &b""[..],
            b"nothing",
            b"-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----",
        ] {
            assert!(matches!(
                Transport::new(Some(pem)),
                Err(Error::AuthorityFile(_) | Error::Tls(_))
            ));
        }
    }

    #[test]
    fn hosts_are_counted_with_their_port() {
        let shown = |text| host_and_port(&Url::parse(text).expect("a URL"));
        assert_eq!(
            shown("https://graph.microsoft.com/v1.0"),
            "graph.microsoft.com"
        );
        assert_eq!(shown("http://[::1]:8080/"), "[::1]:8080");
    }
}
