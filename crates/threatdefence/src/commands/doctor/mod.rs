//! `threatdefence doctor`: who you are, what you can read, and what each missing grant costs.

mod identity;
mod probe;
mod report;

use clap::{Args, ValueEnum};

use crate::args::{ConnectionArgs, ContentArgs, ScopeArgs, SelectionArgs};
use crate::connect::connect;
use crate::console::Console;
use crate::content::Content;
use crate::error::{CliError, Exit};
use crate::readiness::lacks;
use crate::stdio;

/// How to report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DoctorFormat {
    /// For people
    Table,
    /// For programs
    Json,
}

/// Show who you are, what you can read, and what each missing grant costs
#[derive(Debug, Clone, Args)]
pub struct DoctorArgs {
    #[command(flatten)]
    pub connection: ConnectionArgs,
    #[command(flatten)]
    pub scope: ScopeArgs,
    #[command(flatten)]
    pub selection: SelectionArgs,
    #[command(flatten)]
    pub content: ContentArgs,

    /// How to report
    #[arg(long, value_enum, default_value = "table")]
    pub format: DoctorFormat,

    /// End with 4 when a selected check would not be assessed
    #[arg(long)]
    pub require_complete: bool,
}

/// Runs it.
///
/// # Errors
/// Sign-in fails, or it is not clear what to look at.
pub async fn run(arguments: &DoctorArgs, console: &Console) -> Result<Exit, CliError> {
    let content = Content::load(&arguments.content)?;
    let selected = content.select(&arguments.selection)?;
    let plan = content.plan(&selected)?;
    let connection = connect(&arguments.connection, console).await?;
    let scope = inventory::resolve(
        &connection.client,
        &connection.tenant_id,
        &arguments.scope.request(),
    )
    .await
    .map_err(crate::collection::unclear)?;
    let identity = identity::look_up(&connection).await;
    let management_groups = probe::management_groups(&connection.client).await;
    let grants = probe::grants(&connection.client, &identity, &plan, &scope).await;
    let readiness = selected
        .iter()
        .map(|check| (check.id.clone(), lacks(check, &content.catalog, &grants)))
        .collect();
    let diagnosis = report::Diagnosis {
        identity,
        tenant_name: scope.tenant_name.clone(),
        tenant_id: scope.tenant_id.clone(),
        cloud: connection.cloud.name.clone(),
        subscriptions: scope
            .subscriptions
            .into_iter()
            .map(|(subscription, _)| subscription)
            .collect(),
        skipped: scope.skipped,
        management_groups,
        grants,
        readiness,
    };
    match arguments.format {
        DoctorFormat::Table => stdio::print(diagnosis.as_text(console.width()))?,
        DoctorFormat::Json => {
            let text = serde_json::to_string_pretty(&diagnosis.as_json());
            stdio::print_line(text.map_err(CliError::failed)?)?;
        }
    }
    let ready = diagnosis
        .readiness
        .iter()
        .all(|(_, lacks)| lacks.is_empty())
        && !diagnosis.subscriptions.is_empty();
    Ok(if ready || !arguments.require_complete {
        Exit::Done
    } else {
        Exit::Incomplete
    })
}
