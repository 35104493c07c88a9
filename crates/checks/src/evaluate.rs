//! Evaluation: every selected check on every document.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::{
    Catalog, Document, DocumentType, Documents, Entry, Outcome, ReadState, Scope, SourceError,
};
use serde_json::json;

use crate::Check;
use crate::cache::Cache;
use crate::counts::Counts;
use crate::finding::Finding;
use crate::gap::Gap;
use crate::judge::{Facts, Judge, Judged};
use crate::reads::{UnknownType, resolve};
use crate::settings::{self, Settings, SettingsError};
use crate::subject::{Subject, in_resource_groups};

/// Checks that are ready to judge documents.
#[derive(Debug)]
pub struct Evaluator<'c> {
    /// The judges of each type of resource, by the type's name, and within it by the check's id.
    groups: BTreeMap<DocumentType, Group<'c>>,
    facts: Facts,
    resource_groups: Vec<String>,
}

#[derive(Debug)]
struct Group<'c> {
    /// The types from the one that is listed by itself down to the resource.
    lineage: Vec<Arc<Entry>>,
    judges: Vec<Judge<'c>>,
}

/// Checks that cannot be evaluated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrepareError {
    /// A check names a type that the catalogue lacks.
    #[error(transparent)]
    Type(#[from] UnknownType),
    /// A parameter is set that a check lacks.
    #[error(transparent)]
    Settings(#[from] SettingsError),
}

/// An evaluation that was cut off.
#[derive(Debug, thiserror::Error)]
pub enum RunError<E> {
    /// The documents could not be had.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The receiver of the findings failed.
    #[error("{0}")]
    Emit(E),
}

impl<'c> Evaluator<'c> {
    /// Prepares checks.
    ///
    /// # Errors
    ///
    /// When a check reads a type that the catalogue lacks, or a parameter is set that no check has.
    pub fn new(
        checks: &[&'c Check],
        catalog: &Catalog,
        settings: &Settings,
    ) -> Result<Self, PrepareError> {
        let mut groups: BTreeMap<DocumentType, Group<'c>> = BTreeMap::new();
        let mut sorted = checks.to_vec();
        sorted.sort_by(|a, b| a.id.cmp(&b.id));
        sorted.dedup_by(|a, b| a.id == b.id);
        for check in sorted {
            let (lineage, reads) = resolve(check, catalog)?;
            let params = settings::params(check, settings.params.get(&check.id))?;
            let group = groups
                .entry(check.resource.clone())
                .or_insert_with(|| Group {
                    lineage,
                    judges: Vec::new(),
                });
            group.judges.push(Judge {
                check,
                reads,
                params,
            });
        }
        let facts = Facts {
            settings: json!({ "emergency_accounts": settings.emergency_accounts }),
            now: settings.now.as_deref().into(),
        };
        Ok(Self {
            groups,
            facts,
            resource_groups: settings.resource_groups.clone(),
        })
    }

    /// Judges every document and hands out the findings as they come: by type of resource, scope,
    /// document, check and item. The same documents give the same findings in the same order.
    ///
    /// # Errors
    ///
    /// When the documents cannot be had, or `emit` fails.
    pub fn run<E>(
        &self,
        source: &dyn Documents,
        emit: &mut dyn FnMut(Finding, &Check) -> Result<(), E>,
    ) -> Result<Counts, RunError<E>> {
        self.judge_all(source, &mut |judged, check| emit(judged.finding, check))
    }

    /// Like [`run`](Self::run), with the defects that the checks showed.
    pub(crate) fn judge_all<E>(
        &self,
        source: &dyn Documents,
        emit: &mut dyn FnMut(Judged, &Check) -> Result<(), E>,
    ) -> Result<Counts, RunError<E>> {
        let mut run = Run {
            evaluator: self,
            source,
            emit,
            counts: Counts::default(),
        };
        for group in self.groups.values() {
            run.group(group)?;
        }
        Ok(run.counts)
    }
}

/// One evaluation under way.
struct Run<'r, E> {
    evaluator: &'r Evaluator<'r>,
    source: &'r dyn Documents,
    emit: &'r mut dyn FnMut(Judged, &Check) -> Result<(), E>,
    counts: Counts,
}

impl<E> Run<'_, E> {
    fn group(&mut self, group: &Group<'_>) -> Result<(), RunError<E>> {
        let Some(root) = group.lineage.first() else {
            return Ok(());
        };
        let reads = self.source.reads(&root.name)?;
        if reads.is_empty() {
            let never = ReadState {
                scope: Scope::Tenant,
                outcome: Outcome::Pending,
                detail: None,
            };
            return self.unlisted(group, root, &never);
        }
        for state in &reads {
            self.unlisted(group, root, state)?;
            self.unlisted_children(group, &state.scope)?;
            self.documents(group, &state.scope)?;
        }
        Ok(())
    }

    /// One finding per check on the scope whose list is not known.
    fn unlisted(
        &mut self,
        group: &Group<'_>,
        root: &Entry,
        state: &ReadState,
    ) -> Result<(), RunError<E>> {
        let Some(gap) = Gap::of(root.name.as_str(), root, state) else {
            return Ok(());
        };
        let subject = self.scope_subject(&state.scope)?;
        self.not_assessed(group, &subject, &gap)
    }

    /// One finding per check on each parent whose children are not known.
    fn unlisted_children(&mut self, group: &Group<'_>, scope: &Scope) -> Result<(), RunError<E>> {
        for pair in group.lineage.windows(2) {
            let [parent, child] = pair else {
                continue;
            };
            for (id, state) in self.source.child_gaps(&child.name, scope)? {
                if let Some(gap) = Gap::of(child.name.as_str(), child, &state) {
                    let subject = Subject::known_by_id(&id, &parent.name, scope.subscription_id());
                    self.not_assessed(group, &subject, &gap)?;
                }
            }
        }
        Ok(())
    }

    fn not_assessed(
        &mut self,
        group: &Group<'_>,
        subject: &Subject,
        gap: &Gap,
    ) -> Result<(), RunError<E>> {
        for judge in &group.judges {
            let finding = judge.unlisted(subject.clone(), gap);
            self.emit(
                Judged {
                    finding,
                    defect: None,
                },
                judge.check,
            )?;
        }
        Ok(())
    }

    fn documents(&mut self, group: &Group<'_>, scope: &Scope) -> Result<(), RunError<E>> {
        let source = self.source;
        let mut cache = Cache::new(source, scope);
        let mut outcome = Ok(());
        source.visit(&group.judges[0].check.resource, scope, &mut |document| {
            if outcome.is_ok() {
                outcome = self.document(group, &document, &mut cache);
            }
        })?;
        outcome
    }

    fn document(
        &mut self,
        group: &Group<'_>,
        document: &Document,
        cache: &mut Cache<'_>,
    ) -> Result<(), RunError<E>> {
        let groups = &self.evaluator.resource_groups;
        if !groups.is_empty() && !in_resource_groups(&document.id, groups) {
            return Ok(());
        }
        self.counts.documents += 1;
        cache.next_document();
        for judge in &group.judges {
            let load = |index: usize| cache.load(&judge.reads[index], document);
            for judged in judge.judge(
                document,
                self.source.tenant_id(),
                &self.evaluator.facts,
                load,
            )? {
                self.emit(judged, judge.check)?;
            }
        }
        Ok(())
    }

    fn emit(&mut self, judged: Judged, check: &Check) -> Result<(), RunError<E>> {
        self.counts.count(judged.finding.status);
        (self.emit)(judged, check).map_err(RunError::Emit)
    }

    /// A scope as the subject of a finding: the subscription by its display name, or the tenant.
    fn scope_subject(&self, scope: &Scope) -> Result<Subject, SourceError> {
        let (document_type, id) = match scope {
            Scope::Tenant => (
                "Microsoft.Resources/tenants",
                format!("/tenants/{}", self.source.tenant_id()),
            ),
            Scope::Subscription(id) => (
                "Microsoft.Resources/subscriptions",
                format!("/subscriptions/{id}"),
            ),
        };
        let document_type = DocumentType::from(document_type);
        let mut subject = Subject::known_by_id(&id, &document_type, scope.subscription_id());
        self.source.visit(&document_type, scope, &mut |document| {
            if expression::same_text(&document.id, &id) {
                subject.name = Subject::document(&document).name;
            }
        })?;
        Ok(subject)
    }
}
