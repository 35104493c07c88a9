//! `findings.csv`.
//!
//! RFC 4180: a header line, comma, double quotes where needed, CRLF line ends, UTF-8 without a
//! byte order mark. A cell that a spreadsheet would take for a formula (it begins with `=`, `+`,
//! `-`, `@`, a tab or a carriage return) gets an apostrophe in front, as OWASP's page on CSV
//! injection advises; scripts that need the bare value read `findings.jsonl`.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use checks::Finding;

use crate::context::Context;
use crate::file::PartialFile;
use crate::{Format, Gap, Measurements, Output, Remedy, ReportError, Run, Totals, words};

/// The columns, in order. New ones are only ever added at the end.
pub const COLUMNS: [&str; 15] = [
    "check_id",
    "status",
    "severity",
    "service",
    "resource_id",
    "resource_name",
    "resource_type",
    "subscription_id",
    "region",
    "message",
    "reason",
    "permission",
    "check_title",
    "evidence",
    "remediation",
];

/// Writes `findings.csv`.
pub(crate) struct CsvOutput {
    path: PathBuf,
    writer: csv::Writer<PartialFile>,
    context: Rc<Context>,
}

impl CsvOutput {
    pub(crate) fn create(dir: &Path, context: Rc<Context>) -> Result<Self, ReportError> {
        let file = PartialFile::create(dir, Format::Csv.file_name())?;
        let path = file.path().to_owned();
        let writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(file);
        let mut output = Self {
            path,
            writer,
            context,
        };
        output.record(COLUMNS)?;
        Ok(output)
    }

    fn record<'a>(&mut self, cells: [&'a str; COLUMNS.len()]) -> Result<(), ReportError> {
        self.writer
            .write_record(
                cells
                    .map(inert)
                    .iter()
                    .map(|cell: &Cow<'a, str>| cell.as_ref()),
            )
            .map_err(|error| ReportError::write(&self.path, error.into()))
    }
}

impl Output for CsvOutput {
    fn finding(&mut self, finding: &Finding, remedy: Option<&Remedy>) -> Result<(), ReportError> {
        let context = Rc::clone(&self.context);
        let evidence = if finding.evidence.is_empty() {
            String::new()
        } else {
            serde_json::to_string(&finding.evidence)
                .map_err(|source| ReportError::json(&self.path, source))?
        };
        let remediation = Remedy::of(remedy, context.check(finding)).joined();
        self.record([
            &finding.check_id,
            words::status(finding.status),
            words::severity(finding.severity),
            &finding.service,
            &finding.resource_id,
            &finding.resource_name,
            finding.resource_type.as_str(),
            finding.subscription_id.as_deref().unwrap_or_default(),
            finding.region.as_deref().unwrap_or_default(),
            &finding.message,
            finding.reason.map(words::reason).unwrap_or_default(),
            finding.permission.as_deref().unwrap_or_default(),
            context.title(finding),
            &evidence,
            &remediation,
        ])
    }

    fn finish(
        self: Box<Self>,
        _run: &Run,
        _gaps: &[Gap],
        _totals: &Totals,
        _measured: &Measurements,
    ) -> Result<PathBuf, ReportError> {
        let Self { path, writer, .. } = *self;
        let file = writer.into_inner().map_err(|error| {
            ReportError::write(
                &path,
                std::io::Error::new(error.error().kind(), error.error().to_string()),
            )
        })?;
        file.finish()
    }
}

/// The cell, made harmless to spreadsheets.
fn inert(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        return Cow::Owned(format!("'{cell}"));
    }
    Cow::Borrowed(cell)
}

#[cfg(test)]
mod tests {
    use checks::Status;
    use proptest::prelude::*;

    use super::*;
    use crate::samples;

    fn text(findings: &[Finding]) -> String {
        samples::written(Format::Csv, findings, &[])
    }

    fn rows(text: &str) -> Vec<csv::StringRecord> {
        csv::Reader::from_reader(text.as_bytes())
            .records()
            .map(Result::unwrap)
            .collect()
    }

    #[test]
    fn looks_as_documented() {
        insta::assert_snapshot!(text(&samples::findings()));
    }

    #[test]
    fn an_empty_run_has_the_header() {
        assert_eq!(text(&[]), format!("{}\r\n", COLUMNS.join(",")));
    }

    #[test]
    fn begins_with_the_promised_columns() {
        assert!(text(&[]).starts_with(
            "check_id,status,severity,service,resource_id,resource_name,resource_type,subscription_id,region,message,reason"
        ));
    }

    #[test]
    fn formulas_are_inert() {
        for dangerous in ["=cmd()", "+1", "-1", "@SUM(A1)", "\tx", "\rx"] {
            assert_eq!(inert(dangerous), format!("'{dangerous}"));
        }
        for harmless in ["", "a=b", "/subscriptions/x", " =x", "'quoted"] {
            assert_eq!(inert(harmless), harmless);
        }
    }

    proptest! {
        #[test]
        fn every_value_reads_back(name in "\\PC*|[=+@\\-\\t\\r\\n\",]{0,4}.*", message in any::<String>()) {
            let mut finding = samples::finding(Status::Fail);
            finding.resource_name.clone_from(&name);
            finding.message.clone_from(&message);
            let rows = rows(&text(&[finding]));
            prop_assert_eq!(rows.len(), 1);
            prop_assert_eq!(rows[0][5].to_owned(), inert(&name).into_owned());
            prop_assert_eq!(rows[0][9].to_owned(), inert(&message).into_owned());
        }
    }
}
