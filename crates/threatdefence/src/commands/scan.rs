//! `threatdefence scan`: collect, evaluate, report.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use inventory::ScopeRequest;

use crate::args::{
    ConnectionArgs, ContentArgs, OutputArgs, ReadingArgs, ScopeArgs, SelectionArgs, VerdictArgs,
};
use crate::assess::{Assessment, assess};
use crate::collection::{self, Order};
use crate::config::Config;
use crate::connect::{Connection, connect};
use crate::console::Console;
use crate::content::Content;
use crate::error::{CliError, Exit};
use crate::folder;

/// Scan a tenant: collect, evaluate, report
#[derive(Debug, Clone, Args)]
pub struct ScanArgs {
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
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub verdict: VerdictArgs,

    /// Go on from an earlier snapshot, or the folder of an earlier scan: read only what changed since
    #[arg(long, value_name = "SNAPSHOT", conflicts_with = "resume")]
    pub since: Option<PathBuf>,

    /// Go on with a scan that was cut off: its folder
    #[arg(long, value_name = "DIR", conflicts_with_all = ["subscription", "management_group", "resource_group",
        "exclude_subscription", "check", "exclude_check", "service", "category", "severity", "output_dir"])]
    pub resume: Option<PathBuf>,
}

/// Runs it.
///
/// # Errors
/// Whatever keeps the scan from its end; what Azure refuses is in the report instead.
pub async fn run(
    arguments: &ScanArgs,
    config: &Config,
    console: &Console,
) -> Result<Exit, CliError> {
    let content = Content::load(&arguments.content)?;
    let job = Job::of(arguments)?;
    let selected = match &job.earlier {
        Some(earlier) => content.named(&earlier.checks)?,
        None => content.select(&arguments.selection)?,
    };
    let plan = content.plan(&selected)?;
    folder::prepare(&job.folder)?;
    let connection = connect(&arguments.connection, console).await?;
    scan(
        Scan {
            arguments,
            config,
            content: &content,
            selected: &selected,
            plan: &plan,
            job,
            connection,
        },
        console,
    )
    .await
}

/// A scan that knows its connection; `demo` makes the same with another.
pub struct Scan<'a> {
    pub arguments: &'a ScanArgs,
    pub config: &'a Config,
    pub content: &'a Content,
    pub selected: &'a [&'a ::checks::Check],
    pub plan: &'a catalog::Plan,
    pub job: Job,
    pub connection: Connection,
}

/// Where a scan writes and what it goes on with.
pub struct Job {
    /// The report folder.
    pub folder: PathBuf,
    /// The manifest of the scan that was cut off.
    pub earlier: Option<inventory::Manifest>,
}

impl Job {
    /// A job of its own in a folder that no other scan used.
    ///
    /// # Errors
    /// The folder holds a scan already.
    pub fn new(asked: Option<&Path>, what: &str) -> Result<Self, CliError> {
        let folder = folder::choose(asked, what);
        folder::refuse_used(&folder)?;
        Ok(Self {
            folder,
            earlier: None,
        })
    }

    /// A new job, or the one to resume.
    ///
    /// # Errors
    /// There is nothing to resume.
    pub fn of(arguments: &ScanArgs) -> Result<Self, CliError> {
        let Some(resumed) = &arguments.resume else {
            return Self::new(arguments.output.output_dir.as_deref(), "scan");
        };
        let folder = if resumed.is_file() {
            resumed.parent().unwrap_or(Path::new(".")).to_owned()
        } else {
            resumed.clone()
        };
        let earlier = collection::earlier(&folder.join(folder::SNAPSHOT))?;
        Ok(Self {
            folder,
            earlier: Some(earlier),
        })
    }
}

/// Collects, evaluates and reports.
///
/// # Errors
/// As [`run`].
pub async fn scan(scan: Scan<'_>, console: &Console) -> Result<Exit, CliError> {
    let snapshot = scan.job.folder.join(folder::SNAPSHOT);
    let request = match &scan.job.earlier {
        Some(earlier) => resumed_scope(earlier),
        None => scan.arguments.scope.request(),
    };
    let order = Order {
        connection: &scan.connection,
        request,
        plan: scan.plan,
        checks: scan.selected.iter().map(|check| check.id.clone()).collect(),
        snapshot: &snapshot,
        earlier: scan.job.earlier,
        everything: false,
        since: scan.arguments.since.as_deref(),
        reading: &scan.arguments.reading,
    };
    if !collection::collect(order, console).await? {
        let resume = format!("threatdefence scan --resume {}", scan.job.folder.display());
        return Err(collection::stopped(&snapshot, &resume));
    }
    let assessment = Assessment {
        content: scan.content,
        selected: scan.selected,
        config: scan.config,
        snapshot: &snapshot,
        folder: &scan.job.folder,
        output: &scan.arguments.output,
        verdict: &scan.arguments.verdict,
        seconds: BTreeMap::from([("sign_in".to_owned(), scan.connection.seconds)]),
    };
    assess(assessment, console)
}

/// The very subscriptions that the cut-off run scanned.
pub fn resumed_scope(earlier: &inventory::Manifest) -> ScopeRequest {
    ScopeRequest {
        subscriptions: earlier
            .subscriptions
            .iter()
            .map(|subscription| subscription.id.clone())
            .collect(),
        resource_groups: earlier.resource_groups.clone(),
        ..ScopeRequest::default()
    }
}
