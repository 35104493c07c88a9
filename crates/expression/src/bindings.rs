//! The names that an expression may use while it is evaluated.

use serde_json::Value as Json;

use crate::Value;

/// Names and the values they stand for. Values borrow their documents; a list of bindings is small,
/// so that a lookup is a walk over it.
#[derive(Debug, Clone, Default)]
pub struct Bindings<'a> {
    names: Vec<(&'a str, Value<'a>)>,
}

impl<'a> Bindings<'a> {
    /// No names.
    pub fn new() -> Self {
        Self::default()
    }

    /// Binds a name to a document or a part of one. A name bound twice means the later value.
    pub fn bind(&mut self, name: &'a str, document: &'a Json) -> &mut Self {
        self.bind_value(name, Value::from(document))
    }

    /// Binds a name to a computed value.
    pub fn bind_value(&mut self, name: &'a str, value: Value<'a>) -> &mut Self {
        match self.names.iter_mut().find(|(known, _)| *known == name) {
            Some((_, bound)) => *bound = value,
            None => self.names.push((name, value)),
        }
        self
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.names
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
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
