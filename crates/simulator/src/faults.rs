//! Faults: what goes wrong on purpose, by rule or by chance.

mod effect;
mod injector;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

pub(crate) use effect::{in_batch, instead, spoil, status};
pub(crate) use injector::{Injector, mix};

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
    /// The right reply, of which the second half comes after this time.
    SlowBody(Duration),
    /// A page of Resource Graph that says it is cut off and gives no token to go on with.
    TruncatedResult,
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
