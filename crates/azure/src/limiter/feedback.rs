//! What Azure's headers say is left of a quota.

use std::time::Duration;

use reqwest::header::HeaderMap;

use super::lane::Lane;
use crate::retry::clock;

/// Requests left in the lane, from the header that counts it.
pub(super) fn remaining(lane: &Lane, headers: &HeaderMap) -> Option<f64> {
    let name = match lane {
        Lane::Subscription(_) => "x-ms-ratelimit-remaining-subscription-reads",
        Lane::Tenant => "x-ms-ratelimit-remaining-tenant-reads",
        Lane::ResourceGraph => "x-ms-user-quota-remaining",
        Lane::Graph | Lane::ConditionalAccess | Lane::Reports => return None,
    };
    let left: u32 = headers.get(name)?.to_str().ok()?.trim().parse().ok()?;
    Some(f64::from(left))
}

/// The rest of Resource Graph's window when nothing is left of it.
pub(super) fn quota_pause(lane: &Lane, headers: &HeaderMap) -> Option<Duration> {
    if remaining(lane, headers)? > 0.0 {
        return None;
    }
    clock(headers.get("x-ms-user-quota-resets-after")?.to_str().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().expect("a value"));
        }
        headers
    }

    #[test]
    fn each_lane_reads_its_own_header() {
        let all = headers(&[
            ("x-ms-ratelimit-remaining-subscription-reads", "7"),
            ("x-ms-ratelimit-remaining-tenant-reads", "8"),
            ("x-ms-user-quota-remaining", "9"),
        ]);
        assert_eq!(remaining(&Lane::Subscription("s".into()), &all), Some(7.0));
        assert_eq!(remaining(&Lane::Tenant, &all), Some(8.0));
        assert_eq!(remaining(&Lane::ResourceGraph, &all), Some(9.0));
        assert_eq!(remaining(&Lane::Graph, &all), None);
    }

    #[test]
    fn a_header_that_is_no_number_is_ignored() {
        let odd = headers(&[("x-ms-ratelimit-remaining-tenant-reads", "many")]);
        assert_eq!(remaining(&Lane::Tenant, &odd), None);
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
    }
}
