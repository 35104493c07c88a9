//! What a check needs to be read, and what it takes to read it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use catalog::{Catalog, Document, DocumentType, Documents, Need, Requirement, Scope, SourceError};
use expression::{Bindings, Lasting, Program, Value as Operand};

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
                urgency: self.severity as u8,
                fallback_for: fallback_for.clone(),
            });
            // `when` is about the check's resource, and these hang below something else.
            for (_, child) in &read.children {
                requirements.push(Requirement {
                    document_type: child.name.clone(),
                    need: None,
                    urgency: self.severity as u8,
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

/// A check's `when`, asked before its children are read.
struct Needed {
    when: Arc<Program>,
    reads: Vec<ResolvedRead>,
    /// The names of reads that such documents do not have.
    lacking: Vec<String>,
    joined: Mutex<Joined>,
}

/// The joined lists that were read to the end, for the scope asked last, and what was computed from them.
#[derive(Default)]
struct Joined {
    lasting: Lasting,
    scope: Option<Scope>,
    /// By the index of their read.
    lists: Vec<(usize, Arc<Loaded>)>,
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
        let mut joined = self.joined.lock().unwrap_or_else(PoisonError::into_inner);
        joined.enter(&document.scope);
        let used = |read: &ResolvedRead| self.when.variables().any(|name| name == read.name);
        let known = Known::load(&self.reads, used, |index| {
            joined.load(index, &self.reads[index], document, documents)
        })?;
        let mut bindings = Bindings::new();
        bindings
            .keep_in(&joined.lasting)
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
            let read = &self.reads[index];
            match read.own_child {
                true => bindings.bind(&read.name, value),
                false => bindings.bind_lasting(&read.name, value),
            };
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
}

impl Joined {
    /// Forgets the lists of another scope.
    fn enter(&mut self, scope: &Scope) {
        if self.scope.as_ref() != Some(scope) {
            *self = Self {
                scope: Some(scope.clone()),
                ..Self::default()
            };
        }
    }

    fn load(
        &mut self,
        index: usize,
        read: &ResolvedRead,
        document: &Document,
        documents: &dyn Documents,
    ) -> Result<Arc<Loaded>, SourceError> {
        if read.own_child {
            return loading::own_child(documents, read, document).map(Arc::new);
        }
        if let Some((_, loaded)) = self.lists.iter().find(|(known, _)| *known == index) {
            return Ok(Arc::clone(loaded));
        }
        let loaded = Arc::new(loading::joined(documents, read, &document.scope)?);
        // A gap may be filled while the collection goes on.
        if matches!(loaded.as_ref(), Loaded::Known(_)) {
            self.lists.push((index, Arc::clone(&loaded)));
        }
        Ok(loaded)
    }
}
