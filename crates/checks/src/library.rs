//! All checks there are.

use std::path::Path;

use crate::compile::{compile, compile_on_use};
use crate::content::{self, Source};
use crate::diagnostic::{ContentError, Diagnostic};
use crate::{Check, functions};

/// Checks in the order of their ids.
#[derive(Debug, Clone, Default)]
pub struct Library {
    checks: Vec<Check>,
}

impl Library {
    /// The checks that come with the program. Their expressions are compiled when they are first
    /// used, and their tests read when they are first asked for.
    ///
    /// # Errors
    ///
    /// Files that cannot be read at all; a test proves that there is none, and that everything in
    /// them compiles.
    pub fn builtin() -> Result<Self, ContentError> {
        let mut library = Self::default();
        let environment = functions::shared();
        library.add(content::builtin(), |source| {
            compile_on_use(&environment, source)
        })?;
        Ok(library)
    }

    /// Only the checks of `DIR/checks/<service>/<id>.yaml`.
    ///
    /// # Errors
    ///
    /// Every defect of every file.
    pub fn folder(content: &Path) -> Result<Self, ContentError> {
        Self::default().overlay(content)
    }

    /// Adds the checks of a folder; one with a known id replaces it.
    ///
    /// # Errors
    ///
    /// Every defect of every file.
    pub fn overlay(mut self, content: &Path) -> Result<Self, ContentError> {
        let environment = functions::shared();
        self.add(content::folder(content)?, |source| {
            compile(&environment, source)
        })?;
        Ok(self)
    }

    /// A library of one file's text: for editors and tests.
    ///
    /// # Errors
    ///
    /// Every defect of the text.
    pub fn of_text(service: &str, id: &str, text: &str) -> Result<Self, ContentError> {
        let mut library = Self::default();
        let source = Source {
            file: format!("{service}/{id}.yaml"),
            service: service.to_owned(),
            id: id.to_owned(),
            text: text.to_owned().into(),
        };
        let environment = functions::shared();
        library.add(vec![source], |source| compile(&environment, source))?;
        Ok(library)
    }

    /// The checks, by id.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// The check of that id.
    pub fn check(&self, id: &str) -> Option<&Check> {
        let index = self
            .checks
            .binary_search_by(|check| check.id.as_str().cmp(id))
            .ok()?;
        self.checks.get(index)
    }

    fn add(
        &mut self,
        sources: Vec<Source>,
        compile: impl Fn(&Source) -> Result<Check, Vec<Diagnostic>> + Sync,
    ) -> Result<(), ContentError> {
        let mut diagnostics = Vec::new();
        let mut added: Vec<Check> = Vec::new();
        for compiled in on_all_cores(&sources, compile) {
            match compiled {
                Ok(check) => added.push(check),
                Err(found) => diagnostics.extend(found),
            }
        }
        added.sort_by(|a, b| a.id.cmp(&b.id));
        for pair in added.windows(2) {
            if let [first, second] = pair
                && first.id == second.id
            {
                let message = format!("the id `{}` is taken by {}", second.id, first.file);
                let hint = "rename the file; a check's id is its file's name".to_owned();
                diagnostics.push(Diagnostic::file(&second.file, message).hint(Some(hint)));
            }
        }
        if !diagnostics.is_empty() {
            diagnostics.sort();
            return Err(ContentError(diagnostics));
        }
        for check in added {
            match self
                .checks
                .binary_search_by(|known| known.id.cmp(&check.id))
            {
                Ok(index) => self.checks[index] = check,
                Err(index) => self.checks.insert(index, check),
            }
        }
        Ok(())
    }
}

/// What becomes of each item, in their order: every start of the program waits for some hundred files.
fn on_all_cores<T: Sync, R: Send>(items: &[T], make: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = items.len().div_ceil(cores).max(1);
    std::thread::scope(|scope| {
        let make = &make;
        let shares = items.chunks(share);
        let threads: Vec<_> = shares
            .map(|items| scope.spawn(move || items.iter().map(make).collect::<Vec<R>>()))
            .collect();
        let joined = threads.into_iter().map(|thread| thread.join());
        // A panic of a thread goes on in this one.
        let made = joined.map(|made| made.unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        made.flatten().collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_on_all_cores_keeps_its_order() {
        for count in [0, 1, 2, 7, 100] {
            let items: Vec<usize> = (0..count).collect();
            let doubled: Vec<usize> = items.iter().map(|item| item * 2).collect();
            assert_eq!(on_all_cores(&items, |item| item * 2), doubled);
        }
    }
}
