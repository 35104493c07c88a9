//! Faults: what goes wrong on purpose, by rule or by chance.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::glob;
use crate::path;
use crate::reply::{self, Body, Disruption, Reply};

/// What goes wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum FaultKind {
    /// This status is answered instead.
    Status {
        /// The HTTP status.
        code: u16,
        /// The JSON body; nothing when null.
        body: Value,
        /// Headers to add.
        headers: BTreeMap<String, String>,
    },
    /// 429, with `Retry-After` in seconds or without it.
    Throttled {
        /// Seconds, if the header is to be sent.
        retry_after: Option<u32>,
    },
    /// The connection ends without a reply.
    Reset,
    /// Half of the body arrives, then the connection ends.
    Truncate,
    /// An HTML error page with status 502.
    HtmlPage,
    /// Status 200 with a body that is not JSON.
    InvalidJson,
    /// The right reply after this time.
    Slow(Duration),
    /// The right reply, whose link to the next page leads to this host.
    ForeignNextLink(String),
    /// The token that was sent expires: 401 now and whenever it is sent again.
    ExpireToken,
}

/// One rule. It holds for requests whose path fits, in the order in which they come.
#[derive(Debug, Clone, PartialEq)]
pub struct FaultRule {
    /// The path without its query; `*` stands for anything. No case.
    pub path: String,
    /// Only this method.
    pub method: Option<String>,
    /// What goes wrong.
    pub kind: FaultKind,
    /// How often; always when `None`.
    pub times: Option<u32>,
    /// How many fitting requests pass unharmed first.
    pub after: u32,
}

impl FaultRule {
    /// A rule for every method that always holds.
    #[must_use]
    pub fn new(path: &str, kind: FaultKind) -> Self {
        Self {
            path: path.to_owned(),
            method: None,
            kind,
            times: None,
            after: 0,
        }
    }

    /// The rule, holding this often only.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// The rule, letting this many requests pass first.
    #[must_use]
    pub fn after(mut self, after: u32) -> Self {
        self.after = after;
        self
    }

    /// The rule, for one method only.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_uppercase());
        self
    }
}

/// Everything that goes wrong on purpose.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Faults {
    /// Rules; the first that fits holds.
    pub rules: Vec<FaultRule>,
    /// The share of all other requests (0 to 1) that fail in a random way.
    pub rate: f64,
    /// The seed of those failures: the same seed and the same order of requests fail alike.
    pub seed: u64,
}

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
        Some(match random % 6 {
            0 => status(500),
            1 => status(503),
            2 => FaultKind::Throttled {
                retry_after: Some(1),
            },
            3 => FaultKind::Throttled { retry_after: None },
            4 => FaultKind::Reset,
            _ => FaultKind::Truncate,
        })
    }
}

/// One step of splitmix64, <https://prng.di.unimi.it/splitmix64.c>.
pub(crate) fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The reply that a fault gives by itself; `None` when the right reply is needed first.
pub(crate) fn instead(kind: &FaultKind, graph: bool) -> Option<Reply> {
    match kind {
        FaultKind::Status {
            code,
            body,
            headers,
        } => Some(status(*code, body, headers)),
        FaultKind::Throttled { retry_after } => {
            let reply = throttled(graph);
            Some(match retry_after {
                Some(seconds) => reply.header("Retry-After", seconds.to_string()),
                None => reply,
            })
        }
        FaultKind::Reset => Some(Reply {
            disruption: Some(Disruption::Reset),
            ..Reply::empty(500)
        }),
        FaultKind::HtmlPage => Some(text(
            502,
            "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>",
            "text/html",
        )),
        FaultKind::InvalidJson => Some(text(
            200,
            "{\"value\": [{\"id\": ",
            "application/json; charset=utf-8",
        )),
        FaultKind::Truncate
        | FaultKind::Slow(_)
        | FaultKind::ForeignNextLink(_)
        | FaultKind::ExpireToken => None,
    }
}

/// The reply that a fault makes of the right one.
pub(crate) fn spoil(kind: &FaultKind, mut reply: Reply) -> Reply {
    match kind {
        FaultKind::Truncate => reply.disruption = Some(Disruption::Truncate),
        FaultKind::Slow(time) => reply.disruption = Some(Disruption::Slow(*time)),
        FaultKind::ForeignNextLink(host) => {
            if let Some(body) = reply.value_mut() {
                lead_away(body, host);
            }
        }
        _ => {}
    }
    reply
}

/// A reply with a status, body and headers of one's own.
pub(crate) fn status(code: u16, body: &Value, headers: &BTreeMap<String, String>) -> Reply {
    let mut reply = match body {
        Value::Null => Reply::empty(code),
        Value::String(page) => text(code, page, "text/html"),
        body => Reply::json(code, body.clone()),
    };
    let headers = headers.iter();
    reply
        .headers
        .extend(headers.map(|(name, value)| (name.clone(), value.clone())));
    reply
}

fn throttled(graph: bool) -> Reply {
    if graph {
        return reply::graph(429, "TooManyRequests", "Too many requests.");
    }
    reply::arm(
        429,
        "TooManyRequests",
        "Too many requests. Please try again after sometime.",
    )
}

fn text(code: u16, body: &str, kind: &str) -> Reply {
    Reply {
        body: Body::Text(body.to_owned(), kind.to_owned()),
        ..Reply::empty(code)
    }
}

fn lead_away(body: &mut Value, host: &str) {
    let Some(object) = body.as_object_mut() else {
        return;
    };
    let name = if object.contains_key("@odata.context") {
        "@odata.nextLink"
    } else {
        "nextLink"
    };
    let link = format!("https://{host}/next?$skiptoken=away");
    object.insert(name.to_owned(), Value::String(link));
}

#[cfg(test)]
mod tests {
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
    fn links_lead_away_in_either_form() {
        let fault = FaultKind::ForeignNextLink("evil.example".to_owned());
        let arm = spoil(&fault, Reply::json(200, json!({"value": []}))).value();
        assert!(
            arm["nextLink"]
                .as_str()
                .unwrap()
                .starts_with("https://evil.example/")
        );
        let graph = spoil(&fault, Reply::json(200, json!({"@odata.context": "c"}))).value();
        assert!(graph["@odata.nextLink"].is_string());
    }

    #[test]
    fn throttling_comes_with_and_without_a_time() {
        let with = instead(
            &FaultKind::Throttled {
                retry_after: Some(3),
            },
            true,
        )
        .unwrap();
        assert!(
            with.headers
                .contains(&("Retry-After".to_owned(), "3".to_owned()))
        );
        let without = instead(&FaultKind::Throttled { retry_after: None }, false).unwrap();
        assert!(
            !without
                .headers
                .iter()
                .any(|(name, _)| name == "Retry-After")
        );
    }
}
