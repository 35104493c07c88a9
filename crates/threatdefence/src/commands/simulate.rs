//! `threatdefence simulate`: the simulated Azure by itself.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use simulator::{Faults, Options, Server, Tenant};

use crate::commands::demo;
use crate::console::Console;
use crate::error::{CliError, Exit};
use crate::stdio;

/// Serve a simulated Azure for any Azure client
#[derive(Debug, Clone, Args)]
pub struct SimulateArgs {
    /// The tenant: a folder, or one JSON file; the built-in demo company when absent
    #[arg(long, value_name = "DIR|FILE")]
    pub tenant: Option<PathBuf>,

    /// The address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8443")]
    pub listen: SocketAddr,

    /// Serve plain HTTP instead of HTTPS with an own certificate authority; loopback only
    #[arg(long)]
    pub http: bool,

    /// Write the certificate authority's certificate here, for --ca-file and other clients
    #[arg(long, value_name = "FILE", conflicts_with = "http")]
    pub ca_out: Option<PathBuf>,

    /// Items a page at most; Azure's own sizes when absent
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub page_size: Option<u32>,

    /// Milliseconds that pass before each reply
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub latency: u64,

    /// Enforce Azure's documented rate limits
    #[arg(long)]
    pub throttle: bool,

    /// A YAML file with faults: what goes wrong, where and how often
    #[arg(long, value_name = "FILE")]
    pub faults: Option<PathBuf>,

    /// Seconds that an access token holds
    #[arg(long, value_name = "SECONDS", default_value_t = 3599)]
    pub token_lifetime: u64,

    /// Seconds after which the feeds of changes tell of one
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub feed_delay: u64,
}

/// Runs until it is stopped.
///
/// # Errors
/// The tenant cannot be loaded or the address cannot be listened on.
pub async fn run(arguments: &SimulateArgs, console: &Console) -> Result<Exit, CliError> {
    let tenant = match &arguments.tenant {
        Some(path) => Tenant::load(path).map_err(|error| {
            CliError::failed(error).hint("docs/tenant-format.md describes tenant folders and files")
        })?,
        None => demo::tenant()?,
    };
    let server = Server::start(tenant, options(arguments)?)
        .await
        .map_err(|error| CliError::failed(error).hint("choose another address with --listen"))?;
    let endpoint = server.endpoint();
    stdio::print_line(&endpoint)?;
    if let Some(ca) = server.ca_pem() {
        let file = arguments
            .ca_out
            .clone()
            .unwrap_or_else(|| PathBuf::from("threatdefence-simulator-ca.pem"));
        std::fs::write(&file, ca).map_err(|error| {
            CliError::failed(format!("{} could not be written: {error}", file.display()))
        })?;
        console.say(format!(
            "Serving a simulated Azure. Its certificate authority is in {}.",
            file.display()
        ));
        console.say(format!(
            "Scan it: threatdefence scan --cloud {endpoint} --ca-file {}",
            file.display()
        ));
    } else {
        console.say("Serving a simulated Azure over plain HTTP.");
        console.say(format!("Scan it: threatdefence scan --cloud {endpoint}"));
    }
    console.say("Stop it with Ctrl-C.");
    tokio::signal::ctrl_c()
        .await
        .map_err(|error| CliError::failed(format!("Ctrl-C cannot be waited for: {error}")))?;
    server.shutdown().await;
    Ok(Exit::Done)
}

fn options(arguments: &SimulateArgs) -> Result<Options, CliError> {
    let faults = match &arguments.faults {
        None => Faults::default(),
        Some(path) => Faults::load(path).map_err(|error| {
            CliError::usage(error).hint("docs/tenant-format.md shows how faults are written")
        })?,
    };
    Ok(Options {
        listen: arguments.listen,
        tls: !arguments.http,
        page_size: arguments
            .page_size
            .and_then(|size| usize::try_from(size).ok()),
        latency: Duration::from_millis(arguments.latency),
        throttle: arguments.throttle,
        faults,
        token_lifetime: Duration::from_secs(arguments.token_lifetime),
        feed_delay: Duration::from_secs(arguments.feed_delay),
    })
}
