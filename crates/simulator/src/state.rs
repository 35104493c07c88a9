//! What a running server keeps, and the way of a request through it.

use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::caches::Caches;
use crate::faults::{self, FaultKind, Injector};
use crate::history::History;
use crate::options::Options;
use crate::proofs::Proofs;
use crate::replication::Replication;
use crate::reply::Reply;
use crate::request::Request;
use crate::routes;
use crate::store::is_graph;
use crate::tenant::Tenant;
use crate::throttle::Throttle;
use crate::tokens::Tokens;

/// A request that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedRequest {
    /// The HTTP method in capital letters.
    pub method: String,
    /// The path, decoded, without its query.
    pub path: String,
    /// The query as it was understood, encoded again.
    pub query: String,
    /// The status that was answered; 0 for a connection that was cut.
    pub status: u16,
    /// True for a request within a batch, which is recorded beside the batch itself.
    pub in_batch: bool,
}

/// What a running server keeps.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) options: Options,
    pub(crate) tokens: Tokens,
    pub(crate) throttle: Throttle,
    pub(crate) caches: Caches,
    pub(crate) history: History,
    /// The client secrets made while the server runs.
    pub(crate) proofs: Proofs,
    /// What is too fresh for every endpoint to know it.
    pub(crate) replication: Replication,
    tenant: RwLock<Tenant>,
    injector: Injector,
    recorded: Mutex<Vec<RecordedRequest>>,
}

impl State {
    pub(crate) fn new(tenant: Tenant, options: Options, tokens: Tokens) -> Self {
        Self {
            injector: Injector::new(options.faults.clone()),
            history: History::new(options.feed_delay),
            replication: Replication::new(options.replication_delay),
            proofs: Proofs::default(),
            options,
            tokens,
            throttle: Throttle::default(),
            caches: Caches::default(),
            tenant: RwLock::new(tenant),
            recorded: Mutex::new(Vec::new()),
        }
    }

    /// The tenant, for reading.
    pub(crate) fn tenant(&self) -> RwLockReadGuard<'_, Tenant> {
        self.tenant.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The tenant, for writing.
    pub(crate) fn tenant_mut(&self) -> RwLockWriteGuard<'_, Tenant> {
        self.tenant.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every request answered so far.
    pub(crate) fn recorded(&self) -> Vec<RecordedRequest> {
        let recorded = self.recorded.lock();
        recorded.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Answers a request: faults first, then the tenant's own errors, then the service it is for.
    pub(crate) fn answer(&self, request: &Request) -> Reply {
        let mut reply = self.decide(request);
        if request.in_batch {
            reply = faults::in_batch(reply);
        }
        let cut = reply.disruption == Some(crate::reply::Disruption::Reset);
        let entry = RecordedRequest {
            method: request.method.clone(),
            path: request.path.clone(),
            query: request.query.to_string(),
            status: if cut { 0 } else { reply.status },
            in_batch: request.in_batch,
        };
        self.recorded
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(entry);
        reply
    }

    fn decide(&self, request: &Request) -> Reply {
        let fault = self.injector.pick(&request.method, &request.path);
        if let Some(kind) = &fault {
            if let Some(reply) = faults::instead(kind, is_graph(&request.path)) {
                return reply;
            }
            if *kind == FaultKind::ExpireToken {
                self.tokens.expire(request.header("authorization"));
            }
        }
        let reply = match self.injected(request) {
            Some(reply) => reply,
            None => routes::route(self, request),
        };
        match fault {
            Some(kind) => faults::spoil(&kind, reply),
            None => reply,
        }
    }

    fn injected(&self, request: &Request) -> Option<Reply> {
        let tenant = self.tenant();
        let error = tenant.injected.pick(&request.method, &request.path)?;
        Some(faults::status(error.status, &error.body, &error.headers))
    }
}
