//! Where results go and what they mean for the exit code.

use std::path::PathBuf;

use checks::Severity;
use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use report::Format;

use super::severities;

/// Where results go.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// The folder for the report; a dated one in the current folder when absent
    #[arg(long, short = 'o', value_name = "DIR")]
    pub output_dir: Option<PathBuf>,

    /// A file to write into it; all when absent
    #[arg(long, value_name = "FORMAT", value_delimiter = ',', value_parser = formats())]
    pub format: Vec<Format>,
}

/// What the exit code says.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Exit code")]
pub struct VerdictArgs {
    /// End with 3 when a finding fails at or above this severity
    #[arg(long, value_name = "SEVERITY", value_parser = severities())]
    pub fail_on: Option<Severity>,

    /// End with 4 when something could not be read
    #[arg(long)]
    pub require_complete: bool,
}

fn formats() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(Format::as_str))
        .try_map(|name| name.parse::<Format>())
}
