//! What was read of a section, and what was not.

use azure::{Failure, FailureKind};
use serde::Serialize;

/// What was read. When something could not be, `unread` says what, why and what would allow it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reading<T> {
    /// What was read.
    pub items: Vec<T>,
    /// What could not be read; null when everything was.
    pub unread: Option<Unread>,
}

impl<T> Reading<T> {
    /// Everything was read.
    pub fn all(items: Vec<T>) -> Self {
        Self {
            items,
            unread: None,
        }
    }

    /// Nothing was.
    pub fn none(unread: Unread) -> Self {
        Self {
            items: Vec::new(),
            unread: Some(unread),
        }
    }

    /// From the result of a read that needs `grant`.
    pub fn of(what: &str, grant: &str, result: Result<Vec<T>, Failure>) -> Self {
        match result {
            Ok(items) => Self::all(items),
            Err(failure) => Self::none(Unread::new(what, grant, &failure)),
        }
    }

    /// The same with other items.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Reading<U> {
        Reading {
            items: self.items.into_iter().map(change).collect(),
            unread: self.unread,
        }
    }
}

/// Something that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
    /// What would allow it; null where no permission is missing.
    pub grant: Option<String>,
}

impl Unread {
    /// A read that failed; `grant` is named when it was refused.
    pub fn new(what: &str, grant: &str, failure: &Failure) -> Self {
        let denied = failure.kind == FailureKind::Denied;
        Self {
            what: what.to_owned(),
            why: reason(failure),
            grant: denied.then(|| grant.to_owned()),
        }
    }

    /// In one sentence.
    pub fn sentence(&self) -> String {
        let Self { what, why, grant } = self;
        match grant {
            Some(grant) => format!("{what} could not be read ({why}); {grant} would allow it"),
            None => format!("{what} could not be read ({why})"),
        }
    }
}

/// Why a request failed, in a few words.
pub(crate) fn reason(failure: &Failure) -> String {
    match &failure.code {
        Some(code) => format!("{}: {code}", failure.kind),
        None => failure.kind.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_what_would_allow_it() {
        let mut failure = Failure::new(FailureKind::Denied, String::new(), "no");
        failure.code = Some("Authorization_RequestDenied".to_owned());
        let unread = Unread::new("the application", "Directory.Read.All", &failure);
        assert_eq!(
            unread.sentence(),
            "the application could not be read (denied: Authorization_RequestDenied); \
             Directory.Read.All would allow it"
        );
        let broken = Failure::new(FailureKind::Network, String::new(), "reset");
        let unread = Unread::new("the application", "Directory.Read.All", &broken);
        assert_eq!(unread.grant, None);
    }
}
