//! The ledger as JSON: an array with an object for each read, written as the rows come.

use catalog::DocumentType;
use inventory::{LedgerRow, Snapshot};
use jiff::Timestamp;
use serde::Serialize;

use super::Filter;
use crate::error::CliError;
use crate::stdio;

/// One read.
#[derive(Serialize)]
struct Read<'a> {
    r#type: &'a DocumentType,
    /// The subscription's id; null for what belongs to the tenant.
    subscription: Option<&'a str>,
    /// The id of the document that it hangs below; null for a list of its own.
    parent: Option<&'a str>,
    outcome: &'a str,
    source: Option<&'a str>,
    /// When the read ended: its documents are as of then.
    ended: Option<Timestamp>,
    status: Option<u16>,
    code: Option<&'a str>,
    detail: Option<&'a str>,
    pages: u64,
    documents: u64,
    retries: u64,
    milliseconds: u64,
    request_id: Option<&'a str>,
}

impl<'a> Read<'a> {
    fn of(row: &'a LedgerRow) -> Self {
        Self {
            r#type: &row.document_type,
            subscription: row.scope.subscription_id(),
            parent: Some(row.parent.as_str()).filter(|parent| !parent.is_empty()),
            outcome: row.outcome.as_str(),
            source: row.source.map(inventory::Source::as_str),
            ended: row.ended,
            status: row.status,
            code: row.code.as_deref(),
            detail: row.detail.as_deref(),
            pages: row.pages,
            documents: row.documents,
            retries: row.retries,
            milliseconds: row.duration,
            request_id: row.request_id.as_deref(),
        }
    }
}

/// Prints every read that the filter lets through.
///
/// # Errors
/// The snapshot fails, or stdout cannot be written.
pub(super) fn print(snapshot: &Snapshot, filter: &Filter) -> Result<(), CliError> {
    let mut before = "[";
    filter.rows(snapshot, |row| {
        let read = serde_json::to_string(&Read::of(&row)).map_err(CliError::failed)?;
        stdio::print(format_args!("{before}\n  {read}"))?;
        before = ",";
        Ok(())
    })?;
    match before {
        "[" => stdio::print_line("[]"),
        _ => stdio::print_line("\n]"),
    }
}
