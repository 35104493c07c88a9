//! One read: a list in pages, or a single document.

use std::time::Duration;

use azure::{Failure, FailureKind, Page, Reply, Service as AzureService};
use catalog::{Entry, Method, Outcome, Service};
use jiff::Timestamp;

use crate::collect::{Context, settle};
use crate::format::SnapshotError;
use crate::ledger::{LedgerRow, Source};
use crate::odd_items::OddItems;
use crate::outcome::outcome_of;
use crate::record::record_of;
use crate::writer::{Entered, Forgotten, Record};

/// How often a list whose next link has expired begins anew.
const RESTARTS: u32 = 2;

pub(crate) fn service_of(entry: &Entry) -> AzureService {
    match entry.service {
        Service::Arm => AzureService::Arm,
        Service::Graph => AzureService::Graph,
    }
}

/// Reads a list from `path` on. Each page is stored as it comes, with the place to go on from.
pub(crate) async fn list(
    context: &Context<'_>,
    entry: &Entry,
    parent: Option<&str>,
    path: &str,
    mut row: LedgerRow,
) -> Result<(), SnapshotError> {
    let mut pager = context.client.pages(service_of(entry), path);
    let mut odd = OddItems::default();
    let mut restarts = 0;
    loop {
        let page = match pager.next().await {
            Some(Ok(page)) => page,
            Some(Err(failure))
                if failure.kind == FailureKind::ExpiredPage && restarts < RESTARTS =>
            {
                restarts += 1;
                odd = OddItems::default();
                row = begin_anew(context, row).await?;
                let first = first_path(entry, &row, parent);
                pager = context.client.pages(service_of(entry), &first);
                continue;
            }
            Some(Err(failure)) => {
                let row = odd.place(failed(entry, row, &failure));
                return settle(context, row, Vec::new()).await;
            }
            // A pager that ends without a last page has none left to give.
            None => return settle(context, odd.end(row), Vec::new()).await,
        };
        let records = take(entry, parent, &mut row, &page, &mut odd);
        if page.next.is_none() {
            return settle(context, odd.end(row), records).await;
        }
        row.next.clone_from(&page.next);
        let so_far = odd.place(row.clone());
        context.writer.read(records, vec![so_far]).await?;
    }
}

/// Where a list begins.
fn first_path(entry: &Entry, row: &LedgerRow, parent: Option<&str>) -> String {
    match parent {
        Some(parent) => entry.child_path(parent),
        None => entry.list_path(row.scope.subscription_id()),
    }
}

/// Takes out what an expired link leads on from: by now the list may hold other documents.
async fn begin_anew(context: &Context<'_>, row: LedgerRow) -> Result<LedgerRow, SnapshotError> {
    let row = LedgerRow {
        next: None,
        pages: 0,
        documents: 0,
        ..row
    };
    let forgotten = Forgotten {
        document_type: row.document_type.clone(),
        scope: row.scope.clone(),
        parent: row.parent.clone(),
    };
    let entered = Entered {
        forgotten: vec![forgotten],
        rows: vec![row.clone()],
        ..Entered::default()
    };
    context.writer.enter(entered).await?;
    Ok(row)
}

/// Reads one document, and says how long that took.
pub(crate) async fn single(
    context: &Context<'_>,
    entry: &Entry,
    parent: Option<&str>,
    path: &str,
    row: LedgerRow,
) -> Result<Duration, SnapshotError> {
    let reply = match entry.method {
        Method::Get => context.client.get(service_of(entry), path).await,
        Method::Post => {
            context
                .client
                .post(service_of(entry), path, &serde_json::json!({}))
                .await
        }
    };
    match reply {
        Ok(reply) => {
            let (row, records) = document(entry, parent, row, &reply);
            settle(context, row, records).await?;
            Ok(reply.elapsed)
        }
        Err(failure) => {
            settle(context, failed(entry, row, &failure), Vec::new()).await?;
            Ok(failure.elapsed)
        }
    }
}

/// The record of a single document's reply.
pub(crate) fn document(
    entry: &Entry,
    parent: Option<&str>,
    mut row: LedgerRow,
    reply: &Reply,
) -> (LedgerRow, Vec<Record>) {
    note(
        entry,
        &mut row,
        reply.status,
        reply.retries,
        reply.elapsed,
        reply.request_id.as_deref(),
    );
    row.pages += 1;
    match record_of(entry, &row.scope, parent, 0, &reply.body) {
        Ok(record) => (
            LedgerRow {
                outcome: Outcome::Read,
                documents: 1,
                ..row
            },
            vec![record],
        ),
        Err(broken) => (unusable(row, broken), Vec::new()),
    }
}

/// The records of one page, entered in the row. An item that is no document costs only itself.
pub(crate) fn take(
    entry: &Entry,
    parent: Option<&str>,
    row: &mut LedgerRow,
    page: &Page,
    odd: &mut OddItems,
) -> Vec<Record> {
    note(
        entry,
        row,
        page.status,
        page.retries,
        page.elapsed,
        page.request_id.as_deref(),
    );
    row.pages += 1;
    let mut records = Vec::with_capacity(page.items.len());
    for (item, ordinal) in page.items.iter().zip(row.documents..) {
        match record_of(entry, &row.scope, parent, ordinal, item) {
            Ok(record) => records.push(record),
            Err(broken) => odd.add(broken),
        }
    }
    row.documents += records.len() as u64;
    records
}

/// The row of a read that Azure did not answer well.
pub(crate) fn failed(entry: &Entry, mut row: LedgerRow, failure: &Failure) -> LedgerRow {
    row.retries += u64::from(failure.retries);
    row.duration += millis(failure.elapsed);
    row.outcome = outcome_of(entry, failure);
    row.status = failure.status;
    row.code.clone_from(&failure.code);
    row.detail = Some(failure.message.clone());
    row.request_id.clone_from(&failure.request_id);
    row.source = Some(source_of(entry));
    row.ended = Some(Timestamp::now());
    row
}

fn source_of(entry: &Entry) -> Source {
    match entry.service {
        Service::Arm => Source::Arm,
        Service::Graph => Source::Graph,
    }
}

/// The row of a reply that is no document.
fn unusable(row: LedgerRow, broken: String) -> LedgerRow {
    LedgerRow {
        outcome: Outcome::Failed,
        detail: Some(broken),
        ..row
    }
}

fn note(
    entry: &Entry,
    row: &mut LedgerRow,
    status: u16,
    retries: u32,
    elapsed: std::time::Duration,
    request_id: Option<&str>,
) {
    row.status = Some(status);
    row.retries += u64::from(retries);
    row.duration += millis(elapsed);
    row.request_id = request_id.map(str::to_owned);
    row.code = None;
    row.detail = None;
    row.source = Some(source_of(entry));
    row.ended = Some(Timestamp::now());
}

fn millis(elapsed: std::time::Duration) -> u64 {
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}
