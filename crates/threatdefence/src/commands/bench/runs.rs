//! Runs of this very program, each in a process of its own, so that its memory is its own.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::process::Command;

use super::azure_side::AzureSide;
use crate::error::CliError;
use crate::figures::Figures;

/// A collection that was measured.
pub(super) struct Run {
    /// From the start of the process to its end.
    pub(super) wall: Duration,
    pub(super) figures: Figures,
}

/// Collects into `snapshot` with these arguments more.
///
/// # Errors
/// The program fails, or says nothing of itself.
pub(super) async fn collect(
    azure: &AzureSide,
    snapshot: &Path,
    more: &[String],
) -> Result<Run, CliError> {
    let figures = snapshot.with_extension("json");
    let mut arguments = vec![
        "collect".to_owned(),
        "--output".to_owned(),
        snapshot.display().to_string(),
        "--figures".to_owned(),
        figures.display().to_string(),
    ];
    arguments.extend(azure.arguments());
    arguments.extend_from_slice(more);
    let started = Instant::now();
    this_program(&arguments).await?;
    let wall = started.elapsed();
    let text = std::fs::read_to_string(&figures).map_err(CliError::failed)?;
    let figures = serde_json::from_str(&text).map_err(CliError::failed)?;
    Ok(Run { wall, figures })
}

/// The findings of a snapshot, a line each.
///
/// # Errors
/// The program fails.
pub(super) async fn findings(snapshot: &Path) -> Result<String, CliError> {
    let folder = snapshot.with_extension("findings");
    this_program(&[
        "evaluate".to_owned(),
        snapshot.display().to_string(),
        "--output-dir".to_owned(),
        folder.display().to_string(),
        "--format".to_owned(),
        "jsonl".to_owned(),
    ])
    .await?;
    std::fs::read_to_string(folder.join(report::Format::Jsonl.file_name()))
        .map_err(CliError::failed)
}

async fn this_program(arguments: &[String]) -> Result<(), CliError> {
    let program = std::env::current_exe().map_err(CliError::failed)?;
    let mut command = Command::new(program);
    // The measured program is as its defaults are, whatever this one was told.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("THREATDEFENCE_") {
            command.env_remove(name);
        }
    }
    let output = command
        .args(arguments)
        .arg("--quiet")
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .map_err(CliError::failed)?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(CliError::failed(format!(
        "`threatdefence {}` failed: {}",
        arguments.first().map_or("", String::as_str),
        said.trim()
    )))
}
