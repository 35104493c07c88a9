//! One page of a query's rows.

use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::call::Call;
use crate::failure::Failure;
use crate::reply::Reply;

/// One page of a query: its rows as Resource Graph sent them.
#[derive(Debug, Clone)]
pub struct Rows {
    /// The rows.
    pub rows: Vec<Box<RawValue>>,
    /// `$skipToken`, which alone says that there is another page; reading can go on from it later.
    pub next: Option<String>,
    /// Rows of all pages together, as far as Resource Graph counted them.
    pub total: u64,
    /// Whether rows were cut off with no way to ask for them (`resultTruncated` without a token): what
    /// was read is not everything.
    pub truncated: bool,
    /// Whether subscriptions were left out, because the scope has more than 10,000.
    pub limited: bool,
    /// The HTTP status.
    pub status: u16,
    /// Retries that were needed, those with fewer rows among them.
    pub retries: u32,
    /// The service's own id of the request.
    pub request_id: Option<String>,
    /// The time from the first attempt's start to the end of the last.
    pub elapsed: Duration,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "totalRecords")]
    total: Option<u64>,
    #[serde(rename = "resultTruncated")]
    truncated: Option<Flag>,
    #[serde(rename = "$skipToken")]
    token: Option<String>,
    data: Vec<Box<RawValue>>,
}

/// `resultTruncated` is documented as the strings "true" and "false".
#[derive(Deserialize)]
#[serde(untagged)]
enum Flag {
    Bool(bool),
    Text(String),
}

impl Flag {
    fn is_set(&self) -> bool {
        match self {
            Self::Bool(set) => *set,
            Self::Text(text) => text.eq_ignore_ascii_case("true"),
        }
    }
}

impl Rows {
    /// Reads the reply to `call`. Facets are not: nobody asks for any.
    pub(super) fn read(reply: Reply, call: &Call) -> Result<Self, Failure> {
        let answer: Answer = match reply.json() {
            Ok(answer) => answer,
            Err(error) => {
                let message = format!("the reply holds no rows: {error}");
                return Err(reply.unusable(call, message));
            }
        };
        let next = answer.token.filter(|token| !token.trim().is_empty());
        Ok(Self {
            total: answer.total.unwrap_or(answer.data.len() as u64),
            truncated: next.is_none() && answer.truncated.is_some_and(|flag| flag.is_set()),
            limited: reply.limited,
            rows: answer.data,
            next,
            status: reply.status,
            retries: reply.retries,
            request_id: reply.request_id,
            elapsed: reply.elapsed,
        })
    }
}
