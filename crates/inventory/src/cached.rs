//! Documents that are asked for again and again, read once.
//!
//! Whether a child is needed is judged for one parent after another from the same joined lists
//! (every user against the same directory roles).

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::ControlFlow;

use catalog::{Children, Document, DocumentType, Documents, ReadState, Scope, SourceError};

/// Remembers the lists and children it was asked for. Lives for one chunk of parents.
pub(crate) struct Cached<'a> {
    documents: &'a dyn Documents,
    lists: RefCell<HashMap<(DocumentType, Scope), Vec<Document>>>,
    children: RefCell<HashMap<(DocumentType, String), Children>>,
}

impl<'a> Cached<'a> {
    pub(crate) fn new(documents: &'a dyn Documents) -> Self {
        Self {
            documents,
            lists: RefCell::default(),
            children: RefCell::default(),
        }
    }
}

impl Documents for Cached<'_> {
    fn tenant_id(&self) -> &str {
        self.documents.tenant_id()
    }

    fn reads(&self, document_type: &DocumentType) -> Result<Vec<ReadState>, SourceError> {
        self.documents.reads(document_type)
    }

    fn visit(
        &self,
        document_type: &DocumentType,
        scope: &Scope,
        visit: &mut dyn FnMut(Document) -> ControlFlow<()>,
    ) -> Result<(), SourceError> {
        let key = (document_type.clone(), scope.clone());
        if let Some(list) = self.lists.borrow().get(&key) {
            let _ = list.iter().cloned().try_for_each(visit);
            return Ok(());
        }
        let mut list = Vec::new();
        self.documents
            .visit(document_type, scope, &mut |document| {
                list.push(document);
                ControlFlow::Continue(())
            })?;
        let _ = list.iter().cloned().try_for_each(visit);
        self.lists.borrow_mut().insert(key, list);
        Ok(())
    }

    fn children(&self, child: &DocumentType, parent: &Document) -> Result<Children, SourceError> {
        let key = (child.clone(), parent.id.to_lowercase());
        if let Some(children) = self.children.borrow().get(&key) {
            return Ok(children.clone());
        }
        let children = self.documents.children(child, parent)?;
        self.children.borrow_mut().insert(key, children.clone());
        Ok(children)
    }

    fn child_gaps(
        &self,
        child: &DocumentType,
        scope: &Scope,
    ) -> Result<Vec<(String, ReadState)>, SourceError> {
        self.documents.child_gaps(child, scope)
    }
}
