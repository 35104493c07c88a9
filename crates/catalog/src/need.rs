//! Which documents' children a check needs.

use std::sync::Arc;

use crate::{Document, Documents};

type Judge = dyn Fn(&Document, &dyn Documents) -> bool + Send + Sync;

/// Whether a check needs the child of a document, judged from what is already read.
#[derive(Clone)]
pub struct Need {
    judge: Arc<Judge>,
    waits: bool,
}

impl Need {
    /// Judged from the parent alone, so that the child can be read as soon as the parent is.
    pub fn by_parent(
        judge: impl Fn(&Document, &dyn Documents) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self {
            judge: Arc::new(judge),
            waits: false,
        }
    }

    /// Judged from other documents too, so that the child waits until those are read.
    pub fn by_others(
        judge: impl Fn(&Document, &dyn Documents) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self {
            waits: true,
            ..Self::by_parent(judge)
        }
    }

    /// Whether it waits for other reads.
    pub fn waits(&self) -> bool {
        self.waits
    }

    /// Whether the child of `parent` is needed.
    pub fn holds(&self, parent: &Document, documents: &dyn Documents) -> bool {
        (self.judge)(parent, documents)
    }
}
