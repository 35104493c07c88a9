//! Many small reads in one request. Whatever was throttled or failed is asked again in a further round,
//! alone; the rest is done. What a service calls a batch is its [`Form`].

mod inner;
mod member;

use std::time::Duration;

use futures::StreamExt as _;
use serde_json::{Value, json};

use crate::call::{Call, Service};
use crate::classify::Again;
use crate::client::Client;
use crate::failure::{Failure, FailureKind};
use crate::reply::Reply;
use crate::retry::Effort;
use crate::stack::Setback;
pub(crate) use inner::{Inner, responses};
use member::together;
pub(crate) use member::{Member, chunks};

/// Batches on their way at once.
const CONCURRENT: usize = 4;

/// How a service writes a batch and answers one.
pub(crate) trait Form {
    /// Which service takes it.
    fn service(&self) -> Service;
    /// Where it is posted.
    fn path(&self) -> String;
    /// One of its requests.
    fn request(&self, member: &Member) -> Value;
    /// The replies inside the reply; the message says why it is no batch.
    fn replies(&self, outer: &Reply) -> Result<Vec<Inner>, String>;
}

/// What came of batches.
#[derive(Default)]
pub(crate) struct Gathered {
    /// Members with a result of their own, by position.
    pub done: Vec<(usize, Result<Reply, Failure>)>,
    /// Members whose batch was not taken, and why.
    pub refused: Vec<(Member, Failure)>,
}

impl Gathered {
    /// The results in the order of the positions.
    pub fn in_order(mut self) -> Vec<Result<Reply, Failure>> {
        self.done.sort_by_key(|(position, _)| *position);
        self.done.into_iter().map(|(_, result)| result).collect()
    }
}

/// What became of a member in one round.
enum Step {
    Done(usize, Result<Reply, Failure>),
    Again(Member, Duration),
}

impl Client {
    /// Sends the batches, a few at a time.
    pub(crate) async fn batches<F: Form>(&self, batches: Vec<(F, Vec<Member>)>) -> Gathered {
        let mut gathered = Gathered::default();
        let mut under_way = futures::stream::iter(batches)
            .map(|(form, members)| self.rounds(form, members))
            .buffer_unordered(CONCURRENT);
        while let Some(batch) = under_way.next().await {
            gathered.done.extend(batch.done);
            gathered.refused.extend(batch.refused);
        }
        gathered
    }

    /// Rounds of one batch until each member has a result, or the batch is not taken.
    async fn rounds<F: Form>(&self, form: F, mut members: Vec<Member>) -> Gathered {
        let mut gathered = Gathered::default();
        while !members.is_empty() {
            let burst = |call: &Call| self.stack().limiter().burst(call);
            let later = members.split_off(together(&members, burst));
            let steps = match self.round(&form, &mut members).await {
                Ok(steps) => steps,
                Err(failure) => {
                    let members = members.into_iter().chain(later);
                    let refused = members.map(|member| (member, failure.clone()));
                    gathered.refused.extend(refused);
                    break;
                }
            };
            let mut pause = Duration::ZERO;
            for step in steps {
                match step {
                    Step::Done(position, result) => gathered.done.push((position, result)),
                    Step::Again(member, wait) => {
                        pause = pause.max(wait);
                        members.push(member);
                    }
                }
            }
            for member in &mut members {
                member.effort.spend(pause);
            }
            tokio::time::sleep(pause).await;
            members.extend(later);
        }
        gathered
    }

    /// One POST for the members, and what it says about each. They are taken out of the list unless
    /// the batch as a whole is not taken.
    async fn round<F: Form>(
        &self,
        form: &F,
        members: &mut Vec<Member>,
    ) -> Result<Vec<Step>, Failure> {
        let requests: Vec<Value> = members.iter().map(|member| form.request(member)).collect();
        let body = json!({ "requests": requests }).to_string();
        let url = self.own_url(form.service(), &form.path())?;
        let call = Call::post(form.service(), url, body.into()).holding(
            members
                .iter()
                .map(|member| member.call.url.clone())
                .collect(),
        );
        let mut effort = Effort::new();
        let outer = self.send_within(&call, &mut effort).await?;
        let mut replies = form
            .replies(&outer)
            .map_err(|message| outer.unusable(&call, message))?;
        let steps = members
            .drain(..)
            .map(|mut member| {
                member.effort.spend(effort.spent());
                let found = replies.iter().position(|inner| inner.name == member.name());
                let inner = found.map(|index| replies.swap_remove(index));
                self.step(member, inner, &outer)
            })
            .collect();
        Ok(steps)
    }

    fn step(&self, mut member: Member, inner: Option<Inner>, outer: &Reply) -> Step {
        let stack = self.stack();
        let read = match inner {
            Some(inner) => stack.read(&member.call, &inner.received),
            None => Err(missing(&member.call)),
        };
        let result = match read {
            Ok(mut reply) => {
                reply.retries = member.effort.retries + outer.retries;
                reply.elapsed = member.effort.elapsed();
                reply.request_id = reply.request_id.or_else(|| outer.request_id.clone());
                Ok(reply)
            }
            Err(setback) => {
                let effort = &mut member.effort;
                if let Some(pause) = effort.next_pause(setback.again, setback.named, &stack.options)
                {
                    stack.transport.counters().retry();
                    return Step::Again(member, pause);
                }
                let mut failure = setback.failure;
                failure.retries = effort.retries + outer.retries;
                failure.elapsed = effort.elapsed();
                if failure.request_id.is_none() {
                    failure.request_id.clone_from(&outer.request_id);
                }
                Err(failure)
            }
        };
        Step::Done(member.position, result)
    }
}

/// The batch brought no reply to this request.
fn missing(call: &Call) -> Setback {
    Setback {
        failure: Failure::new(
            FailureKind::InvalidReply,
            call.shown_url(),
            "the batch brought no reply to this request",
        ),
        again: Again::Unreadable,
        named: None,
        unsent: false,
    }
}
