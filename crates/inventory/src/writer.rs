//! The one thread that writes a snapshot while it is collected.
//!
//! Collectors hand over what they read through a bounded channel: when the disk is slower than
//! Azure, they wait, and memory stays bounded. Documents and the ledger's row of their read are
//! committed together, so that the ledger never claims what is not there.

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use catalog::{DocumentType, Scope};
use rusqlite::{Connection, params};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use crate::cursors;
use crate::format::{self, SnapshotError};
use crate::ledger::{self, LedgerRow, scope_key};
use crate::manifest::Manifest;

/// A document on its way into the snapshot.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    /// The type's name as the catalogue spells it.
    pub(crate) name: String,
    pub(crate) scope: Scope,
    /// The id of the document it hangs below, in lower case; empty for a type of its own.
    pub(crate) parent: String,
    /// The id as Azure spells it.
    pub(crate) id: String,
    /// The body, redacted.
    pub(crate) body: String,
}

/// What belongs together: it is in the snapshot whole, or not at all.
#[derive(Debug, Default)]
pub(crate) struct Entered {
    /// Documents to take out first.
    pub(crate) forgotten: Vec<Forgotten>,
    pub(crate) records: Vec<Record>,
    pub(crate) rows: Vec<LedgerRow>,
    /// Cursors to set, or to take away.
    pub(crate) cursors: Vec<(String, Option<String>)>,
}

/// The documents of one read: of a type in a scope, or below one document.
#[derive(Debug, Clone)]
pub(crate) struct Forgotten {
    pub(crate) document_type: DocumentType,
    pub(crate) scope: Scope,
    /// The document they hang below; all of the type in the scope when empty.
    pub(crate) parent: String,
}

enum Message {
    Plan(Vec<LedgerRow>),
    Enter(Box<Entered>),
    Manifest(Box<Manifest>),
    Flush(oneshot::Sender<()>),
}

/// A message, and the room that its text takes until it is stored.
type Handed = (Message, Option<OwnedSemaphorePermit>);

/// How many messages may wait.
const QUEUE: usize = 32;

/// How much text of documents may wait, in kibibytes: pages are large, children small.
const WAITING: u32 = 8 * 1024;

/// How many messages one transaction takes at most.
const BATCH: usize = 256;

/// Hands documents and ledger rows to the writing thread.
#[derive(Clone)]
pub(crate) struct Writer {
    queue: mpsc::Sender<Handed>,
    /// Kibibytes of text that may still be handed over.
    room: Arc<Semaphore>,
}

/// The writing thread, to be joined when everything is handed over.
pub(crate) struct WriterThread(JoinHandle<Result<(), SnapshotError>>);

impl Writer {
    /// Starts the thread on an open snapshot.
    pub(crate) fn start(connection: Connection) -> (Self, WriterThread) {
        let (queue, messages) = mpsc::channel(QUEUE);
        let thread = std::thread::spawn(move || run(connection, messages));
        let room = Arc::new(Semaphore::new(WAITING as usize));
        (Self { queue, room }, WriterThread(thread))
    }

    /// Enters reads into the ledger as pending, unless they are in it.
    pub(crate) async fn plan(&self, rows: Vec<LedgerRow>) -> Result<(), SnapshotError> {
        self.send(Message::Plan(rows)).await
    }

    /// Stores what reads gave, with their rows.
    pub(crate) async fn read(
        &self,
        records: Vec<Record>,
        rows: Vec<LedgerRow>,
    ) -> Result<(), SnapshotError> {
        let entered = Entered {
            records,
            rows,
            ..Entered::default()
        };
        self.enter(entered).await
    }

    /// Stores what belongs together.
    pub(crate) async fn enter(&self, entered: Entered) -> Result<(), SnapshotError> {
        let room = self.room(&entered).await?;
        let message = Message::Enter(Box::new(entered));
        self.queue.send((message, room)).await.map_err(|_| gone())
    }

    /// Waits until the text of documents fits beside what waits already. What is larger than all the
    /// room there is takes all of it.
    async fn room(&self, entered: &Entered) -> Result<Option<OwnedSemaphorePermit>, SnapshotError> {
        let bytes: usize = entered.records.iter().map(|of| of.body.len()).sum();
        let kibibytes = u32::try_from(bytes / 1024).unwrap_or(WAITING).min(WAITING);
        if kibibytes == 0 {
            return Ok(None);
        }
        let room = Arc::clone(&self.room).acquire_many_owned(kibibytes).await;
        room.map(Some).map_err(|_| gone())
    }

    /// Stores the manifest.
    pub(crate) async fn manifest(&self, manifest: Manifest) -> Result<(), SnapshotError> {
        self.send(Message::Manifest(Box::new(manifest))).await
    }

    /// Waits until everything handed over so far can be read by others.
    pub(crate) async fn flush(&self) -> Result<(), SnapshotError> {
        let (done, wait) = oneshot::channel();
        self.send(Message::Flush(done)).await?;
        wait.await.map_err(|_| gone())
    }

    async fn send(&self, message: Message) -> Result<(), SnapshotError> {
        self.queue.send((message, None)).await.map_err(|_| gone())
    }
}

impl WriterThread {
    /// Waits for the thread. Every [`Writer`] must be gone, or it never ends.
    pub(crate) fn join(self) -> Result<(), SnapshotError> {
        self.0.join().unwrap_or_else(|_| {
            Err(SnapshotError::Writer(
                "the writing thread panicked".to_owned(),
            ))
        })
    }
}

/// The thread ended before its time; joining it tells why.
fn gone() -> SnapshotError {
    SnapshotError::Writer("the writing thread has stopped".to_owned())
}

fn run(
    mut connection: Connection,
    mut messages: mpsc::Receiver<Handed>,
) -> Result<(), SnapshotError> {
    while let Some(first) = messages.blocking_recv() {
        let mut waiting = Vec::new();
        let transaction = connection.transaction()?;
        let mut next = Some(first);
        for _ in 0..BATCH {
            let Some((message, _room)) = next.take() else {
                break;
            };
            waiting.extend(apply(&transaction, message)?);
            next = messages.try_recv().ok();
        }
        if let Some((last, _room)) = next {
            waiting.extend(apply(&transaction, last)?);
        }
        transaction.commit()?;
        for flushed in waiting {
            // Who no longer waits need not be told.
            let _ = flushed.send(());
        }
    }
    format::seal(&connection)
}

fn apply(
    connection: &Connection,
    message: Message,
) -> Result<Option<oneshot::Sender<()>>, SnapshotError> {
    match message {
        Message::Plan(rows) => {
            for row in &rows {
                ledger::plan(connection, row)?;
            }
        }
        Message::Enter(entered) => enter(connection, &entered)?,
        Message::Manifest(manifest) => put_manifest(connection, &manifest)?,
        Message::Flush(done) => return Ok(Some(done)),
    }
    Ok(None)
}

fn enter(connection: &Connection, entered: &Entered) -> Result<(), SnapshotError> {
    for forgotten in &entered.forgotten {
        forget(connection, forgotten)?;
    }
    for record in &entered.records {
        put(connection, record)?;
    }
    for row in &entered.rows {
        ledger::put(connection, row)?;
    }
    for (name, value) in &entered.cursors {
        cursors::set(connection, name, value.as_deref())?;
    }
    Ok(())
}

fn forget(connection: &Connection, forgotten: &Forgotten) -> Result<(), SnapshotError> {
    let (of, scope) = (forgotten.document_type.key(), scope_key(&forgotten.scope));
    if forgotten.parent.is_empty() {
        connection
            .prepare_cached("DELETE FROM documents WHERE type = ? AND scope = ?")?
            .execute(params![of, scope])?;
        return Ok(());
    }
    connection
        .prepare_cached("DELETE FROM documents WHERE type = ? AND parent = ? AND scope = ?")?
        .execute(params![of, forgotten.parent.to_lowercase(), scope])?;
    Ok(())
}

pub(crate) fn put(connection: &Connection, record: &Record) -> Result<(), SnapshotError> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO documents (type, scope, parent, key, name, id, body) VALUES (?,?,?,?,?,?,?)",
        )?
        .execute(params![
            record.name.to_lowercase(),
            scope_key(&record.scope),
            record.parent,
            record.id.to_lowercase(),
            record.name,
            record.id,
            record.body
        ])?;
    Ok(())
}

pub(crate) fn put_manifest(
    connection: &Connection,
    manifest: &Manifest,
) -> Result<(), SnapshotError> {
    let body = serde_json::to_string(manifest)
        .map_err(|error| SnapshotError::Damaged(error.to_string()))?;
    connection.execute(
        "INSERT OR REPLACE INTO manifest (only, body) VALUES (1, ?)",
        [body],
    )?;
    Ok(())
}

/// Makes a snapshot that holds just its manifest, or opens one to go on with.
pub(crate) fn open(path: &Path, resume: bool) -> Result<Connection, SnapshotError> {
    if !resume {
        return format::create(path);
    }
    let connection = format::open_for_writing(path)?;
    ledger::reopen(&connection)?;
    Ok(connection)
}
