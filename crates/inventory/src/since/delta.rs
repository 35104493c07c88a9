//! Delta queries of Microsoft Graph: which directory objects changed since a link was given out.
//!
//! <https://learn.microsoft.com/graph/delta-query-overview>

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use azure::{Client, Failure, FailureKind, Service};
use catalog::{Changes, Entry, Plan, Scope};
use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use crate::record::record_of;
use crate::writer::Record;

/// A round of more pages than this does not end.
const PAGES: usize = 10_000;

/// Objects in a batch of Microsoft Graph, and in a page of a list unless the entry says otherwise.
const BATCH: u64 = 20;
const PAGE: u64 = 100;

/// How Graph says that a link is of no use any more: objects of the directory are followed for seven
/// days. <https://learn.microsoft.com/graph/delta-query-overview#token-duration>
const EXPIRED: [&str; 5] = [
    "syncstatenotfound",
    "syncstateinvalid",
    "resyncrequired",
    "resyncchangesapplydifferences",
    "resyncchangesuploaddifferences",
];

/// A type that a delta query follows.
#[derive(Debug, Clone)]
pub(super) struct Followed {
    pub(super) entry: Arc<Entry>,
    /// The path of the delta query.
    path: String,
    /// What hangs below its objects and is told of with them.
    pub(super) below: Vec<Arc<Entry>>,
}

impl Followed {
    /// Those of a plan.
    pub(super) fn of(plan: &Plan) -> Vec<Self> {
        let steps = plan.all_steps().into_iter();
        let followed = steps.filter_map(|step| match &step.entry.changes {
            Changes::Delta(path) => Some(Self {
                entry: Arc::clone(&step.entry),
                path: path.clone(),
                below: step
                    .children
                    .iter()
                    .filter(|child| child.entry.changes == Changes::WithParent)
                    .map(|child| Arc::clone(&child.entry))
                    .collect(),
            }),
            _ => None,
        });
        followed.collect()
    }

    /// The cursor that keeps the link.
    pub(super) fn cursor(&self) -> String {
        cursor(&self.entry.name.key())
    }

    /// A link that tells of what changes from now on.
    ///
    /// # Errors
    /// The type cannot be followed.
    pub(super) async fn link_from_now(&self, client: &Client) -> Result<String, Failure> {
        let from_now = format!("{}?$deltatoken=latest", self.path);
        let select = &self.entry.select;
        if !select.is_empty() {
            // Changes of other properties are then not told of, nor of members that are not named.
            let below = self.below.iter().map(|child| child.path.as_str());
            let all: Vec<&str> = select.iter().map(String::as_str).chain(below).collect();
            let selected = format!("{from_now}&$select={}", all.join(","));
            match round(client, &selected).await {
                // Not every property can be followed; then changes of any are.
                Err(failure) if failure.kind == FailureKind::Rejected => {}
                other => return other.map(|round| round.link),
            }
        }
        round(client, &from_now).await.map(|round| round.link)
    }

    /// What became of the type since `link` was given out; `documents` of it are known.
    pub(super) async fn follow(&self, client: &Client, link: Option<&str>, documents: u64) -> News {
        let Some(link) = link else {
            return self.anew(client, "it was not followed".to_owned()).await;
        };
        let round = match round(client, link).await {
            Ok(round) => round,
            Err(failure) if is_expired(&failure) => {
                return self.anew(client, failure.message.clone()).await;
            }
            // The link may be good again next time.
            Err(failure) => {
                return News::Anew {
                    link: Some(link.to_owned()),
                    reason: failure.to_string(),
                };
            }
        };
        let list_again = |reason: String| News::Anew {
            link: Some(round.link.clone()),
            reason,
        };
        let changed: Vec<&str> = round.present().collect();
        if self.is_cheaper_to_list(changed.len() as u64, documents) {
            return list_again(format!("{} changes", changed.len()));
        }
        match self.read(client, &changed).await {
            Err(reason) => list_again(reason),
            Ok(read) => {
                let mut gone: BTreeSet<String> =
                    round.gone().filter_map(|id| self.key(id)).collect();
                gone.extend(read.gone);
                News::Changed {
                    link: round.link.clone(),
                    records: read.records,
                    gone,
                }
            }
        }
    }

    async fn anew(&self, client: &Client, reason: String) -> News {
        News::Anew {
            link: self.link_from_now(client).await.ok(),
            reason,
        }
    }

    /// Whether the pages of the list are fewer than the batches that the changes take. What a filtered
    /// list holds can only be told by the list.
    fn is_cheaper_to_list(&self, changed: u64, documents: u64) -> bool {
        let pages = documents
            .div_ceil(self.entry.top.map_or(PAGE, u64::from))
            .max(1);
        changed > 0 && (self.entry.query.is_some() || changed.div_ceil(BATCH) > pages)
    }

    async fn read(&self, client: &Client, ids: &[&str]) -> Result<Read, String> {
        let gets: Vec<String> = ids.iter().map(|id| self.path_of(id)).collect();
        let mut read = Read::default();
        for (id, reply) in ids.iter().zip(client.graph_batch(&gets).await) {
            match reply {
                Ok(reply) => read.records.push(self.record(&reply.body)?),
                Err(failure) if failure.kind == FailureKind::NotFound => {
                    read.gone.extend(self.key(id))
                }
                Err(failure) => return Err(failure.to_string()),
            }
        }
        Ok(read)
    }

    fn path_of(&self, id: &str) -> String {
        let path = format!("{}/{id}", self.entry.path);
        match self.entry.select.as_slice() {
            [] => path,
            select => format!("{path}?$select={}", select.join(",")),
        }
    }

    /// The record of an object read alone, which says in what context it is; the items of a list do not.
    fn record(&self, body: &RawValue) -> Result<Record, String> {
        let mut object: Value =
            serde_json::from_str(body.get()).map_err(|error| error.to_string())?;
        if let Some(members) = object.as_object_mut() {
            members.shift_remove("@odata.context");
        }
        let raw = to_raw_value(&object).map_err(|error| error.to_string())?;
        record_of(&self.entry, &Scope::Tenant, None, 0, &raw)
    }

    /// The key of an object's document.
    fn key(&self, id: &str) -> Option<String> {
        let raw = to_raw_value(&json!({ "id": id })).ok()?;
        let record = record_of(&self.entry, &Scope::Tenant, None, 0, &raw).ok()?;
        Some(record.id.to_lowercase())
    }
}

/// The cursor that keeps the link of a type (in lower case).
pub(super) fn cursor(document_type: &str) -> String {
    format!("delta:{document_type}")
}

/// What became of a type.
#[derive(Debug)]
pub(super) enum News {
    /// These documents are new or changed, and these (by key) are gone.
    Changed {
        link: String,
        records: Vec<Record>,
        gone: BTreeSet<String>,
    },
    /// It has to be listed again.
    Anew {
        link: Option<String>,
        reason: String,
    },
}

#[derive(Default)]
struct Read {
    records: Vec<Record>,
    gone: Vec<String>,
}

/// What one round told: for each object whether it is still there, and the link to the next round.
#[derive(Debug)]
struct Round {
    objects: BTreeMap<String, bool>,
    link: String,
}

impl Round {
    fn present(&self) -> impl Iterator<Item = &str> {
        self.of(true)
    }

    fn gone(&self) -> impl Iterator<Item = &str> {
        self.of(false)
    }

    fn of(&self, there: bool) -> impl Iterator<Item = &str> {
        self.objects
            .iter()
            .filter(move |(_, is_there)| **is_there == there)
            .map(|(id, _)| id.as_str())
    }
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    value: Vec<Object>,
    #[serde(rename = "@odata.nextLink")]
    next: Option<String>,
    #[serde(rename = "@odata.deltaLink")]
    delta: Option<String>,
}

#[derive(Deserialize)]
struct Object {
    id: String,
    #[serde(rename = "@removed")]
    removed: Option<Value>,
}

async fn round(client: &Client, first: &str) -> Result<Round, Failure> {
    let mut objects = BTreeMap::new();
    let mut link = first.to_owned();
    for _ in 0..PAGES {
        let reply = client.get(Service::Graph, &link).await?;
        let page: Page = reply
            .json()
            .map_err(|error| broken(&link, format!("the reply is no delta: {error}")))?;
        // An object may come more than once; what is said last counts.
        for object in page.value {
            objects.insert(object.id.to_lowercase(), object.removed.is_none());
        }
        match (page.next, page.delta) {
            (Some(next), _) if next != link => link = next,
            (None, Some(delta)) => {
                return Ok(Round {
                    objects,
                    link: delta,
                });
            }
            _ => {
                return Err(broken(
                    &link,
                    "the delta has no link to go on from".to_owned(),
                ));
            }
        }
    }
    Err(broken(&link, "the delta does not end".to_owned()))
}

fn broken(link: &str, message: String) -> Failure {
    let shown = link.split('?').next().unwrap_or_default().to_owned();
    Failure::new(FailureKind::InvalidReply, shown, message)
}

fn is_expired(failure: &Failure) -> bool {
    let code = failure.code.as_deref().unwrap_or_default().to_lowercase();
    failure.status == Some(410) || EXPIRED.contains(&code.as_str())
}

/// Links for all types of a plan that can be followed, each with the name of its cursor. They have to be
/// asked for before the lists are read, so that no change falls between. A type without one is listed
/// again next time.
pub(crate) async fn first_links(client: &Client, plan: &Plan) -> Vec<(String, String)> {
    let followed = Followed::of(plan);
    let links = followed.iter().map(|followed| async move {
        match followed.link_from_now(client).await {
            Ok(link) => Some((followed.cursor(), link)),
            Err(failure) => {
                tracing::debug!(of = %followed.entry.name, %failure, "cannot be followed");
                None
            }
        }
    });
    futures::future::join_all(links)
        .await
        .into_iter()
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests {
    use catalog::{Catalog, Requirement};

    use super::*;

    fn users() -> Followed {
        let catalog = Catalog::builtin().unwrap();
        let plan = Plan::new(&catalog, &[Requirement::always("graph/users".into())]).unwrap();
        Followed::of(&plan).remove(0)
    }

    #[test]
    fn an_object_read_alone_is_as_in_its_list() {
        let body = r##"{"@odata.context":"https://g/$metadata#users/$entity","id":"7","displayName":"A"}"##;
        let record = users()
            .record(&RawValue::from_string(body.to_owned()).unwrap())
            .unwrap();
        assert_eq!(record.body, r#"{"id":"7","displayName":"A"}"#);
        assert_eq!(record.id, "/users/7");
        assert_eq!(users().key("7").as_deref(), Some("/users/7"));
        assert!(
            users()
                .path_of("7")
                .starts_with("/v1.0/users/7?$select=id,")
        );
    }

    #[test]
    fn many_changes_are_listed_again() {
        let users = users();
        assert!(!users.is_cheaper_to_list(0, 0));
        assert!(!users.is_cheaper_to_list(20, 0));
        assert!(users.is_cheaper_to_list(21, 0), "two batches or one page");
        assert!(!users.is_cheaper_to_list(220, 10_000));
        assert!(users.is_cheaper_to_list(221, 10_000));
    }

    #[test]
    fn an_expired_link_is_known_by_its_status_or_its_code() {
        let failure = |status, code: &str| {
            let mut failure = Failure::new(FailureKind::Rejected, String::new(), "");
            failure.status = Some(status);
            failure.code = Some(code.to_owned());
            failure
        };
        assert!(is_expired(&failure(410, "Gone")));
        assert!(is_expired(&failure(400, "SyncStateNotFound")));
        assert!(!is_expired(&failure(429, "TooManyRequests")));
    }

    #[test]
    fn what_is_said_last_of_an_object_counts() {
        let page: Page = serde_json::from_str(
            r#"{"value":[{"id":"a","@removed":{"reason":"changed"}},{"id":"b"},{"id":"a","displayName":"back"}]}"#,
        )
        .unwrap();
        let objects = page
            .value
            .into_iter()
            .map(|object| (object.id, object.removed.is_none()));
        let round = Round {
            objects: objects.collect(),
            link: String::new(),
        };
        assert_eq!(round.present().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(round.gone().count(), 0);
    }
}
