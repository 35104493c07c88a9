//! `threatdefence`: the command line of ThreatDefence for Azure. Glue only; the work is in the crates.

mod args;
mod assess;
mod cli;
mod collection;
mod commands;
mod config;
mod connect;
mod console;
mod content;
mod described;
mod error;
mod figures;
mod folder;
mod gaps;
mod generated;
mod interrupt;
mod memory;
mod progress;
mod remedy;
mod stdio;
mod table;
mod tenants;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::Directive;

use crate::cli::{Cli, Command};
use crate::config::Config;
use crate::console::Console;
use crate::error::{CliError, Exit};

fn main() -> ExitCode {
    match start() {
        Ok(exit) => exit.into(),
        Err(error) => {
            stdio::say(&error);
            error.exit().into()
        }
    }
}

fn start() -> Result<Exit, CliError> {
    let config = Config::load(config_file().as_deref())?;
    let matches = config.wire(Cli::command())?.get_matches();
    let cli =
        Cli::from_arg_matches(&matches).map_err(|error| CliError::usage(error.to_string()))?;
    log(cli.log.as_deref())?;
    let console = Console::new(cli.quiet);
    let runtime = tokio::runtime::Runtime::new().map_err(|error| {
        CliError::failed(format!(
            "the asynchronous runtime could not be started: {error}"
        ))
    })?;
    runtime.block_on(run(cli.command, &config, &console))
}

async fn run(command: Command, config: &Config, console: &Console) -> Result<Exit, CliError> {
    match command {
        Command::Demo(arguments) => commands::demo::run(&arguments, config, console).await,
        Command::Setup(command) => commands::setup::run(&command, console).await,
        Command::Scan(arguments) => commands::scan::run(&arguments, config, console).await,
        Command::Collect(arguments) => commands::collect::run(&arguments, console).await,
        Command::Evaluate(arguments) => commands::evaluate::run(&arguments, config, console),
        Command::Ledger(arguments) => commands::ledger::run(&arguments, console),
        Command::Doctor(arguments) => commands::doctor::run(&arguments, console).await,
        Command::Checks(command) => commands::checks::run(&command, console),
        Command::Simulate(arguments) => commands::simulate::run(&arguments, console).await,
        Command::Bench(command) => commands::bench::run(&command, config, console).await,
        Command::Generate(arguments) => commands::generate::run(&arguments, console),
    }
}

/// `--config` decides what the other flags' defaults are, so it is looked for before they are read.
fn config_file() -> Option<PathBuf> {
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        if argument == "--config" {
            return arguments.next().map(PathBuf::from);
        }
        if let Some(file) = argument
            .to_str()
            .and_then(|argument| argument.strip_prefix("--config="))
        {
            return Some(PathBuf::from(file));
        }
    }
    std::env::var_os("THREATDEFENCE_CONFIG")
        .filter(|file: &OsString| !file.is_empty())
        .map(PathBuf::from)
}

/// Libraries below the HTTP stack, which at their most talkative would show headers with tokens.
const NEVER_CHATTY: [&str; 6] = [
    "h2",
    "hyper",
    "hyper_util",
    "reqwest",
    "rustls",
    "azure_identity",
];

fn log(filter: Option<&str>) -> Result<(), CliError> {
    let Some(filter) = filter else { return Ok(()) };
    let wrong = |error: &dyn std::fmt::Display| {
        CliError::usage(format!("`--log {filter}` is no filter: {error}")).hint("try --log debug")
    };
    let mut parsed = EnvFilter::try_new(filter).map_err(|error| wrong(&error))?;
    for library in NEVER_CHATTY {
        let directive = format!("{library}=info")
            .parse::<Directive>()
            .map_err(|error| wrong(&error))?;
        parsed = parsed.add_directive(directive);
    }
    tracing_subscriber::fmt()
        .with_env_filter(parsed)
        .with_writer(std::io::stderr)
        .init();
    Ok(())
}
