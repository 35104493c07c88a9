//! Which links were followed, so that no list goes round for ever.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// The links of one list that were followed, as hashes: memory stays small over many thousand pages.
#[derive(Debug, Default)]
pub(crate) struct Followed(HashSet<u64>);

impl Followed {
    /// Notes a link; says no when it was followed before.
    pub fn insert(&mut self, link: &str) -> bool {
        let mut hasher = DefaultHasher::new();
        link.hash(&mut hasher);
        self.0.insert(hasher.finish())
    }
}
