//! `threatdefence demo`: the simulated company, scanned by the same code that scans Azure.

use azure::{Secret, SignIn};
use clap::Args;
use simulator::{Options, Server, Tenant};

use crate::args::{ConnectionArgs, ContentArgs, OutputArgs, SelectionArgs};
use crate::commands::scan::{Job, Scan, ScanArgs, scan};
use crate::config::Config;
use crate::connect::connect_as;
use crate::console::Console;
use crate::content::Content;
use crate::error::{CliError, Exit};
use crate::folder;
use crate::tenants::BuiltIn;

/// Scan a simulated company: no account, no network
#[derive(Debug, Clone, Args)]
pub struct DemoArgs {
    #[command(flatten)]
    pub selection: SelectionArgs,
    #[command(flatten)]
    pub content: ContentArgs,
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Runs it.
///
/// # Errors
/// The report cannot be written.
pub async fn run(
    arguments: &DemoArgs,
    config: &Config,
    console: &Console,
) -> Result<Exit, CliError> {
    let content = Content::load(&arguments.content)?;
    let selected = content.select(&arguments.selection)?;
    let plan = content.plan(&selected)?;
    let job = Job::new(arguments.output.output_dir.as_deref(), "demo")?;
    folder::prepare(&job.folder)?;
    let folder = job.folder.clone();
    let tenant = BuiltIn::Demo.load()?;
    let sign_in = scanner(&tenant)?;
    let server = Server::start(tenant, Options::default())
        .await
        .map_err(CliError::failed)?;
    console.say(format!(
        "A simulated Azure listens on {}; scanning it like the real one.",
        server.endpoint()
    ));
    let arguments = scan_arguments(arguments, server.endpoint().as_str());
    let authorities = server.ca_pem().map(|pem| pem.as_bytes().to_vec());
    let connection = connect_as(sign_in, &arguments.connection, &authorities, console).await?;
    let scan_of_demo = Scan {
        arguments: &arguments,
        config,
        content: &content,
        selected: &selected,
        plan: &plan,
        job,
        connection,
    };
    let exit = scan(scan_of_demo, console).await?;
    server.shutdown().await;
    suggest(&folder, console);
    Ok(exit)
}

/// The company's own scanner application.
fn scanner(tenant: &Tenant) -> Result<SignIn, CliError> {
    let credentials = tenant.credentials();
    let (client, secret) = credentials
        .first()
        .ok_or_else(|| CliError::failed("the demo company has no application to sign in with"))?;
    Ok(SignIn::ClientSecret {
        tenant: tenant.id().to_owned(),
        client: (*client).to_owned(),
        secret: Secret::new((*secret).to_owned()),
    })
}

/// What the user asked of the demo, as a scan of the simulated cloud.
fn scan_arguments(arguments: &DemoArgs, endpoint: &str) -> ScanArgs {
    ScanArgs {
        connection: ConnectionArgs::to_cloud(endpoint),
        scope: Default::default(),
        reading: Default::default(),
        selection: arguments.selection.clone(),
        content: arguments.content.clone(),
        output: arguments.output.clone(),
        verdict: Default::default(),
        since: None,
        resume: None,
    }
}

fn suggest(folder: &std::path::Path, console: &Console) {
    let report = folder.join(report::Format::Html.file_name());
    let open = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "start"
    } else {
        "xdg-open"
    };
    if report.is_file() {
        console.say(format!("\nOpen the report:   {open} {}", report.display()));
    }
    console.say("Your own tenant:   az login && threatdefence doctor && threatdefence scan");
    console
        .say("One check closely: threatdefence checks show network_ssh_internet_access_restricted");
}
