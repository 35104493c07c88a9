//! `threatdefence checks list`.

use catalog::DocumentType;
use checks::Check;
use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::args::{ContentArgs, SelectionArgs};
use crate::console::Console;
use crate::content::Content;
use crate::error::{CliError, Exit};
use crate::stdio;
use crate::table;

/// How to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For people
    Table,
    /// For programs
    Json,
}

/// List checks
#[derive(Debug, Clone, Args)]
pub struct ListArgs {
    #[command(flatten)]
    pub selection: SelectionArgs,
    #[command(flatten)]
    pub content: ContentArgs,

    /// How to list them
    #[arg(long, value_enum, default_value = "table")]
    pub format: ListFormat,
}

#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    title: &'a str,
    service: &'a str,
    severity: &'a str,
    categories: &'a [String],
    resources: Vec<&'a str>,
    reads: Vec<String>,
    permissions: Vec<String>,
}

/// Runs it.
///
/// # Errors
/// Content that cannot be used, or a selection that matches nothing.
pub fn run(arguments: &ListArgs, console: &Console) -> Result<Exit, CliError> {
    let content = Content::load(&arguments.content)?;
    let selected = content.select(&arguments.selection)?;
    match arguments.format {
        ListFormat::Table => print_table(&selected, console)?,
        ListFormat::Json => print_json(&content, &selected)?,
    }
    Ok(Exit::Done)
}

fn print_table(selected: &[&Check], console: &Console) -> Result<(), CliError> {
    let rows = selected.iter().map(|check| {
        vec![
            check.severity.as_str().to_owned(),
            check.service.clone(),
            check.id.clone(),
            check.title.clone(),
        ]
    });
    stdio::print_line(table::of(
        &["severity", "service", "check", "title"],
        rows,
        console.width(),
    ))?;
    console.say(format!("{} checks", selected.len()));
    Ok(())
}

fn print_json(content: &Content, selected: &[&Check]) -> Result<(), CliError> {
    let rows: Vec<Row<'_>> = selected
        .iter()
        .map(|check| Row {
            id: &check.id,
            title: &check.title,
            service: &check.service,
            severity: check.severity.as_str(),
            categories: &check.categories,
            resources: check.resources.iter().map(DocumentType::as_str).collect(),
            reads: content.reads(check),
            permissions: check.permissions(&content.catalog),
        })
        .collect();
    stdio::print_line(serde_json::to_string_pretty(&rows).map_err(CliError::failed)?)
}
