//! `threatdefence collect`: read a tenant into a snapshot.

use std::path::PathBuf;

use clap::Args;

use crate::args::{ConnectionArgs, ContentArgs, ReadingArgs, ScopeArgs, SelectionArgs};
use crate::collection::{self, Order};
use crate::commands::scan::resumed_scope;
use crate::connect::connect;
use crate::console::Console;
use crate::content::Content;
use crate::error::{CliError, Exit};
use crate::figures;
use crate::folder;
use crate::stdio;

/// Read a tenant into a snapshot, without judging it
#[derive(Debug, Clone, Args)]
pub struct CollectArgs {
    /// The snapshot to write
    #[arg(long = "output", short = 'o', value_name = "FILE", default_value = folder::SNAPSHOT)]
    pub output: PathBuf,

    /// Go on with the snapshot at --output, which was cut off
    #[arg(long, conflicts_with_all = ["subscription", "management_group", "resource_group",
        "exclude_subscription", "check", "exclude_check", "service", "category", "severity"])]
    pub resume: bool,

    /// Go on from an earlier snapshot, or the folder of an earlier scan: read only what changed since
    #[arg(long, value_name = "SNAPSHOT", conflicts_with = "resume")]
    pub since: Option<PathBuf>,

    /// Read everything that the catalogue knows, not only what the checks read
    #[arg(long, conflicts_with = "resume")]
    pub everything: bool,

    /// Write what the collection took as JSON
    #[arg(long, value_name = "FILE", hide = true)]
    pub figures: Option<PathBuf>,

    #[command(flatten)]
    pub connection: ConnectionArgs,
    #[command(flatten)]
    pub scope: ScopeArgs,
    #[command(flatten)]
    pub reading: ReadingArgs,
    #[command(flatten)]
    pub selection: SelectionArgs,
    #[command(flatten)]
    pub content: ContentArgs,
}

/// Runs it.
///
/// # Errors
/// Whatever keeps the collection from its end; what Azure refuses is in the ledger instead.
pub async fn run(arguments: &CollectArgs, console: &Console) -> Result<Exit, CliError> {
    let content = Content::load(&arguments.content)?;
    let earlier = if arguments.resume {
        Some(collection::earlier(&arguments.output)?)
    } else {
        None
    };
    let selected = match &earlier {
        Some(earlier) => content.named(&earlier.checks)?,
        None => content.select(&arguments.selection)?,
    };
    if earlier.is_none() && arguments.output.exists() {
        return Err(
            CliError::usage(format!("{} exists already", arguments.output.display()))
                .hint("go on with it by --resume, or choose another file with --output"),
        );
    }
    if let Some(parent) = arguments
        .output
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
    {
        folder::prepare(parent)?;
    }
    let everything = earlier
        .as_ref()
        .map_or(arguments.everything, |earlier| earlier.everything);
    let plan = match everything {
        true => content.plan_everything(&selected)?,
        false => content.plan(&selected)?,
    };
    let connection = connect(&arguments.connection, console).await?;
    let order = Order {
        connection: &connection,
        request: earlier
            .as_ref()
            .map_or_else(|| arguments.scope.request(), resumed_scope),
        plan: &plan,
        checks: selected.iter().map(|check| check.id.clone()).collect(),
        snapshot: &arguments.output,
        earlier,
        everything,
        since: arguments.since.as_deref(),
        reading: &arguments.reading,
    };
    let file = arguments.output.display();
    if !collection::collect(order, console).await? {
        return Err(collection::stopped(
            &arguments.output,
            &format!("threatdefence collect --resume -o {file}"),
        ));
    }
    let snapshot = crate::assess::open(&arguments.output)?;
    let gaps: u64 = snapshot
        .unread(&plan)
        .map_err(CliError::failed)?
        .iter()
        .filter(|group| group.outcome.is_gap())
        .map(|group| group.reads)
        .sum();
    let documents = snapshot.document_count().map_err(CliError::failed)?;
    if let Some(file) = &arguments.figures {
        figures::write(file, &snapshot, &plan, &connection)?;
    }
    if gaps > 0 {
        console.warn(format!(
            "{gaps} reads failed; `threatdefence evaluate {file}` names them"
        ));
    }
    stdio::print_line(format_args!("{file}: {documents} documents"))?;
    console.say(format!("Next: threatdefence evaluate {file}"));
    Ok(Exit::Done)
}
