//! Collection: the plan is read from Azure into a snapshot, each read with its line in the ledger.
//!
//! Whatever stops a collection leaves a snapshot that can be resumed.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use azure::Client;
use catalog::Plan;
use jiff::Timestamp;

use crate::below;
use crate::exchange::{self, ChildReads, Exchange};
use crate::format::SnapshotError;
use crate::ledger::LedgerRow;
use crate::lists;
use crate::manifest::Manifest;
use crate::progress::Progress;
use crate::scope::ResolvedScope;
use crate::since;
use crate::snapshot::Snapshot;
use crate::writer::{self, Entered, Record, Writer};

/// Who gives the lists of resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lists {
    /// Resource Graph, and Resource Manager for what it does not give.
    #[default]
    ResourceGraph,
    /// Resource Manager alone: slower, and as fresh as the resource providers are.
    Arm,
}

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
    /// Who gives the lists of resources.
    pub lists: Lists,
    /// How children are asked for.
    pub children: ChildReads,
    /// Who watches.
    pub progress: &'a dyn Progress,
}

/// What every read of a collection shares.
pub(crate) struct Context<'a> {
    pub(crate) client: &'a Client,
    pub(crate) writer: Writer,
    pub(crate) progress: &'a dyn Progress,
    /// How children are asked for, and how long that takes.
    pub(crate) exchange: Exchange,
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
    let mut manifest = collection.manifest.clone();
    let started_at = manifest.started;
    let connection = writer::open(collection.path, collection.resume)?;
    let (writer, thread) = Writer::start(connection);
    let ended = async {
        writer.manifest(manifest.clone()).await?;
        writer.flush().await?;
        let (exchange, submitted) = Exchange::new(collection.children);
        let context = Context {
            client: collection.client,
            writer: writer.clone(),
            progress: collection.progress,
            exchange,
            snapshot: Arc::new(Mutex::new(Snapshot::open(collection.path)?)),
        };
        tokio::select! {
            biased;
            () = stop => {
                below::mark_unread(&context, collection.plan).await?;
                Ok(false)
            }
            read = read_and_end(&context, &collection, started_at) => read.map(|()| true),
            broken = exchange::run(&context, submitted) => broken.map(|()| false),
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

/// Reads the plan and ends the snapshot, so that a later collection can go on from it.
async fn read_and_end(
    context: &Context<'_>,
    collection: &Collection<'_>,
    started: Timestamp,
) -> Result<(), SnapshotError> {
    if !collection.resume {
        let links = since::first_links(context.client, collection.plan).await;
        let entered = Entered {
            cursors: links
                .into_iter()
                .map(|(name, link)| (name, Some(link)))
                .collect(),
            ..Entered::default()
        };
        context.writer.enter(entered).await?;
    }
    lists::read_plan(context, collection.plan, collection.scope, collection.lists).await?;
    context.writer.flush().await?;
    let (path, plan) = (collection.path.to_owned(), collection.plan.clone());
    tokio::task::spawn_blocking(move || since::finish(&path, &plan, started))
        .await
        .map_err(|error| SnapshotError::Writer(error.to_string()))?
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
