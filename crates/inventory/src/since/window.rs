//! Which span of time a feed is asked for, and when a snapshot is too old to go on from.

use jiff::{SignedDuration, Timestamp};

/// Feeds tell of a change some minutes after it was made: Resource Graph within five, the activity
/// log within about a quarter of an hour. What was told late lies in the next window as well.
/// <https://learn.microsoft.com/azure/azure-monitor/essentials/activity-log>
pub(super) const OVERLAP: SignedDuration = SignedDuration::from_mins(15);

/// How long Resource Graph keeps changes.
/// <https://learn.microsoft.com/azure/governance/resource-graph/changes/get-resource-changes>
const KEPT: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The span of time that the feeds are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
}

impl Window {
    /// The window from what the earlier snapshot knows up to `now`.
    ///
    /// # Errors
    /// Why there is none, in words for the user.
    pub(super) fn since(cursor: Timestamp, now: Timestamp) -> Result<Self, String> {
        if cursor > now {
            return Err(format!(
                "the earlier snapshot is of {cursor}, which this computer's clock ({now}) has not reached"
            ));
        }
        let from = cursor.checked_sub(OVERLAP).unwrap_or(cursor);
        if now.duration_since(from) > KEPT {
            return Err(format!(
                "the earlier snapshot is of {cursor}; Azure keeps changes for 14 days"
            ));
        }
        Ok(Self { from, until: now })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn windows_overlap() {
        let window = Window::since(at("2026-03-02T10:00:00Z"), at("2026-03-02T11:00:00Z")).unwrap();
        assert_eq!(window.from, at("2026-03-02T09:45:00Z"));
        assert_eq!(window.until, at("2026-03-02T11:00:00Z"));
    }

    #[test]
    fn what_azure_has_forgotten_is_not_gone_on_from() {
        let cursor = at("2026-03-01T00:15:00Z");
        assert!(Window::since(cursor, at("2026-03-15T00:00:00Z")).is_ok());
        let late = Window::since(cursor, at("2026-03-15T00:00:01Z")).unwrap_err();
        assert!(late.contains("14 days"), "{late}");
    }

    #[test]
    fn a_clock_that_was_set_back_is_noticed() {
        let back =
            Window::since(at("2026-03-02T10:00:00Z"), at("2026-03-02T09:59:59Z")).unwrap_err();
        assert!(back.contains("clock"), "{back}");
    }
}
