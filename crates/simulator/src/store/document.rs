//! One stored document.

use std::sync::Arc;

use serde_json::Value;

/// A body, as a tree or as its text, which takes a sixth of the room and is read anew each time.
#[derive(Debug, Clone)]
pub(super) enum Body {
    Tree(Arc<Value>),
    Text(Arc<str>),
}

impl Body {
    /// Keeps a body, as text where that is wanted.
    pub(super) fn new(body: Value, as_text: bool) -> Self {
        if as_text {
            return Self::Text(body.to_string().into());
        }
        Self::Tree(Arc::new(body))
    }

    fn tree(&self) -> Arc<Value> {
        match self {
            Self::Tree(tree) => Arc::clone(tree),
            // It was written from a tree, so that it always parses.
            Self::Text(text) => Arc::new(serde_json::from_str(text).unwrap_or_default()),
        }
    }
}

/// One document: what a list shows of it, what a read of it alone shows, or both.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    /// The path as it was first written, with its case.
    pub(crate) path: Arc<str>,
    pub(super) listed: Option<Body>,
    pub(super) single: Option<Body>,
    /// Changes with every write.
    pub(crate) etag: String,
}

impl Document {
    /// The body that a read of this document alone gives.
    pub(crate) fn alone(&self) -> Arc<Value> {
        let body = self.single.as_ref().or(self.listed.as_ref());
        body.map(Body::tree).unwrap_or_default()
    }

    /// The body that a list shows. Some services say less in a list than in the document itself.
    pub(crate) fn in_list(&self) -> Arc<Value> {
        let body = self.listed.as_ref().or(self.single.as_ref());
        body.map(Body::tree).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_body_is_the_same_as_a_tree_and_as_text() {
        let body = json!({"z": 1, "a": [null, "\u{e9}", 2.5], "b": {}});
        for as_text in [false, true] {
            let kept = Body::new(body.clone(), as_text).tree();
            assert_eq!(*kept, body);
            assert_eq!(kept.to_string(), body.to_string());
        }
    }
}
