//! `threatdefence ledger`: what a collection read, and what it did not.

mod json;
mod tables;

use std::ops::ControlFlow;
use std::path::PathBuf;

use catalog::DocumentType;
use clap::{Args, ValueEnum};
use inventory::{LedgerRow, Manifest, Snapshot};

use crate::assess::open;
use crate::console::Console;
use crate::error::{CliError, Exit, nearest};
use crate::folder;

/// How rows are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    /// A line for each document type
    Type,
    /// A line for each subscription
    Subscription,
    /// A line for each read
    Read,
}

/// How to print it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LedgerFormat {
    /// For people
    Table,
    /// For programs: every read, whatever --by says
    Json,
}

/// Show what a collection read, and what it did not
#[derive(Debug, Clone, Args)]
pub struct LedgerArgs {
    /// The snapshot, or the folder of a scan
    #[arg(value_name = "SNAPSHOT")]
    pub snapshot: PathBuf,

    /// How reads are put together
    #[arg(long, value_enum, default_value = "type")]
    pub by: By,

    /// Only reads that were not answered
    #[arg(long)]
    pub gaps: bool,

    /// Only reads of this document type
    #[arg(long, value_name = "TYPE", value_delimiter = ',')]
    pub r#type: Vec<String>,

    /// Only reads in this subscription, by id or name
    #[arg(long, value_name = "ID|NAME", value_delimiter = ',')]
    pub subscription: Vec<String>,

    /// How to print them
    #[arg(long, value_enum, default_value = "table")]
    pub format: LedgerFormat,
}

/// Runs it.
///
/// # Errors
/// The snapshot cannot be used, or lacks what is asked for.
pub fn run(arguments: &LedgerArgs, console: &Console) -> Result<Exit, CliError> {
    let snapshot = open(&folder::snapshot_in(&arguments.snapshot))?;
    let filter = Filter::new(arguments, &snapshot)?;
    match (arguments.format, arguments.by) {
        (LedgerFormat::Json, _) => json::print(&snapshot, &filter)?,
        (LedgerFormat::Table, By::Type) => tables::by_type(&snapshot, &filter, console)?,
        (LedgerFormat::Table, By::Subscription) => {
            tables::by_subscription(&snapshot, &filter, console)?;
        }
        (LedgerFormat::Table, By::Read) => tables::by_read(&snapshot, &filter, console)?,
    }
    Ok(Exit::Done)
}

/// Which rows are shown.
struct Filter {
    only_gaps: bool,
    types: Vec<DocumentType>,
    /// Ids in lower case.
    subscriptions: Vec<String>,
}

impl Filter {
    fn new(arguments: &LedgerArgs, snapshot: &Snapshot) -> Result<Self, CliError> {
        let subscriptions = arguments
            .subscription
            .iter()
            .map(|asked| subscription(asked, snapshot.manifest()))
            .collect::<Result<_, _>>()?;
        let filter = Self {
            only_gaps: arguments.gaps,
            types: arguments.r#type.iter().map(DocumentType::new).collect(),
            subscriptions,
        };
        filter.refuse_unknown_types(snapshot)?;
        Ok(filter)
    }

    fn refuse_unknown_types(&self, snapshot: &Snapshot) -> Result<(), CliError> {
        if self.types.is_empty() {
            return Ok(());
        }
        let groups = snapshot.ledger_groups().map_err(CliError::failed)?;
        let names = || groups.iter().map(|group| group.document_type.as_str());
        for asked in &self.types {
            if names().any(|name| name.eq_ignore_ascii_case(asked.as_str())) {
                continue;
            }
            let hint = match nearest(asked.as_str(), names()).first() {
                Some(name) => format!("did you mean {name}?"),
                None => "without --type, the ledger lists every type that it has".to_owned(),
            };
            return Err(CliError::usage(format!("the ledger has no reads of {asked}")).hint(hint));
        }
        Ok(())
    }

    fn lets(&self, row: &LedgerRow) -> bool {
        let in_subscription = |id: &str| self.subscriptions.iter().any(|asked| asked == id);
        (!self.only_gaps || !row.outcome.is_known())
            && (self.types.is_empty() || self.types.contains(&row.document_type))
            && (self.subscriptions.is_empty()
                || row.scope.subscription_id().is_some_and(in_subscription))
    }

    /// Every row that is shown.
    fn rows(
        &self,
        snapshot: &Snapshot,
        mut visit: impl FnMut(LedgerRow) -> Result<(), CliError>,
    ) -> Result<(), CliError> {
        let mut ended = Ok(());
        snapshot
            .each_ledger_row(|row| {
                if !self.lets(&row) {
                    return ControlFlow::Continue(());
                }
                ended = visit(row);
                match ended {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(_) => ControlFlow::Break(()),
                }
            })
            .map_err(CliError::failed)?;
        ended
    }
}

/// The id of a subscription that the snapshot is of.
fn subscription(asked: &str, manifest: &Manifest) -> Result<String, CliError> {
    let is_it = |of: &&inventory::Subscription| {
        of.id.eq_ignore_ascii_case(asked) || of.name.eq_ignore_ascii_case(asked)
    };
    if let Some(found) = manifest.subscriptions.iter().find(is_it) {
        return Ok(found.id.to_lowercase());
    }
    let names = manifest.subscriptions.iter().map(|of| of.name.as_str());
    let hint = match nearest(asked, names).first() {
        Some(name) => format!("did you mean {name}?"),
        None => "`threatdefence ledger --by subscription` lists them".to_owned(),
    };
    Err(CliError::usage(format!("the snapshot has no subscription {asked}")).hint(hint))
}
