//! Values that many documents have in common: what is computed from lists that all of them are judged by.
//!
//! Who holds which role is a table over all assignments and groups. It is made for the first user and read for the
//! others.

use std::fmt;

use elsa::FrozenMap;
use serde_json::Value as Json;

use crate::{EvalError, Value};

/// Values that are kept for as long as the documents that they are computed from.
#[derive(Default)]
pub struct Lasting {
    values: FrozenMap<String, Box<Json>>,
}

impl Lasting {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of a key, which is computed unless it was before. Errors are not kept.
    pub(crate) fn value<'a>(
        &'a self,
        key: String,
        compute: impl FnOnce() -> Result<Value<'a>, EvalError>,
    ) -> Result<Value<'a>, EvalError> {
        if let Some(known) = self.values.get(&key) {
            return Ok(Value::from(known));
        }
        let value = compute()?.to_json().into_owned();
        Ok(Value::from(self.values.insert(key, Box::new(value))))
    }
}

impl fmt::Debug for Lasting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lasting").finish_non_exhaustive()
    }
}
