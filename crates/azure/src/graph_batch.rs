//! Batches of Microsoft Graph (<https://learn.microsoft.com/graph/json-batching>).

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use url::Url;

use crate::batch::{Form, Gathered, Inner, Member, chunks, responses};
use crate::call::{Call, Service};
use crate::client::Client;
use crate::failure::Failure;
use crate::reply::Reply;

/// The batches of one API version; they cannot hold paths of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Version(&'static str);

const STABLE: Version = Version("/v1.0");
const BETA: Version = Version("/beta");

#[derive(Deserialize)]
struct Response {
    id: String,
    status: u16,
    #[serde(default)]
    headers: Option<Map<String, Value>>,
    body: Option<Box<RawValue>>,
}

impl Form for Version {
    fn service(&self) -> Service {
        Service::Graph
    }

    fn path(&self) -> String {
        format!("{}/$batch", self.0)
    }

    /// Members name their path without the version.
    fn request(&self, member: &Member) -> Value {
        let path = member.path_and_query();
        let path = path.strip_prefix(self.0).unwrap_or(path);
        json!({ "id": member.name(), "method": "GET", "url": path })
    }

    fn replies(&self, outer: &Reply) -> Result<Vec<Inner>, String> {
        let inner = responses::<Response>(outer)?.into_iter().map(|one| {
            let (headers, body) = (one.headers.as_ref(), one.body.as_deref());
            Inner::new(one.id, one.status, headers, body)
        });
        Ok(inner.collect())
    }
}

impl Client {
    /// Reads many Graph paths (`/v1.0/users/…` or `/beta/…`, or next links), twenty in a request;
    /// results in the order of the paths. A member that is throttled or fails is asked again alone; a
    /// list's next link stands in the body of its reply.
    pub async fn graph_batch(&self, gets: &[String]) -> Vec<Result<Reply, Failure>> {
        let mut gathered = Gathered::default();
        let mut members = Vec::with_capacity(gets.len());
        for (position, get) in gets.iter().enumerate() {
            match self.own_url(Service::Graph, get) {
                Ok(url) => {
                    let (version, url) = versioned(url);
                    let call = Call::get(Service::Graph, url);
                    members.push((version, Member::new(position, call)));
                }
                Err(failure) => gathered.done.push((position, Err(failure))),
            }
        }
        let batches = self
            .batches(chunks(members, |call| self.stack().limiter().burst(call)))
            .await;
        gathered.done.extend(batches.done);
        let refused = batches.refused.into_iter();
        gathered
            .done
            .extend(refused.map(|(member, failure)| (member.position, Err(failure))));
        gathered.in_order()
    }
}

/// The version that a URL names, and the URL with it: a path without one is of the stable version.
fn versioned(mut url: Url) -> (Version, Url) {
    for version in [STABLE, BETA] {
        let rest = url.path().strip_prefix(version.0);
        if rest.is_some_and(|rest| rest.starts_with('/')) {
            return (version, url);
        }
    }
    let path = format!("{}{}", STABLE.0, url.path());
    url.set_path(&path);
    (STABLE, url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_its_version_or_the_stable_one() {
        for (path, version, expected) in [
            ("/v1.0/users/0?$select=id", STABLE, "/users/0?$select=id"),
            ("/beta/me", BETA, "/me"),
            ("/organization", STABLE, "/organization"),
            ("/betatest", STABLE, "/betatest"),
            (
                "/v1.0/users?$filter=startswith(displayName,%27a%20b%27)",
                STABLE,
                "/users?$filter=startswith(displayName,%27a%20b%27)",
            ),
        ] {
            let url = Url::parse(&format!("https://graph.microsoft.com{path}")).expect("a URL");
            let (found, url) = versioned(url);
            assert_eq!(found, version, "{path}");
            let member = Member::new(3, Call::get(Service::Graph, url));
            assert_eq!(
                found.request(&member),
                json!({ "id": member.name(), "method": "GET", "url": expected })
            );
        }
    }
}
