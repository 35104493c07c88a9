//! The words that findings are written with.

use std::fmt;

use catalog::Outcome;

use crate::{Reason, Severity, Status};

impl Status {
    /// Every status, worst for the reader first.
    pub const ALL: [Self; 4] = [Self::Fail, Self::Manual, Self::NotAssessed, Self::Pass];

    /// The word as files and reports write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Manual => "manual",
            Self::NotAssessed => "not_assessed",
        }
    }

    /// The status of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}

impl Severity {
    /// Every severity, worst first.
    pub const ALL: [Self; 5] = [
        Self::Critical,
        Self::High,
        Self::Medium,
        Self::Low,
        Self::Informational,
    ];

    /// The word as files and reports write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The severity of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|severity| severity.as_str() == word)
    }
}

impl Reason {
    /// The word as files and reports write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Throttled => "throttled",
            Self::NotRegistered => "not_registered",
            Self::Failed => "failed",
            Self::Unlicensed => "unlicensed",
            Self::NotAvailable => "not_available",
            Self::Pending => "pending",
            Self::Error => "error",
        }
    }

    /// Why documents are not known after a read that ended so; `None` when they are known.
    pub fn of(outcome: Outcome) -> Option<Self> {
        Some(match outcome {
            Outcome::Read | Outcome::Absent | Outcome::NotNeeded => return None,
            Outcome::Denied => Self::Denied,
            Outcome::Throttled => Self::Throttled,
            Outcome::NotRegistered => Self::NotRegistered,
            Outcome::Unlicensed => Self::Unlicensed,
            Outcome::NotAvailable => Self::NotAvailable,
            Outcome::Failed => Self::Failed,
            Outcome::Pending => Self::Pending,
        })
    }

    /// The reason in the words of a message.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Throttled => "Azure kept throttling",
            Self::NotRegistered => "the resource provider is not registered",
            Self::Failed => "the read failed",
            Self::Unlicensed => "the tenant lacks the licence",
            Self::NotAvailable => "not available in this cloud",
            Self::Pending => "not collected",
            Self::Error => "the expression failed",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_files() {
        for status in Status::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
            assert_eq!(Status::parse(status.as_str()), Some(status));
        }
        for severity in Severity::ALL {
            assert_eq!(serde_json::to_value(severity).unwrap(), severity.as_str());
            assert_eq!(Severity::parse(severity.as_str()), Some(severity));
        }
        assert_eq!(Status::parse("PASS"), None);
        assert_eq!(Severity::parse("severe"), None);
    }

    #[test]
    fn known_outcomes_have_no_reason() {
        for outcome in [Outcome::Read, Outcome::Absent, Outcome::NotNeeded] {
            assert_eq!(Reason::of(outcome), None);
        }
        for outcome in [
            Outcome::Denied,
            Outcome::Throttled,
            Outcome::NotRegistered,
            Outcome::Unlicensed,
            Outcome::NotAvailable,
            Outcome::Failed,
            Outcome::Pending,
        ] {
            let reason = Reason::of(outcome).unwrap();
            assert_eq!(reason.as_str(), outcome.as_str());
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.as_str());
        }
    }
}
