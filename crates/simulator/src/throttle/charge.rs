//! What a request is charged, and how its limits are told to the client.

use super::bucket::{Drawn, Limit};
use crate::reply::{self, Reply};

/// One bucket that a request draws on.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Charge {
    /// Which bucket.
    pub(super) key: String,
    pub(super) limit: Limit,
    pub(super) cost: f64,
    pub(super) kind: Kind,
}

/// Whose limit it is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// Azure Resource Manager's own; the header that tells what is left.
    Front {
        header: &'static str,
        /// The subscription; `None` for the tenant.
        subscription: Option<String>,
    },
    /// A resource provider's policy, as `Microsoft.Storage/Read_ObservationWindow_00:05:00`.
    Provider { policy: &'static str },
    /// Resource Graph's queries.
    Queries,
    /// Microsoft Graph's resource units; the scope that a refusal names.
    Units { scope: String },
    /// A service behind Microsoft Graph that counts requests; whether it says when to come back.
    Requests { scope: String, tells_when: bool },
}

impl Charge {
    /// Adds the headers that tell what is left.
    pub(super) fn tell(&self, drawn: &Drawn, headers: &mut Vec<(String, String)>) {
        let left = whole(drawn.left);
        match &self.kind {
            Kind::Front { header, .. } => headers.push(((*header).to_owned(), left.to_string())),
            Kind::Provider { policy } => {
                const NAME: &str = "x-ms-ratelimit-remaining-resource";
                let told = format!("{policy};{left}");
                // Several policies of a provider share one header.
                match headers.iter_mut().find(|(name, _)| name == NAME) {
                    Some((_, value)) => *value = format!("{value},{told}"),
                    None => headers.push((NAME.to_owned(), told)),
                }
            }
            Kind::Queries => {
                let seconds = seconds(drawn);
                let resets = format!(
                    "{:02}:{:02}:{:02}",
                    seconds / 3_600,
                    seconds / 60 % 60,
                    seconds % 60
                );
                headers.push(("x-ms-user-quota-remaining".to_owned(), left.to_string()));
                headers.push(("x-ms-user-quota-resets-after".to_owned(), resets));
            }
            Kind::Units { .. } => {
                let cost = whole(self.cost).to_string();
                headers.push(("x-ms-resource-unit".to_owned(), cost));
                let used = 1.0 - drawn.left / self.limit.most();
                if used > 0.8 {
                    let name = "x-ms-throttle-limit-percentage".to_owned();
                    headers.push((name, format!("{used:.2}")));
                }
            }
            Kind::Requests { .. } => {}
        }
    }

    /// The answer to a request that comes too soon.
    pub(super) fn refusal(&self, drawn: &Drawn) -> Reply {
        let wait = drawn
            .wait
            .map_or(1, |wait| wait.as_millis().div_ceil(1_000).max(1));
        let reply = match &self.kind {
            Kind::Front {
                subscription: Some(id),
                ..
            } => reply::arm(
                429,
                "SubscriptionRequestsThrottled",
                format!(
                    "Number of requests for subscription '{id}' exceeded the limit. Please try again after '{wait}' seconds."
                ),
            ),
            Kind::Front { .. } => reply::arm(
                429,
                "TenantRequestsThrottled",
                format!(
                    "Number of requests for the tenant exceeded the limit. Please try again after '{wait}' seconds."
                ),
            ),
            Kind::Provider { policy } => super::providers::refusal(policy),
            Kind::Queries => super::arm::queries_refused(),
            Kind::Units { scope } => too_many(scope, "ResourceUnitLimitExceeded"),
            Kind::Requests { scope, .. } => too_many(scope, "RequestLimitExceeded"),
        };
        match self.kind {
            Kind::Requests {
                tells_when: false, ..
            } => reply,
            _ => reply.header("Retry-After", wait.to_string()),
        }
    }
}

fn too_many(scope: &str, reason: &str) -> Reply {
    reply::graph(429, "TooManyRequests", "Too many requests")
        .header("x-ms-throttle-scope", scope)
        .header("x-ms-throttle-information", reason)
}

/// Whole seconds until a limit is back, never less than one.
fn seconds(drawn: &Drawn) -> u128 {
    drawn.resets.as_millis().div_ceil(1_000).max(1)
}

/// A small non-negative float as a whole number.
fn whole(number: f64) -> u32 {
    format!("{:.0}", number.floor().max(0.0))
        .parse()
        .unwrap_or(0)
}
