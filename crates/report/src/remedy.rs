//! How to fix one finding.

use crate::CheckInfo;

/// A check's remediation, rendered for one finding.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Remedy {
    /// In words.
    pub text: String,
    /// With the Azure CLI.
    pub az: Option<String>,
}

impl Remedy {
    /// The remedy of a finding: its own, else what its check says in general.
    pub(crate) fn of(own: Option<&Self>, check: Option<&CheckInfo>) -> Self {
        if let Some(own) = own {
            return own.clone();
        }
        let Some(check) = check else {
            return Self::default();
        };
        Self {
            text: check.remediation_text.clone(),
            az: check.remediation_az.clone(),
        }
    }

    /// Words and command in one text, for formats that have one field.
    pub(crate) fn joined(&self) -> String {
        let text = self.text.trim();
        match self
            .az
            .as_deref()
            .map(str::trim)
            .filter(|az| !az.is_empty())
        {
            None => text.to_owned(),
            Some(az) if text.is_empty() => az.to_owned(),
            Some(az) => format!("{text}\n{az}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_what_there_is() {
        let remedy = |text: &str, az: Option<&str>| {
            Remedy {
                text: text.into(),
                az: az.map(Into::into),
            }
            .joined()
        };
        assert_eq!(remedy("Turn it on.\n", Some("az on")), "Turn it on.\naz on");
        assert_eq!(remedy("", Some("az on")), "az on");
        assert_eq!(remedy("Turn it on.", None), "Turn it on.");
        assert_eq!(remedy("", None), "");
    }
}
