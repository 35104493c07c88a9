//! What was worked out from the stored documents, kept until they change.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Results by key, of one version of the store. When there are too many, the oldest go.
#[derive(Debug)]
pub(crate) struct Cache<V> {
    most: usize,
    kept: Mutex<Kept<V>>,
}

#[derive(Debug)]
struct Kept<V> {
    version: u64,
    results: HashMap<String, V>,
    order: VecDeque<String>,
}

impl<V: Clone> Cache<V> {
    /// A cache that keeps at most so many results.
    pub(crate) fn new(most: usize) -> Self {
        let kept = Kept {
            version: 0,
            results: HashMap::new(),
            order: VecDeque::new(),
        };
        Self {
            most,
            kept: Mutex::new(kept),
        }
    }

    /// The result under a key, worked out now unless this version of the store has been asked before.
    ///
    /// # Errors
    /// Whatever working it out fails with, which is not kept.
    pub(crate) fn get<E>(
        &self,
        version: u64,
        key: &str,
        make: impl FnOnce() -> Result<V, E>,
    ) -> Result<V, E> {
        if let Some(known) = self.at(version).results.get(key) {
            return Ok(known.clone());
        }
        // Made without the lock: two may work out the same thing, but nobody waits for another's.
        let made = make()?;
        let mut kept = self.at(version);
        if kept.results.insert(key.to_owned(), made.clone()).is_none() {
            kept.order.push_back(key.to_owned());
        }
        if kept.order.len() > self.most
            && let Some(oldest) = kept.order.pop_front()
        {
            kept.results.remove(&oldest);
        }
        Ok(made)
    }

    /// As [`Cache::get`], for what cannot fail.
    pub(crate) fn always(&self, version: u64, key: &str, make: impl FnOnce() -> V) -> V {
        let made: Result<V, std::convert::Infallible> = self.get(version, key, || Ok(make()));
        match made {
            Ok(made) => made,
            Err(never) => match never {},
        }
    }

    fn at(&self, version: u64) -> MutexGuard<'_, Kept<V>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.version != version {
            kept.version = version;
            kept.results.clear();
            kept.order.clear();
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_worked_out_once_a_version() {
        let cache = Cache::new(2);
        assert_eq!(cache.always(1, "a", || 1), 1);
        assert_eq!(cache.always(1, "a", || 2), 1);
        assert_eq!(cache.always(2, "a", || 3), 3);
    }

    #[test]
    fn the_oldest_result_makes_room_and_failures_are_not_kept() {
        let cache = Cache::new(2);
        for (key, value) in [("a", 1), ("b", 2), ("c", 3)] {
            cache.always(1, key, || value);
        }
        assert_eq!(cache.always(1, "a", || 9), 9);
        assert_eq!(cache.always(1, "c", || 9), 3);
        assert_eq!(cache.get(1, "x", || Err::<i32, ()>(())), Err(()));
        assert_eq!(cache.always(1, "x", || 4), 4);
    }
}
