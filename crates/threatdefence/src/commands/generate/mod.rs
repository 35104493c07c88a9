//! `threatdefence generate`: the reference documentation that comes from code and content.

mod checks;
mod cli;
mod coverage;
mod differences;
mod permissions;
mod reads;

use std::path::{Path, PathBuf};

use clap::Args;

use crate::args::ContentArgs;
use crate::console::Console;
use crate::content::Content;
use crate::error::{CliError, Exit};

/// Write the generated reference documentation
#[derive(Debug, Clone, Args)]
pub struct GenerateArgs {
    /// Write nothing; fail when a file is out of date
    #[arg(long)]
    pub check: bool,

    /// The folder to write into
    #[arg(long, value_name = "DIR", default_value = "docs")]
    pub output_dir: PathBuf,
}

/// Runs it: 1 when `--check` finds a stale file.
///
/// # Errors
/// A file cannot be written.
pub fn run(arguments: &GenerateArgs, console: &Console) -> Result<Exit, CliError> {
    let content = Content::load(&ContentArgs::default())?;
    let pages = [
        ("reference/checks.md", checks::page(&content)),
        ("reference/cli.md", cli::page()),
        ("reference/coverage.md", coverage::page(&content)?),
        ("reference/differences.md", differences::page(&content)),
        (
            "permissions.md",
            permissions::page(&content).map_err(CliError::failed)?,
        ),
        ("reference/reads.md", reads::page(&content)),
    ];
    let mut stale = Vec::new();
    for (name, text) in pages {
        let path = arguments.output_dir.join(name);
        if read(&path) == text {
            continue;
        }
        if !arguments.check {
            write(&path, &text)?;
        }
        stale.push(path.display().to_string());
    }
    if stale.is_empty() {
        console.say("The reference is up to date.");
        return Ok(Exit::Done);
    }
    if arguments.check {
        return Err(
            CliError::failed(format!("out of date: {}", stale.join(", ")))
                .hint("run `threatdefence generate`"),
        );
    }
    console.say(format!("Wrote {}", stale.join(", ")));
    Ok(Exit::Done)
}

/// The file as it is, whatever line ends the system gives it; nothing when there is none.
fn read(path: &Path) -> String {
    std::fs::read_to_string(path)
        .unwrap_or_default()
        .replace("\r\n", "\n")
}

fn write(path: &Path, text: &str) -> Result<(), CliError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, text))
        .map_err(|error| {
            CliError::failed(format!("{} could not be written: {error}", path.display()))
        })
}
