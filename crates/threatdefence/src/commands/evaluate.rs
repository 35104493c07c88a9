//! `threatdefence evaluate`: judge a snapshot, offline.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use crate::args::{ContentArgs, OutputArgs, SelectionArgs, VerdictArgs};
use crate::assess::{Assessment, assess, open};
use crate::config::Config;
use crate::console::Console;
use crate::content::Content;
use crate::error::{CliError, Exit};
use crate::folder;

/// Judge a snapshot, offline
#[derive(Debug, Clone, Args)]
pub struct EvaluateArgs {
    /// The snapshot
    #[arg(value_name = "SNAPSHOT")]
    pub snapshot: PathBuf,

    #[command(flatten)]
    pub selection: SelectionArgs,
    #[command(flatten)]
    pub content: ContentArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub verdict: VerdictArgs,
}

/// Runs it. Without a selection, the checks that the snapshot was collected for and those of the
/// content folders.
///
/// # Errors
/// The snapshot cannot be used or the files cannot be written.
pub fn run(arguments: &EvaluateArgs, config: &Config, console: &Console) -> Result<Exit, CliError> {
    let content = Content::load(&arguments.content)?;
    let collected_for = open(&arguments.snapshot)?.manifest().checks.clone();
    let selected = match arguments.selection.is_empty() {
        true => content.named(&[collected_for, content.own_ids(&arguments.content)].concat())?,
        false => content.select(&arguments.selection)?,
    };
    let folder = folder::choose(arguments.output.output_dir.as_deref(), "evaluate");
    folder::prepare(&folder)?;
    let assessment = Assessment {
        content: &content,
        selected: &selected,
        config,
        snapshot: &arguments.snapshot,
        folder: &folder,
        output: &arguments.output,
        verdict: &arguments.verdict,
        seconds: BTreeMap::new(),
    };
    assess(assessment, console)
}
