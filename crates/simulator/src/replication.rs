//! The time that a fresh directory object, proof or role needs until every endpoint of Azure knows it.
//!
//! Entra ID keeps several copies of a directory. An object is readable where it was made at once, and elsewhere later:
//! <https://learn.microsoft.com/entra/architecture/architecture>.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What was made while the server ran, and whether the other copies have it by now.
#[derive(Debug)]
pub(crate) struct Replication {
    delay: Duration,
    noted: Mutex<Noted>,
}

#[derive(Debug, Default)]
struct Noted {
    /// When each thing was made, by its id in lower case.
    created: HashMap<String, Instant>,
    /// How far time was moved on.
    aged: Duration,
}

impl Replication {
    /// Copies that are behind by a delay; zero lets everything be known at once.
    pub(crate) fn new(delay: Duration) -> Self {
        Self {
            delay,
            noted: Mutex::default(),
        }
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that something was made just now: an object, a key, a link, a role assignment or definition. Of a path
    /// the last segment counts, so that a path and the id at its end are the same.
    pub(crate) fn note(&self, path_or_id: &str) {
        if self.delay.is_zero() {
            return;
        }
        let now = Instant::now();
        let mut noted = self.noted();
        let made = now.checked_add(noted.aged).unwrap_or(now);
        noted.created.insert(key(path_or_id), made);
    }

    /// True when all copies know it: it was there when the server started, or was made long enough ago.
    pub(crate) fn knows(&self, path_or_id: &str) -> bool {
        if self.delay.is_zero() {
            return true;
        }
        let noted = self.noted();
        let created = noted.created.get(&key(path_or_id)).copied();
        created.is_none_or(|created| self.is_visible(created, noted.aged))
    }

    /// True when all copies know what was made at a moment.
    #[cfg(test)]
    fn visible(&self, created: Instant) -> bool {
        self.is_visible(created, self.noted().aged)
    }

    fn is_visible(&self, created: Instant, aged: Duration) -> bool {
        let now = Instant::now();
        let now = now.checked_add(aged).unwrap_or(now);
        now.saturating_duration_since(created) >= self.delay
    }

    /// Lets time pass for everything that was noted so far.
    pub(crate) fn age(&self, by: Duration) {
        let mut noted = self.noted();
        noted.aged = noted.aged.saturating_add(by);
    }
}

fn key(path_or_id: &str) -> String {
    let trimmed = path_or_id.trim_end_matches('/');
    let last = trimmed.rsplit('/').next().unwrap_or(trimmed);
    last.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    #[test]
    fn what_is_fresh_is_unknown_until_the_delay_has_passed() {
        let replication = Replication::new(HOUR);
        replication.note("/v1.0/servicePrincipals/AB");
        assert!(!replication.knows("ab"));
        assert!(replication.knows("somebody else"));
        replication.age(HOUR);
        assert!(replication.knows("/x/ab/"));
        replication.note("cd");
        assert!(!replication.knows("cd"));
    }

    #[test]
    fn without_a_delay_everything_is_known_at_once() {
        let replication = Replication::new(Duration::ZERO);
        replication.note("ab");
        assert!(replication.knows("ab"));
        assert!(replication.visible(Instant::now()));
    }

    #[test]
    fn made_again_is_fresh_again() {
        let replication = Replication::new(HOUR);
        replication.note("ab");
        replication.age(HOUR);
        replication.note("ab");
        assert!(!replication.knows("AB"));
        assert!(!replication.visible(Instant::now() + HOUR));
    }
}
