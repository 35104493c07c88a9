//! What was changed while the server ran, by whom and when: the feeds of changes are told from it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::ids;

/// What became of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// It came to be.
    Create,
    /// It was changed.
    Update,
    /// It is gone.
    Delete,
    /// Something was asked of it that changes nothing, such as its keys.
    Action,
}

impl ChangeKind {
    /// The word that Azure has for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Create => "Create",
            Self::Update => "Update",
            Self::Delete => "Delete",
            Self::Action => "Action",
        }
    }
}

/// Who changed something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Author {
    /// A user's name, or an application's object id.
    pub(crate) name: String,
    pub(crate) is_user: bool,
}

/// One change of one document.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) at: Timestamp,
    pub(crate) author: Author,
    /// The document's path, with the case it was first written in.
    pub(crate) path: String,
    /// Such as `Microsoft.Storage/storageAccounts/write`.
    pub(crate) operation: String,
    pub(crate) kind: ChangeKind,
    pub(crate) before: Option<Arc<Value>>,
    pub(crate) after: Option<Arc<Value>>,
    /// True for what came or went along with something above it.
    pub(crate) along: bool,
    /// The same for everything that one request changed.
    pub(crate) correlation: String,
}

impl Entry {
    /// A GUID of this entry alone, the same whenever it is told of.
    pub(crate) fn guid(&self, part: &str) -> String {
        ids::guid_of(&format!("{} {} {part}", self.correlation, self.path))
    }
}

/// Every change so far, in the order in which they were made.
#[derive(Debug)]
pub(crate) struct History {
    kept: Mutex<Kept>,
    delay: Duration,
    server: String,
}

#[derive(Debug, Default)]
struct Kept {
    entries: Vec<Entry>,
    aged: SignedDuration,
}

impl History {
    /// A history whose feeds tell of a change after a delay.
    pub(crate) fn new(delay: Duration) -> Self {
        Self {
            kept: Mutex::default(),
            delay,
            server: ids::random_guid(),
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds what one request changed.
    pub(crate) fn add(&self, entries: Vec<Entry>) {
        let mut kept = self.kept();
        // The system's clock may be set back; the history's order may not.
        let last = kept.entries.last().map_or(Timestamp::MIN, |entry| entry.at);
        kept.entries.extend(entries.into_iter().map(|mut entry| {
            entry.at = entry.at.max(last);
            entry
        }));
    }

    /// Looks at the changes that feeds tell of by now.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&[Entry]) -> T) -> T {
        let kept = self.kept();
        let delay = SignedDuration::try_from(self.delay).unwrap_or(SignedDuration::MAX);
        let until = Timestamp::now()
            .checked_sub(delay)
            .unwrap_or(Timestamp::MIN);
        let known = kept.entries.partition_point(|entry| entry.at <= until);
        look(&kept.entries[..known])
    }

    /// What a document said before it was last replaced; `None` for one that was not.
    pub(crate) fn before(&self, path: &str) -> Option<Arc<Value>> {
        let kept = self.kept();
        let mut entries = kept.entries.iter().rev();
        let last = entries.find(|entry| entry.path.eq_ignore_ascii_case(path))?;
        last.before.clone()
    }

    /// Makes everything so far older, and with it the tokens given out so far.
    pub(crate) fn age(&self, by: Duration) {
        let mut kept = self.kept();
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        kept.aged = kept.aged.saturating_add(by);
        for entry in &mut kept.entries {
            entry.at = entry.at.checked_sub(by).unwrap_or(Timestamp::MIN);
        }
    }

    /// Seconds by which the age of tokens is told; it runs ahead when the history is aged.
    pub(crate) fn clock(&self) -> i64 {
        Timestamp::now()
            .as_second()
            .saturating_add(self.kept().aged.as_secs())
    }

    /// Tells this server's tokens from those of another.
    pub(crate) fn server(&self) -> &str {
        &self.server
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn entry(path: &str, at: Timestamp) -> Entry {
        Entry {
            at,
            author: Author {
                name: "someone".to_owned(),
                is_user: true,
            },
            path: path.to_owned(),
            operation: "A.B/c/write".to_owned(),
            kind: ChangeKind::Update,
            before: None,
            after: None,
            along: false,
            correlation: "one".to_owned(),
        }
    }

    fn count(history: &History) -> usize {
        history.read(<[Entry]>::len)
    }

    #[test]
    fn a_change_shows_after_the_delay() {
        let history = History::new(Duration::from_secs(600));
        history.add(vec![entry("/a", Timestamp::now())]);
        assert_eq!(count(&history), 0);
        history.age(Duration::from_secs(601));
        history.add(vec![entry("/b", Timestamp::now())]);
        assert_eq!(count(&history), 1);
    }

    #[test]
    fn the_order_stays_when_the_clock_is_set_back() {
        let history = History::new(Duration::ZERO);
        let now = Timestamp::now();
        history.add(vec![entry("/a", now)]);
        history.add(vec![entry("/b", now - SignedDuration::from_hours(1))]);
        assert_eq!(history.read(|entries| entries[1].at), now);
    }

    #[test]
    fn aging_makes_the_clock_of_tokens_run_ahead() {
        let history = History::new(Duration::ZERO);
        let before = history.clock();
        history.age(Duration::from_secs(86_400));
        assert!(history.clock() >= before + 86_400);
    }
}
