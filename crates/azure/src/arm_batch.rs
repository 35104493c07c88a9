//! Batches of Azure Resource Manager: `POST /batch`, as its portal sends them.
//!
//! Microsoft does not document it (<https://github.com/Azure/azure-sdk-for-python/issues/9271>), so it is
//! only ever a faster way to read what plain GETs read as well: whoever asks falls back to those as soon
//! as a batch is refused.

use futures::future::join_all;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::batch::{Form, Gathered, Inner, Member, chunks, responses};
use crate::call::{Call, Service};
use crate::client::Client;
use crate::failure::Failure;
use crate::reply::Reply;

const PATH: &str = "/batch?api-version=2020-06-01";

/// Resource Manager's form of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Arm;

#[derive(Deserialize)]
struct Response {
    name: Option<String>,
    #[serde(rename = "httpStatusCode")]
    status: u16,
    #[serde(default)]
    headers: Option<Map<String, Value>>,
    content: Option<Box<RawValue>>,
}

impl Form for Arm {
    fn service(&self) -> Service {
        Service::Arm
    }

    fn path(&self) -> String {
        PATH.to_owned()
    }

    fn request(&self, member: &Member) -> Value {
        json!({
            "httpMethod": "GET",
            "name": member.name(),
            "relativeUrl": member.path_and_query(),
        })
    }

    fn replies(&self, outer: &Reply) -> Result<Vec<Inner>, String> {
        if outer.status != 200 {
            let status = outer.status;
            return Err(format!(
                "the batch was not answered at once, but with status {status}"
            ));
        }
        let inner = responses::<Response>(outer)?.into_iter().map(|one| {
            let (headers, body) = (one.headers.as_ref(), one.content.as_deref());
            Inner::new(one.name.unwrap_or_default(), one.status, headers, body)
        });
        Ok(inner.collect())
    }
}

impl Client {
    /// Reads many paths of Resource Manager, twenty in a request; results in the order of the paths. A
    /// member that is throttled or fails is asked again alone, and by a plain GET when a later batch
    /// is not taken.
    ///
    /// # Errors
    ///
    /// No batch was taken: refused, answered later (202), or in a form that is none. Nothing was read.
    pub async fn arm_batch(&self, gets: &[String]) -> Result<Vec<Result<Reply, Failure>>, Failure> {
        let mut gathered = Gathered::default();
        let mut members = Vec::with_capacity(gets.len());
        for (position, get) in gets.iter().enumerate() {
            match self.own_url(Service::Arm, get) {
                Ok(url) => members.push((Arm, Member::new(position, Call::get(Service::Arm, url)))),
                Err(failure) => gathered.done.push((position, Err(failure))),
            }
        }
        let mut batches = self
            .batches(chunks(members, |call| self.stack().limiter().burst(call)))
            .await;
        if batches.done.is_empty()
            && let Some((_, failure)) = batches.refused.pop()
        {
            return Err(failure);
        }
        gathered.done.extend(batches.done);
        let alone = batches
            .refused
            .into_iter()
            .map(|(member, _)| async move { (member.position, self.send(&member.call).await) });
        gathered.done.extend(join_all(alone).await);
        Ok(gathered.in_order())
    }
}
