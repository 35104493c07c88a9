//! What the identity can read, found out with the very calls that a scan makes: the first page of
//! every planned list, and below one of the documents on it every planned child.

use std::collections::BTreeMap;

use azure::{Client, Failure, FailureKind, Service as AzureService};
use catalog::{DocumentType, Entry, Method, Outcome, Plan, Scope, ScopeKind, Service, Shape, Step};
use futures::stream::{self, StreamExt};
use serde_json::{Value, json};

use crate::ask::{self, AT_ONCE, First, text};

/// A read: what, and where.
pub(crate) type Read = (DocumentType, Scope);

/// What came of the reads that were tried. One that is not there had nothing to be tried on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Probes {
    /// How each ended.
    pub answers: BTreeMap<Read, Answer>,
    /// The documents on the first page of each list that has planned children.
    pub parents: BTreeMap<Read, Parents>,
}

/// How a read that was tried ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Azure answered, if only that there is nothing.
    Read,
    /// It did not.
    Refused(Refusal),
}

/// A read that was refused or failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// How the ledger of a scan would say it.
    pub outcome: Outcome,
    /// Why, in words.
    pub kind: FailureKind,
    /// Azure's code.
    pub code: Option<String>,
    /// What was asked for: the id of the document above, or nothing for a list.
    pub at: Option<String>,
}

/// Documents that have children.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parents {
    /// Their ids and bodies.
    pub documents: Vec<(String, Value)>,
    /// Whether there are more than these.
    pub more: bool,
}

/// One read to try.
struct Try<'a> {
    step: &'a Step,
    of: Scope,
    path: String,
    at: Option<String>,
}

impl Probes {
    /// Tries everything that the plan reads, level by level.
    pub(crate) async fn read(client: &Client, plan: &Plan, subscriptions: &[String]) -> Self {
        let mut probes = Self::default();
        let mut level: Vec<Try<'_>> = plan
            .steps
            .iter()
            .filter(|step| !step.entry.from_scope)
            .flat_map(|step| {
                scopes(&step.entry, subscriptions)
                    .into_iter()
                    .map(move |of| Try {
                        step,
                        path: step.entry.list_path(of.subscription_id()),
                        of,
                        at: None,
                    })
            })
            .collect();
        while !level.is_empty() {
            let answers = ask_level(client, &level).await;
            let mut next = Vec::new();
            for (tried, answer) in level.into_iter().zip(answers) {
                next.extend(probes.note(tried, answer));
            }
            level = next;
        }
        probes
    }

    /// How a read ended, if it was tried.
    pub(crate) fn answer(&self, of: &DocumentType, scope: &Scope) -> Option<&Answer> {
        self.answers.get(&(of.clone(), scope.clone()))
    }

    /// Keeps an answer and says what to try below it.
    fn note<'a>(&mut self, tried: Try<'a>, answer: Result<First, Failure>) -> Vec<Try<'a>> {
        let entry = &tried.step.entry;
        let read = (entry.name.clone(), tried.of.clone());
        let first = match answer {
            Ok(first) => first,
            Err(failure) => {
                let answer = refused(entry, &failure, tried.at.clone());
                self.answers.insert(read, answer);
                return Vec::new();
            }
        };
        self.answers.insert(read.clone(), Answer::Read);
        if tried.step.children.is_empty() {
            return Vec::new();
        }
        let documents: Vec<(String, Value)> = first
            .items
            .into_iter()
            .filter_map(|body| Some((id_of(entry, tried.at.as_deref(), &body)?, body)))
            .collect();
        let below = tried.step.children.iter().filter_map(|child| {
            let (id, _) = documents.iter().find(|(_, body)| has(&child.entry, body))?;
            Some(Try {
                step: child,
                of: tried.of.clone(),
                path: child.entry.child_path(id),
                at: Some(id.clone()),
            })
        });
        let below = below.collect();
        let more = first.next.is_some();
        self.parents.insert(read, Parents { documents, more });
        below
    }
}

/// Whether a document has such a child at all.
pub(crate) fn has(child: &Entry, parent: &Value) -> bool {
    child
        .when
        .as_ref()
        .is_none_or(|condition| condition.holds(parent))
}

fn scopes(entry: &Entry, subscriptions: &[String]) -> Vec<Scope> {
    match entry.scope {
        ScopeKind::Tenant => vec![Scope::Tenant],
        ScopeKind::Subscription => subscriptions
            .iter()
            .map(|id| Scope::subscription(id))
            .collect(),
    }
}

/// Lists and single documents of each service go together; what is posted goes alone.
async fn ask_level(client: &Client, level: &[Try<'_>]) -> Vec<Result<First, Failure>> {
    let mut answers: Vec<Option<Result<First, Failure>>> = level.iter().map(|_| None).collect();
    let group = |service: Service, shape: Shape| -> (Vec<usize>, Vec<String>) {
        level
            .iter()
            .enumerate()
            .filter(|(_, tried)| {
                let entry = &tried.step.entry;
                (entry.service, entry.shape, entry.method) == (service, shape, Method::Get)
            })
            .map(|(at, tried)| (at, tried.path.clone()))
            .unzip()
    };
    let groups = [
        (Service::Arm, Shape::List),
        (Service::Graph, Shape::List),
        (Service::Arm, Shape::Single),
        (Service::Graph, Shape::Single),
    ];
    let asked = groups.map(|(service, shape)| {
        let (places, paths) = group(service, shape);
        async move {
            let service = azure_service(service);
            let found = match shape {
                Shape::List => ask::first_pages(client, service, &paths).await,
                Shape::Single => {
                    let found = ask::objects(client, service, &paths).await;
                    found.into_iter().map(|one| one.map(alone)).collect()
                }
            };
            places.into_iter().zip(found).collect::<Vec<_>>()
        }
    });
    let posted = stream::iter(level.iter().enumerate())
        .filter(|(_, tried)| std::future::ready(tried.step.entry.method == Method::Post))
        .map(|(at, tried)| async move {
            let service = azure_service(tried.step.entry.service);
            // Nothing of the answer is kept: it holds secrets.
            let reply = client.post(service, &tried.path, &json!({})).await;
            (at, reply.map(|_| First::default()))
        })
        .buffer_unordered(AT_ONCE)
        .collect::<Vec<_>>();
    let (asked, posted) = futures::join!(futures::future::join_all(asked), posted);
    for (at, answer) in asked.into_iter().flatten().chain(posted) {
        answers[at] = Some(answer);
    }
    answers
        .into_iter()
        .map(|one| one.unwrap_or_else(|| Ok(First::default())))
        .collect()
}

fn alone(body: Value) -> First {
    First {
        items: vec![body],
        next: None,
    }
}

fn azure_service(service: Service) -> AzureService {
    match service {
        Service::Arm => AzureService::Arm,
        Service::Graph => AzureService::Graph,
    }
}

/// What is not there can be read: Azure says so.
fn refused(entry: &Entry, failure: &Failure, at: Option<String>) -> Answer {
    match inventory::outcome_of(entry, failure) {
        Outcome::Absent | Outcome::Read => Answer::Read,
        outcome => Answer::Refused(Refusal {
            outcome,
            kind: failure.kind,
            code: failure.code.clone(),
            at,
        }),
    }
}

/// The id of a document as the snapshot would have it, for the paths of its children.
fn id_of(entry: &Entry, parent: Option<&str>, body: &Value) -> Option<String> {
    let id = text(body, "/id");
    if let Some(id) = id.filter(|id| entry.service == Service::Arm && id.starts_with('/')) {
        return Some(id.to_owned());
    }
    let base = match parent {
        Some(parent) => format!("{parent}/{}", entry.child_key()?),
        None => entry.path.trim_start_matches("/v1.0").to_owned(),
    };
    match entry.shape {
        Shape::Single => Some(base),
        Shape::List => Some(format!("{base}/{}", id.or_else(|| text(body, "/name"))?)),
    }
}

#[cfg(test)]
mod tests {
    use catalog::Catalog;

    use super::*;

    fn entry(name: &str) -> std::sync::Arc<Entry> {
        let catalog = Catalog::builtin().unwrap();
        std::sync::Arc::clone(catalog.entry(&DocumentType::from(name)).unwrap())
    }

    #[test]
    fn ids_lead_to_children() {
        let users = entry("graph/users");
        let id = id_of(&users, None, &json!({"id": "7"}));
        assert_eq!(id.as_deref(), Some("/users/7"));
        let sites = entry("Microsoft.Web/sites");
        let body = json!({"id": "/subscriptions/s/x", "name": "x"});
        assert_eq!(
            id_of(&sites, None, &body).as_deref(),
            Some("/subscriptions/s/x")
        );
        assert_eq!(id_of(&users, None, &json!({"id": null})), None);
    }

    #[test]
    fn a_child_is_tried_where_there_can_be_one() {
        let keys = entry("Microsoft.Web/sites/host/default/listkeys");
        assert!(has(&keys, &json!({"kind": "functionapp,linux"})));
        assert!(!has(&keys, &json!({"kind": "app"})));
    }

    #[test]
    fn absent_is_an_answer() {
        let config = entry("Microsoft.Web/sites/config/web");
        let failure = |kind| Failure::new(kind, String::new(), "");
        assert_eq!(
            refused(&config, &failure(FailureKind::NotFound), None),
            Answer::Read
        );
        let denied = refused(&config, &failure(FailureKind::Denied), None);
        assert!(matches!(denied, Answer::Refused(refusal) if refusal.outcome == Outcome::Denied));
    }
}
