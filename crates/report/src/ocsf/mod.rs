//! `findings.ocsf.json`: an array of OCSF Compliance Findings.

mod event;
mod mapping;
mod output;
mod uid;

#[cfg(test)]
mod tests;

pub(crate) use output::OcsfOutput;

/// The version of the Open Cybersecurity Schema Framework that events follow.
pub const OCSF_VERSION: &str = "1.9.0";
