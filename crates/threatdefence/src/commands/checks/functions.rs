//! `threatdefence checks functions`.

use clap::Args;

use crate::console::Console;
use crate::error::{CliError, Exit};
use crate::stdio;

/// List the functions that checks may call
#[derive(Debug, Clone, Args)]
pub struct FunctionsArgs {
    /// Only functions whose name or text contains this
    #[arg(value_name = "TEXT")]
    pub search: Option<String>,
}

/// Runs it.
///
/// # Errors
/// Nothing matches.
pub fn run(arguments: &FunctionsArgs, console: &Console) -> Result<Exit, CliError> {
    let search = arguments
        .search
        .as_deref()
        .unwrap_or_default()
        .to_lowercase();
    let functions = ::checks::environment().functions();
    let found: Vec<_> = functions
        .iter()
        .filter(|function| {
            format!("{} {}", function.signature, function.summary)
                .to_lowercase()
                .contains(&search)
        })
        .collect();
    if found.is_empty() {
        return Err(CliError::usage(format!(
            "no function has `{search}` in its name or text"
        )));
    }
    for function in &found {
        stdio::print_line(format_args!(
            "{}\n    {}\n    {}\n",
            function.signature, function.summary, function.example
        ))?;
    }
    console.say(format!("{} functions", found.len()));
    Ok(Exit::Done)
}
