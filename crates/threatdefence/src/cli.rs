//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::commands::bench::BenchCommand;
use crate::commands::checks::ChecksCommand;
use crate::commands::collect::CollectArgs;
use crate::commands::demo::DemoArgs;
use crate::commands::doctor::DoctorArgs;
use crate::commands::evaluate::EvaluateArgs;
use crate::commands::generate::GenerateArgs;
use crate::commands::ledger::LedgerArgs;
use crate::commands::scan::ScanArgs;
use crate::commands::setup::SetupCommand;
use crate::commands::simulate::SimulateArgs;

const AFTER_HELP: &str = "\
Every flag has an environment variable (THREATDEFENCE_ and the flag in capitals) and a key in threatdefence.yaml.

Exit codes: 0 done, 1 the run failed, 2 wrong usage, 3 findings at or above --fail-on,
4 done but with gaps when --require-complete is given.";

/// Security assessments of Azure tenants: right, complete, and honest about what was not seen
#[derive(Debug, Parser)]
#[command(name = "threatdefence", version, after_help = AFTER_HELP, max_term_width = 110)]
pub struct Cli {
    /// The configuration file; threatdefence.yaml in the current folder when absent
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Say nothing on stderr but warnings and errors
    #[arg(long, short, global = true)]
    pub quiet: bool,

    /// Log to stderr, as in debug or azure=trace,inventory=debug; never holds tokens or secrets
    #[arg(long, global = true, value_name = "FILTER")]
    pub log: Option<String>,

    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Scan a simulated company: no account, no network
    Demo(DemoArgs),
    /// The scanner's identity: plan, make, renew, remove or export it
    #[command(subcommand)]
    Setup(SetupCommand),
    /// Scan a tenant: collect, evaluate, report
    Scan(Box<ScanArgs>),
    /// Read a tenant into a snapshot, without judging it
    Collect(Box<CollectArgs>),
    /// Judge a snapshot, offline
    Evaluate(EvaluateArgs),
    /// Show what a collection read, and what it did not
    Ledger(LedgerArgs),
    /// Show who you are, what you can read, and what each missing grant costs
    Doctor(DoctorArgs),
    /// List, show, lint, test and write checks
    #[command(subcommand)]
    Checks(ChecksCommand),
    /// Serve a simulated Azure for any Azure client
    Simulate(SimulateArgs),
    /// Measure this program against a simulated Azure that enforces Azure's limits
    #[command(subcommand)]
    Bench(BenchCommand),
    /// Write the generated reference documentation (for developers of this program)
    #[command(hide = true)]
    Generate(GenerateArgs),
}
