//! The names that an expression may use while it is evaluated.

use std::fmt::Write;
use std::rc::Rc;

use serde_json::Value as Json;

use crate::sharing::{Shared, SharedNode};
use crate::{Lasting, Value};

/// The names that a check binds, with some to spare.
const USUAL: usize = 16;

/// Names and the values they stand for. Values borrow their documents; a list of bindings is small,
/// so that a lookup is a walk over it.
///
/// What one evaluation computed with them is kept for the next.
#[derive(Debug, Default)]
pub struct Bindings<'a> {
    names: Vec<Bound<'a>>,
    shared: Rc<Shared<'a>>,
    lasting: Option<&'a Lasting>,
}

#[derive(Debug, Clone)]
struct Bound<'a> {
    name: &'a str,
    value: Value<'a>,
    /// The document's place in memory, when it outlasts these bindings.
    lasts: Option<usize>,
}

impl<'a> Bindings<'a> {
    /// No names.
    pub fn new() -> Self {
        Self {
            names: Vec::with_capacity(USUAL),
            ..Self::default()
        }
    }

    /// Binds a name to a document or a part of one. A name bound twice means the later value.
    pub fn bind(&mut self, name: &'a str, document: &'a Json) -> &mut Self {
        self.bind_value(name, Value::from(document))
    }

    /// Binds a name to a document that outlasts what is kept in [`Lasting`], see [`keep_in`](Self::keep_in).
    pub fn bind_lasting(&mut self, name: &'a str, document: &'a Json) -> &mut Self {
        // Only told apart by it, never followed.
        let place = std::ptr::from_ref(document).addr();
        self.put(name, Value::from(document), Some(place))
    }

    /// Binds a name to a computed value.
    pub fn bind_value(&mut self, name: &'a str, value: Value<'a>) -> &mut Self {
        self.put(name, value, None)
    }

    /// Keeps there what is computed from lasting documents alone. They must all be there for as long as it is.
    pub fn keep_in(&mut self, lasting: &'a Lasting) -> &mut Self {
        self.lasting = Some(lasting);
        self
    }

    fn put(&mut self, name: &'a str, value: Value<'a>, lasts: Option<usize>) -> &mut Self {
        if !self.shared.is_empty() {
            self.shared = Rc::default();
        }
        self.names.push(Bound { name, value, lasts });
        self
    }

    /// The same names and one more, whose values they share as far as that one does not matter.
    pub fn with(&self, name: &'a str, value: Value<'a>) -> Self {
        let mut extended = Self {
            shared: Rc::new(self.shared.extended(name)),
            lasting: self.lasting,
            ..Self::new()
        };
        extended.names.extend_from_slice(&self.names);
        extended.bind_value(name, value);
        extended
    }

    /// What was computed with these names.
    pub(crate) fn shared(&self) -> &Shared<'a> {
        &self.shared
    }

    /// Where the value of a node is kept and under which key, when all that it reads lasts.
    pub(crate) fn lasting(&self, node: &SharedNode) -> Option<(&'a Lasting, String)> {
        let lasting = self.lasting.filter(|_| node.may_last)?;
        let mut key = String::from(&*node.spelling);
        for variable in &node.variables {
            let place = self.bound(variable)?.lasts?;
            // Writing to a String cannot fail.
            let _ = write!(key, " {place:x}");
        }
        Some((lasting, key))
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.bound(name).map(|bound| &bound.value)
    }

    fn bound(&self, name: &str) -> Option<&Bound<'a>> {
        self.names.iter().rev().find(|bound| bound.name == name)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_later_binding_wins() {
        let (first, second) = (json!(1), json!(2));
        let mut bindings = Bindings::new();
        bindings.bind("x", &first).bind("x", &second);
        assert_eq!(bindings.get("x"), Some(&Value::Int(2)));
        assert_eq!(bindings.get("y"), None);
    }
}
