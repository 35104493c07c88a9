//! Which checks to run.

use std::path::PathBuf;

use checks::{Selection, Severity};
use clap::Args;

use super::severities;

/// Where checks come from besides the built-in ones.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Content")]
pub struct ContentArgs {
    /// A folder with checks/ and catalog/ that adds to or overrides the built-in content
    #[arg(long, value_name = "DIR", value_delimiter = ',')]
    pub content: Vec<PathBuf>,
}

/// Which checks to run.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Checks")]
pub struct SelectionArgs {
    /// A check to run; `*` and `?` match, as in storage_*
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub check: Vec<String>,

    /// A check to leave out
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub exclude_check: Vec<String>,

    /// Checks of a service, as in storage
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub service: Vec<String>,

    /// Checks of a category, as in encryption
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub category: Vec<String>,

    /// Checks of a severity
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = severities())]
    pub severity: Vec<Severity>,
}

impl SelectionArgs {
    /// Whether nothing is selected by hand.
    pub fn is_empty(&self) -> bool {
        self.selection() == Selection::default()
    }

    /// The selection as the library takes it.
    pub fn selection(&self) -> Selection {
        Selection {
            checks: self.check.clone(),
            exclude: self.exclude_check.clone(),
            services: self.service.clone(),
            categories: self.category.clone(),
            severities: self.severity.clone(),
        }
    }
}
