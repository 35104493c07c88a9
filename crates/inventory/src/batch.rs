//! Children by the batch: Microsoft Graph and Resource Manager answer twenty GETs in one request.

use std::time::Duration;

use azure::{Failure, FailureKind, Page, Reply};
use catalog::{Outcome, Shape};

use crate::below::Child;
use crate::collect::{Context, settle};
use crate::format::SnapshotError;
use crate::ledger::LedgerRow;
use crate::odd_items::OddItems;
use crate::read;

/// A batch that Resource Manager did not take.
pub(crate) struct Refused {
    pub(crate) children: Vec<Child>,
    pub(crate) reason: String,
    /// It will not take the next one either.
    pub(crate) for_good: bool,
}

/// Reads directory children. Each inner answer ends its own read.
pub(crate) async fn read_graph(
    context: &Context<'_>,
    children: Vec<Child>,
) -> Result<(), SnapshotError> {
    let paths: Vec<String> = children.iter().map(Child::path).collect();
    let replies = context.client.graph_batch(&paths).await;
    settle_all(context, children, replies).await
}

/// Reads children of resources, and says how long the batch took.
pub(crate) async fn read_arm(
    context: &Context<'_>,
    children: Vec<Child>,
) -> Result<Result<Duration, Refused>, SnapshotError> {
    let paths: Vec<String> = children.iter().map(Child::path).collect();
    let replies = match context.client.arm_batch(&paths).await {
        Ok(replies) => replies,
        Err(failure) => {
            return Ok(Err(Refused {
                children,
                for_good: is_for_good(&failure),
                reason: failure.message.clone(),
            }));
        }
    };
    let elapsed = replies
        .iter()
        .filter_map(|reply| reply.as_ref().ok())
        .map(|reply| reply.elapsed)
        .max();
    settle_all(context, children, replies).await?;
    Ok(Ok(elapsed.unwrap_or_default()))
}

/// Whether a failure is about batches as such, not about this moment.
fn is_for_good(failure: &Failure) -> bool {
    !matches!(
        failure.kind,
        FailureKind::Throttled
            | FailureKind::Server
            | FailureKind::Network
            | FailureKind::Deadline
            | FailureKind::SignIn
    )
}

async fn settle_all(
    context: &Context<'_>,
    children: Vec<Child>,
    replies: Vec<Result<Reply, Failure>>,
) -> Result<(), SnapshotError> {
    for (child, reply) in children.into_iter().zip(replies) {
        let (entry, parent) = (&child.step.entry, Some(child.parent.as_ref()));
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
    let (entry, parent) = (&child.step.entry, Some(child.parent.as_ref()));
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
        let first = entry.child_path(&child.parent);
        return read::list(context, entry, parent, &first, begun).await;
    }
    row.next = Some(next.clone());
    context.writer.read(records, vec![row.clone()]).await?;
    read::list(context, entry, parent, &next, row).await
}
