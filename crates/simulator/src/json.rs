//! Writes JSON straight into bytes, so that a page of documents is never copied as a tree.

use serde::Serialize;

/// The text of anything that serialises.
pub(crate) fn bytes(value: &impl Serialize) -> Vec<u8> {
    // Values and maps with text keys always serialise.
    serde_json::to_vec(value).unwrap_or_default()
}

/// An object that is being written.
#[derive(Debug)]
pub(crate) struct Object(Vec<u8>);

impl Object {
    /// An object without members.
    pub(crate) fn new() -> Self {
        Self(vec![b'{'])
    }

    fn name(&mut self, name: &str) {
        if self.0.len() > 1 {
            self.0.push(b',');
        }
        self.append(&name);
        self.0.push(b':');
    }

    fn append(&mut self, value: &impl Serialize) {
        let before = self.0.len();
        if serde_json::to_writer(&mut self.0, value).is_err() {
            self.0.truncate(before);
            self.0.extend_from_slice(b"null");
        }
    }

    /// Adds a member.
    pub(crate) fn member(&mut self, name: &str, value: &impl Serialize) {
        self.name(name);
        self.append(value);
    }

    /// Adds a member that is JSON text already.
    pub(crate) fn raw(&mut self, name: &str, text: &[u8]) {
        self.name(name);
        let text = if text.is_empty() { b"null" } else { text };
        self.0.extend_from_slice(text);
    }

    /// Adds a list.
    pub(crate) fn list<T: Serialize>(&mut self, name: &str, items: impl Iterator<Item = T>) {
        self.name(name);
        self.0.push(b'[');
        for (at, item) in items.enumerate() {
            if at > 0 {
                self.0.push(b',');
            }
            self.append(&item);
        }
        self.0.push(b']');
    }

    /// The bytes so far.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The whole object.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.0.push(b'}');
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn objects_are_written_member_by_member() {
        let mut object = Object::new();
        object.member("a\"b", &1);
        object.list("l", [json!({"x": null}), json!("y")].into_iter());
        object.raw("r", b"[true]");
        object.raw("none", b"");
        let read: Value = serde_json::from_slice(&object.finish()).unwrap();
        assert_eq!(
            read,
            json!({"a\"b": 1, "l": [{"x": null}, "y"], "r": [true], "none": null})
        );
        assert_eq!(Object::new().finish(), b"{}");
    }
}
