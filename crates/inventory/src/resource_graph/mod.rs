//! Azure Resource Graph as the source of lists: one query over many subscriptions, a thousand rows
//! a page, where Resource Manager lists each type in each subscription.
//!
//! Whatever Resource Graph refuses, leaves out or cuts short stays pending, and is listed by
//! Resource Manager afterwards. <https://learn.microsoft.com/azure/governance/resource-graph/overview>

mod kinds;
mod pack;
mod records;
mod rights;
mod row;
mod section;
mod spread;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap, HashSet};

use azure::{Failure, Query};
use catalog::{Plan, Scope};
use futures::future::join_all;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::collect::Context;
use crate::format::SnapshotError;
use crate::writer::Entered;
use kinds::Kind;
pub(crate) use kinds::{children_cursor, taken_from_table};
pub(crate) use records::Records;
use rights::Rights;
pub(crate) use row::{COLUMNS, parent_of};
use section::{End, Section};
pub(crate) use spread::Hierarchy;

/// Subscriptions of one query. Microsoft's guidance is to stay in the hundreds; far below the 10,000
/// beyond which Resource Graph silently leaves out the rest.
/// <https://learn.microsoft.com/azure/governance/resource-graph/concepts/guidance-for-throttled-requests>
const SUBSCRIPTIONS: usize = 300;

/// A table's types are counted before they are read when there are more of them than this. Fewer share
/// one query, page after page.
const UNCOUNTED: usize = 8;

/// Tables of what is assigned above a subscription as well as in it.
const INHERITED: [&str; 2] = ["authorizationresources", "policyresources"];

/// What became of a step of the plan: which of its lists were read, and where there are documents.
#[derive(Debug, Default, Clone)]
pub(crate) struct Settled {
    /// Scopes whose list needs no reading any more.
    pub(crate) read: HashSet<Scope>,
    /// Those of them in which there is a document.
    pub(crate) occupied: HashSet<Scope>,
}

#[derive(Deserialize)]
struct Count {
    r#type: String,
    n: u64,
}

/// The query of a table in subscriptions.
pub(crate) fn query(table: &str, text: String, subscriptions: &[String]) -> Query {
    Query {
        text,
        subscriptions: subscriptions.to_vec(),
        management_groups: Vec::new(),
        above: INHERITED.contains(&table),
        top: 1_000,
    }
}

/// All rows of a query of few pages; `None` when Resource Graph cuts them short.
async fn all_rows(
    context: &Context<'_>,
    query: Query,
) -> Result<Option<Vec<Box<RawValue>>>, Failure> {
    let mut rows = Vec::new();
    let mut pages = context.client.query(query, None);
    while let Some(page) = pages.next().await {
        let page = page?;
        if page.truncated || page.limited {
            return Ok(None);
        }
        rows.extend(page.rows);
    }
    Ok(Some(rows))
}

/// Reads what the tables have of the plan in `subscriptions`, and announces each step of the plan
/// (by its index) once all that the tables have of it is read.
///
/// # Errors
/// Only that the snapshot cannot be written.
pub(crate) async fn read(
    context: &Context<'_>,
    plan: &Plan,
    subscriptions: &[String],
    announce: impl Fn(usize, Settled),
) -> Result<(), SnapshotError> {
    let kinds = kinds::of(plan);
    let work = Work {
        context,
        kinds: &kinds,
        announce,
        waiting: RefCell::new(HashMap::new()),
        settled: RefCell::new(HashMap::new()),
    };
    work.run(subscriptions).await
}

/// The steps of a plan that tables hold something of.
pub(crate) fn steps_in_tables(plan: &Plan) -> HashSet<usize> {
    kinds::of(plan).iter().map(|kind| kind.step).collect()
}

struct Work<'a, A> {
    context: &'a Context<'a>,
    kinds: &'a [Kind],
    announce: A,
    /// Parts of each step that are under way.
    waiting: RefCell<HashMap<usize, usize>>,
    settled: RefCell<HashMap<usize, Settled>>,
}

/// A table in some subscriptions: the kinds that are wanted of it, by their index.
struct Part {
    table: String,
    subscriptions: Vec<String>,
    kinds: Vec<usize>,
}

impl<A: Fn(usize, Settled)> Work<'_, A> {
    async fn run(&self, subscriptions: &[String]) -> Result<(), SnapshotError> {
        let pending = kinds::pending(self.context, self.kinds, subscriptions).await?;
        let (hierarchy, rights) = match pending.is_empty() {
            true => Default::default(),
            false => futures::join!(
                self.hierarchy(subscriptions),
                Rights::read(self.context, subscriptions)
            ),
        };
        let begun: Vec<Section> = match hierarchy.is_empty() {
            true => Vec::new(),
            false => pending.begun,
        };
        let mut parts = self.parts(pending.lists, &hierarchy, &rights);
        // Resource Graph limits how soon the next query may come: those with most below them first.
        parts.sort_by_key(|part| std::cmp::Reverse(self.below(&part.kinds)));
        for part in &parts {
            self.more(&part.kinds);
        }
        for section in &begun {
            self.more(&section.kinds(self.kinds));
        }
        let steps: HashSet<usize> = self.kinds.iter().map(|kind| kind.step).collect();
        for step in steps {
            if !self.waiting.borrow().contains_key(&step) {
                (self.announce)(step, Settled::default());
            }
        }
        let mut sections = begun;
        if let Some(first) = parts.first() {
            sections.extend(self.open(first).await?);
        }
        let sections = sections
            .into_iter()
            .map(|section| self.finish_section(section, &hierarchy));
        let others = parts
            .iter()
            .skip(1)
            .map(|part| self.read_part(part, &hierarchy));
        let (sections, others) = futures::join!(join_all(sections), join_all(others));
        sections.into_iter().chain(others).collect()
    }

    /// How many types are read below documents of these kinds.
    fn below(&self, kinds: &[usize]) -> usize {
        kinds.iter().map(|kind| self.kinds[*kind].below).sum()
    }

    /// The subscriptions that Resource Graph knows; none when it cannot be queried.
    async fn hierarchy(&self, subscriptions: &[String]) -> Hierarchy {
        let mut hierarchy = Hierarchy::default();
        for chunk in subscriptions.chunks(SUBSCRIPTIONS) {
            let text = Hierarchy::QUERY.to_owned();
            let rows = all_rows(self.context, query("resourcecontainers", text, chunk)).await;
            let read = rows
                .map_err(|failure| failure.message.clone())
                .and_then(|rows| rows.ok_or_else(|| "the reply is cut short".to_owned()))
                .and_then(|rows| rows.iter().try_for_each(|row| hierarchy.add(row)));
            if let Err(message) = read {
                self.context.progress.noted(&format!(
                    "Resource Graph cannot be queried ({message}): Resource Manager lists everything"
                ));
                return Hierarchy::default();
            }
        }
        for left_out in subscriptions.iter().filter(|id| !hierarchy.knows(id)) {
            self.context.progress.noted(&format!(
                "Resource Graph leaves out subscription {left_out}: Resource Manager lists it"
            ));
        }
        hierarchy
    }

    /// One part for each table and set of subscriptions: nearly always one for each table.
    fn parts(
        &self,
        lists: Vec<(usize, Vec<String>)>,
        hierarchy: &Hierarchy,
        rights: &Rights,
    ) -> Vec<Part> {
        let mut parts: BTreeMap<(&str, Vec<String>), Vec<usize>> = BTreeMap::new();
        for (index, pending) in lists {
            let action = &self.kinds[index].entry.permission;
            let known: Vec<String> = pending
                .into_iter()
                .filter(|id| hierarchy.knows(id) && rights.allow(id, action))
                .collect();
            if !known.is_empty() {
                let table = self.kinds[index].table();
                parts.entry((table, known)).or_default().push(index);
            }
        }
        parts
            .into_iter()
            .flat_map(|((table, subscriptions), kinds)| {
                let part = move |chunk: &[String]| Part {
                    table: table.to_owned(),
                    subscriptions: chunk.to_vec(),
                    kinds: kinds.clone(),
                };
                subscriptions
                    .chunks(SUBSCRIPTIONS)
                    .map(part)
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    async fn read_part(&self, part: &Part, hierarchy: &Hierarchy) -> Result<(), SnapshotError> {
        let sections = self.open(part).await?.into_iter();
        let read = sections.map(|section| self.finish_section(section, hierarchy));
        join_all(read).await.into_iter().collect()
    }

    /// The queries that a part takes, those with most below them first. What has no rows is settled.
    async fn open(&self, part: &Part) -> Result<Vec<Section>, SnapshotError> {
        let counted = match part.kinds.len() {
            0..=UNCOUNTED => part.kinds.iter().map(|kind| (*kind, 1)).collect(),
            _ => match self.count(part).await {
                Ok(counted) => counted,
                Err(message) => {
                    self.context.progress.noted(&format!(
                        "Resource Graph does not give its table {} ({message}): Resource Manager lists it",
                        part.table
                    ));
                    self.less(&part.kinds);
                    return Ok(Vec::new());
                }
            },
        };
        let (none, some): (Vec<_>, Vec<_>) = counted.into_iter().partition(|(_, rows)| *rows == 0);
        let none: Vec<usize> = none.into_iter().map(|(kind, _)| kind).collect();
        let empty = self.section(part, &none);
        let mut full = pack::pack(some);
        full.sort_by_key(|kinds| std::cmp::Reverse(self.below(kinds)));
        if !none.is_empty() {
            self.settle(&empty, &End::default()).await?;
            self.less(&none);
        }
        let sections = full.iter().map(|kinds| self.section(part, kinds));
        Ok(sections.collect())
    }

    fn section(&self, part: &Part, kinds: &[usize]) -> Section {
        let types = kinds
            .iter()
            .map(|kind| self.kinds[*kind].entry.name.clone())
            .collect();
        Section::new(&part.table, types, &part.subscriptions)
    }

    /// How many rows each kind has. Kinds that share a type of rows share their number.
    async fn count(&self, part: &Part) -> Result<Vec<(usize, u64)>, String> {
        let types = part.kinds.iter().map(|kind| self.kinds[*kind].row_type());
        let text = format!(
            "{} | where type in~ ({}) | summarize n = count() by type",
            part.table,
            section::quoted(types)
        );
        let rows = all_rows(self.context, query(&part.table, text, &part.subscriptions))
            .await
            .map_err(|failure| failure.message.clone())?;
        let Some(rows) = rows else {
            // What is not counted is asked for all the same.
            return Ok(part.kinds.iter().map(|kind| (*kind, 1)).collect());
        };
        let mut counts: HashMap<String, u64> = HashMap::new();
        for row in rows {
            let count: Count =
                serde_json::from_str(row.get()).map_err(|error| error.to_string())?;
            *counts.entry(count.r#type.to_lowercase()).or_default() += count.n;
        }
        let of = |kind: usize| counts.get(self.kinds[kind].row_type()).copied();
        Ok(part
            .kinds
            .iter()
            .map(|kind| (*kind, of(*kind).unwrap_or_default()))
            .collect())
    }

    /// Reads a section to its end. One that Resource Graph does not give whole is left pending.
    async fn finish_section(
        &self,
        section: Section,
        hierarchy: &Hierarchy,
    ) -> Result<(), SnapshotError> {
        let kinds = section.kinds(self.kinds);
        let entries: Vec<_> = kinds
            .iter()
            .map(|kind| self.kinds[*kind].entry.clone())
            .collect();
        let section = match section.read(self.context, &entries, hierarchy).await? {
            Ok((section, end)) => {
                self.settle(&section, &end).await?;
                section
            }
            Err(refused) => {
                self.context.progress.noted(&format!(
                    "Resource Graph does not give {} ({}): Resource Manager lists it",
                    refused.section.types_in_words(),
                    refused.reason
                ));
                let cursors = vec![(refused.section.cursor(), None)];
                let entered = Entered {
                    cursors,
                    ..Entered::default()
                };
                self.context.writer.enter(entered).await?;
                refused.section
            }
        };
        self.less(&section.kinds(self.kinds));
        Ok(())
    }

    /// Enters the end of a section in the ledger.
    async fn settle(&self, section: &Section, end: &End) -> Result<(), SnapshotError> {
        let types = section.types.clone();
        let counts = self
            .context
            .with_snapshot(move |snapshot| {
                types
                    .iter()
                    .map(|of| snapshot.counts(of))
                    .collect::<Result<Vec<_>, _>>()
            })
            .await?;
        let mut entered = Entered {
            cursors: vec![(section.cursor(), None)],
            ..Entered::default()
        };
        for (kind, counts) in section.kinds(self.kinds).into_iter().zip(counts) {
            let kind = &self.kinds[kind];
            let counts: HashMap<Scope, u64> = counts.into_iter().collect();
            for subscription in &section.subscriptions {
                let scope = Scope::subscription(subscription);
                if kind.is_child() {
                    let cursor = kinds::children_cursor(&kind.entry.name, &scope);
                    entered.cursors.push((cursor, Some(end.ended.to_string())));
                    continue;
                }
                let documents = counts.get(&scope).copied().unwrap_or_default();
                let row = end.row(&kind.entry.name, scope.clone(), documents);
                self.context
                    .progress
                    .ended(&row.document_type, &row.scope, row.outcome, documents);
                entered.rows.push(row);
                let mut settled = self.settled.borrow_mut();
                let settled = settled.entry(kind.step).or_default();
                if documents > 0 {
                    settled.occupied.insert(scope.clone());
                }
                settled.read.insert(scope);
            }
        }
        self.context.writer.enter(entered).await
    }

    fn more(&self, kinds: &[usize]) {
        let mut waiting = self.waiting.borrow_mut();
        for kind in kinds {
            *waiting.entry(self.kinds[*kind].step).or_default() += 1;
        }
    }

    /// Parts of these kinds ended; a step of which nothing is under way any more is announced.
    fn less(&self, kinds: &[usize]) {
        for kind in kinds {
            let step = self.kinds[*kind].step;
            let left = {
                let mut waiting = self.waiting.borrow_mut();
                let left = waiting.entry(step).or_insert(1);
                *left = left.saturating_sub(1);
                *left
            };
            if left == 0 {
                let settled = self.settled.borrow_mut().remove(&step).unwrap_or_default();
                (self.announce)(step, settled);
            }
        }
    }
}
