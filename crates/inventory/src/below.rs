//! Children: what is read below each document of a list.

use std::sync::Arc;

use catalog::{DocumentType, Documents, Outcome, Plan, Scope, Step};
use futures::future::{FutureExt, LocalBoxFuture};
use jiff::Timestamp;

use crate::cached::Cached;
use crate::collect::Context;
use crate::format::SnapshotError;
use crate::ledger::LedgerRow;
use crate::outlook;
use crate::resource_graph::taken_from_table;
use crate::snapshot::Snapshot;
use crate::writer::{Entered, Forgotten};

/// Documents whose children are read together. Many lists are under way at once, each with all the
/// children of so many documents in memory.
const PARENTS: u32 = 50;

/// Children of the tenant's lists that are read together: of those there are few, and some are very long. Their reads
/// must not wait for each other's replies.
const TOGETHER: usize = 1_000;

/// A child to read: which step, below which document, from where on.
pub(crate) struct Child {
    pub(crate) step: Arc<Step>,
    /// The parent's id as Azure spells it.
    pub(crate) parent: Arc<str>,
    pub(crate) row: LedgerRow,
}

impl Child {
    /// Where it is read, or where its list goes on.
    pub(crate) fn path(&self) -> String {
        let first = || self.step.entry.child_path(&self.parent);
        self.row.next.clone().unwrap_or_else(first)
    }
}

/// Reads the children of every document of `step` in a scope, then theirs. With `deferred`, those
/// that waited for other reads; without, the rest.
pub(crate) fn read_children<'a>(
    context: &'a Context<'_>,
    step: &'a Step,
    of: &'a Scope,
    deferred: bool,
) -> LocalBoxFuture<'a, Result<(), SnapshotError>> {
    async move {
        let now: Vec<Arc<Step>> = step
            .children
            .iter()
            .filter(|child| child.is_deferred() == deferred)
            .cloned()
            .map(Arc::new)
            .collect();
        let first: Vec<Arc<Step>> = now
            .iter()
            .filter(|child| child.has_first())
            .cloned()
            .collect();
        outlook::announce(context, step, &now, of).await?;
        for (steps, part) in [(&first, Part::First), (&now, Part::All)] {
            if !steps.is_empty() {
                read_level(context, step, steps, of, part).await?;
            }
        }
        for child in &step.children {
            match (child.is_deferred(), deferred) {
                (false, _) => read_children(context, child, of, deferred).await?,
                // It was only now read, so everything below it is new.
                (true, true) => {
                    read_children(context, child, of, false).await?;
                    read_children(context, child, of, true).await?;
                }
                (true, false) => {}
            }
        }
        Ok(())
    }
    .boxed_local()
}

/// Below which parents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Those that the most urgent checks ask about.
    First,
    All,
}

async fn read_level(
    context: &Context<'_>,
    step: &Step,
    now: &[Arc<Step>],
    of: &Scope,
    part: Part,
) -> Result<(), SnapshotError> {
    let together = match of {
        Scope::Tenant => TOGETHER,
        Scope::Subscription(_) => 1,
    };
    let mut after = String::new();
    let mut wanted = Vec::new();
    loop {
        let (name, steps, of, from) = (
            step.entry.name.clone(),
            now.to_vec(),
            of.clone(),
            after.clone(),
        );
        let chunk = context
            .with_snapshot(move |snapshot| sort_out(snapshot, &name, &steps, &of, &from, part))
            .await?;
        let Some(last) = chunk.last else {
            context.exchange.read(wanted).await;
            return Ok(());
        };
        after = last;
        context
            .progress
            .planned((chunk.wanted.len() + chunk.settled.len()) as u64);
        for row in &chunk.settled {
            context
                .progress
                .ended(&row.document_type, &row.scope, row.outcome, row.documents);
        }
        let entered = Entered {
            forgotten: chunk.forgotten,
            rows: chunk.settled,
            ..Entered::default()
        };
        context.writer.enter(entered).await?;
        wanted.extend(chunk.wanted);
        if wanted.len() >= together {
            context.exchange.read(std::mem::take(&mut wanted)).await;
        }
    }
}

/// What a chunk of parents asks for.
struct Chunk {
    /// The last parent's key; `None` when there was none.
    last: Option<String>,
    /// Children to read.
    wanted: Vec<Child>,
    /// Children that need no read, with the row that says so.
    settled: Vec<LedgerRow>,
    /// Documents of children that a parent does not have any more, or that nobody needs.
    forgotten: Vec<Forgotten>,
}

fn sort_out(
    snapshot: &Snapshot,
    name: &DocumentType,
    steps: &[Arc<Step>],
    of: &Scope,
    after: &str,
    part: Part,
) -> Result<Chunk, SnapshotError> {
    let parents = snapshot.at_most(PARENTS, name, of, after)?;
    let cached = Cached::new(snapshot);
    let mut chunk = Chunk {
        last: parents.last().map(|last| last.id.to_lowercase()),
        wanted: vec![],
        settled: vec![],
        forgotten: vec![],
    };
    let mut rescued = Vec::new();
    for step in steps {
        rescued.push(match &step.fallback_for {
            Some(primary) => is_readable(snapshot, primary, of)?,
            None => false,
        });
    }
    for parent in parents {
        let id: Arc<str> = Arc::from(parent.id.as_str());
        for (step, rescued) in steps.iter().zip(&rescued) {
            let entry = &step.entry;
            let row = snapshot
                .ledger_row(&entry.name, of, &id)?
                .unwrap_or_else(|| LedgerRow::pending(entry.name.clone(), of.clone(), &id));
            let exists = entry
                .when
                .as_ref()
                .is_none_or(|when| when.holds(&parent.body));
            // What this run tried and did not get is not tried again in its later passes. A parent
            // that changed since its child was read may have none any more.
            let settled = row.outcome != Outcome::Pending;
            let is_later = || *rescued || !step.is_needed_first(&parent, &cached);
            if part == Part::First && is_later() {
                continue;
            }
            if settled && (exists || row.outcome == Outcome::NotNeeded) {
                continue;
            }
            if exists && !rescued && step.is_needed(&parent, &cached) {
                match taken_from_table(snapshot, entry, &row)? {
                    Some(row) => chunk.settled.push(row),
                    None => chunk.wanted.push(Child {
                        step: Arc::clone(step),
                        parent: Arc::clone(&id),
                        row,
                    }),
                }
                continue;
            }
            if entry.resource_graph.is_some() || row.outcome == Outcome::Read {
                chunk.forgotten.push(Forgotten {
                    document_type: entry.name.clone(),
                    scope: of.clone(),
                    parent: id.to_string(),
                });
            }
            chunk.settled.push(LedgerRow {
                outcome: Outcome::NotNeeded,
                documents: 0,
                ended: Some(Timestamp::now()),
                ..row
            });
        }
    }
    Ok(chunk)
}

/// Whether every read of a type in this scope was answered, so that its fallback is not needed.
pub(crate) fn is_readable(
    snapshot: &Snapshot,
    primary: &DocumentType,
    of: &Scope,
) -> Result<bool, SnapshotError> {
    let reads = snapshot
        .reads(primary)
        .map_err(|error| SnapshotError::Damaged(error.to_string()))?;
    let mut here = reads
        .iter()
        .filter(|read| read.scope == *of || read.scope == Scope::Tenant)
        .peekable();
    Ok(here.peek().is_some() && here.all(|read| read.outcome.is_known()))
}

/// Enters what a stopped collection did not come to: children of documents that are there.
pub(crate) async fn mark_unread(context: &Context<'_>, plan: &Plan) -> Result<(), SnapshotError> {
    for step in plan.all_steps() {
        let Some(parent) = step.entry.parent.clone() else {
            continue;
        };
        let name = step.entry.name.clone();
        let rows = context
            .with_snapshot(move |snapshot| {
                let mut rows = Vec::new();
                for scope in snapshot.scopes(&parent)? {
                    let mut after = String::new();
                    loop {
                        let chunk = snapshot.chunk(&parent, &scope, &after)?;
                        let Some(last) = chunk.last() else { break };
                        after = last.id.to_lowercase();
                        rows.extend(
                            chunk
                                .iter()
                                .map(|of| LedgerRow::pending(name.clone(), scope.clone(), &of.id)),
                        );
                    }
                }
                Ok(rows)
            })
            .await?;
        context.writer.plan(rows).await?;
    }
    Ok(())
}
