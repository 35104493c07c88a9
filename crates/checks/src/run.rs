//! One evaluation under way: scope by scope, document by document.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::Instant;

use catalog::{Document, DocumentType, Documents, Entry, Outcome, ReadState, Scope, SourceError};
use expression::Lasting;

use crate::Check;
use crate::cache::Cache;
use crate::counts::Counts;
use crate::evaluate::{Evaluator, Group, RunError};
use crate::gap::Gap;
use crate::judge::{Common, Judge, Judged, Verdict};
use crate::profile::{Profile, Stopwatch};
use crate::subject::{Subject, in_resource_groups};

/// What a check lacks in a whole scope.
struct Unknown<'g> {
    judge: &'g Judge<'g>,
    gap: Gap,
    fallback: Option<Gap>,
}

/// One evaluation under way.
pub(crate) struct Run<'r, E> {
    evaluator: &'r Evaluator<'r>,
    source: &'r dyn Documents,
    emit: &'r mut dyn FnMut(Judged, &Check) -> Result<(), E>,
    counts: Counts,
    /// Only when somebody wants to know: a clock is read twice for each check and document.
    stopwatch: Option<Stopwatch>,
}

impl<'r, E> Run<'r, E> {
    pub(crate) fn new(
        evaluator: &'r Evaluator<'r>,
        source: &'r dyn Documents,
        emit: &'r mut dyn FnMut(Judged, &Check) -> Result<(), E>,
    ) -> Self {
        Self {
            evaluator,
            source,
            emit,
            counts: Counts::default(),
            stopwatch: None,
        }
    }

    /// Takes the time of each check from now on.
    pub(crate) fn take_times(&mut self) {
        self.stopwatch = Some(Stopwatch::default());
    }

    /// What was done so far.
    pub(crate) fn counts(&self) -> Counts {
        self.counts
    }

    /// What was done, and how long each check took as far as times were taken.
    pub(crate) fn into_profile(self) -> Profile {
        Profile {
            counts: self.counts,
            checks: self.stopwatch.map(Stopwatch::checks).unwrap_or_default(),
        }
    }

    /// Judges every document of a group's type, in every scope.
    pub(crate) fn group(&mut self, group: &Group<'_>) -> Result<(), RunError<E>> {
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
        let mut cache = Cache::new(self.source);
        for state in &reads {
            self.unlisted(group, root, state)?;
            self.unlisted_children(group, &state.scope)?;
            cache.next_scope();
            let unknown = self.documents(group, &state.scope, &mut cache)?;
            // Of a list that is not known itself, that was said already.
            if state.outcome.is_known() {
                self.unknown_in_scope(&state.scope, unknown)?;
            }
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
            self.emit(judge.unread(subject.clone(), gap, None), judge.check)?;
        }
        Ok(())
    }

    /// Judges the documents of a scope. Gives what checks cannot say of any of them.
    fn documents<'g>(
        &mut self,
        group: &'g Group<'_>,
        scope: &Scope,
        cache: &mut Cache<'_>,
    ) -> Result<BTreeMap<&'g str, Unknown<'g>>, RunError<E>> {
        let source = self.source;
        // It goes before the lists that it was computed from.
        let lasting = Lasting::new();
        let common = Common {
            tenant: source.tenant_id(),
            facts: &self.evaluator.facts,
            lasting: &lasting,
        };
        let mut unknown = BTreeMap::new();
        let mut outcome = Ok(());
        source.visit(&group.resource, scope, &mut |document| {
            outcome = self.document(group, &document, &common, cache, &mut unknown);
            match outcome {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            }
        })?;
        outcome.map(|()| unknown)
    }

    /// One finding per check on the scope that lacks a joined list which decides what documents the
    /// check is about: as many findings as documents would say no more.
    fn unknown_in_scope(
        &mut self,
        scope: &Scope,
        unknown: BTreeMap<&str, Unknown<'_>>,
    ) -> Result<(), RunError<E>> {
        if unknown.is_empty() {
            return Ok(());
        }
        let subject = self.scope_subject(scope)?;
        for of in unknown.into_values() {
            let judged = of
                .judge
                .unread(subject.clone(), &of.gap, of.fallback.as_ref());
            self.emit(judged, of.judge.check)?;
        }
        Ok(())
    }

    fn document<'g>(
        &mut self,
        group: &'g Group<'_>,
        document: &Document,
        common: &Common<'_>,
        cache: &mut Cache<'_>,
        unknown: &mut BTreeMap<&'g str, Unknown<'g>>,
    ) -> Result<(), RunError<E>> {
        let groups = &self.evaluator.resource_groups;
        if !groups.is_empty() && !in_resource_groups(&document.id, groups) {
            return Ok(());
        }
        self.counts.documents += 1;
        cache.next_document();
        for judge in &group.judges {
            let started = self.stopwatch.is_some().then(Instant::now);
            let load = |index: usize| cache.load(&judge.reads[index], document);
            let verdict = judge.judge(document, common, load)?;
            if let (Some(stopwatch), Some(started)) = (&mut self.stopwatch, started) {
                stopwatch.note(&judge.check.id, started.elapsed());
            }
            match verdict {
                Verdict::Findings(findings) => {
                    for judged in findings {
                        self.emit(judged, judge.check)?;
                    }
                }
                Verdict::UnknownInScope(gap, fallback) => {
                    unknown.entry(&judge.check.id).or_insert(Unknown {
                        judge,
                        gap,
                        fallback,
                    });
                }
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
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        })?;
        Ok(subject)
    }
}
