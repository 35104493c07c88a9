//! Which fault a request meets.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;

use super::{FaultKind, Faults};
use crate::glob;
use crate::path;

/// The faults of a running server, with what was counted.
#[derive(Debug)]
pub(crate) struct Injector {
    faults: Faults,
    counts: Vec<AtomicU32>,
    drawn: AtomicU64,
}

impl Injector {
    pub(crate) fn new(faults: Faults) -> Self {
        Self {
            counts: faults.rules.iter().map(|_| AtomicU32::new(0)).collect(),
            drawn: AtomicU64::new(0),
            faults,
        }
    }

    /// The fault that a request meets.
    pub(crate) fn pick(&self, method: &str, at: &str) -> Option<FaultKind> {
        let key = path::key(at);
        for (rule, count) in self.faults.rules.iter().zip(&self.counts) {
            let for_method = rule
                .method
                .as_deref()
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method));
            if !for_method || !glob::matches(&rule.path.to_lowercase(), &key) {
                continue;
            }
            let before = count.fetch_add(1, Ordering::Relaxed);
            let last = rule.times.map(|times| rule.after.saturating_add(times));
            if before >= rule.after && last.is_none_or(|last| before < last) {
                return Some(rule.kind.clone());
            }
        }
        self.by_chance()
    }

    fn by_chance(&self) -> Option<FaultKind> {
        if self.faults.rate <= 0.0 {
            return None;
        }
        let draw = self.drawn.fetch_add(1, Ordering::Relaxed);
        let random = mix(self.faults.seed ^ mix(draw));
        // The upper 32 bits decide whether, the lower ones what.
        let share =
            f64::from(u32::try_from(random >> 32).unwrap_or(u32::MAX)) / f64::from(u32::MAX);
        if share >= self.faults.rate {
            return None;
        }
        let status = |code| FaultKind::Status {
            code,
            body: json!({"error": {"code": "ServiceUnavailable", "message": "The service is unavailable now."}}),
            headers: BTreeMap::new(),
        };
        Some(match random % 9 {
            0 => status(500),
            1 => FaultKind::HtmlPage,
            2 => status(503),
            3 => FaultKind::Throttled {
                retry_after: Some(1),
            },
            4 => FaultKind::Throttled { retry_after: None },
            5 => FaultKind::Reset,
            6 => FaultKind::Truncate,
            7 => FaultKind::SlowBody(SLOW),
            _ => FaultKind::InvalidJson,
        })
    }
}

/// How long a body is held up by chance.
const SLOW: Duration = Duration::from_millis(500);

/// One step of splitmix64, <https://prng.di.unimi.it/splitmix64.c>.
pub(crate) fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::super::FaultRule;
    use super::*;

    #[test]
    fn a_rule_lets_some_pass_then_fails_some_then_heals() {
        let rule = FaultRule::new("/subscriptions/*", FaultKind::Reset)
            .after(1)
            .times(2)
            .method("get");
        let injector = Injector::new(Faults {
            rules: vec![rule],
            ..Faults::default()
        });
        let met: Vec<bool> = (0..5)
            .map(|_| injector.pick("GET", "/Subscriptions/x").is_some())
            .collect();
        assert_eq!(met, [false, true, true, false, false]);
        assert!(injector.pick("POST", "/subscriptions/x").is_none());
        assert!(injector.pick("GET", "/tenants").is_none());
    }

    #[test]
    fn chance_is_seeded_and_near_its_rate() {
        let draw = |seed| -> Vec<Option<FaultKind>> {
            let injector = Injector::new(Faults {
                rate: 0.1,
                seed,
                ..Faults::default()
            });
            (0..2_000).map(|_| injector.pick("GET", "/a")).collect()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        let failed = draw(7).iter().flatten().count();
        assert!((100..300).contains(&failed), "{failed}");
    }

    #[test]
    fn every_kind_of_trouble_comes_by_chance() {
        let injector = Injector::new(Faults {
            rate: 1.0,
            ..Faults::default()
        });
        let met: Vec<FaultKind> = (0..200)
            .filter_map(|_| injector.pick("GET", "/a"))
            .collect();
        let has = |test: fn(&FaultKind) -> bool| met.iter().any(test);
        let is_status = |wanted| {
            let is = |kind: &FaultKind| matches!(kind, FaultKind::Status { code, .. } if *code == wanted);
            met.iter().any(is)
        };
        assert!(is_status(500) && is_status(503));
        assert!(has(|kind| matches!(
            kind,
            FaultKind::Throttled {
                retry_after: Some(_)
            }
        )));
        assert!(has(|kind| matches!(
            kind,
            FaultKind::Throttled { retry_after: None }
        )));
        assert!(has(|kind| matches!(kind, FaultKind::SlowBody(_))));
        for kind in [
            FaultKind::HtmlPage,
            FaultKind::Reset,
            FaultKind::Truncate,
            FaultKind::InvalidJson,
        ] {
            assert!(met.contains(&kind), "{kind:?}");
        }
    }
}
