//! `findings.jsonl`: one finding per line, as [`Finding`] serialises, in UTF-8.

use std::path::{Path, PathBuf};

use checks::Finding;

use crate::file::PartialFile;
use crate::{Format, Gap, Measurements, Output, Remedy, ReportError, Run, Totals};

/// Writes `findings.jsonl`.
pub(crate) struct JsonlOutput {
    file: PartialFile,
}

impl JsonlOutput {
    pub(crate) fn create(dir: &Path) -> Result<Self, ReportError> {
        Ok(Self {
            file: PartialFile::create(dir, Format::Jsonl.file_name())?,
        })
    }
}

impl Output for JsonlOutput {
    fn finding(&mut self, finding: &Finding, _remedy: Option<&Remedy>) -> Result<(), ReportError> {
        self.file.put_json(finding)?;
        self.file.put("\n")
    }

    fn finish(
        self: Box<Self>,
        _run: &Run,
        _gaps: &[Gap],
        _totals: &Totals,
        _measured: &Measurements,
    ) -> Result<PathBuf, ReportError> {
        self.file.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn looks_as_documented() {
        insta::assert_snapshot!(samples::written(Format::Jsonl, &samples::findings(), &[]));
    }

    #[test]
    fn every_line_reads_back() {
        let findings = samples::findings();
        let text = samples::written(Format::Jsonl, &findings, &[]);
        let read: Vec<Finding> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(read, findings);
    }

    #[test]
    fn an_empty_run_is_an_empty_file() {
        assert_eq!(samples::written(Format::Jsonl, &[], &[]), "");
    }
}
