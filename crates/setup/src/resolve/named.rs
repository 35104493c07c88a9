//! What a name or an id stands for.

use crate::request::Place;

/// Why a name stands for no one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Missed {
    /// Nothing has it.
    Unknown,
    /// Several have it: their ids.
    Ambiguous(Vec<String>),
}

/// The place of that id or name. An id comes before a name, because a name may be written like the id
/// of another.
pub(super) fn find<'a>(asked: &str, places: &[&'a Place]) -> Result<&'a Place, Missed> {
    let asked = asked.trim();
    if let Some(found) = places.iter().find(|of| of.id.eq_ignore_ascii_case(asked)) {
        return Ok(found);
    }
    let same_name = |of: &&&Place| of.name.to_lowercase() == asked.to_lowercase();
    let named: Vec<&&Place> = places.iter().filter(same_name).collect();
    match named.as_slice() {
        [one] => Ok(one),
        [] => Err(Missed::Unknown),
        several => Err(Missed::Ambiguous(
            several.iter().map(|of| of.id.clone()).collect(),
        )),
    }
}

/// The name that comes nearest, when one is near.
pub(super) fn nearest<'a>(asked: &str, places: &[&'a Place]) -> Option<&'a Place> {
    let asked = asked.to_lowercase();
    let near = |name: &str| strsim::jaro_winkler(&asked, &name.to_lowercase());
    places
        .iter()
        .map(|&of| (near(&of.name).max(near(&of.id)), of))
        .filter(|(score, _)| *score > 0.75)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, of)| of)
}
