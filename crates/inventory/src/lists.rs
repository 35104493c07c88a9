//! The lists of a plan: each type, in each of its scopes.
//!
//! All are read side by side, from Resource Graph or from their own service, and below each list its
//! documents' children. Reads that depend on what others found (a check that needs a child only of
//! some, a fallback) wait for the rest.

use std::collections::HashSet;

use catalog::{DocumentType, Entry, Outcome, Plan, Scope, ScopeKind, Service, Step};
use futures::channel::mpsc;
use futures::stream::{self, StreamExt, TryStreamExt};

use crate::below;
use crate::collect::{Context, Lists, settle};
use crate::format::SnapshotError;
use crate::ledger::LedgerRow;
use crate::read;
use crate::record::record_of;
use crate::resource_graph;
use crate::scope::{ResolvedScope, Unseen};

/// Lists that are read side by side. The client's limiter decides how many requests are under way.
const LISTS_AT_ONCE: usize = 64;

/// A list to read with what is below it.
struct Job<'a> {
    step: &'a Step,
    of: Scope,
    /// Resource Graph gave the list already; only what is below it is left.
    settled: bool,
}

/// Reads what the snapshot lacks of a plan.
pub(crate) async fn read_plan(
    context: &Context<'_>,
    plan: &Plan,
    scope: &ResolvedScope,
    lists: Lists,
) -> Result<(), SnapshotError> {
    let all: Vec<(usize, &Step, Scope)> = plan
        .steps
        .iter()
        .enumerate()
        .flat_map(|(index, step)| {
            scopes_of(&step.entry, scope)
                .into_iter()
                .map(move |of| (index, step, of))
        })
        .collect();
    let pending = all
        .iter()
        .map(|(_, step, of)| LedgerRow::pending(step.entry.name.clone(), of.clone(), ""))
        .collect();
    context.writer.plan(pending).await?;
    context.progress.planned(all.len() as u64);
    let in_tables: HashSet<usize> = match lists {
        Lists::ResourceGraph => resource_graph::steps_in_tables(plan),
        Lists::Arm => HashSet::new(),
    };
    let (announce, announced) = mpsc::unbounded();
    for (index, step, of) in &all {
        if !step.is_deferred() && !in_tables.contains(index) {
            let job = Job {
                step,
                of: of.clone(),
                settled: false,
            };
            // The other end lives as long as this function.
            let _ = announce.unbounded_send(job);
        }
    }
    let tables = async {
        let ready = |index: usize, settled: resource_graph::Settled| {
            for (_, step, of) in all.iter().filter(|(of, _, _)| *of == index) {
                let is_read = settled.read.contains(of);
                if is_read && (step.children.is_empty() || !settled.occupied.contains(of)) {
                    continue;
                }
                let job = Job {
                    step,
                    of: of.clone(),
                    settled: is_read,
                };
                let _ = announce.unbounded_send(job);
            }
        };
        let subscriptions: Vec<String> = scope
            .subscriptions
            .iter()
            .map(|(subscription, _)| subscription.id.to_lowercase())
            .collect();
        if !in_tables.is_empty() {
            resource_graph::read(context, plan, &subscriptions, ready).await?;
        }
        announce.close_channel();
        Ok(())
    };
    let rest =
        announced
            .map(Ok)
            .try_for_each_concurrent(LISTS_AT_ONCE, |job: Job<'_>| async move {
                if !job.settled {
                    read_step(context, job.step, &job.of, scope).await?;
                    learn_users(context, &job.step.entry).await?;
                }
                below::read_children(context, job.step, &job.of, false).await
            });
    futures::try_join!(tables, rest)?;
    read_waiting_children(context, &all).await?;
    stream::iter(all.iter().filter(|(_, step, _)| step.is_deferred()))
        .map(Ok)
        .try_for_each_concurrent(LISTS_AT_ONCE, |(_, step, of)| async move {
            read_step(context, step, of, scope).await?;
            below::read_children(context, step, of, false).await
        })
        .await?;
    read_waiting_children(context, &all).await
}

/// Microsoft Graph allows more to tenants with more users.
async fn learn_users(context: &Context<'_>, entry: &Entry) -> Result<(), SnapshotError> {
    if entry.name != DocumentType::from("graph/users") {
        return Ok(());
    }
    let name = entry.name.clone();
    let users = context
        .with_snapshot(move |snapshot| snapshot.count_of(&name))
        .await?;
    context.client.tenant_has_users(users);
    Ok(())
}

/// Children whose need is judged from other documents, now that those are read.
async fn read_waiting_children(
    context: &Context<'_>,
    all: &[(usize, &Step, Scope)],
) -> Result<(), SnapshotError> {
    stream::iter(all)
        .map(Ok)
        .try_for_each_concurrent(LISTS_AT_ONCE, |(_, step, of)| {
            below::read_children(context, step, of, true)
        })
        .await
}

/// The scopes that a type is read in. Places that cannot be seen are among them, so that the ledger
/// shows what was not read.
fn scopes_of(entry: &Entry, scope: &ResolvedScope) -> Vec<Scope> {
    if entry.scope == ScopeKind::Tenant {
        return vec![Scope::Tenant];
    }
    let seen = scope
        .subscriptions
        .iter()
        .map(|(subscription, _)| Scope::subscription(&subscription.id));
    let unseen = scope.unseen.iter().map(|unseen| unseen.scope.clone());
    seen.chain(unseen).collect()
}

async fn read_step(
    context: &Context<'_>,
    step: &Step,
    of: &Scope,
    scope: &ResolvedScope,
) -> Result<(), SnapshotError> {
    let entry = &step.entry;
    let known = row_of(context, entry, of).await?;
    if known.outcome.is_known() {
        context
            .progress
            .ended(&entry.name, of, known.outcome, known.documents);
        return Ok(());
    }
    if entry.scope == ScopeKind::Subscription
        && let Some(unseen) = scope.unseen.iter().find(|unseen| unseen.scope == *of)
    {
        return store_unseen(context, entry, unseen).await;
    }
    if entry.from_scope {
        return store_scope(context, entry, of, scope).await;
    }
    if let Some(primary) = &step.fallback_for {
        let (primary, of) = (primary.clone(), of.clone());
        let readable = context
            .with_snapshot(move |snapshot| below::is_readable(snapshot, &primary, &of))
            .await?;
        if readable {
            return settle(
                context,
                LedgerRow {
                    outcome: Outcome::NotNeeded,
                    ..known
                },
                Vec::new(),
            )
            .await;
        }
    }
    match (entry.service, entry.shape) {
        (_, catalog::Shape::List) => {
            let path = known
                .next
                .clone()
                .unwrap_or_else(|| entry.list_path(of.subscription_id()));
            read::list(context, entry, None, &path, known).await
        }
        (Service::Arm | Service::Graph, catalog::Shape::Single) => read::single(
            context,
            entry,
            None,
            &entry.list_path(of.subscription_id()),
            known,
        )
        .await
        .map(drop),
    }
}

/// The ledger's row of a list: pending, or how far an earlier run came.
async fn row_of(
    context: &Context<'_>,
    entry: &Entry,
    of: &Scope,
) -> Result<LedgerRow, SnapshotError> {
    let (name, of) = (entry.name.clone(), of.clone());
    context
        .with_snapshot(move |snapshot| {
            Ok(snapshot
                .ledger_row(&name, &of, "")?
                .unwrap_or_else(|| LedgerRow::pending(name, of, "")))
        })
        .await
}

/// The tenant and the subscriptions are known already.
async fn store_scope(
    context: &Context<'_>,
    entry: &Entry,
    of: &Scope,
    scope: &ResolvedScope,
) -> Result<(), SnapshotError> {
    let row = LedgerRow::pending(entry.name.clone(), of.clone(), "");
    let body = match of {
        Scope::Tenant => Some(&scope.tenant),
        Scope::Subscription(id) => scope
            .subscriptions
            .iter()
            .find(|(subscription, _)| subscription.id.eq_ignore_ascii_case(id))
            .map(|(_, body)| body),
    };
    // A scope comes from the same list; without its document the read stays pending.
    let Some(body) = body else {
        return Ok(());
    };
    let record = serde_json::value::to_raw_value(body)
        .map_err(|error| error.to_string())
        .and_then(|raw| record_of(entry, of, None, 0, &raw))
        .map_err(SnapshotError::Damaged)?;
    settle(
        context,
        LedgerRow {
            outcome: Outcome::Read,
            documents: 1,
            ..row
        },
        vec![record],
    )
    .await
}

/// Nothing is asked where nothing can be seen; the ledger says why.
async fn store_unseen(
    context: &Context<'_>,
    entry: &Entry,
    unseen: &Unseen,
) -> Result<(), SnapshotError> {
    let row = LedgerRow {
        outcome: unseen.outcome,
        detail: Some(unseen.detail.clone()),
        ..LedgerRow::pending(entry.name.clone(), unseen.scope.clone(), "")
    };
    settle(context, row, Vec::new()).await
}
