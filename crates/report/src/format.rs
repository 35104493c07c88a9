//! The formats of `--format`.

use std::fmt;
use std::str::FromStr;

/// A report format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// `findings.csv`: for spreadsheets and scripts.
    Csv,
    /// `findings.jsonl`: one finding as JSON per line.
    Jsonl,
    /// `findings.ocsf.json`: OCSF Compliance Findings, for a SIEM or a security lake.
    Ocsf,
    /// `report.html`: one page for people.
    Html,
    /// `summary.json`: counts, gaps and measurements.
    Summary,
}

/// A name that is no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown format {0:?}; known: csv, jsonl, ocsf, html, summary")]
pub struct UnknownFormat(String);

impl Format {
    /// Every format, in the order in which files are listed.
    pub const ALL: [Self; 5] = [
        Self::Html,
        Self::Csv,
        Self::Jsonl,
        Self::Ocsf,
        Self::Summary,
    ];

    /// The name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
            Self::Ocsf => "ocsf",
            Self::Html => "html",
            Self::Summary => "summary",
        }
    }

    /// The file in the report folder.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Csv => "findings.csv",
            Self::Jsonl => "findings.jsonl",
            Self::Ocsf => "findings.ocsf.json",
            Self::Html => "report.html",
            Self::Summary => "summary.json",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|format| format.as_str().eq_ignore_ascii_case(name))
            .ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_parse_back() {
        for format in Format::ALL {
            assert_eq!(format.as_str().to_uppercase().parse(), Ok(format));
        }
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        let error = "xlsx".parse::<Format>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "unknown format \"xlsx\"; known: csv, jsonl, ocsf, html, summary"
        );
    }
}
