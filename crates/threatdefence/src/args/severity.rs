//! Severities as flags take them.

use checks::Severity;
use clap::builder::{PossibleValuesParser, TypedValueParser};

/// Takes the name of a severity.
pub fn severities() -> impl TypedValueParser<Value = Severity> {
    PossibleValuesParser::new(Severity::ALL.map(Severity::as_str))
        .map(|name| Severity::parse(&name).unwrap_or(Severity::Informational))
}
