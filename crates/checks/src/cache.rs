//! Documents that several checks read are loaded once.

use std::sync::Arc;

use catalog::{Document, DocumentType, Documents, SourceError};

use crate::loading::{self, Loaded};
use crate::reads::ResolvedRead;

/// What was loaded for the documents of one type: lists of the whole tenant until the type ends, those of a
/// subscription until it does, children until the document does.
pub(crate) struct Cache<'s> {
    source: &'s dyn Documents,
    of_tenant: Vec<Slot>,
    of_scope: Vec<Slot>,
    children: Vec<Slot>,
}

/// What was asked for and what came.
struct Slot {
    document_type: DocumentType,
    children: Vec<String>,
    loaded: Arc<Loaded>,
}

impl<'s> Cache<'s> {
    pub(crate) fn new(source: &'s dyn Documents) -> Self {
        Self {
            source,
            of_tenant: Vec::new(),
            of_scope: Vec::new(),
            children: Vec::new(),
        }
    }

    /// Forgets the lists of the last scope.
    pub(crate) fn next_scope(&mut self) {
        self.of_scope.clear();
    }

    /// Forgets the children of the last document.
    pub(crate) fn next_document(&mut self) {
        self.children.clear();
    }

    /// The documents of a read, for a document.
    pub(crate) fn load(
        &mut self,
        read: &ResolvedRead,
        document: &Document,
    ) -> Result<Arc<Loaded>, SourceError> {
        let slots = if read.own_child {
            &mut self.children
        } else if read.is_of_tenant() {
            &mut self.of_tenant
        } else {
            &mut self.of_scope
        };
        if let Some(slot) = slots.iter().find(|slot| slot.is_for(read)) {
            // The label is the check's own word for what was read.
            return Ok(match slot.loaded.as_ref() {
                Loaded::Gap(gap) if gap.label != read.label && read.children.is_empty() => {
                    let mut gap = gap.clone();
                    gap.label.clone_from(&read.label);
                    Arc::new(Loaded::Gap(gap))
                }
                _ => Arc::clone(&slot.loaded),
            });
        }
        let loaded = Arc::new(if read.own_child {
            loading::own_child(self.source, read, document)?
        } else {
            loading::joined(self.source, read, &document.scope)?
        });
        slots.push(Slot {
            document_type: read.entry.name.clone(),
            children: read.children.iter().map(|(key, _)| key.clone()).collect(),
            loaded: Arc::clone(&loaded),
        });
        Ok(loaded)
    }
}

impl Slot {
    fn is_for(&self, read: &ResolvedRead) -> bool {
        self.document_type == read.entry.name
            && self.children.len() == read.children.len()
            && self
                .children
                .iter()
                .zip(&read.children)
                .all(|(key, (other, _))| key == other)
    }
}
