//! The limits of resource providers, which hold beside Azure Resource Manager's own.
//!
//! <https://learn.microsoft.com/azure/storage/common/scalability-targets-resource-provider>,
//! <https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling#resource-provider-limits>,
//! <https://learn.microsoft.com/azure/virtual-machines/compute-throttling-limits>.
//!
//! Azure counts by region too; a list knows none, so that here each subscription counts as one region.

use serde_json::json;

use super::bucket::Limit;
use super::charge::{Charge, Kind};
use crate::path::{self, ProviderPath};
use crate::reply::{self, Reply};

/// A limit of a provider.
struct Policy {
    name: &'static str,
    limit: Limit,
}

const fn window(name: &'static str, most: u32) -> Policy {
    let limit = Limit::Window { most, seconds: 300 };
    Policy { name, limit }
}

/// A bucket with what comes back in a minute.
const fn bucket(name: &'static str, size: f64, a_minute: f64) -> Policy {
    let limit = Limit::Tokens {
        size,
        refill: a_minute / 60.0,
    };
    Policy { name, limit }
}

const STORAGE_READS: Policy = window("Microsoft.Storage/Read_ObservationWindow_00:05:00", 800);
const STORAGE_LISTS: Policy = window("Microsoft.Storage/List_ObservationWindow_00:05:00", 100);
const NETWORK_READS: Policy = window("Microsoft.Network/Get5Min", 10_000);
const NETWORK_WRITES: Policy = window("Microsoft.Network/PutDelete5Min", 1_000);
const PRIVATE_DNS_READS: Policy = window("Microsoft.Network/PrivateDnsGet5Min", 500);
const VM_LISTS: Policy = bucket(
    "Microsoft.Compute/HighCostGetSubscriptionMaximum",
    900.0,
    300.0,
);
const VM_READS: Policy = bucket(
    "Microsoft.Compute/LowCostGetSubscriptionMaximum",
    24_000.0,
    8_000.0,
);
const ONE_VM_READS: Policy = bucket("Microsoft.Compute/LowCostGetResource", 36.0, 12.0);
const SCALE_SET_LISTS: Policy = bucket(
    "Microsoft.Compute/HighCostGetVMScaleSetSubscriptionMaximum",
    1_080.0,
    360.0,
);
const SCALE_SET_READS: Policy = bucket(
    "Microsoft.Compute/LowCostGetVMScaleSetSubscriptionMaximum",
    2_400.0,
    800.0,
);

/// What a request is charged by its resource provider.
pub(super) fn charges(method: &str, at: &str) -> Vec<Charge> {
    let key = path::key(at);
    let Some(provider) = ProviderPath::parse(&key) else {
        return Vec::new();
    };
    let subscription = path::subscription(&key).unwrap_or("-");
    let charge = |policy: &Policy, whose: &str| Charge {
        key: format!("{} {whose}", policy.name),
        limit: policy.limit,
        cost: 1.0,
        kind: Kind::Provider {
            policy: policy.name,
        },
    };
    let reads = matches!(method, "GET" | "HEAD");
    let kind = provider.rest.first().copied().unwrap_or_default();
    let is_list = provider.rest.len() == 1;
    match (provider.namespace, kind) {
        ("microsoft.storage", "storageaccounts") if reads && is_list => {
            vec![charge(&STORAGE_LISTS, subscription)]
        }
        ("microsoft.storage", _) if reads => vec![charge(&STORAGE_READS, subscription)],
        ("microsoft.network", "privatednszones") if reads => {
            vec![charge(&PRIVATE_DNS_READS, subscription)]
        }
        ("microsoft.network", _) if reads => vec![charge(&NETWORK_READS, subscription)],
        ("microsoft.network", _) if matches!(method, "PUT" | "DELETE") => {
            vec![charge(&NETWORK_WRITES, subscription)]
        }
        ("microsoft.compute", "virtualmachines") if reads && is_list => {
            vec![charge(&VM_LISTS, subscription)]
        }
        ("microsoft.compute", "virtualmachines") if reads => {
            let machine: Vec<&str> = path::segments(&key).into_iter().take(8).collect();
            vec![
                charge(&VM_READS, subscription),
                charge(&ONE_VM_READS, &machine.join("/")),
            ]
        }
        ("microsoft.compute", "virtualmachinescalesets") if reads && is_list => {
            vec![charge(&SCALE_SET_LISTS, subscription)]
        }
        ("microsoft.compute", "virtualmachinescalesets") if reads => {
            vec![charge(&SCALE_SET_READS, subscription)]
        }
        _ => Vec::new(),
    }
}

/// A provider's answer to a request that comes too soon.
pub(super) fn refusal(policy: &str) -> Reply {
    let (namespace, name) = policy.split_once('/').unwrap_or((policy, ""));
    if namespace == "Microsoft.Compute" {
        let message = "The server rejected the request because too many requests have been received for this subscription.";
        let details = json!([{
            "code": "TooManyRequests",
            "target": name,
            "message": json!({"operationGroup": name}).to_string(),
        }]);
        let body = json!({"error": {
            "code": "OperationNotAllowed",
            "message": message,
            "details": details,
        }});
        return Reply::json(429, body).header("x-ms-failure-cause", "service");
    }
    let message = format!(
        "The request is being throttled as the limit has been reached for operation type - {name}. For more information, see - https://aka.ms/srpthrottlinglimits"
    );
    let mut reply = reply::arm(429, "TooManyRequests", message);
    reply.headers.clear();
    reply.header("x-ms-failure-cause", "service")
}
