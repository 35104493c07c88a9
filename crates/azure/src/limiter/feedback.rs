//! What Azure's headers say is left of a quota.

use std::time::Duration;

use reqwest::header::HeaderMap;

use super::lane::Lane;
use crate::retry::clock;

/// The reads left of a subscription's resources of one type, where a provider has set a limit of its
/// own.
const TYPE_REQUESTS: &[&str] = &[
    "x-ms-ratelimit-remaining-subscription-resource-requests",
    "x-ms-ratelimit-remaining-subscription-resource-entities-read",
    "x-ms-ratelimit-remaining-tenant-resource-requests",
    "x-ms-ratelimit-remaining-tenant-resource-entities-read",
];

/// Requests left in the lane, whose full bucket holds so many, from the header that counts it
/// (<https://learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling#remaining-requests>).
pub(super) fn remaining(lane: &Lane, capacity: f64, headers: &HeaderMap) -> Option<f64> {
    let (scope, operation) = match lane {
        Lane::Subscription(_, operation) => ("subscription", operation),
        Lane::SubscriptionGlobal(_, operation) => ("subscription-global", operation),
        Lane::Tenant(operation) => ("tenant", operation),
        Lane::ResourceGraph => return number(headers, "x-ms-user-quota-remaining"),
        Lane::Provider(_, quota) => return of_provider(quota.namespace(), headers),
        Lane::Unpublished(_, namespace) => return of_provider(namespace, headers),
        Lane::GraphUnits => return units_left(capacity, headers),
        Lane::GraphProtection
        | Lane::GraphReports
        | Lane::GraphSignInActivity
        | Lane::GraphWrites
        | Lane::GraphRequests => return None,
    };
    let operations = operation.plural();
    number(
        headers,
        &format!("x-ms-ratelimit-remaining-{scope}-{operations}"),
    )
}

/// The rest of Resource Graph's window when nothing is left of it.
pub(super) fn quota_pause(lane: &Lane, headers: &HeaderMap) -> Option<Duration> {
    if *lane != Lane::ResourceGraph || number(headers, "x-ms-user-quota-remaining")? > 0.0 {
        return None;
    }
    clock(headers.get("x-ms-user-quota-resets-after")?.to_str().ok()?)
}

/// The resource units that Graph charged.
pub(super) fn resource_units(headers: &HeaderMap) -> Option<u32> {
    headers
        .get("x-ms-resource-unit")?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()
}

/// The region of Resource Manager that answered: `x-ms-routing-request-id: WESTEUROPE:20250101T…`.
pub(super) fn region(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get("x-ms-routing-request-id")?.to_str().ok()?;
    let (region, _) = value.split_once(':')?;
    let region = region.trim();
    (!region.is_empty()).then_some(region)
}

/// The least that any of the provider's policies leaves
/// (<https://learn.microsoft.com/troubleshoot/azure/virtual-machines/troubleshooting-throttling-errors>):
/// `Microsoft.Compute/HighCostGetSubscriptionMaximum;107`, several in one header or in many. Policies
/// about a single resource say nothing about the others.
fn of_provider(namespace: &str, headers: &HeaderMap) -> Option<f64> {
    let policies = headers
        .get_all("x-ms-ratelimit-remaining-resource")
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|policy| {
            let (name, left) = policy.trim().rsplit_once(';')?;
            let (provider, policy) = name.split_once('/')?;
            let ours = provider.eq_ignore_ascii_case(namespace)
                && !policy.to_ascii_lowercase().contains("resource");
            ours.then(|| left.trim().parse::<u32>().ok()).flatten()
        })
        .map(f64::from);
    let types = TYPE_REQUESTS
        .iter()
        .filter_map(|name| number(headers, name));
    policies.chain(types).reduce(f64::min)
}

/// What the used share of the quota leaves; Graph names it above four fifths.
fn units_left(capacity: f64, headers: &HeaderMap) -> Option<f64> {
    let used: f64 = headers
        .get("x-ms-throttle-limit-percentage")?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    used.is_finite()
        .then(|| capacity * (1.0 - used).clamp(0.0, 1.0))
}

fn number(headers: &HeaderMap, name: &str) -> Option<f64> {
    let left: u32 = headers.get(name)?.to_str().ok()?.trim().parse().ok()?;
    Some(f64::from(left))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use reqwest::header::HeaderName;

    use super::*;
    use crate::limiter::lane::Operation;
    use crate::limiter::provider::Quota;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            let name = HeaderName::from_static(name);
            headers.append(name, value.parse().expect("a value"));
        }
        headers
    }

    fn left(lane: &Lane, headers: &HeaderMap) -> Option<f64> {
        remaining(lane, lane.rate().capacity, headers)
    }

    fn id() -> Arc<str> {
        "s".into()
    }

    #[test]
    fn each_lane_reads_its_own_header() {
        let all = headers(&[
            ("x-ms-ratelimit-remaining-subscription-reads", "7"),
            ("x-ms-ratelimit-remaining-tenant-reads", "8"),
            ("x-ms-user-quota-remaining", "9"),
            ("x-ms-ratelimit-remaining-subscription-global-reads", "3749"),
        ]);
        assert_eq!(
            left(&Lane::Subscription(id(), Operation::Read), &all),
            Some(7.0)
        );
        assert_eq!(
            left(&Lane::SubscriptionGlobal(id(), Operation::Read), &all),
            Some(3_749.0)
        );
        assert_eq!(left(&Lane::Tenant(Operation::Read), &all), Some(8.0));
        assert_eq!(left(&Lane::ResourceGraph, &all), Some(9.0));
        assert_eq!(left(&Lane::GraphUnits, &all), None);
        assert_eq!(left(&Lane::GraphReports, &all), None);
    }

    #[test]
    fn writes_and_deletes_have_headers_of_their_own() {
        let all = headers(&[
            ("x-ms-ratelimit-remaining-subscription-writes", "199"),
            (
                "x-ms-ratelimit-remaining-subscription-global-writes",
                "2999",
            ),
            ("x-ms-ratelimit-remaining-tenant-deletes", "198"),
        ]);
        assert_eq!(
            left(&Lane::Subscription(id(), Operation::Write), &all),
            Some(199.0)
        );
        assert_eq!(
            left(&Lane::SubscriptionGlobal(id(), Operation::Write), &all),
            Some(2_999.0)
        );
        assert_eq!(left(&Lane::Tenant(Operation::Delete), &all), Some(198.0));
        assert_eq!(left(&Lane::Subscription(id(), Operation::Read), &all), None);
        assert_eq!(left(&Lane::GraphWrites, &all), None);
    }

    #[test]
    fn the_policies_of_a_provider() {
        let compute = Lane::Provider(id(), Quota::VirtualMachineLists);
        let storage = Lane::Provider(id(), Quota::StorageReads);
        let policies = headers(&[
            (
                "x-ms-ratelimit-remaining-resource",
                "Microsoft.Compute/HighCostGetSubscriptionMaximum;107,Microsoft.Compute/HighCostGet30Min;98",
            ),
            (
                "x-ms-ratelimit-remaining-resource",
                "microsoft.compute/HighCostGetResourceMaximum;3",
            ),
        ]);
        assert_eq!(left(&compute, &policies), Some(98.0));
        assert_eq!(left(&storage, &policies), None);
        let odd = headers(&[(
            "x-ms-ratelimit-remaining-resource",
            "Microsoft.Compute;x,;;,a/b;-1",
        )]);
        assert_eq!(left(&compute, &odd), None);
        let own = headers(&[(
            "x-ms-ratelimit-remaining-subscription-resource-requests",
            "41",
        )]);
        assert_eq!(left(&storage, &own), Some(41.0));
    }

    #[test]
    fn a_header_that_is_no_number_is_ignored() {
        let odd = headers(&[("x-ms-ratelimit-remaining-tenant-reads", "many")]);
        assert_eq!(left(&Lane::Tenant(Operation::Read), &odd), None);
    }

    #[test]
    fn resource_graph_pauses_only_when_nothing_is_left() {
        let left = [
            ("x-ms-user-quota-remaining", "1"),
            ("x-ms-user-quota-resets-after", "00:00:05"),
        ];
        assert_eq!(quota_pause(&Lane::ResourceGraph, &headers(&left)), None);
        let none = [
            ("x-ms-user-quota-remaining", "0"),
            ("x-ms-user-quota-resets-after", "00:00:05"),
        ];
        assert_eq!(
            quota_pause(&Lane::ResourceGraph, &headers(&none)),
            Some(Duration::from_secs(5))
        );
        assert_eq!(
            quota_pause(&Lane::Tenant(Operation::Read), &headers(&none)),
            None
        );
    }

    #[test]
    fn graph_names_the_used_share() {
        let share = |text| headers(&[("x-ms-throttle-limit-percentage", text)]);
        let units = |text| left(&Lane::GraphUnits, &share(text)).map(f64::round);
        assert_eq!(units("0.9"), Some(350.0));
        assert_eq!(units("1.8"), Some(0.0));
        assert_eq!(units("NaN"), None);
        assert_eq!(
            resource_units(&headers(&[("x-ms-resource-unit", "3")])),
            Some(3)
        );
    }

    #[test]
    fn the_region_is_what_routed_the_request() {
        let routed = |text| headers(&[("x-ms-routing-request-id", text)]);
        assert_eq!(
            region(&routed("WESTEUROPE:20250101T000000Z:1-2")),
            Some("WESTEUROPE")
        );
        assert_eq!(region(&routed("nothing")), None);
        assert_eq!(region(&routed(":x")), None);
    }
}
