//! `threatdefence bench collect`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use catalog::Contract;
use clap::Args;
use simulator::{Faults, Tenant};

use super::agreement;
use super::azure_side::AzureSide;
use super::runs::{self, Run};
use super::table;
use crate::args::{ContentArgs, ReadingArgs, SelectionArgs};
use crate::assess::open;
use crate::console::Console;
use crate::content::Content;
use crate::error::{CliError, Exit};
use crate::folder;
use crate::generated;
use crate::stdio;

/// Collect a generated tenant: whole, again after changes, and with faults
///
/// Every type of the catalogue is read, also what no check reads yet. The simulated Azure enforces
/// Azure's limits and answers each request after a time; each collection is a process of its own.
#[derive(Debug, Clone, Args)]
pub struct BenchCollectArgs {
    /// The tenant to generate
    #[arg(
        long,
        value_name = "SIZE",
        default_value = "subscriptions=50,resources=20000,users=10000"
    )]
    pub generate: String,

    /// Milliseconds that pass before each reply
    #[arg(long, value_name = "MS", default_value_t = 200)]
    pub latency: u64,

    /// Without Azure's limits
    #[arg(long)]
    pub no_limits: bool,

    /// Random changes before the collection that goes on from the first; none skips it
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub changes: usize,

    /// Percent of the requests of the last collection that fail in random ways; none skips it
    #[arg(long, value_name = "PERCENT", default_value_t = 1.0)]
    pub faults: f64,

    /// Only what the built-in checks read
    #[arg(long)]
    pub checks_only: bool,

    /// With the base permissions of Microsoft Graph alone: second factors are read user by user
    #[arg(long)]
    pub base_permissions: bool,

    /// Keep the snapshots in this folder
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,

    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// Runs it.
///
/// # Errors
/// A collection fails, or what it brought is not what is there.
pub async fn run(arguments: &BenchCollectArgs, console: &Console) -> Result<Exit, CliError> {
    let scratch;
    let folder: &Path = match &arguments.keep {
        Some(folder) => folder,
        None => {
            scratch =
                std::env::temp_dir().join(format!("threatdefence-bench-{}", std::process::id()));
            &scratch
        }
    };
    folder::prepare(folder)?;
    let bench = Bench {
        arguments,
        console,
        folder,
    };
    let ended = bench.run().await;
    if arguments.keep.is_none() {
        // What is left of a benchmark in the temporary folder harms nobody.
        let _ = std::fs::remove_dir_all(folder);
    }
    ended
}

struct Bench<'a> {
    arguments: &'a BenchCollectArgs,
    console: &'a Console,
    folder: &'a Path,
}

impl Bench<'_> {
    async fn run(&self) -> Result<Exit, CliError> {
        let mut rows = Vec::new();
        let azure = self.serve(Faults::default()).await?;
        let first = self.file("first");
        rows.push(table::row(
            "whole",
            &self.collect(&azure, &first, &[]).await?,
        ));
        self.prove_agreement(&azure, &first)?;
        let faultless = runs::findings(&first).await?;
        if self.arguments.changes > 0 {
            let changes = azure.server.change(self.arguments.changes, 1);
            self.console
                .say(format!("{} random changes were made", changes.len()));
            let (since, whole) = (self.file("since"), self.file("again"));
            let base = ["--since".to_owned(), first.display().to_string()];
            rows.push(table::row(
                "since",
                &self.collect(&azure, &since, &base).await?,
            ));
            rows.push(table::row(
                "whole again",
                &self.collect(&azure, &whole, &[]).await?,
            ));
            self.prove_agreement(&azure, &since)?;
            self.prove_same("--since", &since, &runs::findings(&whole).await?)
                .await?;
        }
        azure.server.shutdown().await;
        if self.arguments.faults > 0.0 {
            let faults = Faults {
                rate: self.arguments.faults / 100.0,
                seed: 1,
                ..Faults::default()
            };
            let azure = self.serve(faults).await?;
            let file = self.file("faults");
            rows.push(table::row(
                "with faults",
                &self.collect(&azure, &file, &[]).await?,
            ));
            self.prove_agreement(&azure, &file)?;
            self.prove_same("faults", &file, &faultless).await?;
            azure.server.shutdown().await;
        }
        stdio::print_line(crate::table::of(
            &table::HEADINGS,
            rows,
            self.console.width(),
        ))?;
        Ok(Exit::Done)
    }

    async fn serve(&self, faults: Faults) -> Result<AzureSide, CliError> {
        let mut tenant: Tenant = generated::tenant(&self.arguments.generate)?;
        if self.arguments.base_permissions {
            let contract = Contract::builtin().map_err(CliError::failed)?;
            let base: Vec<&str> = contract.graph.base.keys().map(String::as_str).collect();
            tenant.keep_graph_permissions(&base);
        }
        let latency = Duration::from_millis(self.arguments.latency);
        AzureSide::start(
            tenant,
            latency,
            !self.arguments.no_limits,
            faults,
            self.folder,
        )
        .await
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.tdsnap"))
    }

    async fn collect(
        &self,
        azure: &AzureSide,
        snapshot: &Path,
        more: &[String],
    ) -> Result<Run, CliError> {
        let mut all = self.arguments.reading.as_arguments();
        if !self.arguments.checks_only {
            all.push("--everything".to_owned());
        }
        all.extend_from_slice(more);
        runs::collect(azure, snapshot, &all).await
    }

    /// Says whether the snapshot has what the simulated Azure has, type by type.
    fn prove_agreement(&self, azure: &AzureSide, snapshot: &Path) -> Result<(), CliError> {
        if self.arguments.base_permissions {
            // What may not be read is there and not in the snapshot.
            return Ok(());
        }
        let content = Content::load(&ContentArgs::default())?;
        let selected = content.select(&SelectionArgs::default())?;
        let plan = match self.arguments.checks_only {
            true => content.plan(&selected)?,
            false => content.plan_everything(&selected)?,
        };
        let snapshot = open(snapshot)?;
        let (compared, differences) = agreement::compare(&snapshot, &plan, &azure.server.counts())?;
        if differences.is_empty() {
            self.console.say(format!(
                "{compared} types have as many documents as the simulated Azure"
            ));
            return Ok(());
        }
        for difference in &differences {
            self.console.warn(format!(
                "{}: {} in the simulated Azure, {} in the snapshot",
                difference.type_name, difference.in_azure, difference.in_snapshot
            ));
        }
        Err(CliError::failed(format!(
            "the snapshot lacks documents, or has too many, of {} types",
            differences.len()
        )))
    }

    async fn prove_same(&self, what: &str, snapshot: &Path, wanted: &str) -> Result<(), CliError> {
        let found = runs::findings(snapshot).await?;
        if found == wanted {
            self.console.say(format!(
                "{what}: all {} findings are the same",
                wanted.lines().count()
            ));
            return Ok(());
        }
        let odd = found.lines().find(|line| !wanted.contains(line));
        let lost = wanted.lines().find(|line| !found.contains(line));
        Err(CliError::failed(format!(
            "{what}: other findings than a whole collection without faults gives; {} instead of {}",
            odd.unwrap_or("nothing"),
            lost.unwrap_or("nothing")
        )))
    }
}
