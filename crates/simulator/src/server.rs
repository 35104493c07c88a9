//! Starts and stops the simulated Azure.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use url::Url;

use crate::change::Change;
use crate::counts;
use crate::documents;
use crate::listener::{Accepted, Switch};
use crate::options::Options;
use crate::random;
use crate::request_counts::RequestCounts;
use crate::state::{RecordedRequest, State};
use crate::tenant::Tenant;
use crate::tls;
use crate::tokens::Tokens;
use crate::wire;

/// What keeps a server from starting.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// The operating system's error.
        source: std::io::Error,
    },
    /// Plain HTTP was asked for on an address that others can reach.
    #[error("plain HTTP is served on the loopback only, and {0} is not")]
    PlainHttp(SocketAddr),
    /// The certificate could not be made.
    #[error("cannot make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// TLS could not be set up.
    #[error("cannot set up TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers for a signing key")]
    Random,
    /// The address does not make a URL.
    #[error("cannot form the endpoint's address: {0}")]
    Endpoint(#[from] url::ParseError),
}

/// A running simulated Azure. It stops when it is shut down, or when its runtime ends.
#[derive(Debug)]
pub struct Server {
    endpoint: Url,
    ca_pem: Option<String>,
    state: Arc<State>,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Serves a tenant. The server answers as soon as this returns.
    ///
    /// # Errors
    /// An address that cannot be listened on, plain HTTP off the loopback, or a certificate that cannot be made.
    pub async fn start(tenant: Tenant, options: Options) -> Result<Self, StartError> {
        let address = options.listen;
        if !options.tls && !address.ip().is_loopback() {
            return Err(StartError::PlainHttp(address));
        }
        let identity = options
            .tls
            .then(|| tls::identity(address.ip()))
            .transpose()?;
        let failed = |source| StartError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let local = listener.local_addr().map_err(failed)?;
        let endpoint = endpoint(local, options.tls)?;

        let (acceptor, ca_pem) = match identity {
            Some(identity) => (
                Some(TlsAcceptor::from(identity.config)),
                Some(identity.ca_pem),
            ),
            None => (None, None),
        };
        let tokens = Tokens::new().ok_or(StartError::Random)?;
        let state = Arc::new(State::new(tenant, options, tokens));
        let origin = endpoint.as_str().trim_end_matches('/').to_owned();
        let service = wire::service(Arc::clone(&state), &origin)
            .into_make_service_with_connect_info::<Switch>();
        let (accepted, accepting) = Accepted::start(listener, acceptor).map_err(failed)?;
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(async move {
            let serve = axum::serve(accepted, service).with_graceful_shutdown(async {
                let _ = stopped.await;
            });
            // Serving ends by shutting down alone; single connections report their own errors.
            let _ = serve.await;
        });
        Ok(Self {
            endpoint,
            ca_pem,
            state,
            stop,
            serving,
            accepting,
        })
    }

    /// The address of everything: ARM, the token endpoint, Microsoft Graph and `/metadata/endpoints`.
    #[must_use]
    pub fn endpoint(&self) -> Url {
        self.endpoint.clone()
    }

    /// The certificate that clients must trust; `None` for plain HTTP.
    #[must_use]
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// Every request answered so far, in the order of their answers.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.state.recorded()
    }

    /// How many documents the tenant holds, by type in lower case: `microsoft.storage/storageaccounts/blobservices`,
    /// `microsoft.insights/diagnosticsettings`, `graph/users`.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<String, u64> {
        counts::of(&self.state.tenant(), &self.state.caches)
    }

    /// How many requests were answered so far, and how.
    #[must_use]
    pub fn request_counts(&self) -> RequestCounts {
        RequestCounts::of(&self.state.recorded())
    }

    /// Makes random changes of the tenant, and gives what was changed. The same seed changes the same tenant alike.
    #[must_use]
    pub fn change(&self, count: usize, seed: u64) -> Vec<Change> {
        random::make(&self.state, count, seed)
    }

    /// Makes every change so far, and every token of a feed given out so far, older: what a feed no longer keeps, it
    /// no longer tells of, and what was made is known everywhere once the delay of replication is over.
    pub fn age(&self, by: Duration) {
        self.state.history.age(by);
        self.state.replication.age(by);
    }

    /// Every stored document by its path in lower case: two of these tell what a tenant gained and lost meanwhile.
    #[must_use]
    pub fn documents(&self) -> BTreeMap<String, serde_json::Value> {
        documents::of(&self.state.tenant())
    }

    /// Stops: requests under way are given two seconds.
    pub async fn shutdown(self) {
        self.accepting.abort();
        let _ = self.stop.send(());
        let handle = self.serving.abort_handle();
        if tokio::time::timeout(Duration::from_secs(2), self.serving)
            .await
            .is_err()
        {
            handle.abort();
        }
    }
}

fn endpoint(local: SocketAddr, tls: bool) -> Result<Url, url::ParseError> {
    let scheme = if tls { "https" } else { "http" };
    let reachable = if local.ip().is_unspecified() {
        format!("localhost:{}", local.port())
    } else {
        local.to_string()
    };
    Url::parse(&format!("{scheme}://{reachable}/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_addresses_that_a_client_can_reach() {
        let of = |address: &str, tls| endpoint(address.parse().unwrap(), tls).unwrap().to_string();
        assert_eq!(of("127.0.0.1:80", true), "https://127.0.0.1:80/");
        assert_eq!(of("[::1]:5", false), "http://[::1]:5/");
        assert_eq!(of("0.0.0.0:5", true), "https://localhost:5/");
    }
}
