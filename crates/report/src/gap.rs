//! Reads that did not end well.

use catalog::{DocumentType, Outcome};
use serde::Serialize;

/// Reads of one document type in one scope that ended the same way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// What could not be read.
    pub what: DocumentType,
    /// Where: a subscription's id, or the tenant's.
    pub scope: String,
    /// The subscription's name, where known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope_name: Option<String>,
    /// How the reads ended.
    pub outcome: Outcome,
    /// How many reads.
    pub count: u64,
    /// Azure's own words, without secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The one permission that would fix it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
}

impl Gap {
    /// The scope as a person knows it.
    pub fn scope_label(&self) -> &str {
        self.scope_name.as_deref().unwrap_or(&self.scope)
    }

    /// How many reads hide something that may exist. An unregistered provider hides nothing.
    pub fn failed_reads(gaps: &[Gap]) -> u64 {
        gaps.iter()
            .filter(|gap| gap.outcome.is_gap())
            .map(|gap| gap.count)
            .sum()
    }

    /// Whether these gaps leave the scan incomplete.
    pub fn any(gaps: &[Gap]) -> bool {
        gaps.iter().any(|gap| gap.outcome.is_gap() && gap.count > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn an_unregistered_provider_leaves_the_scan_complete() {
        let mut gap = samples::gaps().remove(0);
        gap.outcome = Outcome::NotRegistered;
        assert!(!Gap::any(std::slice::from_ref(&gap)));
        assert_eq!(Gap::failed_reads(&[gap]), 0);
    }

    #[test]
    fn denied_reads_count() {
        let gaps = samples::gaps();
        assert!(Gap::any(&gaps));
        assert_eq!(Gap::failed_reads(&gaps), 14);
    }
}
