//! Reads that did not end well.

use std::collections::BTreeSet;

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
    /// Whether that permission is one that adds reads for those who grant it, and not asked of everybody.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

impl Gap {
    /// The scope as a person knows it.
    pub fn scope_label(&self) -> &str {
        self.scope_name.as_deref().unwrap_or(&self.scope)
    }

    /// How many reads hide something that may exist, and failed. An unregistered provider hides nothing, and what
    /// only an optional permission shows was not asked for.
    pub fn failed_reads(gaps: &[Gap]) -> u64 {
        gaps.iter()
            .filter(|gap| gap.outcome.is_gap() && !gap.optional)
            .map(|gap| gap.count)
            .sum()
    }

    /// Whether these gaps leave the scan incomplete.
    pub fn any(gaps: &[Gap]) -> bool {
        Self::failed_reads(gaps) > 0
    }

    /// The optional permissions that would show more, each once.
    pub fn optional_permissions(gaps: &[Gap]) -> BTreeSet<&str> {
        gaps.iter()
            .filter(|gap| gap.outcome.is_gap() && gap.optional)
            .filter_map(|gap| gap.permission.as_deref())
            .collect()
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
    fn what_an_optional_permission_would_show_was_not_asked_for() {
        let mut gap = samples::gaps().remove(0);
        gap.optional = true;
        gap.permission = Some("AuditLog.Read.All".to_owned());
        let gaps = [gap];
        assert!(!Gap::any(&gaps));
        let optional: Vec<&str> = Gap::optional_permissions(&gaps).into_iter().collect();
        assert_eq!(optional, ["AuditLog.Read.All"]);
        assert!(Gap::optional_permissions(&samples::gaps()).is_empty());
    }

    #[test]
    fn denied_reads_count() {
        let gaps = samples::gaps();
        assert!(Gap::any(&gaps));
        assert_eq!(Gap::failed_reads(&gaps), 14);
    }
}
