//! Children of directory objects: Graph answers twenty GETs in one request.

use azure::{Page, Reply};
use catalog::{Outcome, Shape};
use futures::stream::{self, StreamExt, TryStreamExt};

use crate::below::Child;
use crate::collect::{Context, settle};
use crate::format::SnapshotError;
use crate::ledger::LedgerRow;
use crate::odd_items::OddItems;
use crate::read;

/// Microsoft Graph takes at most this many requests in one batch.
/// <https://learn.microsoft.com/graph/json-batching>
const BATCH: usize = 20;

/// Batches under way at once.
const BATCHES_AT_ONCE: usize = 4;

/// Reads Graph children, twenty a request. Each inner answer ends its own read.
pub(crate) async fn read(context: &Context<'_>, children: Vec<Child>) -> Result<(), SnapshotError> {
    let mut batches: Vec<Vec<Child>> = Vec::new();
    for child in children {
        match batches.last_mut() {
            Some(batch) if batch.len() < BATCH => batch.push(child),
            _ => batches.push(vec![child]),
        }
    }
    stream::iter(batches)
        .map(Ok)
        .try_for_each_concurrent(BATCHES_AT_ONCE, |batch| async move {
            read_batch(context, batch).await
        })
        .await
}

async fn read_batch(context: &Context<'_>, children: Vec<Child>) -> Result<(), SnapshotError> {
    let paths: Vec<String> = children
        .iter()
        .map(|child| {
            child
                .row
                .next
                .clone()
                .unwrap_or_else(|| child.step.entry.child_path(&child.parent.id))
        })
        .collect();
    let replies = context.client.graph_batch(&paths).await;
    for (child, reply) in children.into_iter().zip(replies) {
        let (entry, parent) = (&child.step.entry, Some(child.parent.id.as_str()));
        let reply = match reply {
            Ok(reply) => reply,
            Err(failure) => {
                settle(
                    context,
                    read::failed(entry, child.row, &failure),
                    Vec::new(),
                )
                .await?;
                continue;
            }
        };
        if entry.shape == Shape::Single {
            let (row, records) = read::document(entry, parent, child.row, &reply);
            settle(context, row, records).await?;
            continue;
        }
        read_page(context, child, reply).await?;
    }
    Ok(())
}

/// The first page of a list came in the batch; what is left of it is read by itself.
async fn read_page(context: &Context<'_>, child: Child, reply: Reply) -> Result<(), SnapshotError> {
    let (entry, parent) = (&child.step.entry, Some(child.parent.id.as_str()));
    let begun = child.row.clone();
    let mut row = child.row;
    let page = match Page::read(&reply) {
        Ok(page) => page,
        Err(broken) => {
            let row = LedgerRow {
                outcome: Outcome::Failed,
                detail: Some(broken),
                ..row
            };
            return settle(context, row, Vec::new()).await;
        }
    };
    let mut odd = OddItems::default();
    let records = read::take(entry, parent, &mut row, &page, &mut odd);
    let Some(next) = page.next else {
        return settle(context, odd.end(row), records).await;
    };
    if !odd.is_empty() {
        // Read again with the rest of the list, which then knows of the odd item.
        let first = entry.child_path(&child.parent.id);
        return read::list(context, entry, parent, &first, begun).await;
    }
    row.next = Some(next.clone());
    context.writer.read(records, vec![row.clone()]).await?;
    read::list(context, entry, parent, &next, row).await
}
