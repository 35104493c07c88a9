//! Writes the array, one event per line.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use checks::Finding;

use super::mapping::event;
use super::uid::FindingUids;
use crate::context::Context;
use crate::file::PartialFile;
use crate::{Format, Gap, Measurements, Output, Remedy, ReportError, Run, Totals};

/// Writes `findings.ocsf.json`.
pub(crate) struct OcsfOutput {
    file: PartialFile,
    context: Rc<Context>,
    uids: FindingUids,
    empty: bool,
}

impl OcsfOutput {
    pub(crate) fn create(dir: &Path, context: Rc<Context>) -> Result<Self, ReportError> {
        let mut file = PartialFile::create(dir, Format::Ocsf.file_name())?;
        file.put("[")?;
        Ok(Self {
            file,
            context,
            uids: FindingUids::default(),
            empty: true,
        })
    }
}

impl Output for OcsfOutput {
    fn finding(&mut self, finding: &Finding, remedy: Option<&Remedy>) -> Result<(), ReportError> {
        let uid = self.uids.next(finding);
        let fix = Remedy::of(remedy, self.context.check(finding)).joined();
        self.file.put(if self.empty { "\n" } else { ",\n" })?;
        self.empty = false;
        self.file
            .put_json(&event(&self.context, finding, &uid, &fix))
    }

    fn finish(
        mut self: Box<Self>,
        _run: &Run,
        _gaps: &[Gap],
        _totals: &Totals,
        _measured: &Measurements,
    ) -> Result<PathBuf, ReportError> {
        self.file.put("\n]\n")?;
        self.file.finish()
    }
}
