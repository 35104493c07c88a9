//! How a server behaves.

use std::net::SocketAddr;
use std::time::Duration;

use crate::faults::Faults;

/// How a server behaves. The default listens with TLS on a free port of the loopback, without limits and faults.
#[derive(Debug, Clone)]
pub struct Options {
    /// The address and port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// HTTPS with an authority of its own. Without it only the loopback is served.
    pub tls: bool,
    /// Items a page at most; Azure's own sizes when `None`.
    pub page_size: Option<usize>,
    /// Time that passes before each reply.
    pub latency: Duration,
    /// Enforces Azure's documented rate limits. Their headers are sent either way.
    pub throttle: bool,
    /// What goes wrong on purpose.
    pub faults: Faults,
    /// How long access tokens hold, in whole seconds.
    pub token_lifetime: Duration,
    /// Time after which the feeds of changes (Resource Graph, the activity log, Graph's delta queries) tell of one.
    pub feed_delay: Duration,
    /// Time until what was made is known to every endpoint: objects, proofs, app role assignments, Azure roles.
    pub replication_delay: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            tls: true,
            page_size: None,
            latency: Duration::ZERO,
            throttle: false,
            faults: Faults::default(),
            token_lifetime: Duration::from_secs(3_599),
            feed_delay: Duration::ZERO,
            replication_delay: Duration::ZERO,
        }
    }
}
