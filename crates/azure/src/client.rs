//! The client: what the rest of the program asks Azure with.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::address;
use crate::authentication::Tokens;
use crate::call::{Call, Service, Write};
use crate::claims::Claims;
use crate::cloud::Cloud;
use crate::credential::Credential;
use crate::failure::{Failure, FailureKind};
use crate::limiter::Estimate;
use crate::options::Options;
use crate::pager::Pager;
use crate::reply::Reply;
use crate::retry::Effort;
use crate::stack::Stack;
use crate::statistics::Statistics;
use crate::transport::Transport;

/// Reads and changes Azure as one identity. Cloning it is cheap; clones share tokens, limits and connections.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    cloud: Cloud,
    tokens: Tokens,
    stack: Stack,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("cloud", &self.inner.cloud.name)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client of one cloud. Nothing is sent, and nobody signs in, before the first request.
    pub fn new(
        cloud: Cloud,
        credential: Credential,
        transport: Transport,
        options: Options,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                tokens: Tokens::new(credential, &cloud, options.sign_in),
                stack: Stack::new(transport, options),
                cloud,
            }),
        }
    }

    /// The cloud it reads.
    pub fn cloud(&self) -> &Cloud {
        &self.inner.cloud
    }

    /// Reads a path with its query, both percent-encoded as they are to be sent.
    ///
    /// # Errors
    ///
    /// A [`Failure`] once retries cannot help or are used up.
    pub async fn get(&self, service: Service, path_and_query: &str) -> Result<Reply, Failure> {
        let url = self.own_url(service, path_and_query)?;
        self.send(&Call::get(service, url)).await
    }

    /// Reads by POST: key names, Resource Graph queries, batches. It is retried like a GET, so it must
    /// not be used for anything that changes Azure.
    ///
    /// # Errors
    ///
    /// A [`Failure`] once retries cannot help or are used up.
    pub async fn post(
        &self,
        service: Service,
        path_and_query: &str,
        body: &Value,
    ) -> Result<Reply, Failure> {
        let url = self.own_url(service, path_and_query)?;
        self.send(&Call::post(service, url, body.to_string().into()))
            .await
    }

    /// Changes Azure. The body of a reply that has none is `null`.
    ///
    /// PUT, PATCH and DELETE are retried like reads: twice is the same as once. A retry may find its own
    /// work done, so that a DELETE ends as [`FailureKind::NotFound`] though it deleted. POST is repeated
    /// only where Azure certainly did nothing: when it was throttled (429), when it was unavailable and
    /// said for how long (503 with `Retry-After`), when another change was under way (409
    /// `AnotherOperationInProgress`, 409 or 503 `Directory_ConcurrencyViolation`), when it refused the
    /// token (401, once), and when no connection came about. After any other failure of a POST the object may exist: look before asking
    /// again.
    ///
    /// # Errors
    ///
    /// A [`Failure`] once retries cannot help, are not allowed, or are used up.
    pub async fn write(
        &self,
        service: Service,
        how: Write,
        path_and_query: &str,
        body: Option<&Value>,
    ) -> Result<Reply, Failure> {
        let url = self.own_url(service, path_and_query)?;
        let body = body.map(|body| body.to_string().into());
        self.send(&Call::write(service, how, url, body)).await
    }

    /// The pages of a list, from its path or from the next link of a page read earlier.
    pub fn pages(&self, service: Service, first: &str) -> Pager {
        Pager::new(self.clone(), service, first.to_owned())
    }

    /// What the token for a service says about this identity; signs in when there is none yet.
    ///
    /// # Errors
    ///
    /// A failed sign-in, or a token that is no JSON Web Token.
    pub async fn claims(&self, service: Service) -> Result<Claims, Failure> {
        let token = self.inner.tokens.token(service).await?;
        Claims::decode(token.secret()).ok_or_else(|| {
            Failure::new(
                FailureKind::InvalidReply,
                address::shown(&self.inner.cloud.login),
                format!("the token for {service} cannot be decoded"),
            )
        })
    }

    /// What has passed the transport so far, sign-in included.
    pub fn statistics(&self) -> Statistics {
        self.inner.stack.statistics()
    }

    /// Whether a batch of Resource Manager could go out now. Batches are requests to the tenant and share
    /// its quota, however many subscriptions the requests inside are about.
    pub fn arm_batch_is_free(&self) -> bool {
        self.inner.stack.limiter().tenant_is_free()
    }

    /// Tells how many users the tenant has. Microsoft Graph grants large tenants more
    /// (<https://learn.microsoft.com/graph/throttling-limits>); until told, this one counts as small.
    pub fn tenant_has_users(&self, users: u64) {
        self.inner.stack.limiter().tenant_has_users(users);
    }

    /// How long so many reads of such a path take inside Azure's limits.
    ///
    /// # Errors
    ///
    /// The path is none of the service's.
    pub fn estimate(
        &self,
        service: Service,
        path_and_query: &str,
        reads: u64,
    ) -> Result<Estimate, Failure> {
        let call = Call::get(service, self.own_url(service, path_and_query)?);
        Ok(self.inner.stack.limiter().estimate(&call, reads))
    }

    pub(crate) fn stack(&self) -> &Stack {
        &self.inner.stack
    }

    pub(crate) async fn send(&self, call: &Call) -> Result<Reply, Failure> {
        self.send_within(call, &mut Effort::new()).await
    }

    /// Sends the call; what that costs is counted in `effort`.
    pub(crate) async fn send_within(
        &self,
        call: &Call,
        effort: &mut Effort,
    ) -> Result<Reply, Failure> {
        let stack = &self.inner.stack;
        self.inner.tokens.send(stack, call, effort).await
    }

    /// The URL of a path, or an absolute URL of the service's own origin. A token must never go
    /// anywhere else.
    pub(crate) fn own_url(&self, service: Service, path_or_url: &str) -> Result<url::Url, Failure> {
        let endpoint = self.inner.cloud.endpoint(service);
        let url = self
            .inner
            .cloud
            .url(service, path_or_url)
            .map_err(|error| {
                Failure::new(
                    FailureKind::InvalidReply,
                    address::shown(endpoint),
                    format!("not a URL of {service}: {error}"),
                )
            })?;
        if address::same_origin(&url, endpoint) {
            return Ok(url);
        }
        let message = format!("the link leads away from {service}; nothing was sent there");
        Err(Failure::new(
            FailureKind::ForeignLink,
            address::shown(&url),
            message,
        ))
    }
}
