//! Retry, limiter and transport, composed: what is below authentication.

mod body;
mod setback;

use reqwest::header::{
    AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
};

use azure_core::Uuid;
use azure_core::credentials::Secret;

use crate::call::{Call, Write};
use crate::classify::{Again, classify};
use crate::envelope::Envelope;
use crate::failure::{Failure, FailureKind};
use crate::limiter::{Limiter, Outcome, Turn};
use crate::options::Options;
use crate::reply::Reply;
use crate::retry::{Effort, named_wait};
use crate::statistics::Statistics;
use crate::transport::{Received, Request, Transport};
use body::{Blank, body};
pub(crate) use setback::Setback;
use setback::{outcome_of, unsent};

const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("x-ms-client-request-id");
const GRAPH_CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("client-request-id");
/// Where services put their own id of a request, the most telling first.
const REQUEST_IDS: &[&str] = &[
    "x-ms-request-id",
    "request-id",
    "x-ms-correlation-request-id",
];
/// Resource Graph left subscriptions out, as the query had more than 10,000 in its scope
/// (<https://learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests>).
const SUBSCRIPTIONS_LIMITED: &str = "x-ms-tenant-subscription-limit-hit";

/// The layers below authentication.
pub(crate) struct Stack {
    pub transport: Transport,
    pub options: Options,
    limiter: Limiter,
}

impl Stack {
    pub fn new(transport: Transport, options: Options) -> Self {
        Self {
            limiter: Limiter::new(options.concurrency),
            transport,
            options,
        }
    }

    /// Sends the call until it succeeds, cannot heal, or has used up its budget.
    pub async fn send(
        &self,
        call: &Call,
        token: Option<&Secret>,
        effort: &mut Effort,
    ) -> Result<Reply, Failure> {
        loop {
            let setback = match self.attempt(call, token, effort).await {
                Ok(mut reply) => {
                    reply.retries = effort.retries;
                    reply.elapsed = effort.elapsed();
                    return Ok(reply);
                }
                Err(setback) => setback,
            };
            let Some(pause) = effort.next_pause(setback.again, setback.named, &self.options) else {
                let mut failure = setback.failure;
                failure.retries = effort.retries;
                failure.elapsed = effort.elapsed();
                return Err(failure);
            };
            self.transport.counters().retry();
            effort.spend(pause);
            tokio::time::sleep(pause).await;
        }
    }

    async fn attempt(
        &self,
        call: &Call,
        token: Option<&Secret>,
        effort: &mut Effort,
    ) -> Result<Reply, Setback> {
        let request = self.request(call, token, effort)?;
        let turn = self.limiter.turn(call).await;
        self.transport.counters().inside(call.inner.len());
        let sent = self.transport.send(request).await;
        effort.spend(turn.elapsed());
        match sent {
            Ok(received) => self.judge(call, &received, Some(turn)),
            Err(error) => {
                self.limiter.settle(call, Some(turn), outcome_of(&error));
                Err(unsent(call, &error).for_call(call))
            }
        }
    }

    /// What a complete reply means to its caller, and to the limiter. The replies inside a batch are
    /// read like any other, each under the call that it answers.
    pub fn read(&self, call: &Call, received: &Received) -> Result<Reply, Setback> {
        self.judge(call, received, None)
    }

    /// Reads a reply; the turn, which a request inside a batch has none of, ends before its body is
    /// parsed.
    fn judge(
        &self,
        call: &Call,
        received: &Received,
        turn: Option<Turn>,
    ) -> Result<Reply, Setback> {
        self.limiter.learn(call, &received.headers);
        if !(200..300).contains(&received.status) {
            let (setback, outcome) = self.refused(call, received);
            self.limiter.settle(call, turn, outcome);
            return Err(setback.for_call(call));
        }
        self.limiter.settle(call, turn, Outcome::Answered);
        let blank = match call.write {
            Some(_) => Blank::IsNull,
            None => Blank::IsNullAfter204,
        };
        let body = body(received, blank).map_err(|message| {
            let mut failure = Failure::new(FailureKind::InvalidReply, call.shown_url(), message);
            failure.status = Some(received.status);
            failure.request_id = request_id(&received.headers);
            // 202 means that the work goes on elsewhere: asking again would begin it again.
            let again = match received.status {
                202 => Again::Never,
                _ => Again::Unreadable,
            };
            let setback = Setback {
                failure,
                again,
                named: None,
                unsent: false,
            };
            setback.for_call(call)
        })?;
        Ok(Reply {
            status: received.status,
            body,
            retries: 0,
            request_id: request_id(&received.headers),
            elapsed: std::time::Duration::ZERO,
            limited: is_true(&received.headers, SUBSCRIPTIONS_LIMITED),
        })
    }

    fn request(
        &self,
        call: &Call,
        token: Option<&Secret>,
        effort: &Effort,
    ) -> Result<Request, Setback> {
        let mut headers = HeaderMap::new();
        if let Some(token) = token {
            let value = HeaderValue::from_str(&format!("Bearer {}", token.secret()));
            let mut value = value.map_err(|_| Setback {
                failure: Failure::new(
                    FailureKind::SignIn,
                    call.shown_url(),
                    "the access token holds characters that no header can carry",
                ),
                again: Again::Never,
                named: None,
                unsent: false,
            })?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        if call.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        } else if !matches!(call.write, None | Some(Write::Delete)) {
            // Servers that expect a body answer 411 when its absence is not said (RFC 9110 §8.6).
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        if let Ok(id) = HeaderValue::from_str(&Uuid::new_v4().to_string()) {
            headers.insert(CLIENT_REQUEST_ID, id.clone());
            headers.insert(GRAPH_CLIENT_REQUEST_ID, id);
        }
        Ok(Request {
            method: call.method.clone(),
            url: call.url.clone(),
            headers,
            body: call.body.clone(),
            timeout: self.options.attempt.min(effort.remaining(&self.options)),
            link_local: false,
        })
    }

    /// A reply that is not a success, classified; the limiter learns of throttling.
    fn refused(&self, call: &Call, received: &Received) -> (Setback, Outcome) {
        let envelope = Envelope::read(&received.body);
        let verdict = classify(received.status, &envelope);
        let named = named_wait(
            &received.headers,
            envelope.message.as_deref(),
            jiff::Timestamp::now(),
        );
        let outcome = match (verdict.kind, received.status) {
            (FailureKind::Throttled, _) => self.limiter.refused(call, named, verdict.whole_scope),
            (_, 503 | 504) => Outcome::Unavailable,
            _ => Outcome::Refused,
        };
        let message = envelope
            .message
            .unwrap_or_else(|| format!("HTTP status {}", received.status));
        let mut failure = Failure::new(verdict.kind, call.shown_url(), message);
        failure.status = Some(received.status);
        failure.code = envelope.code;
        failure.request_id = request_id(&received.headers);
        let setback = Setback {
            failure,
            again: verdict.again,
            named,
            unsent: false,
        };
        (setback, outcome)
    }

    /// The layer that keeps Azure's limits.
    pub fn limiter(&self) -> &Limiter {
        &self.limiter
    }

    /// What has passed so far, and what it was charged.
    pub fn statistics(&self) -> Statistics {
        Statistics {
            limits: self.limiter.uses(),
            ..self.transport.statistics()
        }
    }
}

fn is_true(headers: &HeaderMap, name: &str) -> bool {
    headers
        .get(name)
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"))
}

fn request_id(headers: &HeaderMap) -> Option<String> {
    REQUEST_IDS
        .iter()
        .find_map(|name| headers.get(*name)?.to_str().ok().map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_s_own_id_goes_first() {
        let mut headers = HeaderMap::new();
        assert_eq!(request_id(&headers), None);
        headers.insert("x-ms-correlation-request-id", HeaderValue::from_static("c"));
        assert_eq!(request_id(&headers).as_deref(), Some("c"));
        headers.insert("request-id", HeaderValue::from_static("r"));
        assert_eq!(request_id(&headers).as_deref(), Some("r"));
    }
}
