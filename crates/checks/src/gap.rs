//! What could not be read.

use catalog::{Entry, Outcome, ReadState};

use crate::Reason;

/// A read whose documents are not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gap {
    /// What was read, as the check writes it.
    pub(crate) label: String,
    pub(crate) reason: Reason,
    /// The permission that the read needs, when its lack is the reason.
    pub(crate) permission: Option<String>,
    /// Azure's own words.
    pub(crate) detail: Option<String>,
}

impl Gap {
    /// The gap that a read left; `None` when its documents are known.
    pub(crate) fn of(label: &str, entry: &Entry, state: &ReadState) -> Option<Self> {
        let reason = Reason::of(state.outcome)?;
        Some(Self {
            label: label.to_owned(),
            reason,
            permission: (state.outcome == Outcome::Denied).then(|| entry.permission.clone()),
            detail: state
                .detail
                .clone()
                .filter(|_| state.outcome == Outcome::Failed),
        })
    }

    /// The gap of a read that was never planned.
    pub(crate) fn never_planned(label: &str) -> Self {
        Self {
            label: label.to_owned(),
            reason: Reason::Pending,
            permission: None,
            detail: None,
        }
    }

    /// One sentence: `Could not read config/web: denied (needs Microsoft.Web/sites/config/read).`
    pub(crate) fn message(&self) -> String {
        format!("Could not read {}.", self.clause())
    }

    /// One sentence on this gap and that of the read which stands in for it.
    pub(crate) fn message_with_fallback(&self, fallback: &Self) -> String {
        format!(
            "Could not read {}, nor {}.",
            self.clause(),
            fallback.clause()
        )
    }

    fn clause(&self) -> String {
        let mut clause = format!("{}: {}", self.label, self.reason.phrase());
        if let Some(remark) = self.remark() {
            clause.push_str(&format!(" ({remark})"));
        }
        clause
    }

    fn remark(&self) -> Option<String> {
        self.permission
            .as_ref()
            .map(|permission| format!("needs {permission}"))
            .or_else(|| self.detail.clone())
    }
}
