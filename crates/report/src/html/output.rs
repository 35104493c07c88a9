//! Writes the page.

use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use askama::Template;
use checks::Finding;

use super::data::{Row, Shared, script_json};
use super::page::{Page, ROWS};
use crate::context::Context;
use crate::file::{PartialFile, scratch};
use crate::{Format, Gap, Measurements, Output, Remedy, ReportError, Run, Totals};

/// Writes `report.html`. The page begins with counts that are known only at the end, so rows wait
/// in a file of their own.
pub(crate) struct HtmlOutput {
    file: PartialFile,
    rows: BufWriter<File>,
    context: Rc<Context>,
    empty: bool,
}

impl HtmlOutput {
    pub(crate) fn create(dir: &Path, context: Rc<Context>) -> Result<Self, ReportError> {
        let file = PartialFile::create(dir, Format::Html.file_name())?;
        Ok(Self {
            file,
            rows: scratch(dir)?,
            context,
            empty: true,
        })
    }
}

impl Output for HtmlOutput {
    fn finding(&mut self, finding: &Finding, remedy: Option<&Remedy>) -> Result<(), ReportError> {
        let row = Row {
            check: self.context.check_index(finding),
            finding,
            remedy,
        };
        let json =
            script_json(&row).map_err(|source| ReportError::json(self.file.path(), source))?;
        let separator = if self.empty { "\n" } else { ",\n" };
        self.empty = false;
        write!(self.rows, "{separator}{json}")
            .map_err(|source| ReportError::write(self.file.path(), source))
    }

    fn finish(
        self: Box<Self>,
        run: &Run,
        gaps: &[Gap],
        totals: &Totals,
        measured: &Measurements,
    ) -> Result<PathBuf, ReportError> {
        let Self {
            mut file,
            rows,
            context,
            ..
        } = *self;
        let path = file.path().to_owned();
        let shared = script_json(&Shared::of(&context))
            .map_err(|source| ReportError::json(&path, source))?;
        let page = Page::new(run, gaps, totals, measured, shared)
            .render()
            .map_err(|source| ReportError::Template {
                path: path.clone(),
                source,
            })?;
        // The last one is the template's own: only the script follows it.
        let (head, tail) = page.rsplit_once(ROWS).unwrap_or((&page, ""));
        file.put(head)?;
        append(rows, &mut file).map_err(|source| ReportError::write(&path, source))?;
        file.put(tail)?;
        file.finish()
    }
}

/// Copies what waits in `rows` to the end of `file`.
fn append(rows: BufWriter<File>, file: &mut PartialFile) -> io::Result<()> {
    let mut rows = rows.into_inner().map_err(io::IntoInnerError::into_error)?;
    rows.rewind()?;
    io::copy(&mut rows, file)?;
    Ok(())
}
