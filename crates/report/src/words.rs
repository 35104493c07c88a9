//! The words of statuses, severities and reasons: those of files, and those that people read.

use checks::{Reason, Severity, Status};

/// Statuses in the order in which reports show them.
pub(crate) const STATUSES: [Status; 4] = [
    Status::Fail,
    Status::Manual,
    Status::NotAssessed,
    Status::Pass,
];

/// Severities, worst first.
pub(crate) const SEVERITIES: [Severity; 5] = [
    Severity::Critical,
    Severity::High,
    Severity::Medium,
    Severity::Low,
    Severity::Informational,
];

/// The status as files write it.
pub(crate) fn status(status: Status) -> &'static str {
    match status {
        Status::Pass => "pass",
        Status::Fail => "fail",
        Status::Manual => "manual",
        Status::NotAssessed => "not_assessed",
    }
}

/// The status as people read it.
pub(crate) fn status_label(status: Status) -> &'static str {
    match status {
        Status::Pass => "Pass",
        Status::Fail => "Fail",
        Status::Manual => "Manual",
        Status::NotAssessed => "Not assessed",
    }
}

/// The severity as files write it.
pub(crate) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Informational => "informational",
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
    }
}

/// The severity as people read it.
pub(crate) fn severity_label(severity: Severity) -> &'static str {
    match severity {
        Severity::Informational => "Informational",
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
        Severity::Critical => "Critical",
    }
}

/// The reason as files write it.
pub(crate) fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Denied => "denied",
        Reason::Throttled => "throttled",
        Reason::NotRegistered => "not_registered",
        Reason::Failed => "failed",
        Reason::Unlicensed => "unlicensed",
        Reason::NotAvailable => "not_available",
        Reason::Pending => "pending",
        Reason::Error => "error",
    }
}

/// `1 read`, `2 reads`: a count with its noun. The plural adds an s.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", thousands(count))
}

/// A number with its thousands parted: `12,345`.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut parted = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            parted.push(',');
        }
        parted.push(digit);
    }
    parted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_that_serde_writes() {
        for word in STATUSES {
            assert_eq!(serde_json::json!(word), status(word));
        }
        for word in SEVERITIES {
            assert_eq!(serde_json::json!(word), severity(word));
        }
        for word in [
            Reason::Denied,
            Reason::Throttled,
            Reason::NotRegistered,
            Reason::Failed,
            Reason::Unlicensed,
            Reason::NotAvailable,
            Reason::Pending,
            Reason::Error,
        ] {
            assert_eq!(serde_json::json!(word), reason(word));
        }
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1000), "1,000");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(counted(1, "read"), "1 read");
        assert_eq!(counted(1200, "read"), "1,200 reads");
    }
}
