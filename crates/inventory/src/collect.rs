//! Collection: the plan is read from Azure into a snapshot, each read with its line in the ledger.
//!
//! Lists of all types and subscriptions are read side by side; below each list its documents'
//! children. Reads that depend on what others found (a check that needs a child only of some, a
//! fallback) wait for the rest. Whatever stops a collection leaves a snapshot that can be resumed.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use azure::Client;
use catalog::{Entry, Outcome, Plan, Scope, ScopeKind, Service, Step};
use futures::stream::{self, StreamExt, TryStreamExt};
use jiff::Timestamp;

use crate::below;
use crate::format::SnapshotError;
use crate::ledger::LedgerRow;
use crate::manifest::Manifest;
use crate::progress::Progress;
use crate::read;
use crate::record::record_of;
use crate::scope::{ResolvedScope, Unseen};
use crate::snapshot::Snapshot;
use crate::writer::{self, Record, Writer};

/// Lists that are read side by side. The client's limiter decides how many requests are under way.
const LISTS_AT_ONCE: usize = 64;

/// A collection to make or to go on with.
pub struct Collection<'a> {
    /// The way to Azure.
    pub client: &'a Client,
    /// What to read.
    pub plan: &'a Plan,
    /// Of what.
    pub scope: &'a ResolvedScope,
    /// What the snapshot will say of itself.
    pub manifest: Manifest,
    /// The snapshot's file.
    pub path: &'a Path,
    /// Go on with the snapshot at `path` instead of making one.
    pub resume: bool,
    /// Who watches.
    pub progress: &'a dyn Progress,
}

/// What every read of a collection shares.
pub(crate) struct Context<'a> {
    pub(crate) client: &'a Client,
    pub(crate) writer: Writer,
    pub(crate) progress: &'a dyn Progress,
    /// Reads back what was written. Locked for moments and only on blocking threads.
    snapshot: Arc<Mutex<Snapshot>>,
}

impl Context<'_> {
    /// Runs `use_snapshot` on a blocking thread, after everything handed to the writer is in.
    pub(crate) async fn with_snapshot<T: Send + 'static>(
        &self,
        use_snapshot: impl FnOnce(&Snapshot) -> Result<T, SnapshotError> + Send + 'static,
    ) -> Result<T, SnapshotError> {
        self.writer.flush().await?;
        let snapshot = Arc::clone(&self.snapshot);
        tokio::task::spawn_blocking(move || {
            use_snapshot(&snapshot.lock().unwrap_or_else(PoisonError::into_inner))
        })
        .await
        .map_err(|error| SnapshotError::Writer(error.to_string()))?
    }
}

/// Reads the plan into the snapshot. `stop` ends it early: what was read is kept, what was not is
/// pending in the ledger, and the manifest says that it is unfinished.
///
/// # Errors
/// Only that the snapshot cannot be written; what Azure refuses is in the ledger.
pub async fn collect(
    collection: Collection<'_>,
    stop: impl Future<Output = ()>,
) -> Result<bool, SnapshotError> {
    let started = Instant::now();
    let mut manifest = collection.manifest;
    let connection = writer::open(collection.path, collection.resume)?;
    let (writer, thread) = Writer::start(connection);
    let ended = async {
        writer.manifest(manifest.clone()).await?;
        writer.flush().await?;
        let context = Context {
            client: collection.client,
            writer: writer.clone(),
            progress: collection.progress,
            snapshot: Arc::new(Mutex::new(Snapshot::open(collection.path)?)),
        };
        tokio::select! {
            biased;
            () = stop => {
                below::mark_unread(&context, collection.plan).await?;
                Ok(false)
            }
            read = read_plan(&context, collection.plan, collection.scope) => read.map(|()| true),
        }
    }
    .await;
    if let Ok(finished) = ended {
        manifest.collect_seconds += started.elapsed().as_secs_f64();
        manifest.finished = finished.then(Timestamp::now);
        count_requests(&mut manifest, collection.client);
        writer.manifest(manifest).await?;
    }
    drop(writer);
    // The thread knows best why it stopped: a full disk shows there and only there.
    thread.join()?;
    ended
}

/// Adds this run's requests to those of the runs before it.
fn count_requests(manifest: &mut Manifest, client: &Client) {
    for (host, counts) in client.statistics().hosts {
        let of_host = manifest.requests.entry(host).or_default();
        for (outcome, count) in [
            ("succeeded", counts.succeeded),
            ("redirected", counts.redirected),
            ("client_error", counts.client_errors),
            ("throttled", counts.throttled),
            ("server_error", counts.server_errors),
            ("transport_error", counts.transport_errors),
        ] {
            if count > 0 {
                *of_host.entry(outcome.to_owned()).or_default() += count;
            }
        }
    }
}

async fn read_plan(
    context: &Context<'_>,
    plan: &Plan,
    scope: &ResolvedScope,
) -> Result<(), SnapshotError> {
    let jobs: Vec<(&Step, Scope)> = plan
        .steps
        .iter()
        .flat_map(|step| {
            scopes_of(&step.entry, scope)
                .into_iter()
                .map(move |of| (step, of))
        })
        .collect();
    let pending = jobs
        .iter()
        .map(|(step, of)| LedgerRow::pending(step.entry.name.clone(), of.clone(), ""))
        .collect();
    context.writer.plan(pending).await?;
    context.progress.planned(jobs.len() as u64);
    for deferred in [false, true] {
        stream::iter(
            jobs.iter()
                .filter(|(step, _)| step.is_deferred() == deferred),
        )
        .map(Ok)
        .try_for_each_concurrent(LISTS_AT_ONCE, |(step, of)| async move {
            read_step(context, step, of, scope).await?;
            below::read_children(context, step, of, false).await
        })
        .await?;
        if !deferred {
            read_waiting_children(context, &jobs).await?;
        }
    }
    read_waiting_children(context, &jobs).await
}

/// Children whose need is judged from other documents, now that those are read.
async fn read_waiting_children(
    context: &Context<'_>,
    jobs: &[(&Step, Scope)],
) -> Result<(), SnapshotError> {
    stream::iter(jobs)
        .map(Ok)
        .try_for_each_concurrent(LISTS_AT_ONCE, |(step, of)| {
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
        (Service::Arm | Service::Graph, catalog::Shape::Single) => {
            read::single(
                context,
                entry,
                None,
                &entry.list_path(of.subscription_id()),
                known,
            )
            .await
        }
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

/// Ends a read: its documents and its row are stored, and whoever watches is told.
pub(crate) async fn settle(
    context: &Context<'_>,
    row: LedgerRow,
    records: Vec<Record>,
) -> Result<(), SnapshotError> {
    context
        .progress
        .ended(&row.document_type, &row.scope, row.outcome, row.documents);
    context.writer.read(records, vec![row]).await
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
