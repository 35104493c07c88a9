//! `threatdefence simulate`: the simulated Azure by itself.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use clap::Args;
use simulator::{Faults, Options, Server, Tenant};

use crate::console::Console;
use crate::error::{CliError, Exit};
use crate::generated;
use crate::stdio;
use crate::tenants::BuiltIn;

/// Serve a simulated Azure for any Azure client
#[derive(Debug, Clone, Args)]
pub struct SimulateArgs {
    /// The tenant: a folder, one JSON file, or a built-in one: demo (when absent), or fresh
    ///
    /// demo is a company with a scanner and with findings; fresh is a new customer without a scanner,
    /// for trying `threatdefence setup`. A folder of one of these names is given as ./fresh.
    #[arg(long, value_name = "DIR|FILE|NAME")]
    pub tenant: Option<PathBuf>,

    /// Generate the tenant instead: subscriptions=50,resources=20000,users=10000[,seed=7][,skew=20]
    ///
    /// The same size and seed give the same tenant. `skew` is the percent of the resources that are in
    /// the first subscription. What is left out is subscriptions=5, resources=2000, users=1000, seed=1.
    #[arg(long, value_name = "SIZE", conflicts_with = "tenant")]
    pub generate: Option<String>,

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

    /// Milliseconds that pass before each reply; once for a whole batch
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub latency: u64,

    /// Enforce Azure's documented rate limits: those of Resource Manager, of Resource Graph, of the
    /// resource providers and of Microsoft Graph
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

    /// Seconds until every endpoint knows what was made: directory objects, secrets, permissions, roles
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub replication_delay: u64,
}

/// Runs until it is stopped.
///
/// # Errors
/// The tenant cannot be loaded or the address cannot be listened on.
pub async fn run(arguments: &SimulateArgs, console: &Console) -> Result<Exit, CliError> {
    let tenant = match (&arguments.generate, &arguments.tenant) {
        (Some(size), _) => generated::tenant(size)?,
        (None, Some(path)) => match BuiltIn::named(path) {
            Some(built_in) => built_in.load()?,
            None => Tenant::load(path).map_err(|error| {
                CliError::failed(error)
                    .hint("docs/tenant-format.md describes tenant folders and files")
            })?,
        },
        (None, None) => BuiltIn::Demo.load()?,
    };
    // Whoever brings a tenant knows its applications, and whether their secrets may be shown.
    let brought = arguments.tenant.as_deref();
    let is_ours = brought.is_none_or(|path| BuiltIn::named(path).is_some());
    let sign_in = if is_ours {
        sign_in(&tenant)
    } else {
        Vec::new()
    };
    let server = Server::start(tenant, options(arguments)?)
        .await
        .map_err(|error| CliError::failed(error).hint("choose another address with --listen"))?;
    let endpoint = server.endpoint();
    // Ctrl-C counts from before anybody can know that the server is ready.
    let mut stopped = pin!(tokio::signal::ctrl_c());
    let already = poll_fn(|context| match stopped.as_mut().poll(context) {
        Poll::Ready(stopped) => Poll::Ready(Some(stopped)),
        Poll::Pending => Poll::Ready(None),
    })
    .await;
    let authority = write_authority(arguments, &server)?;
    // The one line on standard output says that everything is ready.
    stdio::print_line(&endpoint)?;
    let cloud = match authority {
        Some(file) => {
            console.say(format!(
                "Serving a simulated Azure. Its certificate authority is in {file}."
            ));
            format!("--cloud {endpoint} --ca-file {file}")
        }
        None => {
            console.say("Serving a simulated Azure over plain HTTP.");
            format!("--cloud {endpoint}")
        }
    };
    let is_fresh = brought.and_then(BuiltIn::named) == Some(BuiltIn::Fresh);
    if is_fresh {
        console.say(format!(
            "Set a scanner up: threatdefence setup plan {cloud}"
        ));
    } else {
        console.say(format!("Scan it: threatdefence scan {cloud}"));
    }
    for line in sign_in {
        console.say(line);
    }
    console.say("Stop it with Ctrl-C.");
    let stopped = match already {
        Some(stopped) => stopped,
        None => stopped.await,
    };
    stopped.map_err(|error| CliError::failed(format!("Ctrl-C cannot be waited for: {error}")))?;
    server.shutdown().await;
    Ok(Exit::Done)
}

/// How to sign in to a made-up tenant: as its first user, and as its first application.
fn sign_in(tenant: &Tenant) -> Vec<String> {
    let id = tenant.id();
    let by_user = tenant.users().into_iter().next().map(|(name, password)| {
        format!("Sign in as {name}: az login --username {name} --password {password} --tenant {id}")
    });
    let by_application = tenant.credentials().into_iter().next().map(|(client, secret)| {
        format!(
            "Sign in with: AZURE_TENANT_ID={id} AZURE_CLIENT_ID={client} AZURE_CLIENT_SECRET={secret}"
        )
    });
    by_user.into_iter().chain(by_application).collect()
}

/// Writes the certificate authority's certificate, and says where; nothing over plain HTTP.
fn write_authority(arguments: &SimulateArgs, server: &Server) -> Result<Option<String>, CliError> {
    let Some(ca) = server.ca_pem() else {
        return Ok(None);
    };
    let file = arguments
        .ca_out
        .clone()
        .unwrap_or_else(|| PathBuf::from("threatdefence-simulator-ca.pem"));
    std::fs::write(&file, ca).map_err(|error| {
        CliError::failed(format!("{} could not be written: {error}", file.display()))
    })?;
    Ok(Some(file.display().to_string()))
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
        replication_delay: Duration::from_secs(arguments.replication_delay),
    })
}
