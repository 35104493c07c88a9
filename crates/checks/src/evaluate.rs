//! Evaluation: every selected check on every document.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, OnceLock};

use catalog::{Catalog, DocumentType, Documents, Entry, SourceError};
use serde_json::json;

use crate::Check;
use crate::counts::Counts;
use crate::finding::Finding;
use crate::judge::{Facts, Judge, Judged};
use crate::profile::Profile;
use crate::reads::{UnknownType, resolve};
use crate::run::Run;
use crate::settings::{self, Settings, SettingsError};

/// Checks that are ready to judge documents.
#[derive(Debug)]
pub struct Evaluator<'c> {
    /// The judges of each type of resource, by the type's name, and within it by the check's id.
    groups: BTreeMap<DocumentType, Group<'c>>,
    pub(crate) facts: Facts,
    pub(crate) resource_groups: Vec<String>,
}

/// The checks of one type of resource.
#[derive(Debug)]
pub(crate) struct Group<'c> {
    pub(crate) resource: DocumentType,
    /// The types from the one that is listed by itself down to the resource.
    pub(crate) lineage: Vec<Arc<Entry>>,
    pub(crate) judges: Vec<Judge<'c>>,
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
            let params = settings::params(check, settings.params.get(&check.id))?;
            for resource in &check.resources {
                let resolved = resolve(check, resource, catalog)?;
                let group = groups.entry(resource.clone()).or_insert_with(|| Group {
                    resource: resource.clone(),
                    lineage: resolved.lineage,
                    judges: Vec::new(),
                });
                group.judges.push(Judge {
                    check,
                    reads: resolved.reads,
                    lacking: resolved.lacking,
                    params: params.clone(),
                    shown: OnceLock::new(),
                });
            }
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
    /// document, check and item; what a check lacks in a
    /// whole scope comes after the scope's documents. The same documents give the same findings in the same order.
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

    /// Judges every document and says how long each check took; findings are counted and dropped.
    ///
    /// # Errors
    ///
    /// When the documents cannot be had.
    pub fn profile(&self, source: &dyn Documents) -> Result<Profile, SourceError> {
        let mut emit = |_: Judged, _: &Check| Ok::<(), Infallible>(());
        let mut run = Run::new(self, source, &mut emit);
        run.take_times();
        for group in self.groups.values() {
            run.group(group).map_err(|error| match error {
                RunError::Source(error) => error,
                RunError::Emit(never) => match never {},
            })?;
        }
        Ok(run.into_profile())
    }

    /// Like [`run`](Self::run), with the defects that the checks showed.
    pub(crate) fn judge_all<E>(
        &self,
        source: &dyn Documents,
        emit: &mut dyn FnMut(Judged, &Check) -> Result<(), E>,
    ) -> Result<Counts, RunError<E>> {
        let mut run = Run::new(self, source, emit);
        for group in self.groups.values() {
            run.group(group)?;
        }
        Ok(run.counts())
    }
}
