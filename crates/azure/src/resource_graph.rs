//! Queries of Azure Resource Graph, followed from page to page
//! (<https://learn.microsoft.com/azure/governance/resource-graph/concepts/work-with-data>).

mod page_size;
mod rows;

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::address;
use crate::call::{Call, Service};
use crate::client::Client;
use crate::failure::{Failure, FailureKind};
use crate::followed::Followed;
use page_size::PageSize;
pub use rows::Rows;

/// The newest version that is no preview, which the national clouds have as well
/// (<https://learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources>).
const PATH: &str = "/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01";
/// A page may weigh 16 MiB; this is how Resource Graph refuses one that would weigh more.
const TOO_LARGE: &str = "ResponsePayloadTooLarge";

/// A query of Resource Graph and the scope it is asked in. A query of more than a page should project
/// `id` and be ordered by it: without that Resource Graph cannot go on from a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// The query, in Resource Graph's subset of the Kusto Query Language.
    pub text: String,
    /// The subscriptions it is asked in, by their ids; Microsoft recommends fewer than 300.
    pub subscriptions: Vec<String>,
    /// The management groups it is asked in, by their names. Without these and subscriptions it is
    /// asked in the whole tenant.
    pub management_groups: Vec<String>,
    /// Whether assignments above the scope count too: `AtScopeAboveAndBelow`, which only the tables
    /// about authorization and policy know. Left out, they silently lack whatever is inherited.
    pub above: bool,
    /// Rows in a page: 1 to 1,000.
    pub top: u16,
}

/// The pages of a query, one request each.
#[derive(Debug)]
pub struct QueryPages {
    client: Client,
    query: Query,
    place: Place,
    size: PageSize,
    followed: Followed,
}

/// Where the next page begins.
#[derive(Debug)]
enum Place {
    Start,
    Token(String),
    End,
}

impl Client {
    /// The pages of a query, from its start or from the [`Rows::next`] of a page read earlier.
    pub fn query(&self, query: Query, skip_token: Option<String>) -> QueryPages {
        QueryPages {
            client: self.clone(),
            size: PageSize::new(query.top),
            query,
            place: skip_token.map_or(Place::Start, Place::Token),
            followed: Followed::default(),
        }
    }
}

impl QueryPages {
    /// The next page; `None` after the last one, and after a failure.
    ///
    /// A page that weighs too much is asked for again with half the rows. A failure leaves the pages
    /// before it valid: reading can go on later from the `next` of the last page, unless the failure is
    /// [`FailureKind::ExpiredPage`].
    pub async fn next(&mut self) -> Option<Result<Rows, Failure>> {
        let token = match std::mem::replace(&mut self.place, Place::End) {
            Place::Start => None,
            Place::Token(token) => Some(token),
            Place::End => return None,
        };
        let result = self.read(token).await;
        if let Ok(Rows {
            next: Some(next), ..
        }) = &result
        {
            self.place = Place::Token(next.clone());
        }
        Some(result)
    }

    async fn read(&mut self, token: Option<String>) -> Result<Rows, Failure> {
        let url = self.client.own_url(Service::Arm, PATH)?;
        if let Some(token) = &token
            && !self.followed.insert(token)
        {
            return Err(Failure::new(
                FailureKind::InvalidReply,
                address::shown(&url),
                "the query leads back to a page that was read already",
            ));
        }
        let (mut retries, mut elapsed) = (0, Duration::ZERO);
        loop {
            let body = body(&self.query, self.size.now(), token.as_deref());
            let call = Call::post(Service::Arm, url.clone(), body.to_string().into());
            let mut result = self.client.send(&call).await;
            if let Err(failure) = &result
                && failure.code.as_deref() == Some(TOO_LARGE)
                && self.size.halve()
            {
                tracing::debug!(rows = self.size.now(), "the page is too large: half of it");
                self.client.stack().transport.counters().retry();
                retries += failure.retries + 1;
                elapsed += failure.elapsed;
                continue;
            }
            match &mut result {
                Ok(reply) => {
                    reply.retries += retries;
                    reply.elapsed += elapsed;
                }
                Err(failure) => {
                    failure.retries += retries;
                    failure.elapsed += elapsed;
                }
            }
            let rows = Rows::read(result?, &call)?;
            self.size.fitted();
            return Ok(rows);
        }
    }
}

/// The body of one request. `$top` goes before the page size that the token holds.
fn body(query: &Query, top: u16, token: Option<&str>) -> Value {
    let mut options = Map::new();
    options.insert("resultFormat".into(), "objectArray".into());
    options.insert("$top".into(), top.into());
    if let Some(token) = token {
        options.insert("$skipToken".into(), token.into());
    }
    if query.above {
        options.insert(
            "authorizationScopeFilter".into(),
            "AtScopeAboveAndBelow".into(),
        );
    }
    let mut body = json!({ "query": query.text, "options": options });
    for (name, scope) in [
        ("subscriptions", &query.subscriptions),
        ("managementGroups", &query.management_groups),
    ] {
        if !scope.is_empty() {
            body[name] = json!(scope);
        }
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query() -> Query {
        Query {
            text: "resources".into(),
            subscriptions: Vec::new(),
            management_groups: Vec::new(),
            above: false,
            top: 1000,
        }
    }

    #[test]
    fn an_empty_scope_is_left_out() {
        assert_eq!(
            body(&query(), 1000, None),
            json!({
                "query": "resources",
                "options": { "resultFormat": "objectArray", "$top": 1000 },
            })
        );
    }

    #[test]
    fn everything_that_is_asked_for_is_sent() {
        let query = Query {
            subscriptions: vec!["s1".into(), "s2".into()],
            management_groups: vec!["root".into()],
            above: true,
            ..query()
        };
        assert_eq!(
            body(&query, 7, Some("t")),
            json!({
                "query": "resources",
                "subscriptions": ["s1", "s2"],
                "managementGroups": ["root"],
                "options": {
                    "resultFormat": "objectArray",
                    "$top": 7,
                    "$skipToken": "t",
                    "authorizationScopeFilter": "AtScopeAboveAndBelow",
                },
            })
        );
    }
}
