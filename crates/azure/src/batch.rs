//! Many small reads of Microsoft Graph in one request
//! (<https://learn.microsoft.com/graph/json-batching>).

use std::time::Duration;

use futures::StreamExt as _;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::call::{Call, Service};
use crate::classify::{Again, classify};
use crate::client::Client;
use crate::envelope::Envelope;
use crate::failure::{Failure, FailureKind};
use crate::reply::Reply;
use crate::retry::{Effort, named_wait};

/// Graph takes no more in one batch.
const LARGEST: usize = 20;
/// Batches on their way at once.
const CONCURRENT: usize = 4;

#[derive(Deserialize)]
struct Replies {
    responses: Vec<Inner>,
}

#[derive(Deserialize)]
struct Inner {
    id: String,
    status: u16,
    #[serde(default)]
    headers: Option<Map<String, Value>>,
    body: Option<Box<RawValue>>,
}

/// One read of a batch: where its result belongs, and what it has cost.
struct Member {
    position: usize,
    path: String,
    effort: Effort,
}

/// What became of a member in one round.
enum Step {
    Done(usize, Box<Result<Reply, Failure>>),
    Again(Member, Duration),
}

impl Client {
    /// Reads many Graph paths (`/v1.0/users/…` or `/beta/…`), twenty in a request; results in the order
    /// of the paths. A member that is throttled or fails is asked again alone; a list's next link
    /// stands in the body of its reply.
    pub async fn graph_batch(&self, gets: &[String]) -> Vec<Result<Reply, Failure>> {
        let mut results: Vec<Option<Result<Reply, Failure>>> = gets.iter().map(|_| None).collect();
        let chunks: Vec<(&'static str, Vec<Member>)> = chunked(gets);
        let mut done = futures::stream::iter(chunks)
            .map(|(version, members)| self.chunk(version, members))
            .buffer_unordered(CONCURRENT);
        while let Some(chunk) = done.next().await {
            for (position, result) in chunk {
                results[position] = Some(result);
            }
        }
        let url = self.cloud().graph.to_string();
        results
            .into_iter()
            .map(|result| result.unwrap_or_else(|| Err(missing(&url))))
            .collect()
    }

    /// Rounds of one chunk until each member has a result.
    async fn chunk(
        &self,
        version: &'static str,
        mut members: Vec<Member>,
    ) -> Vec<(usize, Result<Reply, Failure>)> {
        let mut results = Vec::with_capacity(members.len());
        while !members.is_empty() {
            let mut pause = Duration::ZERO;
            let mut again = Vec::new();
            for step in self.round(version, members).await {
                match step {
                    Step::Done(position, result) => results.push((position, *result)),
                    Step::Again(member, wait) => {
                        pause = pause.max(wait);
                        again.push(member);
                    }
                }
            }
            members = again;
            if members.is_empty() {
                break;
            }
            for member in &mut members {
                member.effort.spend(pause);
            }
            tokio::time::sleep(pause).await;
        }
        results
    }

    /// One POST for the members, and what it says about each.
    async fn round(&self, version: &'static str, members: Vec<Member>) -> Vec<Step> {
        let requests: Vec<Value> = members
            .iter()
            .map(|member| json!({ "id": member.position.to_string(), "method": "GET", "url": member.path }))
            .collect();
        let body = json!({ "requests": requests }).to_string();
        let inner = members
            .iter()
            .filter_map(|member| {
                self.own_url(Service::Graph, &format!("{version}{}", member.path))
                    .ok()
            })
            .collect();
        let call = match self.own_url(Service::Graph, &format!("{version}/$batch")) {
            Ok(url) => Call::post(Service::Graph, url, body.into()).holding(inner),
            Err(failure) => return all_failed(members, &failure),
        };
        let outer = match self.send(&call).await {
            Ok(reply) => reply,
            Err(failure) => return all_failed(members, &failure),
        };
        let mut replies = match outer.json::<Replies>() {
            Ok(replies) => replies.responses,
            Err(error) => {
                let message = format!("the reply is not a batch: {error}");
                let failure = Failure::new(FailureKind::InvalidReply, call.shown_url(), message);
                return all_failed(members, &failure);
            }
        };
        members
            .into_iter()
            .map(|member| {
                let id = member.position.to_string();
                let found = replies.iter().position(|inner| inner.id == id);
                let inner = found.map(|index| replies.swap_remove(index));
                self.step(version, member, inner, &outer, &call)
            })
            .collect()
    }

    fn step(
        &self,
        version: &str,
        mut member: Member,
        inner: Option<Inner>,
        outer: &Reply,
        call: &Call,
    ) -> Step {
        let options = &self.stack().options;
        let url = self
            .own_url(Service::Graph, &format!("{version}{}", member.path))
            .map_or_else(|_| call.shown_url(), |url| crate::address::shown(&url));
        member.effort.spend(outer.elapsed);
        let (mut failure, again, named) = match inner {
            Some(inner) if (200..300).contains(&inner.status) => {
                let reply = Reply {
                    status: inner.status,
                    body: inner.body.unwrap_or_else(|| RawValue::NULL.to_owned()),
                    retries: member.effort.retries + outer.retries,
                    request_id: outer.request_id.clone(),
                    elapsed: member.effort.elapsed(),
                    limited: false,
                };
                return Step::Done(member.position, Box::new(Ok(reply)));
            }
            Some(inner) => {
                let body = inner.body.as_ref().map_or("", |body| body.get());
                let envelope = Envelope::read(body.as_bytes());
                let verdict = classify(inner.status, &envelope);
                let headers = header_map(inner.headers.as_ref());
                let named = named_wait(
                    &headers,
                    envelope.message.as_deref(),
                    jiff::Timestamp::now(),
                );
                let message = envelope
                    .message
                    .unwrap_or_else(|| format!("HTTP status {}", inner.status));
                let mut failure = Failure::new(verdict.kind, url, message);
                failure.status = Some(inner.status);
                failure.code = envelope.code;
                (failure, verdict.again, named)
            }
            None => (missing(&url), Again::Unreadable, None),
        };
        if let Some(pause) = member.effort.next_pause(again, named, options) {
            self.stack().transport.counters().retry();
            return Step::Again(member, pause);
        }
        failure.retries = member.effort.retries + outer.retries;
        failure.request_id.clone_from(&outer.request_id);
        failure.elapsed = member.effort.elapsed();
        Step::Done(member.position, Box::new(Err(failure)))
    }
}

/// The paths by API version, in chunks that Graph takes; members name their path without the version.
fn chunked(gets: &[String]) -> Vec<(&'static str, Vec<Member>)> {
    let mut chunks: Vec<(&'static str, Vec<Member>)> = Vec::new();
    for (position, get) in gets.iter().enumerate() {
        let (version, path) = match get.strip_prefix("/beta/") {
            Some(path) => ("/beta", path),
            None => ("/v1.0", get.strip_prefix("/v1.0/").unwrap_or(get)),
        };
        let member = Member {
            position,
            path: format!("/{}", path.trim_start_matches('/')),
            effort: Effort::new(),
        };
        let open = chunks
            .iter_mut()
            .rev()
            .find(|(of, members)| *of == version && members.len() < LARGEST);
        match open {
            Some((_, members)) => members.push(member),
            None => chunks.push((version, vec![member])),
        }
    }
    chunks
}

fn all_failed(members: Vec<Member>, failure: &Failure) -> Vec<Step> {
    members
        .into_iter()
        .map(|member| Step::Done(member.position, Box::new(Err(failure.clone()))))
        .collect()
}

fn missing(url: &str) -> Failure {
    Failure::new(
        FailureKind::InvalidReply,
        url.to_owned(),
        "the batch brought no reply to this request",
    )
}

/// The headers of an inner reply, whose values may be numbers.
fn header_map(headers: Option<&Map<String, Value>>) -> HeaderMap {
    headers
        .into_iter()
        .flatten()
        .filter_map(|(name, value)| {
            let value = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            Some((name, HeaderValue::from_str(&value).ok()?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_split_by_version_and_by_twenty() {
        let mut gets: Vec<String> = (0..41).map(|n| format!("/v1.0/users/{n}")).collect();
        gets.insert(1, "/beta/me".into());
        gets.push("organization".into());
        let chunks = chunked(&gets);
        let sizes: Vec<(&str, usize)> = chunks
            .iter()
            .map(|(version, members)| (*version, members.len()))
            .collect();
        assert_eq!(
            sizes,
            [("/v1.0", 20), ("/beta", 1), ("/v1.0", 20), ("/v1.0", 2)]
        );
        assert_eq!(chunks[0].1[0].path, "/users/0");
        assert_eq!(chunks[1].1[0].path, "/me");
        assert_eq!(chunks[3].1[1].path, "/organization");
        assert!(chunked(&[]).is_empty());
    }

    #[test]
    fn inner_headers_may_be_numbers() {
        let headers = json!({ "Retry-After": 1.5, "X-Text": "a", "bad name": "x" });
        let map = header_map(headers.as_object());
        assert_eq!(
            map.get("retry-after").map(|v| v.as_bytes()),
            Some(&b"1.5"[..])
        );
        assert_eq!(map.len(), 2);
        assert!(header_map(None).is_empty());
    }
}
