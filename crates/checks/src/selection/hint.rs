//! What was perhaps meant by a selection that matches nothing.

use expression::nearest;

use super::pattern::{matches, plain_beginning};
use crate::Check;

/// How many ids a hint names.
const NAMED: usize = 5;

/// The pattern or id nearest to a misspelt one, else the service, else ids with a word of it.
pub(super) fn near_checks(pattern: &str, checks: &[Check]) -> String {
    if let Some(near) = near_pattern(pattern, checks) {
        return format!("did you mean `{near}`?");
    }
    if let Some(near) = nearest(pattern, checks.iter().map(|check| check.id.as_str())) {
        return format!("did you mean `{near}`?");
    }
    let plain = pattern.replace(['*', '?'], "");
    let sharing = ids_sharing_a_word(&plain, checks);
    if !sharing.is_empty() {
        return format!("near: {}", sharing.join(", "));
    }
    let services = checks.iter().map(|check| check.service.as_str());
    match nearest(plain.trim_matches('_'), services) {
        Some(service) => format!("did you mean the service `{service}`?"),
        None => "`checks list` shows all of them".to_owned(),
    }
}

/// The pattern with its plain beginning put right, such that it matches: the beginning is compared
/// with those of ids that are as long, give or take the letter that a slip leaves out or adds.
fn near_pattern(pattern: &str, checks: &[Check]) -> Option<String> {
    let plain = plain_beginning(pattern);
    let rest = &pattern[plain.len()..];
    if rest.is_empty() {
        return None;
    }
    let length = plain.chars().count();
    let mut beginnings: Vec<&str> = checks
        .iter()
        .flat_map(|check| (length.saturating_sub(1)..=length + 1).map(|end| first(&check.id, end)))
        .filter(|beginning| !beginning.is_empty())
        .collect();
    beginnings.sort_unstable();
    beginnings.dedup();
    let corrects = |beginning: &&str| {
        let corrected = format!("{beginning}{rest}");
        checks.iter().any(|check| matches(&corrected, &check.id))
    };
    let near = nearest(plain, beginnings.into_iter().filter(corrects))?;
    Some(format!("{near}{rest}"))
}

/// Up to that many characters of a text.
fn first(text: &str, characters: usize) -> &str {
    let end = text.char_indices().nth(characters);
    end.map_or(text, |(end, _)| &text[..end])
}

/// The ids that contain most words of a name, best first.
fn ids_sharing_a_word<'c>(name: &str, checks: &'c [Check]) -> Vec<&'c str> {
    let name = name.to_lowercase();
    let words: Vec<&str> = name.split('_').filter(|word| word.len() > 2).collect();
    let score = |id: &str| words.iter().filter(|word| id.contains(**word)).count();
    let mut scored: Vec<(usize, &str)> = checks
        .iter()
        .map(|check| (score(&check.id), check.id.as_str()))
        .filter(|(score, _)| *score > 0)
        .collect();
    scored.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    scored.into_iter().take(NAMED).map(|(_, id)| id).collect()
}

/// The known name nearest to a misspelt one, else all of them. Wildcards, which these names do not
/// take, are overlooked.
pub(super) fn near_or_all(name: &str, known: Vec<&str>) -> String {
    let plain = name.replace(['*', '?'], "");
    match nearest(plain.trim_matches('_'), known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", known.join(", ")),
    }
}
