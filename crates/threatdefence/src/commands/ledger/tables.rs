//! The ledger as tables.

use std::collections::BTreeMap;

use catalog::{DocumentType, Outcome};
use inventory::{LedgerRow, Manifest, Snapshot, Source};

use super::Filter;
use crate::console::Console;
use crate::error::CliError;
use crate::stdio;
use crate::table;

/// Wide enough for an id and a message: a read is one line, to be searched and cut.
const WHOLE_LINES: usize = 20_000;

/// Reads put together.
#[derive(Debug, Default)]
struct Sum {
    reads: u64,
    documents: u64,
    retries: u64,
    outcomes: BTreeMap<Outcome, u64>,
    sources: Vec<Source>,
}

impl Sum {
    fn add(&mut self, row: &LedgerRow) {
        self.reads += 1;
        self.documents += row.documents;
        self.retries += row.retries;
        *self.outcomes.entry(row.outcome).or_default() += 1;
        if let Some(source) = row.source.filter(|source| !self.sources.contains(source)) {
            self.sources.push(source);
        }
    }

    /// `read 12, denied 3`.
    fn outcomes(&self) -> String {
        let each = self
            .outcomes
            .iter()
            .map(|(outcome, reads)| format!("{} {reads}", words(*outcome)));
        each.collect::<Vec<_>>().join(", ")
    }

    fn sources(&self) -> String {
        let names: Vec<&str> = self.sources.iter().map(|source| name(*source)).collect();
        names.join(", ")
    }

    fn unread(&self) -> u64 {
        let gaps = self
            .outcomes
            .iter()
            .filter(|(outcome, _)| !outcome.is_known());
        gaps.map(|(_, reads)| reads).sum()
    }
}

fn words(outcome: Outcome) -> String {
    outcome.as_str().replace('_', " ")
}

fn name(source: Source) -> &'static str {
    match source {
        Source::ResourceGraph => "Resource Graph",
        Source::Arm => "Resource Manager",
        Source::Graph => "Microsoft Graph",
    }
}

/// A line for each type.
pub(super) fn by_type(
    snapshot: &Snapshot,
    filter: &Filter,
    console: &Console,
) -> Result<(), CliError> {
    let mut sums: BTreeMap<DocumentType, Sum> = BTreeMap::new();
    filter.rows(snapshot, |row| {
        sums.entry(row.document_type.clone()).or_default().add(&row);
        Ok(())
    })?;
    let rows = sums.iter().map(|(document_type, sum)| {
        vec![
            document_type.to_string(),
            sum.reads.to_string(),
            sum.documents.to_string(),
            sum.retries.to_string(),
            sum.sources(),
            sum.outcomes(),
        ]
    });
    let headings = [
        "type",
        "reads",
        "documents",
        "retries",
        "source",
        "outcomes",
    ];
    print(&headings, rows.collect(), console)?;
    conclude(sums.values(), filter, console);
    Ok(())
}

/// A line for each subscription, and one for the tenant.
pub(super) fn by_subscription(
    snapshot: &Snapshot,
    filter: &Filter,
    console: &Console,
) -> Result<(), CliError> {
    let mut sums: BTreeMap<Option<String>, Sum> = BTreeMap::new();
    filter.rows(snapshot, |row| {
        let id = row.scope.subscription_id().map(str::to_owned);
        sums.entry(id).or_default().add(&row);
        Ok(())
    })?;
    let manifest = snapshot.manifest();
    let rows = sums.iter().map(|(id, sum)| {
        vec![
            place(manifest, id.as_deref()),
            id.clone().unwrap_or_else(|| manifest.tenant_id.clone()),
            sum.reads.to_string(),
            sum.documents.to_string(),
            sum.retries.to_string(),
            sum.outcomes(),
        ]
    });
    let headings = [
        "subscription",
        "id",
        "reads",
        "documents",
        "retries",
        "outcomes",
    ];
    print(&headings, rows.collect(), console)?;
    conclude(sums.values(), filter, console);
    Ok(())
}

/// A line for each read.
pub(super) fn by_read(
    snapshot: &Snapshot,
    filter: &Filter,
    console: &Console,
) -> Result<(), CliError> {
    let manifest = snapshot.manifest();
    let mut sum = Sum::default();
    let mut rows = Vec::new();
    filter.rows(snapshot, |row| {
        sum.add(&row);
        let below = match row.parent.is_empty() {
            true => place(manifest, row.scope.subscription_id()),
            false => row.parent.clone(),
        };
        rows.push(vec![
            words(row.outcome),
            row.document_type.to_string(),
            row.documents.to_string(),
            format!("{} ms", row.duration),
            below,
            why(&row),
        ]);
        Ok(())
    })?;
    let headings = ["outcome", "type", "documents", "time", "in", "why"];
    if !rows.is_empty() {
        stdio::print_line(table::of(&headings, rows, WHOLE_LINES))?;
    }
    conclude([&sum], filter, console);
    Ok(())
}

/// Azure's status, code and message, where a read was not answered.
fn why(row: &LedgerRow) -> String {
    if row.outcome.is_known() {
        return String::new();
    }
    let status = row.status.map(|status| status.to_string());
    let parts = [status, row.code.clone(), row.detail.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn place(manifest: &Manifest, subscription: Option<&str>) -> String {
    let Some(id) = subscription else {
        let tenant = manifest.tenant_name.as_ref().unwrap_or(&manifest.tenant_id);
        return format!("{tenant} (tenant)");
    };
    let known = manifest
        .subscriptions
        .iter()
        .find(|of| of.id.eq_ignore_ascii_case(id));
    known.map_or_else(|| id.to_owned(), |of| of.name.clone())
}

fn print(headings: &[&str], rows: Vec<Vec<String>>, console: &Console) -> Result<(), CliError> {
    if rows.is_empty() {
        return Ok(());
    }
    stdio::print_line(table::of(headings, rows, console.width()))
}

fn conclude<'a>(sums: impl IntoIterator<Item = &'a Sum>, filter: &Filter, console: &Console) {
    let (mut reads, mut documents, mut unread) = (0, 0, 0);
    for sum in sums {
        reads += sum.reads;
        documents += sum.documents;
        unread += sum.unread();
    }
    if filter.only_gaps && reads == 0 {
        console.say("Every read was answered.");
        return;
    }
    console.say(format!(
        "{reads} reads, {documents} documents, {unread} not answered"
    ));
}
