//! What every format does.

use std::path::PathBuf;

use checks::Finding;

use crate::{Gap, Measurements, Remedy, ReportError, Run, Totals};

/// One format being written.
pub trait Output {
    /// Takes one finding, and how to fix this very resource where that differs from what the
    /// check says in general.
    fn finding(&mut self, finding: &Finding, remedy: Option<&Remedy>) -> Result<(), ReportError>;

    /// Completes the file and gives it its name.
    fn finish(
        self: Box<Self>,
        run: &Run,
        gaps: &[Gap],
        totals: &Totals,
        measured: &Measurements,
    ) -> Result<PathBuf, ReportError>;
}
