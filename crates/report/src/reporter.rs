//! Feeds every chosen format.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use checks::Finding;

use crate::context::Context;
use crate::csv_output::CsvOutput;
use crate::html::HtmlOutput;
use crate::jsonl::JsonlOutput;
use crate::ocsf::OcsfOutput;
use crate::summary::SummaryOutput;
use crate::{Format, Gap, Measurements, Output, Remedy, ReportError, Run, Totals};

/// Takes findings one by one and hands them to every chosen format.
///
/// Files get their names in [`Reporter::finish`]; a reporter dropped before that leaves nothing.
pub struct Reporter {
    outputs: Vec<Box<dyn Output>>,
    totals: Totals,
}

impl Reporter {
    /// Makes the folder if need be and starts a file for each format.
    ///
    /// # Errors
    ///
    /// [`ReportError::Folder`] when the folder cannot be made or written to.
    pub fn create(dir: &Path, formats: &[Format], run: &Run) -> Result<Self, ReportError> {
        std::fs::create_dir_all(dir).map_err(|source| ReportError::Folder {
            path: dir.to_owned(),
            source,
        })?;
        let context = Rc::new(Context::new(run));
        let outputs = Format::ALL
            .into_iter()
            .filter(|format| formats.contains(format))
            .map(|format| open(format, dir, &context))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            outputs,
            totals: Totals::new(run),
        })
    }

    /// Takes one finding, and its remedy where that was rendered for this very resource.
    ///
    /// # Errors
    ///
    /// [`ReportError::Write`] when a file cannot be written.
    pub fn finding(
        &mut self,
        finding: &Finding,
        remedy: Option<&Remedy>,
    ) -> Result<(), ReportError> {
        self.totals.add(finding);
        self.outputs
            .iter_mut()
            .try_for_each(|output| output.finding(finding, remedy))
    }

    /// The counts so far.
    pub fn totals(&self) -> &Totals {
        &self.totals
    }

    /// Completes every file; returns the counts and the files, in the order of [`Format::ALL`].
    ///
    /// # Errors
    ///
    /// [`ReportError::Write`] when a file cannot be completed; it then does not appear.
    pub fn finish(
        self,
        run: &Run,
        gaps: &[Gap],
        measured: &Measurements,
    ) -> Result<(Totals, Vec<PathBuf>), ReportError> {
        let Self { outputs, totals } = self;
        let files = outputs
            .into_iter()
            .map(|output| output.finish(run, gaps, &totals, measured))
            .collect::<Result<_, _>>()?;
        Ok((totals, files))
    }
}

fn open(format: Format, dir: &Path, context: &Rc<Context>) -> Result<Box<dyn Output>, ReportError> {
    let context = Rc::clone(context);
    Ok(match format {
        Format::Csv => Box::new(CsvOutput::create(dir, context)?),
        Format::Jsonl => Box::new(JsonlOutput::create(dir)?),
        Format::Ocsf => Box::new(OcsfOutput::create(dir, context)?),
        Format::Html => Box::new(HtmlOutput::create(dir, context)?),
        Format::Summary => Box::new(SummaryOutput::create(dir)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn writes_every_chosen_file_and_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("deep/report");
        let run = samples::run();
        let mut reporter =
            Reporter::create(&folder, &[Format::Summary, Format::Html], &run).unwrap();
        for finding in samples::findings() {
            reporter.finding(&finding, None).unwrap();
        }
        let (totals, files) = reporter
            .finish(&run, &samples::gaps(), &samples::measurements())
            .unwrap();
        assert_eq!(totals.all.total(), samples::findings().len() as u64);
        assert_eq!(
            files,
            [folder.join("report.html"), folder.join("summary.json")]
        );
        assert_eq!(names(&folder), ["report.html", "summary.json"]);
    }

    #[test]
    fn a_run_that_is_cut_off_leaves_no_file() {
        let dir = tempfile::tempdir().unwrap();
        let mut reporter = Reporter::create(dir.path(), &Format::ALL, &samples::run()).unwrap();
        reporter.finding(&samples::findings()[0], None).unwrap();
        drop(reporter);
        assert!(names(dir.path()).is_empty(), "{:?}", names(dir.path()));
    }

    #[test]
    fn a_folder_that_is_a_file_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("taken");
        std::fs::write(&file, "").unwrap();
        let error = Reporter::create(&file, &Format::ALL, &samples::run())
            .err()
            .unwrap();
        assert!(
            error
                .to_string()
                .starts_with("cannot write to the report folder"),
            "{error}"
        );
    }

    #[test]
    fn the_same_findings_give_the_same_bytes() {
        let write = || {
            let dir = tempfile::tempdir().unwrap();
            let files = samples::write(dir.path(), &samples::findings(), &samples::gaps());
            files
                .iter()
                .map(|file| std::fs::read(file).unwrap())
                .collect::<Vec<_>>()
        };
        assert_eq!(write(), write());
    }
}
