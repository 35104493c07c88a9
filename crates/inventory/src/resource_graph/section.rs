//! One query of one table: some types in some subscriptions, page by page.

use std::sync::Arc;
use std::time::Duration;

use azure::FailureKind;
use catalog::{DocumentType, Entry, Outcome, Scope};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::kinds::Kind;
use super::records::Records;
use super::row::COLUMNS;
use super::spread::Hierarchy;
use crate::collect::Context;
use crate::format::SnapshotError;
use crate::ledger::{LedgerRow, Source};
use crate::writer::{Entered, Forgotten};

/// How often a query whose pages have expired begins anew.
const RESTARTS: u32 = 2;

/// A query, kept as a cursor while it is half-read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Section {
    table: String,
    pub(super) types: Vec<DocumentType>,
    pub(super) subscriptions: Vec<String>,
    /// Where the next page is.
    next: Option<String>,
    /// Rows read so far.
    rows: u64,
    /// Pages read so far.
    pages: u64,
}

/// The end of a section, for the ledger.
#[derive(Debug)]
pub(super) struct End {
    pub(super) ended: Timestamp,
    status: Option<u16>,
    pages: u64,
    retries: u64,
    duration: Duration,
    request_id: Option<String>,
}

/// A section that Resource Graph did not give whole.
pub(super) struct Refused {
    pub(super) section: Section,
    pub(super) reason: String,
}

impl Default for End {
    /// Of types that have no rows: a count said so.
    fn default() -> Self {
        Self {
            ended: Timestamp::now(),
            status: Some(200),
            pages: 0,
            retries: 0,
            duration: Duration::ZERO,
            request_id: None,
        }
    }
}

impl End {
    /// The ledger's row of one type in one subscription. Its pages, retries and time are those of the
    /// query, which other types and subscriptions share.
    pub(super) fn row(&self, name: &DocumentType, scope: Scope, documents: u64) -> LedgerRow {
        LedgerRow {
            outcome: Outcome::Read,
            status: self.status,
            pages: self.pages,
            documents,
            retries: self.retries,
            duration: u64::try_from(self.duration.as_millis()).unwrap_or(u64::MAX),
            request_id: self.request_id.clone(),
            source: Some(Source::ResourceGraph),
            ended: Some(self.ended),
            ..LedgerRow::pending(name.clone(), scope, "")
        }
    }
}

impl Section {
    /// What the names of cursors of half-read queries begin with.
    pub(super) const CURSOR: &str = "query:";

    pub(super) fn new(table: &str, types: Vec<DocumentType>, subscriptions: &[String]) -> Self {
        Self {
            table: table.to_owned(),
            types,
            subscriptions: subscriptions.to_vec(),
            next: None,
            rows: 0,
            pages: 0,
        }
    }

    /// The name of its cursor: no two queries of a collection share a type and a subscription.
    pub(super) fn cursor(&self) -> String {
        let of = |first: Option<String>| first.unwrap_or_default();
        format!(
            "{}{}:{}",
            Self::CURSOR,
            of(self.types.first().map(DocumentType::key)),
            of(self.subscriptions.first().cloned())
        )
    }

    /// Whether it reads this type in this subscription.
    pub(super) fn covers(&self, name: &DocumentType, subscription: &str) -> bool {
        self.types.contains(name)
            && self
                .subscriptions
                .iter()
                .any(|id| id.eq_ignore_ascii_case(subscription))
    }

    /// The indexes of its types among `kinds`, in the order of its types.
    pub(super) fn kinds(&self, kinds: &[Kind]) -> Vec<usize> {
        self.types
            .iter()
            .filter_map(|name| kinds.iter().position(|kind| kind.entry.name == *name))
            .collect()
    }

    /// Its types, for people.
    pub(super) fn types_in_words(&self) -> String {
        match self.types.as_slice() {
            [only] => only.to_string(),
            [first, rest @ ..] => format!("{first} and {} more types", rest.len()),
            [] => self.table.clone(),
        }
    }

    fn text(&self, entries: &[Arc<Entry>]) -> String {
        let types = entries
            .iter()
            .filter_map(|entry| entry.resource_graph.as_ref())
            .map(|table| table.row_type.as_str());
        format!(
            "{} | where type in~ ({}) | project {COLUMNS} | order by id asc",
            self.table,
            quoted(types)
        )
    }

    /// Reads what is left of it. Each page is stored as it comes, with the place to go on from.
    ///
    /// # Errors
    /// The outer one: the snapshot cannot be written. The inner one: Resource Graph refuses, or its
    /// reply is not whole.
    pub(super) async fn read(
        mut self,
        context: &Context<'_>,
        entries: &[Arc<Entry>],
        hierarchy: &Hierarchy,
    ) -> Result<Result<(Self, End), Refused>, SnapshotError> {
        let query = super::query(&self.table, self.text(entries), &self.subscriptions);
        let subscriptions = self.subscriptions.clone();
        let records = Records {
            entries,
            subscriptions: &subscriptions,
            hierarchy,
        };
        let mut end = End::default();
        let mut restarts = 0;
        let mut pages = context.client.query(query.clone(), self.next.clone());
        loop {
            let page = match pages.next().await {
                Some(Ok(page)) => page,
                Some(Err(failure))
                    if failure.kind == FailureKind::ExpiredPage && restarts < RESTARTS =>
                {
                    restarts += 1;
                    (self.next, self.rows) = (None, 0);
                    context.writer.enter(self.anew()).await?;
                    pages = context.client.query(query.clone(), None);
                    continue;
                }
                Some(Err(failure)) => return Ok(Err(self.refused(failure.message.clone()))),
                None => return Ok(Err(self.refused("the pages ended early".to_owned()))),
            };
            if page.truncated || page.limited {
                return Ok(Err(self.refused("the reply is cut short".to_owned())));
            }
            let mut taken = Vec::with_capacity(page.rows.len());
            for row in &page.rows {
                match records.of(row) {
                    Ok(records) => taken.extend(records),
                    Err(odd) => return Ok(Err(self.refused(odd))),
                }
            }
            self.rows += page.rows.len() as u64;
            self.pages += 1;
            self.next.clone_from(&page.next);
            end.note(&self, &page);
            let is_last = page.next.is_none();
            if is_last && self.rows < page.total {
                let reason = format!("{} of {} rows came", self.rows, page.total);
                return Ok(Err(self.refused(reason)));
            }
            let mut entered = Entered {
                records: taken,
                ..Entered::default()
            };
            if !is_last {
                let cursor = serde_json::to_string(&self).ok();
                entered.cursors.push((self.cursor(), cursor));
            }
            context.writer.enter(entered).await?;
            if is_last {
                return Ok(Ok((self, end)));
            }
        }
    }

    /// Takes out what earlier pages gave: by now the rows may be others.
    fn anew(&self) -> Entered {
        let everywhere = |document_type: &DocumentType| {
            self.subscriptions
                .iter()
                .map(|subscription| Forgotten {
                    document_type: document_type.clone(),
                    scope: Scope::subscription(subscription),
                    parent: String::new(),
                })
                .collect::<Vec<_>>()
        };
        Entered {
            forgotten: self.types.iter().flat_map(everywhere).collect(),
            cursors: vec![(self.cursor(), None)],
            ..Entered::default()
        }
    }

    fn refused(self, reason: String) -> Refused {
        Refused {
            section: self,
            reason,
        }
    }
}

impl End {
    fn note(&mut self, section: &Section, page: &azure::Rows) {
        self.ended = Timestamp::now();
        self.status = Some(page.status);
        self.pages = section.pages;
        self.retries += u64::from(page.retries);
        self.duration += page.elapsed;
        self.request_id.clone_from(&page.request_id);
    }
}

/// Names as the items of a KQL list, each once.
pub(crate) fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut all: Vec<String> = names
        .map(|name| format!("'{}'", name.replace('\\', "\\\\").replace('\'', "\\'")))
        .collect();
    all.sort_unstable();
    all.dedup();
    all.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_for_kql_and_come_once() {
        let names = ["b", "it's", "b", r"a\b"];
        assert_eq!(quoted(names.into_iter()), r"'a\\b','b','it\'s'");
    }

    #[test]
    fn sections_are_told_apart_by_what_they_read() {
        let types = vec![DocumentType::from("A/b"), DocumentType::from("A/c")];
        let section = Section::new("resources", types, &["s1".to_owned(), "s2".to_owned()]);
        assert_eq!(section.cursor(), "query:a/b:s1");
        assert!(section.covers(&DocumentType::from("a/C"), "S2"));
        assert!(!section.covers(&DocumentType::from("a/d"), "s1"));
        assert!(!section.covers(&DocumentType::from("a/b"), "s3"));
    }

    #[test]
    fn beginning_anew_forgets_every_type_in_every_subscription() {
        let types = vec![DocumentType::from("A/b"), DocumentType::from("A/c")];
        let section = Section::new("resources", types, &["s1".to_owned(), "s2".to_owned()]);
        let anew = section.anew();
        assert_eq!(anew.forgotten.len(), 4);
        assert!(anew.forgotten.iter().all(|of| of.parent.is_empty()));
        assert_eq!(anew.cursors, [("query:a/b:s1".to_owned(), None)]);
    }
}
