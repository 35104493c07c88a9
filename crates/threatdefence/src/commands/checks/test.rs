//! `threatdefence checks test`.

use clap::Args;

use crate::args::{ContentArgs, SelectionArgs};
use crate::console::Console;
use crate::content::Content;
use crate::error::{CliError, Exit};
use crate::stdio;

/// Run the checks' own tests
#[derive(Debug, Clone, Args)]
pub struct TestArgs {
    #[command(flatten)]
    pub selection: SelectionArgs,
    #[command(flatten)]
    pub content: ContentArgs,
}

/// Runs it: 1 when a test fails.
///
/// # Errors
/// Content that cannot be used, or a selection that matches nothing.
pub fn run(arguments: &TestArgs, console: &Console) -> Result<Exit, CliError> {
    let content = Content::load(&arguments.content)?;
    let selected = content.select(&arguments.selection)?;
    let (mut tests, mut failed) = (0, 0);
    for check in &selected {
        let report = ::checks::test(check, &content.catalog);
        tests += report.tests;
        failed += report.failures.len();
        for failure in &report.failures {
            stdio::print_line(failure)?;
        }
    }
    console.say(format!(
        "{} checks: {} tests passed, {failed} failed",
        selected.len(),
        tests - failed
    ));
    Ok(if failed == 0 {
        Exit::Done
    } else {
        Exit::Failed
    })
}
