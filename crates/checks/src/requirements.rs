//! What a check needs to be read, and what it takes to read it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use catalog::{Catalog, Document, DocumentType, Documents, Need, Requirement, Scope, SourceError};
use expression::{Bindings, Program, Value as Operand};

use crate::known::Known;
use crate::loading::{self, Loaded};
use crate::reads::{Resolved, ResolvedRead, resolve};
use crate::{Check, Reason};

impl Check {
    /// Everything the check reads. A name that the catalogue lacks is passed on, so that planning
    /// refuses it; lint does so earlier.
    pub fn requirements(&self, catalog: &Catalog) -> Vec<Requirement> {
        let of = self.resources.iter();
        of.flat_map(|resource| self.requirements_of(resource, catalog))
            .collect()
    }

    /// Everything the check reads to judge documents of one of its types.
    fn requirements_of(&self, resource: &DocumentType, catalog: &Catalog) -> Vec<Requirement> {
        let mut requirements = vec![Requirement::always(resource.clone())];
        let resolved = match resolve(self, resource, catalog) {
            Ok(resolved) => resolved,
            Err(unknown) => {
                requirements.push(Requirement::always(DocumentType::new(unknown.name)));
                return requirements;
            }
        };
        let reads = &resolved.reads;
        for read in reads {
            let fallback_for = read
                .fallback_for
                .map(|index| reads[index].entry.name.clone());
            let need = if read.own_child {
                self.need(&resolved)
            } else {
                None
            };
            requirements.push(Requirement {
                document_type: read.entry.name.clone(),
                need,
                fallback_for: fallback_for.clone(),
            });
            // `when` is about the check's resource, and these hang below something else.
            for (_, child) in &read.children {
                requirements.push(Requirement {
                    document_type: child.name.clone(),
                    need: None,
                    fallback_for: fallback_for.clone(),
                });
            }
        }
        requirements
    }

    /// The permissions that the check's reads need, in alphabetical order.
    pub fn permissions(&self, catalog: &Catalog) -> Vec<String> {
        let types = self
            .requirements(catalog)
            .into_iter()
            .map(|requirement| requirement.document_type);
        let permissions: BTreeSet<String> = types
            .filter_map(|name| catalog.entry(&name).map(|entry| entry.permission.clone()))
            .collect();
        permissions.into_iter().collect()
    }

    /// Whether the children of a document are needed: when `when` does not rule the document out.
    fn need(&self, resolved: &Resolved) -> Option<Need> {
        let when = self.when.clone()?;
        let needed = Needed {
            when,
            reads: resolved.reads.clone(),
            lacking: resolved.lacking.clone(),
            joined: Mutex::default(),
        };
        // Found in the text, so that planning compiles nothing: a name in a string waits needlessly.
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        let mut words = needed.when.source().split(|letter| !is_word(letter));
        let asks_others = words.any(|word| needed.reads.iter().any(|read| read.name == word));
        let judge = move |document: &Document, documents: &dyn Documents| {
            needed.is_needed(document, documents).unwrap_or(true)
        };
        Some(if asks_others {
            Need::by_others(judge)
        } else {
            Need::by_parent(judge)
        })
    }
}

/// Joined lists of one scope, by the index of their read.
type Joined = (Scope, Vec<(usize, Arc<Loaded>)>);

/// A check's `when`, asked before its children are read.
struct Needed {
    when: Arc<Program>,
    reads: Vec<ResolvedRead>,
    /// The names of reads that such documents do not have.
    lacking: Vec<String>,
    /// Joined lists that were read to the end, for the scope asked last.
    joined: Mutex<Option<Joined>>,
}

impl Needed {
    fn is_needed(
        &self,
        document: &Document,
        documents: &dyn Documents,
    ) -> Result<bool, SourceError> {
        // A condition on what users set is left to the evaluation.
        let is_set = |name: &str| matches!(name, "params" | "settings" | "now");
        if self.when.variables().any(is_set) {
            return Ok(true);
        }
        let used = |read: &ResolvedRead| self.when.variables().any(|name| name == read.name);
        let known = Known::load(&self.reads, used, |index| {
            self.load(index, document, documents)
        })?;
        let mut bindings = Bindings::new();
        bindings
            .bind("resource", &document.body)
            .bind_value("tenant", Operand::text(documents.tenant_id()))
            .bind_value(
                "subscription",
                document
                    .scope
                    .subscription_id()
                    .map_or(Operand::Null, Operand::text),
            );
        for (index, value) in known.values() {
            bindings.bind(&self.reads[index].name, value);
        }
        for name in &self.lacking {
            bindings.bind_value(name, Operand::Null);
        }
        // What was tried and refused will not be known later in this collection either: no verdict
        // waits for this child then, and asking for every document's would cost a request each.
        let may_be_known_later = || {
            known
                .missing()
                .iter()
                .all(|missing| missing.gap.reason == Reason::Pending)
        };
        Ok(self
            .when
            .bool(&bindings)
            .unwrap_or_else(|_| may_be_known_later()))
    }

    fn load(
        &self,
        index: usize,
        document: &Document,
        documents: &dyn Documents,
    ) -> Result<Arc<Loaded>, SourceError> {
        let read = &self.reads[index];
        if read.own_child {
            return loading::own_child(documents, read, document).map(Arc::new);
        }
        let mut joined = self.joined.lock().unwrap_or_else(PoisonError::into_inner);
        if joined
            .as_ref()
            .is_none_or(|(scope, _)| *scope != document.scope)
        {
            *joined = Some((document.scope.clone(), Vec::new()));
        }
        let slots = joined.as_mut().map(|(_, slots)| slots);
        let kept = slots
            .as_ref()
            .and_then(|slots| slots.iter().find(|(slot, _)| *slot == index));
        if let Some((_, loaded)) = kept {
            return Ok(Arc::clone(loaded));
        }
        let loaded = Arc::new(loading::joined(documents, read, &document.scope)?);
        // A gap may be filled while the collection goes on.
        if let (Loaded::Known(_), Some(slots)) = (loaded.as_ref(), slots) {
            slots.push((index, Arc::clone(&loaded)));
        }
        Ok(loaded)
    }
}
