//! Azure Resource Manager's own limits, and Resource Graph's.
//!
//! <https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling>,
//! <https://learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests>.

use serde_json::json;

use super::bucket::Limit;
use super::charge::{Charge, Kind};
use crate::path;
use crate::reply::Reply;

const READS: (f64, f64) = (250.0, 25.0);
const WRITES: (f64, f64) = (200.0, 10.0);

/// All principals together have this much more.
const TOGETHER: f64 = 15.0;

const QUERIES: Limit = Limit::Window {
    most: 15,
    seconds: 5,
};

/// What a request is charged at the front door.
pub(super) fn charges(principal: &str, method: &str, at: &str) -> Vec<Charge> {
    let key = path::key(at);
    if key.starts_with("/providers/microsoft.resourcegraph/") {
        return vec![Charge {
            key: format!("{principal} queries"),
            limit: QUERIES,
            cost: 1.0,
            kind: Kind::Queries,
        }];
    }
    let subscription = path::subscription(&key).map(str::to_owned);
    // What is posted to a subscription counts among its writes, a batch and other actions of the tenant as reads.
    let what = match (method, &subscription) {
        ("GET" | "HEAD", _) | ("POST", None) => What::Reads,
        ("DELETE", _) => What::Deletes,
        _ => What::Writes,
    };
    let (size, refill) = what.rate();
    let charge = |whose: &str, times: f64, header: &'static str| Charge {
        key: format!(
            "{whose} {what:?} {}",
            subscription.as_deref().unwrap_or("-")
        ),
        limit: Limit::Tokens {
            size: size * times,
            refill: refill * times,
        },
        cost: 1.0,
        kind: Kind::Front {
            header,
            subscription: subscription.clone(),
        },
    };
    let [tenant, own, together] = what.headers();
    if subscription.is_none() {
        return vec![charge(principal, 1.0, tenant)];
    }
    vec![
        charge(principal, 1.0, own),
        charge("everyone", TOGETHER, together),
    ]
}

#[derive(Debug, Clone, Copy)]
enum What {
    Reads,
    Writes,
    Deletes,
}

impl What {
    fn rate(self) -> (f64, f64) {
        match self {
            Self::Reads => READS,
            Self::Writes | Self::Deletes => WRITES,
        }
    }

    /// The headers of a tenant's bucket, of a subscription's, and of the one that all principals share.
    fn headers(self) -> [&'static str; 3] {
        match self {
            Self::Reads => [
                "x-ms-ratelimit-remaining-tenant-reads",
                "x-ms-ratelimit-remaining-subscription-reads",
                "x-ms-ratelimit-remaining-subscription-global-reads",
            ],
            Self::Writes => [
                "x-ms-ratelimit-remaining-tenant-writes",
                "x-ms-ratelimit-remaining-subscription-writes",
                "x-ms-ratelimit-remaining-subscription-global-writes",
            ],
            Self::Deletes => [
                "x-ms-ratelimit-remaining-tenant-deletes",
                "x-ms-ratelimit-remaining-subscription-deletes",
                "x-ms-ratelimit-remaining-subscription-global-deletes",
            ],
        }
    }
}

/// Resource Graph's answer to a query that comes too soon.
pub(super) fn queries_refused() -> Reply {
    let message = "Client application has been throttled and should not attempt to repeat the request until an amount of time has elapsed. Please see https://aka.ms/resourcegraph-throttling for help.";
    let body = json!({"error": {
        "code": "RateLimiting",
        "message": "Please provide below info when asking for support.",
        "details": [{"code": "RateLimiting", "message": message}],
    }});
    Reply::json(429, body)
}
