//! Which checks to run.

use expression::nearest;

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
                let plain = pattern.replace(['*', '?'], "");
                return Err(unknown("check", pattern, near_ids(&plain, all)));
            }
        }
        for service in &self.services {
            let mut services: Vec<&str> = all.iter().map(|check| check.service.as_str()).collect();
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

fn unknown(kind: &str, name: &str, hint: Option<String>) -> SelectionError {
    SelectionError {
        message: format!("no {kind} matches `{name}`"),
        hint,
    }
}

/// The id nearest to a misspelt one, else up to five ids that contain it or one of its words.
fn near_ids(name: &str, checks: &[Check]) -> Option<String> {
    if let Some(near) = nearest(name, checks.iter().map(|check| check.id.as_str())) {
        return Some(format!("did you mean `{near}`?"));
    }
    let name = name.to_lowercase();
    let words: Vec<&str> = name.split('_').filter(|word| word.len() > 2).collect();
    let mut scored: Vec<(usize, &str)> = checks
        .iter()
        .map(|check| {
            (
                words
                    .iter()
                    .filter(|word| check.id.contains(**word))
                    .count(),
                check.id.as_str(),
            )
        })
        .filter(|(score, _)| *score > 0)
        .collect();
    scored.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let ids: Vec<&str> = scored.into_iter().take(5).map(|(_, id)| id).collect();
    if ids.is_empty() {
        Some("`checks list` shows all of them".to_owned())
    } else {
        Some(format!("near: {}", ids.join(", ")))
    }
}

fn near_or_all(name: &str, known: Vec<&str>) -> Option<String> {
    match nearest(name, known.iter().copied()) {
        Some(near) => Some(format!("did you mean `{near}`?")),
        None => Some(format!("there are {}", known.join(", "))),
    }
}

/// Whether a pattern with `*` (any text) and `?` (any character) covers a whole name, without case.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.to_lowercase(), name.to_lowercase());
    let (pattern, name): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    // Where to go on when the text that the last star stands for must grow by one character.
    let mut retry: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                retry = Some((p + 1, n));
                p += 1;
            }
            Some(wanted) if *wanted == '?' || *wanted == name[n] => {
                p += 1;
                n += 1;
            }
            _ => {
                let Some((after, from)) = retry else {
                    return false;
                };
                retry = Some((after, from + 1));
                p = after;
                n = from + 1;
            }
        }
    }
    pattern[p..].iter().all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_cover_whole_names() {
        for (pattern, name, expected) in [
            ("storage_*", "storage_tls", true),
            ("*tls*", "storage_tls_12", true),
            ("*_1?", "storage_tls_12", true),
            ("storage", "storage_tls", false),
            ("STORAGE_TLS", "storage_tls", true),
            ("a*b*c", "aXbXbXc", true),
            ("a*b*c", "aXbXb", false),
            ("", "x", false),
            ("*", "", true),
            ("?", "", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }
}
