//! How slow a reply was, compared with others of its kind.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use super::arm_path::ArmPath;
use super::graph_cost::Shape;
use crate::call::{Call, Service};

/// Replies of a kind before their latency is judged.
const FIRST: u32 = 10;
/// The usual latency follows faster replies quickly and slower ones slowly: when everything slows
/// down it must not become usual at once.
const FOLLOW_FASTER: f64 = 0.1;
const FOLLOW_SLOWER: f64 = 0.005;
/// Below this a difference is noise of our own machine.
const NOISE: f64 = 0.1;
/// One reply that takes forever says no more than this.
const SLOWEST: f64 = 6.0;

/// Calls that should take about the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Kind(u64);

impl Kind {
    /// The kind of a call; `None` for Resource Graph, where each query is of its own kind.
    pub fn of(call: &Call) -> Option<Self> {
        let mut hasher = DefaultHasher::new();
        call.inner.len().hash(&mut hasher);
        call.write.hash(&mut hasher);
        match call.service {
            Service::Graph => Shape::of(&call.url).hash(&mut hasher),
            Service::Arm => {
                let path = ArmPath::parse(call.url.path());
                if path.namespace.as_deref() == Some("microsoft.resourcegraph") {
                    return None;
                }
                (path.namespace, path.types, path.is_list).hash(&mut hasher);
            }
        }
        Some(Self(hasher.finish()))
    }
}

/// The usual latency of each kind.
#[derive(Debug, Default)]
pub(super) struct Latencies(HashMap<Kind, Usual>);

#[derive(Debug, Default)]
struct Usual {
    seconds: f64,
    replies: u32,
}

impl Latencies {
    /// Takes note of a reply, and says how many times the usual time it took.
    pub fn slowness(&mut self, kind: Kind, latency: Duration) -> f64 {
        let usual = self.0.entry(kind).or_default();
        let seconds = latency.as_secs_f64();
        usual.replies = usual.replies.saturating_add(1);
        if usual.replies <= FIRST {
            usual.seconds += (seconds - usual.seconds) / f64::from(usual.replies);
            return 1.0;
        }
        let slowness = (seconds / usual.seconds.max(NOISE)).min(SLOWEST);
        let follow = if seconds < usual.seconds {
            FOLLOW_FASTER
        } else {
            FOLLOW_SLOWER
        };
        usual.seconds += (seconds - usual.seconds) * follow;
        slowness
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    fn arm(path: &str) -> Call {
        let url = Url::parse(&format!("https://management.azure.com{path}")).expect("a URL");
        Call::get(Service::Arm, url)
    }

    #[test]
    fn kinds_leave_names_out() {
        let one = arm("/subscriptions/s/providers/Microsoft.Web/sites/a/config/web");
        let other = arm("/subscriptions/t/providers/Microsoft.Web/sites/b/config/web");
        let list = arm("/subscriptions/t/providers/Microsoft.Web/sites");
        assert_eq!(Kind::of(&one), Kind::of(&other));
        assert_ne!(Kind::of(&one), Kind::of(&list));
        let query = arm("/providers/Microsoft.ResourceGraph/resources");
        assert_eq!(Kind::of(&query), None);
    }

    #[test]
    fn a_reply_is_slow_when_its_kind_is_usually_faster() {
        let mut latencies = Latencies::default();
        let (quick, slow) = (Kind(1), Kind(2));
        for _ in 0..20 {
            assert_eq!(
                latencies
                    .slowness(quick, Duration::from_millis(200))
                    .round(),
                1.0
            );
            assert_eq!(
                latencies.slowness(slow, Duration::from_secs(2)).round(),
                1.0
            );
        }
        assert_eq!(
            latencies
                .slowness(quick, Duration::from_millis(600))
                .round(),
            3.0
        );
        assert_eq!(
            latencies.slowness(slow, Duration::from_millis(600)).round(),
            0.0
        );
        assert_eq!(latencies.slowness(quick, Duration::from_secs(60)), SLOWEST);
    }

    #[test]
    fn a_few_milliseconds_more_are_noise() {
        let mut latencies = Latencies::default();
        for _ in 0..20 {
            latencies.slowness(Kind(1), Duration::from_millis(1));
        }
        assert!(latencies.slowness(Kind(1), Duration::from_millis(90)) < 1.0);
    }
}
