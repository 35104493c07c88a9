//! Which checks to run.

mod hint;
mod pattern;

use self::hint::{near_checks, near_or_all};
use self::pattern::matches;
use crate::category::CATEGORIES;
use crate::{Check, Library, Severity};

/// Which checks to run. Every list that is not empty must be met; within a list one match is enough.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Patterns of ids, with `*` and `?`.
    pub checks: Vec<String>,
    /// Patterns of ids to leave out.
    pub exclude: Vec<String>,
    /// Services.
    pub services: Vec<String>,
    /// Categories.
    pub categories: Vec<String>,
    /// Severities.
    pub severities: Vec<Severity>,
}

/// A selection that cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SelectionError {
    /// What is wrong with it.
    pub message: String,
    /// What was perhaps meant.
    pub hint: Option<String>,
}

impl Selection {
    /// The selected checks, by id.
    ///
    /// # Errors
    ///
    /// When a pattern or name matches no check at all, or nothing is left of the library.
    pub fn apply<'a>(&self, library: &'a Library) -> Result<Vec<&'a Check>, SelectionError> {
        let all = library.checks();
        for pattern in self.checks.iter().chain(&self.exclude) {
            if !all.iter().any(|check| matches(pattern, &check.id)) {
                return Err(unknown("check", pattern, near_checks(pattern, all)));
            }
        }
        for service in &self.services {
            let mut services: Vec<&str> = all.iter().map(|check| check.service.as_str()).collect();
            services.sort_unstable();
            services.dedup();
            if !services
                .iter()
                .any(|known| known.eq_ignore_ascii_case(service))
            {
                return Err(unknown("service", service, near_or_all(service, services)));
            }
        }
        for category in &self.categories {
            if !CATEGORIES
                .iter()
                .any(|known| known.eq_ignore_ascii_case(category))
            {
                return Err(unknown(
                    "category",
                    category,
                    near_or_all(category, CATEGORIES.to_vec()),
                ));
            }
        }
        let selected: Vec<&Check> = all.iter().filter(|check| self.admits(check)).collect();
        if selected.is_empty() {
            return Err(SelectionError {
                message: "no check is selected".to_owned(),
                hint: Some(
                    "each filter alone matches something, but no check meets them all".to_owned(),
                ),
            });
        }
        Ok(selected)
    }

    fn admits(&self, check: &Check) -> bool {
        let any = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, &check.id));
        let names =
            |wanted: &[String], has: &str| wanted.iter().any(|name| name.eq_ignore_ascii_case(has));
        (self.checks.is_empty() || any(&self.checks))
            && !any(&self.exclude)
            && (self.services.is_empty() || names(&self.services, &check.service))
            && (self.categories.is_empty()
                || check
                    .categories
                    .iter()
                    .any(|category| names(&self.categories, category)))
            && (self.severities.is_empty() || self.severities.contains(&check.severity))
    }
}

fn unknown(kind: &str, name: &str, hint: String) -> SelectionError {
    SelectionError {
        message: format!("no {kind} matches `{name}`"),
        hint: Some(hint),
    }
}
