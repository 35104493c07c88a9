//! The errors that a tenant's own files ask for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::glob;
use crate::path;
use crate::tenant_file::InjectedError;

#[derive(Debug)]
struct Rule {
    method: Option<String>,
    pattern: String,
    error: InjectedError,
    served: AtomicU32,
}

/// The rules of `errors.yaml`, with how often each was served.
#[derive(Debug, Clone, Default)]
pub(crate) struct Injected(Vec<Arc<Rule>>);

impl Injected {
    /// Adds a rule: a URL path, a method before it if it is to hold for that method only. `*` stands for anything.
    pub(crate) fn add(&mut self, at: &str, error: InjectedError) {
        let (method, at) = match at.split_once(' ') {
            Some((method, rest)) if !method.starts_with('/') => (Some(method.to_uppercase()), rest),
            _ => (None, at),
        };
        self.0.push(Arc::new(Rule {
            method,
            pattern: path::key(&path::decode(at.trim())),
            error,
            served: AtomicU32::new(0),
        }));
    }

    /// The error to serve for a request, if there is one left; counts it.
    pub(crate) fn pick(&self, method: &str, at: &str) -> Option<&InjectedError> {
        let key = path::key(at);
        self.0
            .iter()
            .filter(|rule| rule.method.as_deref().is_none_or(|wanted| wanted == method))
            .filter(|rule| glob::matches(&rule.pattern, &key))
            .find(|rule| rule.take())
            .map(|rule| &rule.error)
    }
}

impl Rule {
    fn take(&self) -> bool {
        let before = self.served.fetch_add(1, Ordering::Relaxed);
        self.error.times.is_none_or(|times| before < times)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(times: Option<u32>) -> InjectedError {
        InjectedError {
            status: 500,
            body: serde_json::Value::Null,
            headers: std::collections::BTreeMap::new(),
            times,
        }
    }

    #[test]
    fn an_error_heals_after_its_times() {
        let mut injected = Injected::default();
        injected.add("GET /a/b", error(Some(2)));
        assert!(injected.pick("POST", "/a/b").is_none());
        assert!(injected.pick("GET", "/A/B/").is_some());
        assert!(injected.pick("GET", "/a/b").is_some());
        assert!(injected.pick("GET", "/a/b").is_none());
    }

    #[test]
    fn stars_stand_for_anything() {
        let mut injected = Injected::default();
        injected.add("/subscriptions/*/providers/X.Y/*", error(None));
        assert!(
            injected
                .pick("GET", "/subscriptions/s/providers/x.y/z/1")
                .is_some()
        );
        assert!(injected.pick("GET", "/subscriptions/s").is_none());
    }
}
