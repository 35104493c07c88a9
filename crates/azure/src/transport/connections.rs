//! A few clients instead of one: over HTTP/2 a client keeps a single connection to each host, and
//! servers commonly allow a hundred requests in flight on one.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::Client;

use crate::error::Error;

/// Connections to one host at most, over HTTP/2.
const CLIENTS: usize = 4;
/// Requests that a client has in flight before the next one is used.
const FULL: usize = 80;

type Build = dyn Fn() -> Result<Client, Error> + Send + Sync;

/// The clients; all but the first are made when they are needed.
pub(super) struct Connections {
    build: Box<Build>,
    first: Client,
    clients: [OnceLock<Client>; CLIENTS],
    in_flight: [AtomicUsize; CLIENTS],
}

/// A client for one request; it counts as in flight until this is dropped.
pub(super) struct Lease<'a> {
    connections: &'a Connections,
    number: usize,
}

impl Connections {
    /// Clients that are all made alike.
    ///
    /// # Errors
    ///
    /// The first one cannot be made.
    pub fn new(
        build: impl Fn() -> Result<Client, Error> + Send + Sync + 'static,
    ) -> Result<Self, Error> {
        Ok(Self {
            first: build()?,
            build: Box::new(build),
            clients: Default::default(),
            in_flight: Default::default(),
        })
    }

    /// A client for one request: the first that is not full, else the least busy.
    pub fn lease(&self) -> Lease<'_> {
        let busy = |number: &usize| {
            let in_flight = &self.in_flight[*number];
            in_flight.load(Ordering::Relaxed)
        };
        let number = (0..CLIENTS)
            .find(|number| busy(number) < FULL)
            .or_else(|| (0..CLIENTS).min_by_key(busy))
            .unwrap_or_default();
        self.in_flight[number].fetch_add(1, Ordering::Relaxed);
        Lease {
            connections: self,
            number,
        }
    }
}

impl Lease<'_> {
    /// The client. Should a further one fail to be made, where the first did not, the first serves.
    pub fn client(&self) -> &Client {
        let Connections {
            build,
            first,
            clients,
            ..
        } = self.connections;
        if self.number == 0 {
            return first;
        }
        clients[self.number].get_or_init(|| build().unwrap_or_else(|_| first.clone()))
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        self.connections.in_flight[self.number].fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connections() -> Connections {
        let _ = rustls::crypto::ring::default_provider().install_default();
        Connections::new(|| Ok(Client::new())).expect("clients")
    }

    #[test]
    fn the_first_client_is_filled_before_the_next_one_is_used() {
        let connections = connections();
        let mut leases: Vec<Lease<'_>> = (0..FULL).map(|_| connections.lease()).collect();
        assert!(leases.iter().all(|lease| lease.number == 0));
        assert_eq!(connections.lease().number, 1);
        leases.pop();
        assert_eq!(connections.lease().number, 0);
    }

    #[test]
    fn when_all_are_full_the_least_busy_serves() {
        let connections = connections();
        let mut leases: Vec<Lease<'_>> = (0..FULL * CLIENTS).map(|_| connections.lease()).collect();
        leases.remove(2 * FULL);
        leases.push(connections.lease());
        assert_eq!(leases.last().map(|lease| lease.number), Some(2));
        assert_eq!(connections.lease().number, 0);
    }
}
