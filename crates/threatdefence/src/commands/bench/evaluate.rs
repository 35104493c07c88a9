//! `threatdefence bench evaluate`.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use checks::{CheckTime, Evaluator, Profile};
use clap::Args;

use crate::args::{ContentArgs, SelectionArgs};
use crate::assess::{open, settings_of};
use crate::config::Config;
use crate::console::Console;
use crate::content::Content;
use crate::error::{CliError, Exit};
use crate::stdio;
use crate::table;

/// Judge a snapshot on one core and say how long each check took
///
/// Nothing is written: reports, and the remedies in them, are not part of the measure.
#[derive(Debug, Clone, Args)]
pub struct BenchEvaluateArgs {
    /// The snapshot
    #[arg(value_name = "SNAPSHOT")]
    pub snapshot: PathBuf,

    /// How many of the slowest checks are named
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub slowest: usize,

    #[command(flatten)]
    pub selection: SelectionArgs,
    #[command(flatten)]
    pub content: ContentArgs,
}

/// Runs it.
///
/// # Errors
/// The snapshot cannot be read, or the selection is refused.
pub fn run(
    arguments: &BenchEvaluateArgs,
    config: &Config,
    console: &Console,
) -> Result<Exit, CliError> {
    let content = Content::load(&arguments.content)?;
    let selected = content.select(&arguments.selection)?;
    let snapshot = open(&arguments.snapshot)?;
    snapshot.hold().map_err(CliError::failed)?;
    let settings = settings_of(config, snapshot.manifest());
    let evaluator =
        Evaluator::new(&selected, &content.catalog, &settings).map_err(CliError::usage)?;
    let started = Instant::now();
    let counts = evaluator
        .run(&snapshot, &mut |_, _| Ok::<(), CliError>(()))
        .map_err(CliError::failed)?;
    let whole = started.elapsed();
    // Reading the clock for each check and document slows an evaluation down: times are of another one.
    let profile = evaluator.profile(&snapshot).map_err(CliError::failed)?;
    stdio::print_line(format!(
        "{} documents judged by {} checks in {:.2} s on one core: {:.0} documents/s, {:.0} findings/s\n",
        counts.documents,
        selected.len(),
        whole.as_secs_f64(),
        per_second(counts.documents, whole),
        per_second(counts.findings(), whole),
    ))?;
    let rows = rows(&profile, arguments.slowest);
    let headings = ["time", "share", "documents", "each", "check"];
    stdio::print_line(table::of(&headings, rows, console.width()))?;
    Ok(Exit::Done)
}

fn per_second(count: u64, time: Duration) -> f64 {
    // Counts of documents are far below what a float holds exactly.
    count as f64 / time.as_secs_f64()
}

fn rows(profile: &Profile, most: usize) -> Vec<Vec<String>> {
    let whole: Duration = profile.checks.values().map(|check| check.time).sum();
    let slowest = profile.slowest().into_iter().take(most);
    slowest.map(|(id, check)| row(id, check, whole)).collect()
}

fn row(id: &str, check: CheckTime, whole: Duration) -> Vec<String> {
    let share = check.time.as_secs_f64() / whole.as_secs_f64();
    let each = check.time.as_secs_f64() / check.documents.max(1) as f64;
    vec![
        format!("{:.1} ms", check.time.as_secs_f64() * 1e3),
        format!("{:.1} %", share * 100.0),
        check.documents.to_string(),
        format!("{:.1} µs", each * 1e6),
        id.to_owned(),
    ]
}
