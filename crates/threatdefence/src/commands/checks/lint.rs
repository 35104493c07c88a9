//! `threatdefence checks lint`.

use ::checks::ContentError;
use clap::Args;

use crate::args::ContentArgs;
use crate::console::Console;
use crate::content::Content;
use crate::error::{CliError, Exit};
use crate::stdio;

/// Look for mistakes in checks and in the catalogue
#[derive(Debug, Clone, Args)]
pub struct LintArgs {
    #[command(flatten)]
    pub content: ContentArgs,
}

/// Runs it: 1 when something is wrong.
///
/// # Errors
/// A content folder is missing or its catalogue cannot be used.
pub fn run(arguments: &LintArgs, console: &Console) -> Result<Exit, CliError> {
    let catalog = Content::catalog(&arguments.content)?;
    let (checks, diagnostics) = match Content::library(&arguments.content) {
        Ok(library) => (library.checks().len(), ::checks::lint(&library, &catalog)),
        Err(ContentError(diagnostics)) => (0, diagnostics),
    };
    for diagnostic in &diagnostics {
        stdio::print_line(diagnostic)?;
    }
    let entries = catalog::lint(&catalog);
    for defect in &entries {
        stdio::print_line(defect)?;
    }
    let problems = diagnostics.len() + entries.len();
    let plural = if problems == 1 { "" } else { "s" };
    match checks {
        0 => console.say(format!(
            "{problems} problem{plural}; files that cannot be read come first"
        )),
        _ => console.say(format!("{checks} checks, {problems} problem{plural}")),
    }
    Ok(if problems == 0 {
        Exit::Done
    } else {
        Exit::Failed
    })
}
