//! How children are asked for: one by one, or many in one request.
//!
//! Microsoft Graph takes twenty in a batch. Resource Manager has a batch too, which Azure's portal
//! uses and nothing documents: it may be refused, and whether it is faster is measured as the
//! collection goes.

mod pace;
mod queue;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use catalog::{Method, Shape};
use futures::future::LocalBoxFuture;
use futures::stream::{self, FuturesUnordered, StreamExt, TryStreamExt};
use tokio::sync::mpsc;

use crate::batch;
use crate::below::Child;
use crate::collect::Context;
use crate::format::SnapshotError;
use crate::read;
use pace::{Choice, Measured};
use queue::{Kind, Queue};

pub use pace::ChildReads;

/// Both services take at most this many requests in one batch.
/// <https://learn.microsoft.com/graph/json-batching>
const BATCH: usize = 20;

/// Groups of children that are under way at once. The client's limiter decides how many of their
/// requests are.
const AT_ONCE: usize = 64;

/// How long a group that is not full waits for more children.
const LINGER: Duration = Duration::from_millis(50);

/// A child that is to be read. Whoever asked for it waits until `asked` is dropped.
struct Waiting {
    child: Child,
    _asked: mpsc::Sender<()>,
}

/// Takes children from all lists, so that groups are full, and knows how long each way of asking takes.
pub(crate) struct Exchange {
    measured: Mutex<Measured>,
    submitted: mpsc::UnboundedSender<Waiting>,
}

/// The other end of an [`Exchange`]: what its children are read from.
pub(crate) struct Submitted(mpsc::UnboundedReceiver<Waiting>);

impl Exchange {
    pub(crate) fn new(asked: ChildReads) -> (Self, Submitted) {
        let (submitted, children) = mpsc::unbounded_channel();
        let exchange = Self {
            measured: Mutex::new(Measured::new(asked)),
            submitted,
        };
        (exchange, Submitted(children))
    }

    /// Has children read, and waits for the end of all.
    pub(crate) async fn read(&self, children: Vec<Child>) {
        let (asked, mut ended) = mpsc::channel(1);
        for child in children {
            let waiting = Waiting {
                child,
                _asked: asked.clone(),
            };
            // Without its other end the collection is over, and so is this wait.
            let _ = self.submitted.send(waiting);
        }
        drop(asked);
        ended.recv().await;
    }

    /// Whether many questions may go in one request, as far as is known.
    pub(crate) fn takes_batches(&self) -> bool {
        self.with(|measured| measured.takes_batches())
    }

    fn with<T>(&self, act: impl FnOnce(&mut Measured) -> T) -> T {
        act(&mut self.measured.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

type Groups<'a> = FuturesUnordered<LocalBoxFuture<'a, Result<(), SnapshotError>>>;

/// Reads whatever children are submitted. It does not end by itself.
///
/// # Errors
/// The snapshot cannot be written.
pub(crate) async fn run(
    context: &Context<'_>,
    mut submitted: Submitted,
) -> Result<(), SnapshotError> {
    let mut queue = Queue::default();
    let mut groups: Groups<'_> = FuturesUnordered::new();
    loop {
        while groups.len() < AT_ONCE
            && let Some(group) = queue.full_group()
        {
            groups.push(Box::pin(read_group(context, group)));
        }
        let linger = groups.len() < AT_ONCE && !queue.is_empty();
        tokio::select! {
            biased;
            Some(waiting) = submitted.0.recv() => {
                queue.push(waiting);
                while let Ok(waiting) = submitted.0.try_recv() {
                    queue.push(waiting);
                }
            }
            Some(ended) = groups.next(), if !groups.is_empty() => ended?,
            () = tokio::time::sleep(LINGER), if linger => {
                if let Some(group) = queue.any_group() {
                    groups.push(Box::pin(read_group(context, group)));
                }
            }
            else => return Ok(()),
        }
    }
}

/// A group of children of one kind.
async fn read_group(context: &Context<'_>, group: queue::Group) -> Result<(), SnapshotError> {
    let queue::Group {
        kind,
        children,
        released,
    } = group;
    let (children, asked): (Vec<Child>, Vec<_>) = children
        .into_iter()
        .map(|waiting| (waiting.child, waiting._asked))
        .unzip();
    let ended = match kind {
        Kind::Get => read_gets(context, children).await,
        Kind::Action => read_singly(context, children).await,
        Kind::Graph => batch::read_graph(context, children).await,
    };
    drop((released, asked));
    ended
}

async fn read_gets(context: &Context<'_>, mut children: Vec<Child>) -> Result<(), SnapshotError> {
    let is_free = context.client.arm_batch_is_free();
    let choice = context
        .exchange
        .with(|measured| measured.choose(children.len(), is_free));
    let single = match choice {
        Choice::Single => return read_singly(context, children).await,
        Choice::Batch => None,
        // One of them shows how long a request of its own takes.
        Choice::Trial => children.pop(),
    };
    let single = read_singly(context, single.into_iter().collect());
    futures::try_join!(read_batch(context, children), single)?;
    Ok(())
}

async fn read_batch(context: &Context<'_>, children: Vec<Child>) -> Result<(), SnapshotError> {
    if children.is_empty() {
        return Ok(());
    }
    match batch::read_arm(context, children).await? {
        Ok(elapsed) => {
            context
                .exchange
                .with(|measured| measured.note_batch(elapsed));
            Ok(())
        }
        Err(refused) => {
            if refused.for_good && context.exchange.with(Measured::refuse) {
                context.progress.noted(&format!(
                    "Resource Manager takes no batches ({}): children are read one by one",
                    refused.reason
                ));
            }
            read_singly(context, refused.children).await
        }
    }
}

async fn read_singly(context: &Context<'_>, children: Vec<Child>) -> Result<(), SnapshotError> {
    stream::iter(children)
        .map(Ok)
        .try_for_each_concurrent(BATCH, |child| read_child(context, child))
        .await
}

async fn read_child(context: &Context<'_>, child: Child) -> Result<(), SnapshotError> {
    let entry = &child.step.entry;
    let parent = Some(child.parent.as_ref());
    let path = child.path();
    match entry.shape {
        Shape::List => read::list(context, entry, parent, &path, child.row).await,
        Shape::Single => {
            let elapsed = read::single(context, entry, parent, &path, child.row).await?;
            if entry.method == Method::Get {
                context
                    .exchange
                    .with(|measured| measured.note_single(elapsed));
            }
            Ok(())
        }
    }
}
