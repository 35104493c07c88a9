//! Checks and catalogue: the built-in ones and the user's own.

use std::path::Path;

use catalog::{Catalog, DocumentType, Plan, Requirement};
use checks::{Check, ContentError, Library, Selection};

use crate::args::{ContentArgs, SelectionArgs};
use crate::error::CliError;

/// Everything that content folders give.
pub struct Content {
    /// How documents are read.
    pub catalog: Catalog,
    /// The checks.
    pub library: Library,
}

impl Content {
    /// Loads the built-in content and the folders on top of it.
    ///
    /// # Errors
    /// A folder is missing or a file in it cannot be used.
    pub fn load(arguments: &ContentArgs) -> Result<Self, CliError> {
        let catalog = Self::catalog(arguments)?;
        let library = Self::library(arguments).map_err(|error| unusable(&error))?;
        Ok(Self { catalog, library })
    }

    /// Loads the catalogue alone.
    ///
    /// # Errors
    /// A folder is missing or a catalogue file cannot be used.
    pub fn catalog(arguments: &ContentArgs) -> Result<Catalog, CliError> {
        let mut catalog = Catalog::builtin().map_err(|error| unusable(&error))?;
        for folder in &arguments.content {
            if !folder.is_dir() {
                return Err(CliError::usage(format!(
                    "there is no content folder {}",
                    folder.display()
                )));
            }
            catalog = catalog.overlay(folder).map_err(|error| unusable(&error))?;
        }
        Ok(catalog)
    }

    /// Loads the checks alone.
    ///
    /// # Errors
    /// Every defect of every file.
    pub fn library(arguments: &ContentArgs) -> Result<Library, ContentError> {
        arguments
            .content
            .iter()
            .try_fold(Library::builtin()?, |library, folder| {
                library.overlay(folder)
            })
    }

    /// The ids of the checks that come from the user's folders.
    pub fn own_ids(&self, arguments: &ContentArgs) -> Vec<String> {
        let is_own = |check: &&Check| {
            arguments
                .content
                .iter()
                .any(|folder| Path::new(&check.file).starts_with(folder))
        };
        self.library
            .checks()
            .iter()
            .filter(is_own)
            .map(|check| check.id.clone())
            .collect()
    }

    /// The names of the document types that a check reads, its own first.
    pub fn reads(&self, check: &Check) -> Vec<String> {
        let mut reads: Vec<String> = Vec::new();
        let own = check.resources.iter().map(ToString::to_string);
        let others = check
            .requirements(&self.catalog)
            .into_iter()
            .map(|requirement| requirement.document_type.to_string());
        for name in own.chain(others) {
            if !reads.contains(&name) {
                reads.push(name);
            }
        }
        reads
    }

    /// The selected checks, in the order of their ids.
    ///
    /// # Errors
    /// A pattern or name that matches nothing, or a selection that leaves nothing.
    pub fn select(&self, arguments: &SelectionArgs) -> Result<Vec<&Check>, CliError> {
        self.select_by(&arguments.selection())
    }

    /// The checks with these very ids.
    ///
    /// # Errors
    /// An id that is not there, as after an upgrade that dropped a check.
    pub fn named(&self, ids: &[String]) -> Result<Vec<&Check>, CliError> {
        self.select_by(&Selection {
            checks: ids.to_vec(),
            ..Selection::default()
        })
    }

    /// What these checks read.
    ///
    /// # Errors
    /// A check reads a type that the catalogue lacks.
    pub fn plan(&self, selected: &[&Check]) -> Result<Plan, CliError> {
        Plan::new(&self.catalog, &self.requirements(selected)).map_err(unknown_type)
    }

    /// What collecting everything reads: each type of the catalogue, and what the checks read under
    /// the checks' own conditions.
    ///
    /// # Errors
    /// As [`Content::plan`].
    pub fn plan_everything(&self, selected: &[&Check]) -> Result<Plan, CliError> {
        Plan::everything(&self.catalog, &self.requirements(selected)).map_err(unknown_type)
    }

    fn requirements(&self, selected: &[&Check]) -> Vec<Requirement> {
        selected
            .iter()
            .flat_map(|check| check.requirements(&self.catalog))
            .collect()
    }

    fn select_by(&self, selection: &Selection) -> Result<Vec<&Check>, CliError> {
        selection.apply(&self.library).map_err(|error| {
            let hint = error
                .hint
                .as_deref()
                .unwrap_or("`threatdefence checks list` shows every check");
            CliError::usage(&error).hint(hint)
        })
    }
}

fn unknown_type(unknown: DocumentType) -> CliError {
    CliError::failed(format!("the catalogue has no document type {unknown}"))
}

fn unusable(error: &dyn std::fmt::Display) -> CliError {
    CliError::failed(error)
        .hint("`threatdefence checks lint --content DIR` shows every problem at once")
}
