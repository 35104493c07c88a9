//! Documents in memory: for tests, of checks and of code.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use catalog::{
    Children, Document, DocumentType, Documents, Outcome, ReadState, Scope, SourceError,
};

/// Documents in memory.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    tenant: String,
    reads: BTreeMap<DocumentType, Vec<ReadState>>,
    documents: BTreeMap<(DocumentType, Scope), BTreeMap<String, Document>>,
    children: BTreeMap<(DocumentType, String), Children>,
}

impl Memory {
    /// A tenant of which nothing was read.
    pub fn new(tenant: &str) -> Self {
        Self {
            tenant: tenant.to_owned(),
            ..Self::default()
        }
    }

    /// Notes how the list of a type ended in a scope.
    pub fn read(
        &mut self,
        document_type: &DocumentType,
        scope: Scope,
        outcome: Outcome,
        detail: Option<&str>,
    ) {
        let state = ReadState {
            scope,
            outcome,
            detail: detail.map(str::to_owned),
        };
        let states = self.reads.entry(document_type.clone()).or_default();
        states.retain(|known| known.scope != state.scope);
        states.push(state);
        states.sort_by(|a, b| a.scope.cmp(&b.scope));
    }

    /// Adds a document. Its list counts as read, unless it was noted otherwise.
    pub fn add(&mut self, document: Document) {
        let states = self
            .reads
            .entry(document.document_type.clone())
            .or_default();
        if !states.iter().any(|state| state.scope == document.scope) {
            let (document_type, scope) = (document.document_type.clone(), document.scope.clone());
            self.read(&document_type, scope, Outcome::Read, None);
        }
        self.insert(document);
    }

    /// Adds a document without a word on how its list ended.
    pub fn insert(&mut self, document: Document) {
        let key = (document.document_type.clone(), document.scope.clone());
        self.documents
            .entry(key)
            .or_default()
            .insert(document.id.to_lowercase(), document);
    }

    /// Notes the children of a document.
    pub fn add_children(
        &mut self,
        parent: &Document,
        child: &DocumentType,
        outcome: Outcome,
        documents: Vec<Document>,
    ) {
        let state = ReadState {
            scope: parent.scope.clone(),
            outcome,
            detail: None,
        };
        documents
            .iter()
            .cloned()
            .for_each(|document| self.insert(document));
        self.children.insert(
            (child.clone(), parent.id.to_lowercase()),
            Children { state, documents },
        );
    }
}

impl Documents for Memory {
    fn tenant_id(&self) -> &str {
        &self.tenant
    }

    fn reads(&self, document_type: &DocumentType) -> Result<Vec<ReadState>, SourceError> {
        Ok(self.reads.get(document_type).cloned().unwrap_or_default())
    }

    fn visit(
        &self,
        document_type: &DocumentType,
        scope: &Scope,
        visit: &mut dyn FnMut(Document) -> ControlFlow<()>,
    ) -> Result<(), SourceError> {
        let documents = self.documents.get(&(document_type.clone(), scope.clone()));
        // Breaking off early is no failure.
        let _ = documents
            .into_iter()
            .flat_map(BTreeMap::values)
            .cloned()
            .try_for_each(visit);
        Ok(())
    }

    fn children(&self, child: &DocumentType, parent: &Document) -> Result<Children, SourceError> {
        let key = (child.clone(), parent.id.to_lowercase());
        Ok(self
            .children
            .get(&key)
            .cloned()
            .unwrap_or_else(|| Children {
                state: ReadState {
                    scope: parent.scope.clone(),
                    outcome: Outcome::Pending,
                    detail: None,
                },
                documents: Vec::new(),
            }))
    }

    fn child_gaps(
        &self,
        child: &DocumentType,
        scope: &Scope,
    ) -> Result<Vec<(String, ReadState)>, SourceError> {
        let of_type = self
            .children
            .iter()
            .filter(|((name, _), children)| name == child && children.state.scope == *scope);
        let gaps = of_type.filter(|(_, children)| !children.state.outcome.is_known());
        Ok(gaps
            .map(|((_, parent), children)| (parent.clone(), children.state.clone()))
            .collect())
    }
}
