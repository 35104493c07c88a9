//! Colour, which only ever repeats what the words say.

use checks::Severity;

/// Puts text in colour, or leaves it alone.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paint {
    color: bool,
}

/// A colour or weight, as an SGR parameter (ECMA-48, 8.3.117).
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ink {
    Bold,
    Dim,
    Good,
    Warning,
}

impl Paint {
    pub(crate) fn new(color: bool) -> Self {
        Self { color }
    }

    /// The text in this ink.
    pub(crate) fn ink(self, ink: Ink, text: &str) -> String {
        if !self.color {
            return text.to_owned();
        }
        let code = match ink {
            Ink::Bold => "1",
            Ink::Dim => "2",
            Ink::Good => "1;32",
            Ink::Warning => "1;33",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// The text in the colour of a severity.
    pub(crate) fn severity(self, severity: Severity, text: &str) -> String {
        if !self.color {
            return text.to_owned();
        }
        let code = match severity {
            Severity::Critical => "1;35",
            Severity::High => "31",
            Severity::Medium => "33",
            Severity::Low => "36",
            Severity::Informational => "2",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}
